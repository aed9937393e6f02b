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

// To what has a running time: with an offset not all of a segment has one.
bool clip(const GstSegment &segment, guint64 *begin, guint64 *end) {
  GstSegment rest = segment;
  rest.start += rest.offset > rest.base ? rest.offset - rest.base : 0;
  return gst_segment_clip(&rest, GST_FORMAT_TIME, *begin, *end, begin, end) != FALSE;
}

std::optional<nanoseconds> stream_time_at(const GstSegment &segment, GstClockTime position) {
  if (!GST_CLOCK_TIME_IS_VALID(position))
    return std::nullopt;
  const guint64 time = gst_segment_to_stream_time(&segment, GST_FORMAT_TIME, position);
  return GST_CLOCK_TIME_IS_VALID(time) ? std::optional(nanoseconds(time)) : std::nullopt;
}

nanoseconds running_time_at(const GstSegment &segment, GstClockTime position) {
  return nanoseconds(gst_segment_to_running_time(&segment, GST_FORMAT_TIME, position));
}

}  // namespace

void AudioInput::reset() {
  new_segment();
  next_running_time_.reset();
}

// The part of so many bytes from a position on that the segment has.
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

void AudioInput::fill(nanoseconds until, nanoseconds least, const GstSegment &segment,
                      nanoseconds arrival, InputAudio *into) {
  const nanoseconds hole = until - next_running_time_.value_or(until);
  if (hole > -kAlignment && hole < least)
    return;
  const nanoseconds begin = *next_running_time_;
  next_running_time_ = until;
  if (hole < nanoseconds::zero())
    return;
  into->ends_turn = hole > kMaxSilence;
  into->silence.data.resize(bytes_of(std::min<nanoseconds>(hole, kMaxSilence)));
  const guint64 position = gst_segment_position_from_running_time(
      &segment, GST_FORMAT_TIME, static_cast<guint64>(begin.count()));
  into->silence.stamp = {begin, stream_time_at(segment, position), arrival};
  GST_DEBUG("a hole of %" GST_TIME_FORMAT " at %" GST_TIME_FORMAT "%s",
            GST_TIME_ARGS(static_cast<GstClockTime>(hole.count())),
            GST_TIME_ARGS(static_cast<GstClockTime>(begin.count())),
            into->ends_turn ? ", which ends the turn" : "");
}

InputAudio AudioInput::gap(GstClockTime start, GstClockTime duration, const GstSegment &segment,
                           nanoseconds arrival) {
  InputAudio input;
  if (!GST_CLOCK_TIME_IS_VALID(start) || !GST_CLOCK_TIME_IS_VALID(duration))
    return input;
  guint64 begin = start;
  guint64 end = start + duration;
  if (!clip(segment, &begin, &end))
    return input;
  next_position_ = end;
  fill(running_time_at(segment, end), kShortestGap, segment, arrival, &input);
  return input;
}

GstClockTime AudioInput::position_of(GstBuffer *buffer, const GstSegment &segment) const {
  if (GST_BUFFER_PTS_IS_VALID(buffer))
    return GST_BUFFER_PTS(buffer);
  return GST_CLOCK_TIME_IS_VALID(next_position_) ? next_position_ : segment.start;
}

// Silence, whatever is in it.
InputAudio AudioInput::gap_buffer(GstBuffer *buffer, const GstSegment &segment,
                                  nanoseconds arrival) {
  const gsize size = gst_buffer_get_size(buffer);
  const GstClockTime duration = size > 0 ? time_of(size) : GST_BUFFER_DURATION(buffer);
  return gap(position_of(buffer, segment), duration, segment, arrival);
}

InputAudio AudioInput::convert(GstBuffer *buffer, const GstSegment &segment, nanoseconds arrival) {
  if (GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_GAP))
    return gap_buffer(buffer, segment, arrival);
  const MappedBuffer map(buffer);
  if (!map)
    GST_WARNING("a buffer cannot be read; its audio is missing");
  // Whole samples only, or all that follows would be noise.
  const std::span<const std::byte> bytes =
      map.bytes().first(map.bytes().size() / kBytesPerSample * kBytesPerSample);
  const GstClockTime begin = position_of(buffer, segment);
  next_position_ = begin + time_of(bytes.size());

  InputAudio input;
  const std::optional<Part> part = inside(begin, bytes.size(), segment);
  if (!part)
    return input;
  const nanoseconds running_time = running_time_at(segment, part->position);
  fill(running_time, kAlignment, segment, arrival, &input);
  next_running_time_ = next_running_time_.value_or(running_time) + duration_of(part->size);

  input.audio.stamp = {running_time, stream_time_at(segment, part->position), arrival};
  const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(part->skip);
  input.audio.data.assign(first, first + static_cast<std::ptrdiff_t>(part->size));
  return input;
}

}  // namespace assemblyai
