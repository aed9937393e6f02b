// SPDX-License-Identifier: LGPL-2.1-or-later
// Positions in what was sent, to the pipeline's time: for any way in which the
// audio's time stamps run on, jump or jitter.

#include "captions/timeline.h"

#include <random>

#include "support/check.h"

using namespace assemblyai;
using namespace std::chrono_literals;

namespace {

constexpr unsigned kRate = 16000;

AudioTime time_at(nanoseconds running, std::optional<nanoseconds> stream = std::nullopt,
                  nanoseconds arrival = 0ns) {
  return {running, stream, arrival};
}

void assert_time(const std::optional<Timeline::Moment> &moment, nanoseconds expected) {
  fail_unless(moment.has_value());
  fail_unless_equals_int64(moment->running_time.count(), expected.count());
}

}  // namespace

GST_START_TEST(test_an_empty_timeline_knows_no_time) {
  const Timeline timeline(kRate);
  fail_if(timeline.at(0ms).has_value());
  fail_if(timeline.end_at(0ms).has_value());
  fail_if(timeline.arrival_of(0ms).has_value());
}
GST_END_TEST

GST_START_TEST(test_an_unknown_position_has_no_time) {
  Timeline timeline(kRate);
  timeline.append(time_at(1s), 0, kRate);
  fail_if(timeline.at(kUnknownTime).has_value());
  fail_if(timeline.end_at(kUnknownTime).has_value());
}
GST_END_TEST

GST_START_TEST(test_audio_that_runs_on_is_one_span) {
  Timeline timeline(kRate);
  for (int i = 0; i < 1000; i++)
    timeline.append(time_at(10s + i * 50ms, 3s + i * 50ms), 0, 800);
  fail_unless_equals_uint64(timeline.span_count(), 1);
  assert_time(timeline.at(0ms), 10s);
  assert_time(timeline.at(1234ms), 11234ms);
  fail_unless_equals_int64(timeline.at(1234ms)->stream_time->count(), nanoseconds(4234ms).count());
}
GST_END_TEST

GST_START_TEST(test_a_hole_starts_a_span_and_both_sides_keep_their_time) {
  Timeline timeline(kRate);
  timeline.append(time_at(0s), 0, 16000);
  timeline.append(time_at(5s), 0, 16000);
  fail_unless_equals_uint64(timeline.span_count(), 2);
  assert_time(timeline.at(999ms), 999ms);
  assert_time(timeline.at(1000ms), 5s);
  assert_time(timeline.end_at(1000ms), 1s);
  assert_time(timeline.at(1500ms), 5500ms);
}
GST_END_TEST

GST_START_TEST(test_a_piece_inside_a_block_starts_inside_its_time) {
  Timeline timeline(kRate);
  timeline.append(time_at(2s, 7s), 1600, 800);
  assert_time(timeline.at(0ms), 2100ms);
  fail_unless_equals_int64(timeline.at(0ms)->stream_time->count(), nanoseconds(7100ms).count());
}
GST_END_TEST

GST_START_TEST(test_positions_outside_give_the_nearest_known_time) {
  Timeline timeline(kRate);
  timeline.append(time_at(4s), 0, 1600);
  timeline.append_padding(800);
  assert_time(timeline.at(-5ms), 4s);
  assert_time(timeline.at(120ms), 4100ms);
  assert_time(timeline.at(99999ms), 4100ms);
}
GST_END_TEST

GST_START_TEST(test_audio_after_padding_has_its_own_span) {
  Timeline timeline(kRate);
  timeline.append(time_at(0s), 0, 400);
  timeline.append_padding(400);
  timeline.append(time_at(25ms), 0, 800);
  fail_unless_equals_uint64(timeline.span_count(), 2);
  assert_time(timeline.at(50ms), 25ms);
}
GST_END_TEST

GST_START_TEST(test_jitter_within_the_tolerance_moves_nothing) {
  Timeline timeline(kRate);
  std::mt19937 random(1);
  std::uniform_int_distribution<int> jitter(-9000, 9000);
  timeline.append(time_at(0s), 0, 800);
  for (int i = 1; i < 2000; i++)
    timeline.append(time_at(i * 50ms + std::chrono::microseconds(jitter(random))), 0, 800);
  fail_unless_equals_uint64(timeline.span_count(), 1);
  assert_time(timeline.at(50000ms), 50s);
}
GST_END_TEST

GST_START_TEST(test_a_drifting_clock_is_followed) {
  Timeline timeline(kRate);
  // 1 % off: half a second in 50 s.
  for (int i = 0; i < 1000; i++)
    timeline.append(time_at(i * 50500us), 0, 800);
  const auto moment = timeline.at(49950ms);
  fail_unless(moment.has_value());
  const nanoseconds off = moment->running_time - 999 * 50500us;
  fail_unless(off <= Timeline::kTolerance && off >= -Timeline::kTolerance);
}
GST_END_TEST

GST_START_TEST(test_stream_time_that_jumps_alone_starts_a_span) {
  Timeline timeline(kRate);
  timeline.append(time_at(0s, 0s), 0, 800);
  timeline.append(time_at(50ms, 30s), 0, 800);
  timeline.append(time_at(100ms), 0, 800);
  fail_unless_equals_uint64(timeline.span_count(), 3);
  fail_unless_equals_int64(timeline.at(60ms)->stream_time->count(), nanoseconds(30010ms).count());
  fail_if(timeline.at(110ms)->stream_time.has_value());
}
GST_END_TEST

GST_START_TEST(test_arrival_is_that_of_the_piece_that_completes_the_position) {
  Timeline timeline(kRate);
  timeline.append(time_at(0s, 0s, 1s), 0, 800);
  timeline.append(time_at(50ms, 50ms, 2s), 0, 800);
  fail_unless(timeline.arrival_of(50ms) == 1s);
  fail_unless(timeline.arrival_of(51ms) == 2s);
  fail_unless(timeline.arrival_of(5000ms) == 2s);
}
GST_END_TEST

GST_START_TEST(test_small_buffers_share_a_mark) {
  Timeline timeline(kRate);
  for (int i = 0; i < 1000; i++)
    timeline.append(time_at(i * 1ms, std::nullopt, i * 1ms), 0, 16);
  fail_unless(timeline.mark_count() <= 21, "%zu", timeline.mark_count());
  fail_unless(*timeline.arrival_of(500ms) >= 499ms && *timeline.arrival_of(500ms) <= 550ms);
}
GST_END_TEST

GST_START_TEST(test_each_session_counts_from_zero) {
  Timelines timelines(kRate);
  for (int session = 1; session <= 100; session++) {
    timelines.begin_session(1);
    timelines.current().append(time_at(session * 60s), 0, 16000);
    const auto number = static_cast<std::uint64_t>(session);
    assert_time(timelines.current().at(500ms), session * 60s + 500ms);
    assert_time(timelines.of(number).at(500ms), session * 60s + 500ms);
    if (session > 1)
      assert_time(timelines.of(number - 1).at(500ms), (session - 1) * 60s + 500ms);
  }
  assert_time(timelines.of(101 - Timelines::kMost).at(0ms), (101 - Timelines::kMost) * 60s);
  fail_unless(!timelines.of(100 - Timelines::kMost).at(0ms).has_value());
  fail_unless(!timelines.of(0).at(0ms).has_value());
}
GST_END_TEST

GST_START_TEST(test_sessions_of_which_nothing_is_told_are_forgotten) {
  Timelines timelines(kRate);
  for (int session = 1; session <= 9; session++) {
    timelines.begin_session(session < 9 ? 1 : 7);
    timelines.current().append(time_at(session * 60s), 0, 16000);
  }
  for (const std::uint64_t gone : {0U, 1U, 6U})
    fail_if(timelines.of(gone).at(0ms).has_value());
  for (const std::uint64_t kept : {7U, 8U, 9U})
    assert_time(timelines.of(kept).at(0ms), kept * 60s);
  timelines.begin_session(10);
  fail_if(timelines.of(9).at(0ms).has_value());
}
GST_END_TEST

GST_START_TEST(test_memory_is_bounded_by_the_horizon) {
  Timeline timeline(kRate);
  // Every block a jump: the worst case, for ten hours.
  for (int i = 0; i < 720000; i++)
    timeline.append(time_at(i * 100ms), 0, 800);
  fail_unless(timeline.span_count() <= 6001);
  fail_unless(timeline.mark_count() <= 6001);
  assert_time(timeline.at(719999 * 50ms), 719999 * 100ms);
}
GST_END_TEST

GST_START_TEST(test_random_spans_are_found_again) {
  for (unsigned seed = 0; seed < 50; seed++) {
    std::mt19937 random(seed);
    std::uniform_int_distribution<int> samples(1, 4000);
    std::uniform_int_distribution<int> jump(0, 3);
    Timeline timeline(kRate);
    nanoseconds running = 0s;
    std::uint64_t sent = 0;
    for (int i = 0; i < 200; i++) {
      if (jump(random) == 0)
        running += 100ms * samples(random);
      const int count = samples(random) * 16;  // whole milliseconds
      timeline.append(time_at(running), 0, static_cast<std::uint64_t>(count));
      const auto begin = timeline.at(std::chrono::milliseconds(sent / 16));
      fail_unless(begin.has_value());
      fail_unless_equals_int64(begin->running_time.count(), running.count());
      sent += static_cast<std::uint64_t>(count);
      running += count / 16 * 1ms;
      assert_time(timeline.end_at(std::chrono::milliseconds(sent / 16)), running);
    }
  }
}
GST_END_TEST

static Suite *timeline_suite() {
  Suite *suite = suite_create("timeline");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_an_empty_timeline_knows_no_time);
  tcase_add_test(tests, test_an_unknown_position_has_no_time);
  tcase_add_test(tests, test_audio_that_runs_on_is_one_span);
  tcase_add_test(tests, test_a_hole_starts_a_span_and_both_sides_keep_their_time);
  tcase_add_test(tests, test_a_piece_inside_a_block_starts_inside_its_time);
  tcase_add_test(tests, test_positions_outside_give_the_nearest_known_time);
  tcase_add_test(tests, test_audio_after_padding_has_its_own_span);
  tcase_add_test(tests, test_jitter_within_the_tolerance_moves_nothing);
  tcase_add_test(tests, test_a_drifting_clock_is_followed);
  tcase_add_test(tests, test_stream_time_that_jumps_alone_starts_a_span);
  tcase_add_test(tests, test_arrival_is_that_of_the_piece_that_completes_the_position);
  tcase_add_test(tests, test_small_buffers_share_a_mark);
  tcase_add_test(tests, test_each_session_counts_from_zero);
  tcase_add_test(tests, test_sessions_of_which_nothing_is_told_are_forgotten);
  tcase_add_test(tests, test_memory_is_bounded_by_the_horizon);
  tcase_add_test(tests, test_random_spans_are_found_again);
  return suite;
}

CHECK_SUITE(timeline);
