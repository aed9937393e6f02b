// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "element/passing_events.h"

#include <algorithm>
#include <utility>

namespace assemblyai {

namespace {

// A flush removes STREAM_GROUP_DONE from a pad, as it does EOS.
bool survives_flush(const GstEvent *event) {
  return is_sticky(event) && GST_EVENT_TYPE(event) != GST_EVENT_STREAM_GROUP_DONE;
}

// GStreamer's macros combine two enumerations, which C++20 deprecates.
bool has_flag(const GstEvent *event, GstEventTypeFlags flag) {
  return (gst_event_type_get_flags(GST_EVENT_TYPE(event)) & flag) != 0;
}

}  // namespace

bool is_sticky(const GstEvent *event) {
  return has_flag(event, GST_EVENT_TYPE_STICKY);
}

bool is_serialized(const GstEvent *event) {
  return has_flag(event, GST_EVENT_TYPE_SERIALIZED);
}

bool concerns_text(const GstEvent *event) {
  switch (GST_EVENT_TYPE(event)) {
    case GST_EVENT_STREAM_START:
    case GST_EVENT_CAPS:
    case GST_EVENT_SEGMENT:
    case GST_EVENT_GAP:
    case GST_EVENT_EOS:
    case GST_EVENT_PROTECTION:  // how to decrypt the audio
    case GST_EVENT_BUFFERSIZE:
      return false;
    default:
      return true;
  }
}

GstOwned<GstTagList> tags_of_text(const GstTagList *tags) {
  static constexpr const char *kOfAudio[] = {
      GST_TAG_CODEC,
      GST_TAG_AUDIO_CODEC,
      GST_TAG_CONTAINER_FORMAT,
      "container-specific-track-id",
      GST_TAG_ENCODER,
      GST_TAG_ENCODER_VERSION,
      GST_TAG_BITRATE,
      GST_TAG_NOMINAL_BITRATE,
      GST_TAG_MINIMUM_BITRATE,
      GST_TAG_MAXIMUM_BITRATE,
      GST_TAG_TRACK_GAIN,
      GST_TAG_TRACK_PEAK,
      GST_TAG_ALBUM_GAIN,
      GST_TAG_ALBUM_PEAK,
      GST_TAG_REFERENCE_LEVEL,
      "has-crc",
      "channel-mode",
  };
  GstOwned<GstTagList> rest(gst_tag_list_copy(tags));
  for (const char *name : kOfAudio)
    gst_tag_list_remove_tag(rest.get(), name);
  if (gst_tag_list_is_empty(rest.get()) != FALSE)
    rest.reset();
  return rest;
}

void PassingEvents::add(GstEvent *event, std::chrono::nanoseconds at) {
  waiting_.push_back({GstOwned<GstEvent>(event), at});
}

GstOwned<GstEvent> PassingEvents::next(std::chrono::nanoseconds position) {
  if (waiting_.empty() || waiting_.front().at > position)
    return nullptr;
  GstOwned<GstEvent> event = std::move(waiting_.front().event);
  waiting_.pop_front();
  return event;
}

void PassingEvents::flush() {
  std::erase_if(waiting_, [](const Waiting &one) { return !survives_flush(one.event.get()); });
  for (Waiting &one : waiting_)
    one.at = {};
}

void PassingEvents::drop_passing() {
  std::erase_if(waiting_, [](const Waiting &one) { return !is_sticky(one.event.get()); });
}

}  // namespace assemblyai
