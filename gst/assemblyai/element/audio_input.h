// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <gst/gst.h>

#include <optional>

#include "element/sample_clock.h"
#include "stream/audio_queue.h"

namespace assemblyai {

// The parts of an input, in the order in which to send them: silence for a gap before the audio,
// the end of the turn if the gap was long, and the audio. Each may be missing.
struct InputAudio {
  AudioBlock silence;
  bool ends_turn = false;
  AudioBlock audio;
};

// Converts buffers to blocks of audio with running and stream times. It clips them to the segment,
// continues from the previous buffer if one has no timestamp, and fills discontinuities with
// silence, so that the service hears a pause. Streaming thread only.
class AudioInput {
 public:
  // The longest discontinuity that is filled. The service accepts that much at once without
  // delaying captions (Pacer::kBurst), and it is more than ends a turn by default.
  static constexpr std::chrono::seconds kMaxSilence{2};

  InputAudio convert(GstBuffer *buffer, const GstSegment &segment, nanoseconds arrival);
  // A GAP event: no audio follows for this time of the segment.
  InputAudio gap(GstClockTime start, GstClockTime duration, const GstSegment &segment,
                 nanoseconds arrival);

  // A new segment: buffers without timestamps begin at its start.
  void new_segment() { next_position_ = GST_CLOCK_TIME_NONE; }
  // The end of the last input, in the time of the segment.
  GstClockTime position() const { return next_position_; }
  // After a flush, or if the audio continues elsewhere: the next buffer is not a discontinuity.
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
  bool marked_ = false;  // a buffer before the next timestamp was marked as discontinuous
};

}  // namespace assemblyai
