// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Where words are said to be, and what the service hears, when the stream has holes,
// gaps, jumps and several beginnings. Which words the audio has is known from its
// samples.

#include "support/element_harness.h"

#include <algorithm>

using namespace testing;
using namespace std::chrono_literals;

namespace {

// Between the third and the fourth word of the talk.
constexpr milliseconds kBetweenWords = 1240ms;
constexpr milliseconds kEnd = 2700ms;  // after the seventh word

GstClockTime clock_time(milliseconds time) {
  return static_cast<GstClockTime>(std::chrono::nanoseconds(time).count());
}

// Each word of the talk up to kEnd is said once, in order, at its place; the words
// behind kBetweenWords are moved.
void assert_words(ElementHarness &f, GstClockTime origin, milliseconds moved = 0ms) {
  const std::vector<Structure> words = f.words();
  fail_unless_equals_uint64(words.size(), 7);
  for (std::size_t i = 0; i < words.size(); i++) {
    const testserver::TalkWord expected = testserver::talk_word(i);
    const milliseconds shift = milliseconds(expected.start_ms) > kBetweenWords ? moved : 0ms;
    const std::string text = string_field(words[i].get(), "text");
    fail_unless(text == expected.text || text == expected.formatted || text == expected.text + ".",
                "%s instead of %s", text.c_str(), expected.text.c_str());
    assert_near(time_field(words[i].get(), "running-time"),
                origin + clock_time(milliseconds(expected.start_ms) + shift));
    assert_near(end_time(words[i].get()),
                origin + clock_time(milliseconds(expected.end_ms) + shift));
  }
}

// The talk with zeros between its two parts.
std::vector<std::uint8_t> with_silence(milliseconds silence) {
  std::vector<std::uint8_t> bytes = talk_bytes(kEnd);
  bytes.insert(bytes.begin() + kBetweenWords.count() * 32,
               static_cast<std::size_t>(silence.count()) * 32, 0);
  return bytes;
}

std::size_t forced(const testserver::ReceivedSession &session) {
  return static_cast<std::size_t>(std::count(
      session.text_messages.begin(), session.text_messages.end(), R"({"type":"ForceEndpoint"})"));
}

void push_first_part(ElementHarness &f, milliseconds at = 0ms) {
  f.push(ElementHarness::buffer(0ms, kBetweenWords, clock_time(at)));
}

void push_second_part(ElementHarness &f, milliseconds at) {
  f.push(ElementHarness::buffer(kBetweenWords, kEnd, clock_time(at)));
}

}  // namespace

GST_START_TEST(test_a_short_hole_is_heard_as_silence) {
  ElementHarness f;
  push_first_part(f);
  push_second_part(f, kBetweenWords + 700ms);
  const testserver::ReceivedSession session = f.finish();
  assert_received(session, with_silence(700ms));
  fail_unless_equals_uint64(forced(session), 0);
  assert_words(f, 0, 700ms);
}
GST_END_TEST

GST_START_TEST(test_a_long_hole_ends_the_turn) {
  ElementHarness f;
  push_first_part(f);
  push_second_part(f, kBetweenWords + 3600s);
  const testserver::ReceivedSession session = f.finish();
  assert_received(session, with_silence(2000ms));
  fail_unless_equals_uint64(forced(session), 1);
  assert_words(f, 0, 3600s);
}
GST_END_TEST

GST_START_TEST(test_gap_events_are_heard_as_silence) {
  ElementHarness f;
  fail_unless(gst_harness_push_event(f.harness, gst_event_new_gap(0, 100 * GST_SECOND)));
  push_first_part(f, 100s);
  for (int i = 0; i < 10; i++) {
    fail_unless(gst_harness_push_event(
        f.harness,
        gst_event_new_gap(clock_time(100s + kBetweenWords + i * 50ms), clock_time(50ms))));
  }
  push_second_part(f, 100s + kBetweenWords + 500ms);
  const testserver::ReceivedSession session = f.finish();
  assert_received(session, with_silence(500ms));
  assert_words(f, 100 * GST_SECOND, 500ms);
}
GST_END_TEST

GST_START_TEST(test_a_stream_of_gaps_alone_opens_no_session) {
  ElementHarness f;
  for (GstClockTime i = 0; i < 100; i++)
    fail_unless(gst_harness_push_event(f.harness, gst_event_new_gap(i * GST_SECOND, GST_SECOND)));
  GstBuffer *silent = ElementHarness::buffer(0ms, 1000ms, 100 * GST_SECOND);
  GST_BUFFER_FLAG_SET(silent, GST_BUFFER_FLAG_GAP);
  f.push(silent);
  fail_unless(gst_harness_push_event(f.harness, gst_event_new_eos()));
  fail_unless_equals_uint64(f.server->handshake_attempts(), 0);
}
GST_END_TEST

GST_START_TEST(test_buffers_that_are_gaps_are_heard_as_silence) {
  ElementHarness f;
  push_first_part(f);
  GstBuffer *noise = ElementHarness::buffer(0ms, 600ms, clock_time(kBetweenWords));
  GST_BUFFER_FLAG_SET(noise, GST_BUFFER_FLAG_GAP);
  f.push(noise);
  push_second_part(f, kBetweenWords + 600ms);
  assert_received(f.finish(), with_silence(600ms));
  assert_words(f, 0, 600ms);
}
GST_END_TEST

GST_START_TEST(test_a_late_start_is_no_hole) {
  ElementHarness f;
  push_first_part(f, 3600s);
  push_second_part(f, 3600s + kBetweenWords);
  assert_received(f.finish(), talk_bytes(kEnd));
  assert_words(f, 3600 * GST_SECOND);
}
GST_END_TEST

GST_START_TEST(test_segments_and_streams_follow_one_another_without_a_seam) {
  ElementHarness f;
  push_first_part(f);
  fail_unless(gst_harness_push_event(f.harness, gst_event_new_stream_start("next")));
  GstCaps *caps = gst_caps_from_string(kCaps);
  fail_unless(gst_harness_push_event(f.harness, gst_event_new_caps(caps)));
  gst_caps_unref(caps);
  f.push_segment([](GstSegment &segment) {
    segment.base = clock_time(kBetweenWords);
    segment.start = segment.time = 50 * GST_SECOND;
  });
  push_second_part(f, 50s);
  assert_received(f.finish(), talk_bytes(kEnd));
  assert_words(f, 0);
}
GST_END_TEST

GST_START_TEST(test_an_offset_of_the_pad_moves_the_words) {
  ElementHarness f;
  GstPad *pad = gst_element_get_static_pad(f.harness->element, "sink");
  gst_pad_set_offset(pad, 7 * GST_SECOND);
  gst_object_unref(pad);
  f.push_segment([](GstSegment &) {});
  push_first_part(f);
  push_second_part(f, kBetweenWords);
  assert_received(f.finish(), talk_bytes(kEnd));
  assert_words(f, 7 * GST_SECOND);
}
GST_END_TEST

GST_START_TEST(test_discontinuities_are_judged_by_their_time) {
  ElementHarness f;
  push_first_part(f);
  GstBuffer *next = ElementHarness::buffer(kBetweenWords, kEnd, clock_time(kBetweenWords + 5ms));
  GST_BUFFER_FLAG_SET(next, GST_BUFFER_FLAG_DISCONT);
  f.push(next);
  assert_received(f.finish(), talk_bytes(kEnd));
  assert_words(f, 0);
}
GST_END_TEST

// Of a source that stamps on arrival: some buffers are late, and none of them is a hole.
GST_START_TEST(test_stamps_that_jitter_break_no_word) {
  static const struct {
    milliseconds late;
    int each;
  } kCases[] = {{60ms, 2}, {250ms, 3}, {-100ms, 4}};
  constexpr milliseconds kBuffer = 100ms;
  ElementHarness f;
  for (int i = 0; i * kBuffer < kEnd; i++) {
    const bool is_off = i % kCases[__i__].each == 1;
    f.push(ElementHarness::buffer(
        i * kBuffer, (i + 1) * kBuffer,
        clock_time(1000ms + i * kBuffer + (is_off ? kCases[__i__].late : 0ms))));
  }
  assert_received(f.finish(), talk_bytes(kEnd));
  assert_words(f, GST_SECOND);
}
GST_END_TEST

GST_START_TEST(test_a_marked_hole_is_heard_as_silence_however_short) {
  ElementHarness f;
  push_first_part(f);
  GstBuffer *next = ElementHarness::buffer(kBetweenWords, kEnd, clock_time(kBetweenWords + 80ms));
  GST_BUFFER_FLAG_SET(next, GST_BUFFER_FLAG_DISCONT);
  f.push(next);
  assert_received(f.finish(), with_silence(80ms));
  assert_words(f, 0, 80ms);
}
GST_END_TEST

GST_START_TEST(test_buffers_of_odd_sizes_are_one_stream) {
  ElementHarness f;
  const std::vector<std::uint8_t> talk = talk_bytes(kEnd);
  std::size_t samples = 1;
  for (std::size_t at = 0; at < talk.size(); samples = samples % 997 + 13) {
    const std::size_t size = std::min(samples * 2, talk.size() - at);
    GstBuffer *part = gst_buffer_new_memdup(talk.data() + at, size);
    GST_BUFFER_PTS(part) = gst_util_uint64_scale(at, GST_SECOND, 32000);
    f.push(part);
    at += size;
  }
  assert_received(f.finish(), talk);
  assert_words(f, 0);
}
GST_END_TEST

GST_START_TEST(test_other_playback_rates_have_no_captions_and_say_so) {
  static const gdouble kRates[] = {2.0, 0.5, -1.0};
  ElementHarness f;
  push_first_part(f);
  const gdouble rate = kRates[__i__];
  f.push_segment([rate](GstSegment &segment) {
    segment.rate = rate;
    segment.base = clock_time(kBetweenWords);
    segment.stop = 100 * GST_SECOND;
  });
  f.push(ElementHarness::buffer(0ms, 1000ms, 10 * GST_SECOND));
  f.push(ElementHarness::buffer(1000ms, 2000ms, 11 * GST_SECOND));
  f.push_segment([](GstSegment &segment) { segment.base = clock_time(kBetweenWords + 1000ms); });
  push_second_part(f, 0ms);
  const std::vector<std::uint8_t> talk = talk_bytes(kEnd);
  const testserver::ReceivedSession session = f.finish();
  assert_received(session, talk);
  fail_unless_equals_uint64(forced(session), 1);
  GstMessage *warning = gst_bus_pop_filtered(f.bus, GST_MESSAGE_WARNING);
  fail_unless(warning != nullptr);
  gst_message_unref(warning);
  fail_unless(gst_bus_pop_filtered(f.bus, GST_MESSAGE_WARNING) == nullptr);
}
GST_END_TEST

GST_START_TEST(test_turns_from_before_a_flush_are_not_reported_after_it) {
  ElementHarness f;
  push_first_part(f);
  fail_unless(f.server->wait_for(
      [](testserver::Server &s) {
        return s.session_count() == 1 && s.session(0).audio_bytes > 32000;
      },
      testserver::Milliseconds(kDeadline)));
  fail_unless(gst_harness_push_event(f.harness, gst_event_new_flush_start()));
  fail_unless(gst_harness_push_event(f.harness, gst_event_new_flush_stop(TRUE)));
  gst_bus_set_flushing(f.bus, TRUE);
  gst_bus_set_flushing(f.bus, FALSE);
  f.push_segment([](GstSegment &) {});
  push_second_part(f, 0ms);
  f.finish();
  const std::vector<Structure> words = f.words();
  fail_unless_equals_uint64(words.size(), 4);
  const std::string first = string_field(words[0].get(), "text");
  fail_unless(first.starts_with(testserver::talk_word(3).text) ||
                  first.starts_with(testserver::talk_word(3).formatted),
              "%s", first.c_str());
}
GST_END_TEST

static Suite *times_suite() {
  Suite *suite = suite_create("times");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_a_short_hole_is_heard_as_silence);
  tcase_add_test(tests, test_a_long_hole_ends_the_turn);
  tcase_add_test(tests, test_gap_events_are_heard_as_silence);
  tcase_add_test(tests, test_a_stream_of_gaps_alone_opens_no_session);
  tcase_add_test(tests, test_buffers_that_are_gaps_are_heard_as_silence);
  tcase_add_test(tests, test_a_late_start_is_no_hole);
  tcase_add_test(tests, test_segments_and_streams_follow_one_another_without_a_seam);
  tcase_add_test(tests, test_an_offset_of_the_pad_moves_the_words);
  tcase_add_test(tests, test_discontinuities_are_judged_by_their_time);
  tcase_add_loop_test(tests, test_stamps_that_jitter_break_no_word, 0, 3);
  tcase_add_test(tests, test_a_marked_hole_is_heard_as_silence_however_short);
  tcase_add_test(tests, test_buffers_of_odd_sizes_are_one_stream);
  tcase_add_loop_test(tests, test_other_playback_rates_have_no_captions_and_say_so, 0, 3);
  tcase_add_test(tests, test_turns_from_before_a_flush_are_not_reported_after_it);
  return suite;
}

CHECK_SUITE(times);
