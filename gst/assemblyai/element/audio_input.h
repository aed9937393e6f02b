// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <gst/gst.h>

#include <optional>

#include "element/sample_clock.h"
#include "stream/audio_queue.h"

namespace assemblyai {

// What came in, to be sent in this order: the silence for a hole before the audio,
// the end of the turn when the hole was long, the audio. Each may be missing.
struct InputAudio {
  AudioBlock silence;
  bool ends_turn = false;
  AudioBlock audio;
};

// Buffers to blocks of audio on the pipeline's clocks: cuts off what lies outside
// the segment, continues from the buffer before where one has no time stamp, and
// fills holes, so that the service hears a pause where there was one.
// Streaming thread only.
class AudioInput {
 public:
  // Longest hole that becomes silence: what the service takes at once without its
  // captions falling behind (Pacer::kBurst), and more than ends a turn by default.
  static constexpr std::chrono::seconds kMaxSilence{2};

  InputAudio convert(GstBuffer *buffer, const GstSegment &segment, nanoseconds arrival);
  // No audio is to come for this time of the segment.
  InputAudio gap(GstClockTime start, GstClockTime duration, const GstSegment &segment,
                 nanoseconds arrival);

  // A new segment: buffers without time stamps begin at its start.
  void new_segment() { next_position_ = GST_CLOCK_TIME_NONE; }
  // The end of what came last; in the segment's time.
  GstClockTime position() const { return next_position_; }
  // After a flush, or where the audio goes on elsewhere: no hole is seen there.
  void reset();

 private:
  struct Part {
    GstClockTime position = 0;  // in the segment's time
    std::size_t skip = 0;
    std::size_t size = 0;
  };

  std::optional<Part> inside(GstClockTime begin, std::size_t size, const GstSegment &segment);
  GstClockTime position_of(GstBuffer *buffer, const GstSegment &segment) const;
  InputAudio gap_buffer(GstBuffer *buffer, const GstSegment &segment, nanoseconds arrival);

  GstClockTime next_position_ = GST_CLOCK_TIME_NONE;  // in the segment's time
  SampleClock clock_;
  bool marked_ = false;  // a discontinuity, before the next time stamp
};

}  // namespace assemblyai
