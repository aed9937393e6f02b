// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Pushes the talk into a pipeline.

#pragma once

#include <algorithm>
#include <chrono>

#include "support/pipeline.h"
#include "talk.h"

namespace testing {

// An appsrc that receives everything at once; the element's clock paces it.
class Feed {
 public:
  static constexpr char kSource[] =
      "appsrc name=feed format=time max-bytes=0 max-buffers=0 max-time=0 "
      "handle-segment-change=true "
      "caps=audio/x-raw,format=S16LE,rate=16000,channels=1,layout=interleaved";

  explicit Feed(const Pipeline &pipeline)
      : source_(gst_bin_get_by_name(GST_BIN(pipeline.element()), "feed")) {
    gst_segment_init(&segment_, GST_FORMAT_TIME);
  }
  Feed(const Feed &) = delete;
  Feed &operator=(const Feed &) = delete;
  ~Feed() { gst_object_unref(source_); }

  GstSegment &segment() { return segment_; }

  // The talk from one position to another, in small buffers.
  void push_talk(milliseconds from, milliseconds to, std::chrono::nanoseconds pts) {
    constexpr milliseconds kBuffer{50};
    for (; from < to; from += kBuffer, pts += kBuffer) {
      const auto bytes =
          testserver::coded_bytes(from.count(), std::min(from + kBuffer, to).count());
      GstBuffer *buffer = gst_buffer_new_memdup(bytes.data(), bytes.size());
      GST_BUFFER_PTS(buffer) = static_cast<GstClockTime>(pts.count());
      push_buffer(buffer);
    }
  }
  void gap(std::chrono::nanoseconds at, std::chrono::nanoseconds duration) {
    fail_unless(gst_element_send_event(
        source_, gst_event_new_gap(static_cast<GstClockTime>(at.count()),
                                   static_cast<GstClockTime>(duration.count()))));
  }
  void end() {
    GstFlowReturn flow = GST_FLOW_ERROR;
    g_signal_emit_by_name(source_, "end-of-stream", &flow);
    fail_unless_equals_int(flow, GST_FLOW_OK);
  }

 private:
  void push_buffer(GstBuffer *buffer) {
    GstSample *sample = gst_sample_new(buffer, nullptr, &segment_, nullptr);
    GstFlowReturn flow = GST_FLOW_ERROR;
    g_signal_emit_by_name(source_, "push-sample", sample, &flow);
    gst_sample_unref(sample);
    gst_buffer_unref(buffer);
    fail_unless_equals_int(flow, GST_FLOW_OK);
  }

  GstElement *source_;
  GstSegment segment_{};
};

}  // namespace testing
