// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The element alone. It receives the talk buffer by buffer, against a server that decodes the words
// from the samples.

#pragma once

#include <gst/check/gstharness.h>

#include "support/check.h"
#include "support/pipeline.h"
#include "talk.h"

namespace testing {

inline constexpr char kCaps[] = "audio/x-raw,format=S16LE,rate=16000,channels=1,layout=interleaved";

struct ElementHarness {
  std::unique_ptr<testserver::Server> server;
  GstHarness *harness = nullptr;
  GstBus *bus = gst_bus_new();

  ElementHarness() {
    testserver::Options options;
    options.engine = testserver::EngineKind::coded;
    server = start_server(options);
    GstElement *sink = gst_element_factory_make("assemblyaisink", nullptr);
    g_object_set(sink, "sync", FALSE, "async", FALSE, "endpoint", server->endpoint().c_str(),
                 "api-key", kKey, "messages", 4 /* final */, nullptr);
    gst_element_set_bus(sink, bus);
    harness = gst_harness_new_with_element(sink, "sink", nullptr);
    gst_object_unref(sink);
    gst_harness_set_src_caps_str(harness, kCaps);
  }
  ~ElementHarness() {
    gst_element_set_bus(harness->element, nullptr);
    gst_harness_teardown(harness);
    gst_object_unref(bus);
  }
  ElementHarness(const ElementHarness &) = delete;
  ElementHarness &operator=(const ElementHarness &) = delete;

  // The talk from begin to end, with or without a timestamp.
  static GstBuffer *buffer(milliseconds begin, milliseconds end, GstClockTime pts) {
    const std::vector<std::uint8_t> talk = talk_bytes(end);
    const auto from = talk.begin() + begin.count() * 32;
    const std::vector<std::uint8_t> part(from, talk.end());
    GstBuffer *made = gst_buffer_new_memdup(part.data(), part.size());
    GST_BUFFER_PTS(made) = pts;
    return made;
  }
  void push(GstBuffer *made) {
    fail_unless_equals_int(gst_harness_push(harness, made), GST_FLOW_OK);
  }
  void push_segment(const std::function<void(GstSegment &)> &edit) {
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    edit(segment);
    fail_unless(gst_harness_push_event(harness, gst_event_new_segment(&segment)));
  }
  testserver::ReceivedSession finish() {
    fail_unless(gst_harness_push_event(harness, gst_event_new_eos()));
    return server->session(server->session_count() - 1);
  }
  // The words of the final turns that are on the bus, in order.
  std::vector<Structure> words() {
    std::vector<Structure> all;
    while (GstMessage *message = gst_bus_pop_filtered(bus, GST_MESSAGE_ELEMENT)) {
      const GstStructure *turn = gst_message_get_structure(message);
      const GValue *words = gst_structure_get_value(turn, "words");
      for (guint i = 0; words != nullptr && i < gst_value_array_get_size(words); i++)
        all.emplace_back(
            gst_structure_copy(gst_value_get_structure(gst_value_array_get_value(words, i))));
      gst_message_unref(message);
    }
    return all;
  }
};

inline void assert_near(GstClockTime got, GstClockTime expected) {
  const GstClockTime off = got > expected ? got - expected : expected - got;
  fail_unless(off <= 50 * GST_MSECOND, "%" GST_TIME_FORMAT " is not %" GST_TIME_FORMAT,
              GST_TIME_ARGS(got), GST_TIME_ARGS(expected));
}

}  // namespace testing
