// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The text pad's events other than header, gaps and EOS: events of the audio stream that are passed
// on, and the events that the transcribers of gst-plugins-rs send for words.

#include <utility>

#include "element/text_pad.h"

namespace assemblyai {

bool TextPad::pass_on(GstEvent *event, nanoseconds at) {
  // Out-of-band events overtake all others, but no sticky event may precede the header.
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
  // Upstream begins another stream without EOS; the text continues in it.
  if (output_.header_sent)
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

std::optional<TextPad::Step> TextPad::passing_step() {
  // After the last text no event has to wait.
  const bool is_drained = output_.eos && output_.source->drained();
  const nanoseconds until = is_drained ? nanoseconds::max() : position();
  while (GstOwned<GstEvent> event = passing_.next(until)) {
    if (GST_EVENT_TYPE(event.get()) == GST_EVENT_TAG)
      event = tags_.pass_on(event.get());
    if (event)
      return Step{.kind = Step::Kind::kEvent, .event = std::move(event)};
  }
  return std::nullopt;
}

// Like the transcribers of gst-plugins-rs.
void TextPad::push_speaker(const std::string &speaker) {
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

// Upstream, for a voice that speaks the words in another language, for example.
void TextPad::tell_upstream(const TextItem &item) {
  GstStructure *structure = gst_structure_new(
      "rstranscribe/new-item", "speaker", G_TYPE_STRING,
      item.speaker.empty() ? nullptr : item.speaker.c_str(), "content", G_TYPE_STRING,
      item.text.c_str(), "running-time", G_TYPE_UINT64, static_cast<guint64>(item.start.count()),
      "duration", G_TYPE_UINT64, static_cast<guint64>(item.duration.count()), nullptr);
  owner_.send_upstream(gst_event_new_custom(GST_EVENT_CUSTOM_UPSTREAM, structure));
}

}  // namespace assemblyai
