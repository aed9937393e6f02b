// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "support/pad_recorder.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>

namespace testing {

namespace {

// The fault of a text; empty: none.
std::string fault_of(const std::string &text, bool markup) {
  if (!g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr))
    return text.find('\0') != std::string::npos ? "has a NUL" : "is not UTF-8";
  bool blank = true, control = false;
  for (const char *at = text.c_str(); *at != '\0'; at = g_utf8_next_char(at)) {
    const gunichar character = g_utf8_get_char(at);
    blank = blank && g_unichar_isspace(character);
    control = control || (g_unichar_iscntrl(character) && character != '\n');
  }
  if (blank)
    return "is blank";
  if (control)
    return "has a control character";
  if (text.front() == '\n' || text.back() == '\n' || text.find("\n\n") != std::string::npos)
    return "has an empty line";
  if (markup && !plain_text(text))
    return "is not markup";
  return {};
}

GstClockTime running_time_now(GstPad *pad) {
  GstElement *element = gst_pad_get_parent_element(pad);
  if (element == nullptr)
    return GST_CLOCK_TIME_NONE;
  // A starting pipeline sets the clock of its elements before the base time.
  const bool is_set = gst_element_get_base_time(element) != 0;
  const GstClockTime time =
      is_set ? gst_element_get_current_running_time(element) : GST_CLOCK_TIME_NONE;
  gst_object_unref(element);
  return time;
}

std::string text_of(GstBuffer *buffer) {
  std::string text(gst_buffer_get_size(buffer), '\0');
  gst_buffer_extract(buffer, 0, text.data(), text.size());
  return text;
}

}  // namespace

class PadRecorder::State {
 public:
  void take_buffer(GstPad *pad, GstBuffer *buffer);
  void take_event(GstPad *pad, GstEvent *event);

  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  std::vector<Item> items;
  std::vector<std::string> events;
  std::string language;
  std::string violations;
  bool markup = false;
  bool eos = false;

 private:
  void take_gap(GstPad *pad, GstEvent *event);
  void take_item(GstPad *pad, Item item, GstClockTime start, GstClockTime duration);
  void require_order(const Item &item);
  void take_caps(GstEvent *event);
  void take_tags(GstEvent *event);
  void require(bool condition, const std::string &violation);
  void require_preamble();

  GstSegment segment_{};  // undefined format: no segment
  GstClockTime position_ = 0;
  std::set<GstClockTime> gaps_;  // starts of the gaps after the last text
};

void PadRecorder::State::require(bool condition, const std::string &violation) {
  constexpr std::size_t kEnough = 4000;
  if (!condition && violations.size() < kEnough)
    violations += "item " + std::to_string(items.size()) + " " + violation + "\n";
}

void PadRecorder::State::require_preamble() {
  const auto sent = [this](const char *name) {
    return std::find(events.begin(), events.end(), name) != events.end();
  };
  for (const char *name : {"stream-start", "caps", "segment", "tag"})
    require(sent(name), std::string("comes before ") + name);
}

void PadRecorder::State::take_buffer(GstPad *pad, GstBuffer *buffer) {
  Item item;
  item.cue.text = text_of(buffer);
  const std::string fault = fault_of(item.cue.text, markup);
  require(fault.empty(), "\"" + item.cue.text + "\" " + fault);
  take_item(pad, std::move(item), GST_BUFFER_PTS(buffer), GST_BUFFER_DURATION(buffer));
}

void PadRecorder::State::take_gap(GstPad *pad, GstEvent *event) {
  GstClockTime start = GST_CLOCK_TIME_NONE, duration = GST_CLOCK_TIME_NONE;
  gst_event_parse_gap(event, &start, &duration);
  GstGapFlags flags{};
  gst_event_parse_gap_flags(event, &flags);
  require((flags & GST_GAP_FLAG_MISSING_DATA) != 0, "is a gap without MISSING_DATA");
  Item item;
  item.gap = true;
  take_item(pad, std::move(item), start, duration);
}

void PadRecorder::State::take_item(GstPad *pad, Item item, GstClockTime start,
                                   GstClockTime duration) {
  if (items.empty())
    require_preamble();
  require(!eos, "comes after EOS");
  require(GST_CLOCK_TIME_IS_VALID(start), "has no time");
  const bool lasts = GST_CLOCK_TIME_IS_VALID(duration) && duration > 0;
  require(lasts, "has no duration");
  if (segment_.format == GST_FORMAT_TIME && GST_CLOCK_TIME_IS_VALID(start)) {
    item.cue.start = gst_segment_to_running_time(&segment_, GST_FORMAT_TIME, start);
    require(GST_CLOCK_TIME_IS_VALID(item.cue.start), "is not in the segment");
    if (lasts)
      item.cue.end = item.cue.start + duration;
    require_order(item);
    position_ = lasts ? item.cue.end : item.cue.start;
  }
  item.sent_at = running_time_now(pad);
  item.monotonic = g_get_monotonic_time();
  items.push_back(std::move(item));
}

// Each item begins at the end of the one before. Gaps that were sent ahead during preroll are
// replaced, from the start of one of them.
void PadRecorder::State::require_order(const Item &item) {
  const bool returns = item.cue.start != position_;
  const bool may_return = item.gap && gaps_.contains(item.cue.start);
  require(!returns || may_return,
          "begins at " + std::to_string(item.cue.start) + ", not " + std::to_string(position_));
  if (item.gap)
    gaps_.insert(item.cue.start);
  else
    gaps_.clear();
}

void PadRecorder::State::take_caps(GstEvent *event) {
  GstCaps *caps = nullptr;
  gst_event_parse_caps(event, &caps);
  const GstStructure *structure = gst_caps_get_structure(caps, 0);
  require(gst_structure_has_name(structure, "text/x-raw"), "has caps that are not text");
  markup = g_strcmp0(gst_structure_get_string(structure, "format"), "pango-markup") == 0;
}

void PadRecorder::State::take_tags(GstEvent *event) {
  GstTagList *tags = nullptr;
  gst_event_parse_tag(event, &tags);
  gchar *code = nullptr;
  if (gst_tag_list_get_string(tags, GST_TAG_LANGUAGE_CODE, &code))
    language = code;
  g_free(code);
}

void PadRecorder::State::take_event(GstPad *pad, GstEvent *event) {
  if (GST_EVENT_TYPE(event) == GST_EVENT_GAP) {
    take_gap(pad, event);
    return;
  }
  events.emplace_back(GST_EVENT_TYPE_NAME(event));
  switch (GST_EVENT_TYPE(event)) {
    case GST_EVENT_CAPS:
      take_caps(event);
      break;
    case GST_EVENT_TAG:
      take_tags(event);
      break;
    case GST_EVENT_SEGMENT:
      gst_event_copy_segment(event, &segment_);
      require(segment_.format == GST_FORMAT_TIME, "has a segment that is not of time");
      break;
    case GST_EVENT_FLUSH_STOP: {
      gboolean reset = FALSE;
      gst_event_parse_flush_stop(event, &reset);
      segment_ = GstSegment{};
      position_ = reset ? 0 : position_;
      eos = false;
      break;
    }
    case GST_EVENT_STREAM_START:
      eos = false;
      break;
    case GST_EVENT_EOS:
      require(!eos, "is followed by two EOS");
      eos = true;
      break;
    default:
      break;
  }
}

PadRecorder::PadRecorder(GstPad *pad)
    : state_(std::make_shared<State>()), pad_(GST_PAD(gst_object_ref(pad))) {
  const auto probe = [](GstPad *from, GstPadProbeInfo *info, gpointer data) {
    State &state = **static_cast<std::shared_ptr<State> *>(data);
    const std::lock_guard lock(state.mutex);
    if ((info->type & GST_PAD_PROBE_TYPE_BUFFER) != 0)
      state.take_buffer(from, gst_pad_probe_info_get_buffer(info));
    else
      state.take_event(from, gst_pad_probe_info_get_event(info));
    state.changed.notify_all();
    return GST_PAD_PROBE_OK;
  };
  const auto release = [](gpointer data) { delete static_cast<std::shared_ptr<State> *>(data); };
  constexpr int kTypes = GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM |
                         GST_PAD_PROBE_TYPE_EVENT_FLUSH;
  // A probe that runs while it is removed keeps its data alive.
  probe_ = gst_pad_add_probe(pad, static_cast<GstPadProbeType>(kTypes), probe,
                             new std::shared_ptr<State>(state_), release);
}

namespace {

GstPad *find_pad(const Pipeline &pipeline, const char *name, const char *pad_name) {
  GstElement *element = gst_bin_get_by_name(GST_BIN(pipeline.element()), name);
  fail_unless(element != nullptr, "no element %s", name);
  GstPad *pad = gst_element_get_static_pad(element, pad_name);
  fail_unless(pad != nullptr, "%s has no pad %s", name, pad_name);
  gst_object_unref(element);
  return pad;
}

}  // namespace

PadRecorder::PadRecorder(const Pipeline &pipeline, const char *element, const char *pad)
    : PadRecorder(find_pad(pipeline, element, pad)) {
  gst_object_unref(pad_);  // find_pad's reference
}

PadRecorder::~PadRecorder() {
  gst_pad_remove_probe(pad_, probe_);
  gst_object_unref(pad_);
}

std::vector<PadRecorder::Item> PadRecorder::items() const {
  const std::lock_guard lock(state_->mutex);
  return state_->items;
}

std::vector<Cue> PadRecorder::cues() const {
  std::vector<Cue> cues;
  for (const Item &item : items()) {
    if (!item.gap)
      cues.push_back(item.cue);
  }
  return cues;
}

std::vector<std::string> PadRecorder::events() const {
  const std::lock_guard lock(state_->mutex);
  return state_->events;
}

std::string PadRecorder::language() const {
  const std::lock_guard lock(state_->mutex);
  return state_->language;
}

bool PadRecorder::markup() const {
  const std::lock_guard lock(state_->mutex);
  return state_->markup;
}

bool PadRecorder::eos() const {
  const std::lock_guard lock(state_->mutex);
  return state_->eos;
}

milliseconds PadRecorder::longest_pause() const {
  gint64 longest = 0;
  const std::vector<Item> all = items();
  for (std::size_t i = 1; i < all.size(); i++)
    longest = std::max(longest, all[i].monotonic - all[i - 1].monotonic);
  return milliseconds(longest / 1000);
}

std::string PadRecorder::violations() const {
  const std::lock_guard lock(state_->mutex);
  return state_->violations;
}

void PadRecorder::wait_for(const std::function<bool(const std::vector<Item> &)> &condition) const {
  std::unique_lock lock(state_->mutex);
  const bool holds =
      state_->changed.wait_for(lock, kDeadline, [&] { return condition(state_->items); });
  fail_unless(holds, "the deadline is over after %zu items", state_->items.size());
}

void PadRecorder::wait_for_eos() const {
  wait_for([this](const auto &) { return state_->eos; });
}

}  // namespace testing
