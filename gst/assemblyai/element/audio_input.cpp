// SPDX-License-Identifier: LGPL-2.1-or-later

#include "element/audio_input.h"

#include <algorithm>
#include <span>

#include "element/debug.h"
#include "element/gst_ptr.h"
#include "session/session.h"

namespace assemblyai {

namespace {

// Whole samples, so that what remains stays aligned.
std::size_t bytes_in(GstClockTime duration, std::size_t most) {
  const guint64 samples = gst_util_uint64_scale(duration, kSampleRate, GST_SECOND);
  return static_cast<std::size_t>(std::min<guint64>(samples * kBytesPerSample, most));
}

GstClockTime time_of(std::size_t bytes) {
  return gst_util_uint64_scale(bytes, GST_SECOND, kBytesPerSecond);
}

}  // namespace

std::optional<AudioBlock> AudioInput::convert(GstBuffer *buffer, const GstSegment &segment,
                                              nanoseconds arrival) {
  const MappedBuffer map(buffer);
  if (!map)
    GST_WARNING("a buffer cannot be read; its audio is missing");
  // Whole samples only, or all that follows would be noise.
  std::span<const std::byte> bytes = map.bytes();
  bytes = bytes.first(bytes.size() / kBytesPerSample * kBytesPerSample);
  GstClockTime begin = GST_BUFFER_PTS(buffer);
  if (!GST_CLOCK_TIME_IS_VALID(begin))
    begin = GST_CLOCK_TIME_IS_VALID(next_position_) ? next_position_ : segment.start;
  const GstClockTime end = begin + time_of(bytes.size());
  next_position_ = end;

  guint64 inside_begin = begin;
  guint64 inside_end = end;
  if (gst_segment_clip(&segment, GST_FORMAT_TIME, begin, end, &inside_begin, &inside_end) == FALSE)
    return std::nullopt;
  bytes = bytes.subspan(bytes_in(inside_begin - begin, bytes.size()));
  if (inside_end < end)
    bytes = bytes.first(bytes_in(inside_end - inside_begin, bytes.size()));
  if (bytes.empty())
    return std::nullopt;

  AudioBlock block;
  block.data.assign(bytes.begin(), bytes.end());
  block.stamp.arrival = arrival;
  block.stamp.running_time =
      nanoseconds(gst_segment_to_running_time(&segment, GST_FORMAT_TIME, inside_begin));
  const guint64 stream_time = gst_segment_to_stream_time(&segment, GST_FORMAT_TIME, inside_begin);
  if (GST_CLOCK_TIME_IS_VALID(stream_time))
    block.stamp.stream_time = nanoseconds(stream_time);
  return block;
}

}  // namespace assemblyai
