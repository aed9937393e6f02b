// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A source of audio, controlled step by step.

#pragma once

#include <gst/gst.h>

#include "support/check.h"
#include "support/pipeline.h"
#include "talk.h"

namespace testing {

// Pushes streams of audio, one after another, as a filter may receive them.
class Upstream {
 public:
  explicit Upstream(const Pipeline &pipeline) : pad_(gst_pad_new("audio", GST_PAD_SRC)) {
    gst_object_ref_sink(pad_);
    gst_pad_set_active(pad_, TRUE);
    GstPad *sink = gst_element_get_static_pad(pipeline.sink(), "sink");
    fail_unless_equals_int(gst_pad_link(pad_, sink), GST_PAD_LINK_OK);
    gst_object_unref(sink);
  }
  Upstream(const Upstream &) = delete;
  Upstream &operator=(const Upstream &) = delete;
  ~Upstream() {
    gst_pad_set_active(pad_, FALSE);
    gst_object_unref(pad_);
  }

  void begin(const char *id) {
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    GstCaps *caps =
        gst_caps_from_string("audio/x-raw,format=S16LE,rate=16000,channels=1,layout=interleaved");
    push(gst_event_new_stream_start(id));
    push(gst_event_new_caps(caps));
    push(gst_event_new_segment(&segment));
    gst_caps_unref(caps);
  }
  // The first three words of the talk.
  GstFlowReturn say() {
    const auto bytes = testserver::coded_bytes(0, 1250);
    GstBuffer *buffer = gst_buffer_new_memdup(bytes.data(), bytes.size());
    GST_BUFFER_PTS(buffer) = 0;
    return gst_pad_push(pad_, buffer);
  }
  void push(GstEvent *event) { fail_unless(gst_pad_push_event(pad_, event)); }

 private:
  GstPad *pad_;
};

}  // namespace testing
