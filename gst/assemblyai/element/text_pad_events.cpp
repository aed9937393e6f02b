// SPDX-License-Identifier: LGPL-2.1-or-later
// The text pad's events that are neither header, gap nor end: those of the audio's stream that are
// passed on, tags, and what the transcribers of gst-plugins-rs say of each word.

#include <utility>

#include "element/text_pad.h"

namespace assemblyai {

namespace {

// Of upstream's tags those of the whole programme go as they are, those of the stream with ours.
bool is_of_stream(GstEvent *event) {
  GstTagList *tags = nullptr;
  gst_event_parse_tag(event, &tags);
  return gst_tag_list_get_scope(tags) == GST_TAG_SCOPE_STREAM;
}

std::string language_in(GstEvent *event) {
  GstTagList *tags = nullptr;
  gst_event_parse_tag(event, &tags);
  gchar *code = nullptr;
  gst_tag_list_get_string(tags, GST_TAG_LANGUAGE_CODE, &code);
  const Owned<char> owned(code);
  return code != nullptr ? code : "";
}

}  // namespace

bool TextPad::pass_on(GstEvent *event, nanoseconds at) {
  // What is out of band overtakes all; but nothing sticky may come before the header.
  if (!is_serialized(event) && !is_sticky(event))
    return gst_pad_push_event(pad_, event) != FALSE;
  const std::lock_guard lock(mutex_);
  if (!active_ || (flushing_ && !is_sticky(event))) {
    gst_event_unref(event);
    return false;
  }
  passing_.add(event, is_serialized(event) ? at : nanoseconds::zero());
  wake();
  return true;
}

void TextPad::set_group(guint group_id, nanoseconds at) {
  const std::lock_guard lock(mutex_);
  if (std::exchange(group_, group_id) == group_id)
    return;
  // Upstream begins another stream without an end of the one before; the text goes on in it.
  if (header_sent_)
    passing_.add(stream_start(group_id), at);
  wake();
}

GstEvent *TextPad::stream_start(guint group_id) const {
  const Owned<char> id(gst_pad_create_stream_id(pad_, owner_.element(), "text"));
  GstEvent *start = gst_event_new_stream_start(id.get());
  gst_event_set_group_id(start,
                         group_id != GST_GROUP_ID_INVALID ? group_id : gst_util_group_id_next());
  gst_event_set_stream_flags(start, GST_STREAM_FLAG_SPARSE);
  return start;
}

// Nothing that belongs before it is still to come.
bool TextPad::is_drained() const {
  return eos_ && (settings_.mode == TextMode::kRolling ? live_.text.empty() : schedule_.drained());
}

std::optional<TextPad::Step> TextPad::passing_step() {
  GstOwned<GstEvent> event = passing_.next(is_drained() ? nanoseconds::max() : position());
  if (!event)
    return std::nullopt;
  Step step{.kind = Step::Kind::kEvent};
  if (GST_EVENT_TYPE(event.get()) == GST_EVENT_TAG && is_of_stream(event.get())) {
    audio_language_ = language_in(event.get());
    step.kind = Step::Kind::kTags;
    step.language = sent_language_ = language();
  }
  step.event = std::move(event);
  return step;
}

// The service's word counts, then what it was told to expect, then upstream's, then a guess.
std::string TextPad::language() const {
  if (!language_.empty())
    return language_;
  return audio_language_.empty() ? assumed_language_ : audio_language_;
}

void TextPad::push_passing(GstEvent *event) {
  if (GST_EVENT_TYPE(event) != GST_EVENT_TAG) {
    gst_pad_push_event(pad_, gst_event_ref(event));
    return;
  }
  GstTagList *tags = nullptr;
  gst_event_parse_tag(event, &tags);
  if (GstOwned<GstTagList> rest = tags_of_text(tags))
    gst_pad_push_event(pad_, gst_event_new_tag(rest.release()));
}

// Of the tags of a stream only the last list counts: it has to be whole.
void TextPad::push_tags(const Step &step) {
  if (step.event) {
    GstTagList *tags = nullptr;
    gst_event_parse_tag(step.event.get(), &tags);
    audio_tags_ = tags_of_text(tags);
  }
  GstOwned<GstTagList> tags(audio_tags_ ? gst_tag_list_copy(audio_tags_.get())
                                        : gst_tag_list_new_empty());
  gst_tag_list_remove_tag(tags.get(), GST_TAG_LANGUAGE_CODE);
  if (!step.language.empty())
    gst_tag_list_add(tags.get(), GST_TAG_MERGE_REPLACE, GST_TAG_LANGUAGE_CODE,
                     step.language.c_str(), nullptr);
  gst_tag_list_set_scope(tags.get(), GST_TAG_SCOPE_STREAM);
  // A parser tells its bit rate again and again, which says nothing of the text.
  const bool is_known = tags_ && gst_tag_list_is_equal(tags.get(), tags_.get()) != FALSE;
  if (gst_tag_list_is_empty(tags.get()) != FALSE || (step.event && is_known))
    return;
  tags_.reset(gst_tag_list_ref(tags.get()));
  gst_pad_push_event(pad_, gst_event_new_tag(tags.release()));
}

// As the transcribers of gst-plugins-rs have them.
void TextPad::push_speaker(const std::string &speaker) {
  speaker_ = speaker;
  GstStructure *structure =
      gst_structure_new("rstranscribe/speaker-change", "speaker", G_TYPE_STRING,
                        speaker.empty() ? nullptr : speaker.c_str(), nullptr);
  gst_pad_push_event(pad_, gst_event_new_custom(GST_EVENT_CUSTOM_DOWNSTREAM, structure));
}

void TextPad::push_final_transcript() {
  gst_pad_push_event(
      pad_, gst_event_new_custom(GST_EVENT_CUSTOM_DOWNSTREAM,
                                 gst_structure_new_empty("rstranscribe/final-transcript")));
}

// Upstream: for who speaks with the same voice in another language, say.
void TextPad::tell_upstream(const TextItem &item) {
  GstStructure *structure = gst_structure_new(
      "rstranscribe/new-item", "speaker", G_TYPE_STRING,
      speaker_.empty() ? nullptr : speaker_.c_str(), "content", G_TYPE_STRING, item.text.c_str(),
      "running-time", G_TYPE_UINT64, static_cast<guint64>(item.start.count()), "duration",
      G_TYPE_UINT64, static_cast<guint64>(item.duration.count()), nullptr);
  owner_.send_upstream(gst_event_new_custom(GST_EVENT_CUSTOM_UPSTREAM, structure));
}

}  // namespace assemblyai
