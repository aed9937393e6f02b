// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The element alone, fed buffer by buffer: caps, segments, time stamps.

#include "support/element_harness.h"

using namespace testing;
using namespace std::chrono_literals;

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
  const ElementHarness f;
  GstPad *pad = gst_element_get_static_pad(f.harness->element, "sink");
  GstCaps *caps = gst_caps_from_string(kCases[__i__].caps);
  fail_unless_equals_int(gst_pad_query_accept_caps(pad, caps), kCases[__i__].accepted);
  gst_caps_unref(caps);
  gst_object_unref(pad);
}
GST_END_TEST

GST_START_TEST(test_buffers_without_time_stamps_go_on_from_the_one_before) {
  ElementHarness f;
  f.push(ElementHarness::buffer(0ms, 1000ms, 5 * GST_SECOND));
  f.push(ElementHarness::buffer(1000ms, 2000ms, GST_CLOCK_TIME_NONE));
  f.push(ElementHarness::buffer(2000ms, 4000ms, GST_CLOCK_TIME_NONE));
  assert_received(f.finish(), talk_bytes(4000ms));
  const std::vector<Structure> words = f.words();
  assert_near(
      time_field(words.at(0).get(), "running-time"),
      5 * GST_SECOND + static_cast<GstClockTime>(testserver::talk_word(0).start_ms) * GST_MSECOND);
}
GST_END_TEST

GST_START_TEST(test_what_lies_outside_the_segment_is_not_sent) {
  ElementHarness f;
  f.push_segment([](GstSegment &segment) {
    segment.start = segment.time = GST_SECOND;
    segment.stop = 2500 * GST_MSECOND;
  });
  f.push(ElementHarness::buffer(0ms, 500ms, 0));
  f.push(ElementHarness::buffer(500ms, 4000ms, 500 * GST_MSECOND));
  const std::vector<std::uint8_t> talk = talk_bytes(2500ms);
  assert_received(f.finish(), {talk.begin() + 32000, talk.end()});
}
GST_END_TEST

GST_START_TEST(test_times_follow_the_segment) {
  ElementHarness f;
  f.push_segment([](GstSegment &segment) {
    segment.base = 100 * GST_SECOND;
    segment.start = segment.time = 10 * GST_SECOND;
  });
  f.push(ElementHarness::buffer(0ms, 4000ms, 12 * GST_SECOND));
  f.finish();
  const std::vector<Structure> words = f.words();
  assert_near(time_field(words.at(0).get(), "running-time"),
              102 * GST_SECOND +
                  static_cast<GstClockTime>(testserver::talk_word(0).start_ms) * GST_MSECOND);
}
GST_END_TEST

GST_START_TEST(test_a_jump_in_time_moves_what_comes_after_it) {
  ElementHarness f;
  const std::int64_t second = testserver::talk_word(8).start_ms;  // the second sentence
  f.push(ElementHarness::buffer(0ms, 3500ms, 0));
  f.push(ElementHarness::buffer(3500ms, 7000ms, 60 * GST_SECOND));
  f.finish();
  const std::vector<Structure> words = f.words();
  assert_near(time_field(words.at(8).get(), "running-time"),
              60 * GST_SECOND + static_cast<GstClockTime>(second - 3500) * GST_MSECOND);
}
GST_END_TEST

GST_START_TEST(test_half_a_sample_at_the_end_of_a_buffer_shifts_nothing) {
  ElementHarness f;
  GstBuffer *odd = ElementHarness::buffer(0ms, 1000ms, 0);
  odd = gst_buffer_append(odd, gst_buffer_new_memdup("x", 1));
  f.push(odd);
  f.push(ElementHarness::buffer(1000ms, 2000ms, GST_SECOND));
  assert_received(f.finish(), talk_bytes(2000ms));
}
GST_END_TEST

GST_START_TEST(test_after_a_flush_audio_goes_to_a_new_session) {
  ElementHarness f;
  f.push(ElementHarness::buffer(0ms, 1000ms, 0));
  fail_unless(gst_harness_push_event(f.harness, gst_event_new_flush_start()));
  fail_unless(gst_harness_push_event(f.harness, gst_event_new_flush_stop(TRUE)));
  f.push_segment([](GstSegment &) {});
  f.push(ElementHarness::buffer(2000ms, 4000ms, 0));
  const std::vector<std::uint8_t> talk = talk_bytes(4000ms);
  assert_received(f.finish(), {talk.begin() + 64000, talk.end()});
}
GST_END_TEST

GST_START_TEST(test_eos_without_audio_opens_nothing) {
  const ElementHarness f;
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

CHECK_SUITE(harness);
