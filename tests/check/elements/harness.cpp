// SPDX-License-Identifier: LGPL-2.1-or-later
// The element alone, fed buffer by buffer: caps, segments, time stamps.

#include <gst/check/gstharness.h>

#include "support/check.h"
#include "support/pipeline.h"
#include "talk.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

constexpr char kCaps[] = "audio/x-raw,format=S16LE,rate=16000,channels=1,layout=interleaved";

// A harness with the element, a server that reads the talk from the samples, and a
// bus.
struct Fixture {
  std::unique_ptr<testserver::Server> server;
  GstHarness *harness = nullptr;
  GstBus *bus = gst_bus_new();

  Fixture() {
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
  ~Fixture() {
    gst_element_set_bus(harness->element, nullptr);
    gst_harness_teardown(harness);
    gst_object_unref(bus);
  }
  Fixture(const Fixture &) = delete;
  Fixture &operator=(const Fixture &) = delete;

  // The talk from begin to end, with or without a time stamp.
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
  // The first word of the first final turn on the bus.
  Structure first_word() {
    GstMessage *message = gst_bus_pop_filtered(bus, GST_MESSAGE_ELEMENT);
    fail_unless(message != nullptr);
    const GValue *words = gst_structure_get_value(gst_message_get_structure(message), "words");
    Structure word(
        gst_structure_copy(gst_value_get_structure(gst_value_array_get_value(words, 0))));
    gst_message_unref(message);
    return word;
  }
};

void assert_near(GstClockTime got, GstClockTime expected) {
  const GstClockTime off = got > expected ? got - expected : expected - got;
  fail_unless(off <= 50 * GST_MSECOND, "%" GST_TIME_FORMAT " is not %" GST_TIME_FORMAT,
              GST_TIME_ARGS(got), GST_TIME_ARGS(expected));
}

}  // namespace

GST_START_TEST(test_only_what_the_service_takes_is_accepted) {
  static const struct {
    const char *caps;
    bool accepted;
  } kCases[] = {
      {kCaps, true},
      {"audio/x-raw,format=S16BE,rate=16000,channels=1,layout=interleaved", false},
      {"audio/x-raw,format=F32LE,rate=16000,channels=1,layout=interleaved", false},
      {"audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved", false},
      {"audio/x-raw,format=S16LE,rate=16000,channels=2,layout=interleaved", false},
      {"audio/x-raw,format=S16LE,rate=16000,channels=1,layout=non-interleaved", false},
      {"audio/mpeg,mpegversion=1", false},
  };
  const Fixture f;
  GstPad *pad = gst_element_get_static_pad(f.harness->element, "sink");
  GstCaps *caps = gst_caps_from_string(kCases[__i__].caps);
  fail_unless_equals_int(gst_pad_query_accept_caps(pad, caps), kCases[__i__].accepted);
  gst_caps_unref(caps);
  gst_object_unref(pad);
}
GST_END_TEST

GST_START_TEST(test_buffers_without_time_stamps_go_on_from_the_one_before) {
  Fixture f;
  f.push(Fixture::buffer(0ms, 1000ms, 5 * GST_SECOND));
  f.push(Fixture::buffer(1000ms, 2000ms, GST_CLOCK_TIME_NONE));
  f.push(Fixture::buffer(2000ms, 4000ms, GST_CLOCK_TIME_NONE));
  assert_received(f.finish(), talk_bytes(4000ms));
  const Structure word = f.first_word();
  assert_near(
      time_field(word.get(), "start"),
      5 * GST_SECOND + static_cast<GstClockTime>(testserver::talk_word(0).start_ms) * GST_MSECOND);
}
GST_END_TEST

GST_START_TEST(test_what_lies_outside_the_segment_is_not_sent) {
  Fixture f;
  f.push_segment([](GstSegment &segment) {
    segment.start = segment.time = GST_SECOND;
    segment.stop = 2500 * GST_MSECOND;
  });
  f.push(Fixture::buffer(0ms, 500ms, 0));
  f.push(Fixture::buffer(500ms, 4000ms, 500 * GST_MSECOND));
  const std::vector<std::uint8_t> talk = talk_bytes(2500ms);
  assert_received(f.finish(), {talk.begin() + 32000, talk.end()});
}
GST_END_TEST

GST_START_TEST(test_times_follow_the_segment) {
  Fixture f;
  f.push_segment([](GstSegment &segment) {
    segment.base = 100 * GST_SECOND;
    segment.start = segment.time = 10 * GST_SECOND;
  });
  f.push(Fixture::buffer(0ms, 4000ms, 12 * GST_SECOND));
  f.finish();
  const Structure word = f.first_word();
  assert_near(time_field(word.get(), "start"),
              102 * GST_SECOND +
                  static_cast<GstClockTime>(testserver::talk_word(0).start_ms) * GST_MSECOND);
}
GST_END_TEST

GST_START_TEST(test_a_jump_in_time_moves_what_comes_after_it) {
  Fixture f;
  const std::int64_t second = testserver::talk_word(8).start_ms;  // the second sentence
  f.push(Fixture::buffer(0ms, 3500ms, 0));
  f.push(Fixture::buffer(3500ms, 7000ms, 60 * GST_SECOND));
  f.finish();
  f.first_word();
  const Structure word = f.first_word();
  assert_near(time_field(word.get(), "start"),
              60 * GST_SECOND + static_cast<GstClockTime>(second - 3500) * GST_MSECOND);
}
GST_END_TEST

GST_START_TEST(test_half_a_sample_at_the_end_of_a_buffer_shifts_nothing) {
  Fixture f;
  GstBuffer *odd = Fixture::buffer(0ms, 1000ms, 0);
  odd = gst_buffer_append(odd, gst_buffer_new_memdup("x", 1));
  f.push(odd);
  f.push(Fixture::buffer(1000ms, 2000ms, GST_SECOND));
  assert_received(f.finish(), talk_bytes(2000ms));
}
GST_END_TEST

GST_START_TEST(test_after_a_flush_audio_goes_to_a_new_session) {
  Fixture f;
  f.push(Fixture::buffer(0ms, 1000ms, 0));
  fail_unless(gst_harness_push_event(f.harness, gst_event_new_flush_start()));
  fail_unless(gst_harness_push_event(f.harness, gst_event_new_flush_stop(TRUE)));
  f.push_segment([](GstSegment &) {});
  f.push(Fixture::buffer(2000ms, 4000ms, 0));
  const std::vector<std::uint8_t> talk = talk_bytes(4000ms);
  assert_received(f.finish(), {talk.begin() + 64000, talk.end()});
}
GST_END_TEST

GST_START_TEST(test_eos_without_audio_opens_nothing) {
  const Fixture f;
  fail_unless(gst_harness_push_event(f.harness, gst_event_new_eos()));
  fail_unless_equals_uint64(f.server->handshake_attempts(), 0);
}
GST_END_TEST

static Suite *harness_suite() {
  Suite *suite = suite_create("harness");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_only_what_the_service_takes_is_accepted, 0, 7);
  tcase_add_test(tests, test_buffers_without_time_stamps_go_on_from_the_one_before);
  tcase_add_test(tests, test_what_lies_outside_the_segment_is_not_sent);
  tcase_add_test(tests, test_times_follow_the_segment);
  tcase_add_test(tests, test_a_jump_in_time_moves_what_comes_after_it);
  tcase_add_test(tests, test_half_a_sample_at_the_end_of_a_buffer_shifts_nothing);
  tcase_add_test(tests, test_after_a_flush_audio_goes_to_a_new_session);
  tcase_add_test(tests, test_eos_without_audio_opens_nothing);
  return suite;
}

GST_CHECK_MAIN(harness)
