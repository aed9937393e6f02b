// SPDX-License-Identifier: LGPL-2.1-or-later

#include "element/text_properties.h"

#include <algorithm>
#include <array>
#include <vector>

namespace assemblyai {

namespace {

constexpr auto kReady =
    static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);
constexpr auto kPlaying = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                   GST_PARAM_MUTABLE_PLAYING);
constexpr auto kReadOnly = static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

// An hour: what may wait that long is a file's business.
constexpr guint kMaxMs = 3600000;
constexpr guint kMinLatencyMs = TextSettings::kLeastLatency.count();

GType enum_type(const char *name, const GEnumValue *values) {
  const GType type = g_enum_register_static(name, values);
  gst_type_mark_as_plugin_api(type, static_cast<GstPluginAPIFlags>(0));
  return type;
}

// Ends with zeros.
std::vector<GEnumValue> text_mode_values() {
  std::vector<GEnumValue> values;
  for (const TextModeInfo &info : kTextModes)
    values.push_back({static_cast<gint>(values.size()), info.blurb, info.nick});
  values.push_back({});
  return values;
}

GType text_mode_type() {
  static const std::vector<GEnumValue> values = text_mode_values();
  static const GType type = enum_type("GstAssemblyAITextMode", values.data());
  return type;
}

GType late_text_type() {
  static const std::array<GEnumValue, 4> values{{
      {static_cast<gint>(LateText::kShift),
       "Show it as soon as possible, for a shorter time than meant", "shift"},
      {static_cast<gint>(LateText::kKeep), "Send it with its own time, though gaps have covered it",
       "keep"},
      {static_cast<gint>(LateText::kDrop), "Leave it out", "drop"},
      {0, nullptr, nullptr},
  }};
  static const GType type = enum_type("GstAssemblyAILateText", values.data());
  return type;
}

struct UintProperty {
  guint id;
  const char *name;
  const char *nick;
  const char *blurb;
  guint minimum;
  guint maximum;
  guint TextSettings::*member;
};

constexpr std::array kUints{
    /**
     * GstAssemblyAISink:latency:
     *
     * How long after its audio a word may come, in milliseconds. The text pad adds it to
     * the latency of the pipeline, so that everything beside the captions waits for them;
     * text that is not stable by then is shown as it is known. The text mode rolling does not
     * use it: it says 100, whatever the captions take.
     */
    UintProperty{
        kPropertyLatency, "latency", "Latency",
        "How long after its audio a word may come, in milliseconds: what the text pad adds "
        "to the pipeline's latency; not in text-mode=rolling",
        kMinLatencyMs, kMaxMs, &TextSettings::latency_ms},
    UintProperty{kPropertyTranscribeLatency, "transcribe-latency", "Transcribe latency",
                 "Another name of latency, in milliseconds", kMinLatencyMs, kMaxMs,
                 &TextSettings::latency_ms},
    /**
     * GstAssemblyAISink:lateness:
     *
     * How much later than spoken text is shown, in milliseconds: more time for the
     * captions that costs the pipeline no latency. Not in the text mode rolling.
     */
    UintProperty{kPropertyLateness, "lateness", "Lateness",
                 "How much later than spoken text is shown, in milliseconds, without more latency "
                 "of the pipeline; not in text-mode=rolling",
                 0, kMaxMs, &TextSettings::lateness_ms},
    UintProperty{kPropertyMaxLineLength, "max-line-length", "Maximum line length",
                 "Characters in a line; wide ones, as of Chinese, count as two", 8, 1000,
                 &TextSettings::max_line_length},
    UintProperty{kPropertyMaxLines, "max-lines", "Maximum lines", "Lines in a caption", 1, 20,
                 &TextSettings::max_lines},
    UintProperty{kPropertyMinCueDuration, "min-cue-duration", "Minimum cue duration",
                 "Shortest time that a caption stays, in milliseconds, unless the next one needs "
                 "its place; at most max-cue-duration",
                 0, kMaxMs, &TextSettings::min_cue_duration_ms},
    UintProperty{kPropertyMaxCueDuration, "max-cue-duration", "Maximum cue duration",
                 "Longest time that a caption stays, in milliseconds", 100, kMaxMs,
                 &TextSettings::max_cue_duration_ms},
};

struct BoolProperty {
  guint id;
  const char *name;
  const char *nick;
  const char *blurb;
  bool TextSettings::*member;
};

constexpr std::array kBools{
    BoolProperty{kPropertyStableOnly, "stable-only", "Stable only",
                 "In text-mode=rolling and current-caption: show only words that will not change "
                 "any more",
                 &TextSettings::stable_only},
    /**
     * GstAssemblyAISink:sound-tags:
     *
     * Whether captions show the sounds that the service names in brackets, such as [Music] or
     * [Applause]. [Silence] is never shown. The messages on the bus have all of them.
     */
    BoolProperty{
        kPropertySoundTags, "sound-tags", "Sound tags",
        "Show sounds that are named in brackets, such as [Music]; [Silence] is never shown",
        &TextSettings::sound_tags},
};

template <typename Table>
const typename Table::value_type *find(const Table &table, guint id) {
  const auto found =
      std::find_if(table.begin(), table.end(), [id](const auto &row) { return row.id == id; });
  return found == table.end() ? nullptr : &*found;
}

void install_speaker_prefix(GObjectClass *klass) {
  /**
   * GstAssemblyAISink:speaker-prefix:
   *
   * What stands before the first word of another speaker; `%s` in it is replaced by
   * the speaker's label: ">> " or "%s: " for example. It needs
   * #GstAssemblyAISink:speaker-labels.
   */
  g_object_class_install_property(
      klass, kPropertySpeakerPrefix,
      g_param_spec_string("speaker-prefix", "Speaker prefix",
                          "What stands before the words of another speaker; %s in it is the "
                          "speaker's label",
                          nullptr, kPlaying));
}

void install_observations(GObjectClass *klass) {
  /**
   * GstAssemblyAISink:max-observed-delay:
   *
   * The longest time that a word took from its audio to its first text, in
   * milliseconds, since READY. A #GstAssemblyAISink:latency above it shows every
   * caption in time.
   */
  g_object_class_install_property(
      klass, kPropertyMaxObservedDelay,
      g_param_spec_uint("max-observed-delay", "Maximum observed delay",
                        "Longest time from a word's audio to its first text so far, in "
                        "milliseconds",
                        0, G_MAXUINT, 0, kReadOnly));
  /**
   * GstAssemblyAISink:current-caption:
   *
   * The caption as it grows, whether there is a text pad or not; empty when there is
   * nothing to show. It notifies, from a thread of the element's own: bind it with
   * g_object_bind_property() to the text of a textoverlay. That reads it as Pango markup,
   * so `&`, `<` and `>` are escaped here.
   */
  g_object_class_install_property(
      klass, kPropertyCurrentCaption,
      g_param_spec_string("current-caption", "Current caption",
                          "The caption as it grows, escaped for Pango markup; notifies when it "
                          "changes",
                          "", kReadOnly));
}

}  // namespace

void install_text_properties(GObjectClass *klass, TextMode default_mode) {
  const TextSettings initial;
  /**
   * GstAssemblyAISink:text-mode:
   *
   * What the text pad gives: cues for muxers, encoders and burnt-in subtitles that are
   * exactly in time; words for elements that lay text out themselves; rolling for burning
   * in what is said while it is said.
   */
  g_object_class_install_property(
      klass, kPropertyTextMode,
      g_param_spec_enum("text-mode", "Text mode", "What the text pad gives", text_mode_type(),
                        static_cast<gint>(default_mode), kReady));
  for (const UintProperty &row : kUints)
    g_object_class_install_property(klass, row.id,
                                    g_param_spec_uint(row.name, row.nick, row.blurb, row.minimum,
                                                      row.maximum, initial.*row.member, kPlaying));
  for (const BoolProperty &row : kBools)
    g_object_class_install_property(
        klass, row.id,
        g_param_spec_boolean(row.name, row.nick, row.blurb,
                             static_cast<gboolean>(initial.*row.member), kPlaying));
  g_object_class_install_property(
      klass, kPropertyLateText,
      g_param_spec_enum("late-text", "Late text",
                        "What to do with text that comes later than latency allows",
                        late_text_type(), static_cast<gint>(initial.late_text), kPlaying));
  install_speaker_prefix(klass);
  install_observations(klass);
}

bool set_text_property(TextSettings &settings, guint id, const GValue *value) {
  if (const UintProperty *row = find(kUints, id)) {
    settings.*row->member = g_value_get_uint(value);
    return true;
  }
  if (const BoolProperty *row = find(kBools, id)) {
    settings.*row->member = g_value_get_boolean(value) != FALSE;
    return true;
  }
  switch (id) {
    case kPropertyTextMode:
      settings.mode = static_cast<TextMode>(g_value_get_enum(value));
      return true;
    case kPropertyLateText:
      settings.late_text = static_cast<LateText>(g_value_get_enum(value));
      return true;
    case kPropertySpeakerPrefix:
      settings.speaker_prefix =
          g_value_get_string(value) != nullptr ? g_value_get_string(value) : "";
      return true;
    default:
      return false;
  }
}

bool get_text_property(const TextSettings &settings, guint id, GValue *value) {
  if (const UintProperty *row = find(kUints, id)) {
    g_value_set_uint(value, settings.*row->member);
    return true;
  }
  if (const BoolProperty *row = find(kBools, id)) {
    g_value_set_boolean(value, static_cast<gboolean>(settings.*row->member));
    return true;
  }
  switch (id) {
    case kPropertyTextMode:
      g_value_set_enum(value, static_cast<gint>(settings.mode));
      return true;
    case kPropertyLateText:
      g_value_set_enum(value, static_cast<gint>(settings.late_text));
      return true;
    case kPropertySpeakerPrefix:
      g_value_set_string(
          value, settings.speaker_prefix.empty() ? nullptr : settings.speaker_prefix.c_str());
      return true;
    default:
      return false;
  }
}

}  // namespace assemblyai
