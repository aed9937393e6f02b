// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <gst/gst.h>

#include <optional>

#include "session/audio_queue.h"

namespace assemblyai {

// Buffers to blocks of audio on the pipeline's clocks: cuts off what lies outside
// the segment, and continues from the buffer before where one has no time stamp.
// Streaming thread only.
class AudioInput {
 public:
  // Nothing when no part of the buffer is inside the segment or it has no audio.
  std::optional<AudioBlock> convert(GstBuffer *buffer, const GstSegment &segment,
                                    nanoseconds arrival);
  // Forgets where the last buffer ended.
  void reset() { next_position_ = GST_CLOCK_TIME_NONE; }

 private:
  GstClockTime next_position_ = GST_CLOCK_TIME_NONE;  // in the segment's time
};

}  // namespace assemblyai
