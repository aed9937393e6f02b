// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Buffers and segments for AudioInput.

#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "element/audio_input.h"
#include "stream/stream.h"
#include "support/check.h"

namespace testing {

inline constexpr GstClockTime kMs = GST_MSECOND;

struct BufferDeleter {
  void operator()(GstBuffer *buffer) const { gst_buffer_unref(buffer); }
};
using Buffer = std::unique_ptr<GstBuffer, BufferDeleter>;

inline Buffer buffer_of(const std::vector<std::uint16_t> &samples, GstClockTime pts,
                        guint flags = 0) {
  Buffer buffer(
      gst_buffer_new_memdup(samples.data(), samples.size() * assemblyai::kBytesPerSample));
  GST_BUFFER_PTS(buffer.get()) = pts;
  GST_BUFFER_FLAG_SET(buffer.get(), flags);
  return buffer;
}

inline Buffer buffer_of_ms(std::size_t ms, GstClockTime pts, guint flags = 0) {
  return buffer_of(std::vector<std::uint16_t>(ms * 16, 7), pts, flags);
}

inline GstSegment segment_from(GstClockTime start, GstClockTime base = 0,
                               GstClockTime stop = GST_CLOCK_TIME_NONE) {
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  segment.start = start;
  segment.time = start;
  segment.base = base;
  segment.stop = stop;
  return segment;
}

inline void assert_ns(std::chrono::nanoseconds got, std::chrono::nanoseconds expected) {
  fail_unless_equals_int64(got.count(), expected.count());
}

}  // namespace testing
