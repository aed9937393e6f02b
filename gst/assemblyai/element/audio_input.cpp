// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "element/audio_input.h"

#include <algorithm>
#include <span>
#include <utility>

#include "element/gst_ptr.h"
#include "stream/stream.h"

namespace assemblyai {

namespace {

// Whole samples, so that the rest stays aligned.
std::size_t bytes_in(GstClockTime duration, std::size_t most) {
  const guint64 samples = gst_util_uint64_scale(duration, kSampleRate, GST_SECOND);
  return static_cast<std::size_t>(std::min<guint64>(samples * kBytesPerSample, most));
}

GstClockTime time_of(std::size_t bytes) {
  return gst_util_uint64_scale(bytes, GST_SECOND, kBytesPerSecond);
}

// Clips to the part with a running time: with an offset, not all of a segment has one.
bool clip(const GstSegment &segment, guint64 *begin, guint64 *end) {
  GstSegment rest = segment;
  rest.start += rest.offset > rest.base ? rest.offset - rest.base : 0;
  return gst_segment_clip(&rest, GST_FORMAT_TIME, *begin, *end, begin, end) != FALSE;
}

// Also for a time just outside the segment: the count of samples may lead there.
std::optional<nanoseconds> stream_time_at(const GstSegment &segment, nanoseconds running_time) {
  guint64 position = 0;
  guint64 time = 0;
  if (gst_segment_position_from_running_time_full(
          &segment, GST_FORMAT_TIME, static_cast<guint64>(running_time.count()), &position) <= 0 ||
      gst_segment_to_stream_time_full(&segment, GST_FORMAT_TIME, position, &time) <= 0)
    return std::nullopt;
  return nanoseconds(time);
}

AudioStamp stamp_at(const GstSegment &segment, nanoseconds running_time, nanoseconds arrival) {
  return {running_time, stream_time_at(segment, running_time), arrival};
}

nanoseconds running_time_at(const GstSegment &segment, GstClockTime position) {
  return nanoseconds(gst_segment_to_running_time(&segment, GST_FORMAT_TIME, position));
}

bool is_marked(GstBuffer *buffer) {
  return GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DISCONT) ||
         GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_RESYNC);
}

// The silence for a discontinuity.
InputAudio heard(const SampleClock::Hole &hole, const GstSegment &segment, nanoseconds arrival) {
  InputAudio input;
  if (hole.length == nanoseconds::zero())
    return input;
  input.ends_turn = hole.length > AudioInput::kMaxSilence;
  input.silence.data.resize(bytes_of(std::min<nanoseconds>(hole.length, AudioInput::kMaxSilence)));
  input.silence.stamp = stamp_at(segment, hole.begin, arrival);
  return input;
}

}  // namespace

void AudioInput::reset() {
  new_segment();
  clock_ = {};
  marked_ = false;
}

// The part of the bytes at this position that is inside the segment.
std::optional<AudioInput::Part> AudioInput::inside(GstClockTime begin, std::size_t size,
                                                   const GstSegment &segment) {
  const GstClockTime end = begin + time_of(size);
  guint64 inside_begin = begin;
  guint64 inside_end = end;
  if (!clip(segment, &inside_begin, &inside_end))
    return std::nullopt;
  Part part{.position = inside_begin, .skip = bytes_in(inside_begin - begin, size)};
  part.size = size - part.skip;
  if (inside_end < end)
    part.size = bytes_in(inside_end - inside_begin, part.size);
  return part.size > 0 ? std::optional(part) : std::nullopt;
}

InputAudio AudioInput::gap(GstClockTime start, GstClockTime duration, const GstSegment &segment,
                           nanoseconds arrival) {
  if (!GST_CLOCK_TIME_IS_VALID(start) || !GST_CLOCK_TIME_IS_VALID(duration))
    return {};
  guint64 begin = start;
  guint64 end = start + duration;
  if (!clip(segment, &begin, &end))
    return {};
  next_position_ = end;
  const nanoseconds until = running_time_at(segment, end);
  return heard(clock_.gap(until, nanoseconds(end - begin)), segment, arrival);
}

GstClockTime AudioInput::position_of(GstBuffer *buffer, const GstSegment &segment) const {
  if (GST_BUFFER_PTS_IS_VALID(buffer))
    return GST_BUFFER_PTS(buffer);
  return GST_CLOCK_TIME_IS_VALID(next_position_) ? next_position_ : segment.start;
}

// A buffer with the GAP flag is silence, whatever its bytes are.
InputAudio AudioInput::gap_buffer(GstBuffer *buffer, const GstSegment &segment,
                                  nanoseconds arrival) {
  const gsize size = gst_buffer_get_size(buffer);
  const GstClockTime duration = size > 0 ? time_of(size) : GST_BUFFER_DURATION(buffer);
  return gap(position_of(buffer, segment), duration, segment, arrival);
}

InputAudio AudioInput::convert(GstBuffer *buffer, const GstSegment &segment, nanoseconds arrival) {
  marked_ = marked_ || is_marked(buffer);
  if (GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_GAP))
    return gap_buffer(buffer, segment, arrival);
  const MappedBuffer map(buffer);
  // Whole samples only: half a sample would turn all following audio into noise.
  const std::span<const std::byte> bytes =
      map.bytes().first(map.bytes().size() / kBytesPerSample * kBytesPerSample);
  // A buffer without a timestamp only continues the previous one.
  const bool is_stamped =
      GST_BUFFER_PTS_IS_VALID(buffer) || !GST_CLOCK_TIME_IS_VALID(next_position_);
  const GstClockTime begin = position_of(buffer, segment);
  next_position_ = begin + time_of(bytes.size());

  const std::optional<Part> part = inside(begin, bytes.size(), segment);
  if (!part)
    return {};
  const nanoseconds stamp = running_time_at(segment, part->position);
  InputAudio input;
  if (is_stamped)
    input = heard(clock_.align(stamp, std::exchange(marked_, false)), segment, arrival);
  input.audio.stamp = stamp_at(segment, clock_.count(stamp, duration_of(part->size)), arrival);
  const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(part->skip);
  input.audio.data.assign(first, first + static_cast<std::ptrdiff_t>(part->size));
  return input;
}

}  // namespace assemblyai
