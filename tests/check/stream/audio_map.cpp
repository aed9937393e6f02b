// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Positions in the sent audio are converted to the pipeline's time, whether the timestamps of the
// audio are continuous, jump or jitter.

#include "stream/audio_map.h"

#include <random>

#include "support/check.h"

using namespace assemblyai;
using namespace std::chrono_literals;

namespace {

constexpr unsigned kRate = 16000;

AudioStamp time_at(nanoseconds running, std::optional<nanoseconds> stream = std::nullopt,
                   nanoseconds arrival = 0ns) {
  return {running, stream, arrival};
}

// A session's audio, sent in messages of one piece each.
class Sent {
 public:
  // The piece begins skip samples into the block of this stamp.
  void append(const AudioStamp &stamp, std::size_t skip, std::size_t samples) {
    map_.append({.position = position_, .pieces = {{stamp, skip * 2, samples * 2}}});
    position_ += samples * 2;
  }
  void append_padding(std::size_t samples) { map_.append({.padding = samples * 2}); }
  void lose(std::size_t samples) { position_ += samples * 2; }

  std::optional<AudioTime> at(milliseconds time) const { return map_.begin_at(time); }
  std::optional<AudioTime> end_at(milliseconds time) const { return map_.end_at(time); }
  std::optional<nanoseconds> arrival_of(milliseconds time) const {
    const std::optional<AudioTime> known = map_.begin_at(time);
    return known ? std::optional(known->arrival) : std::nullopt;
  }
  const AudioMap &map() const { return map_; }
  std::size_t span_count() const { return map_.span_count(); }
  std::size_t mark_count() const { return map_.mark_count(); }

 private:
  AudioMap map_;
  std::uint64_t position_ = 0;
};

void assert_time(const std::optional<AudioTime> &moment, nanoseconds expected) {
  fail_unless(moment.has_value());
  fail_unless_equals_int64(moment->running_time.count(), expected.count());
}

}  // namespace

GST_START_TEST(test_an_empty_map_knows_no_time) {
  const Sent sent;
  fail_if(sent.at(0ms).has_value());
  fail_if(sent.end_at(0ms).has_value());
  fail_if(sent.arrival_of(0ms).has_value());
}
GST_END_TEST

GST_START_TEST(test_an_unknown_position_has_no_time) {
  Sent sent;
  sent.append(time_at(1s), 0, kRate);
  fail_if(sent.at(kUnknownTime).has_value());
  fail_if(sent.end_at(kUnknownTime).has_value());
}
GST_END_TEST

GST_START_TEST(test_audio_that_runs_on_is_one_span) {
  Sent sent;
  for (int i = 0; i < 1000; i++)
    sent.append(time_at(10s + i * 50ms, 3s + i * 50ms), 0, 800);
  fail_unless_equals_uint64(sent.span_count(), 1);
  assert_time(sent.at(0ms), 10s);
  assert_time(sent.at(1234ms), 11234ms);
  fail_unless_equals_int64(sent.at(1234ms)->stream_time->count(), nanoseconds(4234ms).count());
}
GST_END_TEST

GST_START_TEST(test_a_hole_starts_a_span_and_both_sides_keep_their_time) {
  Sent sent;
  sent.append(time_at(0s), 0, 16000);
  sent.append(time_at(5s), 0, 16000);
  fail_unless_equals_uint64(sent.span_count(), 2);
  assert_time(sent.at(999ms), 999ms);
  assert_time(sent.at(1000ms), 5s);
  assert_time(sent.end_at(1000ms), 1s);
  assert_time(sent.at(1500ms), 5500ms);
}
GST_END_TEST

GST_START_TEST(test_a_piece_inside_a_block_starts_inside_its_time) {
  Sent sent;
  sent.append(time_at(2s, 7s), 1600, 800);
  assert_time(sent.at(0ms), 2100ms);
  fail_unless_equals_int64(sent.at(0ms)->stream_time->count(), nanoseconds(7100ms).count());
}
GST_END_TEST

GST_START_TEST(test_positions_outside_give_the_nearest_known_time) {
  Sent sent;
  sent.append(time_at(4s), 0, 1600);
  sent.append_padding(800);
  assert_time(sent.at(-5ms), 4s);
  assert_time(sent.at(120ms), 4100ms);
  assert_time(sent.at(99999ms), 4100ms);
}
GST_END_TEST

GST_START_TEST(test_audio_after_padding_has_its_own_span) {
  Sent sent;
  sent.append(time_at(0s), 0, 400);
  sent.append_padding(400);
  sent.append(time_at(25ms), 0, 800);
  fail_unless_equals_uint64(sent.span_count(), 2);
  assert_time(sent.at(50ms), 25ms);
}
GST_END_TEST

GST_START_TEST(test_jitter_within_the_tolerance_moves_nothing) {
  Sent sent;
  std::mt19937 random(1);
  std::uniform_int_distribution<int> jitter(-9000, 9000);
  sent.append(time_at(0s), 0, 800);
  for (int i = 1; i < 2000; i++)
    sent.append(time_at(i * 50ms + std::chrono::microseconds(jitter(random))), 0, 800);
  fail_unless_equals_uint64(sent.span_count(), 1);
  assert_time(sent.at(50000ms), 50s);
}
GST_END_TEST

GST_START_TEST(test_a_drifting_clock_is_followed) {
  Sent sent;
  // 1 % off: half a second in 50 s.
  for (int i = 0; i < 1000; i++)
    sent.append(time_at(i * 50500us), 0, 800);
  const auto moment = sent.at(49950ms);
  fail_unless(moment.has_value());
  const nanoseconds off = moment->running_time - 999 * 50500us;
  fail_unless(off <= AudioMap::kTolerance && off >= -AudioMap::kTolerance);
}
GST_END_TEST

GST_START_TEST(test_stream_time_that_jumps_alone_starts_a_span) {
  Sent sent;
  sent.append(time_at(0s, 0s), 0, 800);
  sent.append(time_at(50ms, 30s), 0, 800);
  sent.append(time_at(100ms), 0, 800);
  fail_unless_equals_uint64(sent.span_count(), 3);
  fail_unless_equals_int64(sent.at(60ms)->stream_time->count(), nanoseconds(30010ms).count());
  fail_if(sent.at(110ms)->stream_time.has_value());
}
GST_END_TEST

GST_START_TEST(test_arrival_is_that_of_the_piece_that_completes_the_position) {
  Sent sent;
  sent.append(time_at(0s, 0s, 1s), 0, 800);
  sent.append(time_at(50ms, 50ms, 2s), 0, 800);
  fail_unless(sent.arrival_of(50ms) == 1s);
  fail_unless(sent.arrival_of(51ms) == 2s);
  fail_unless(sent.arrival_of(5000ms) == 2s);
}
GST_END_TEST

GST_START_TEST(test_small_buffers_share_a_mark) {
  Sent sent;
  for (int i = 0; i < 1000; i++)
    sent.append(time_at(i * 1ms, std::nullopt, i * 1ms), 0, 16);
  fail_unless(sent.mark_count() <= 21, "%zu", sent.mark_count());
  fail_unless(*sent.arrival_of(500ms) >= 499ms && *sent.arrival_of(500ms) <= 550ms);
}
GST_END_TEST

GST_START_TEST(test_positions_follow_the_input) {
  Sent sent;
  fail_unless_equals_uint64(sent.map().position_of(1s), 0);
  sent.lose(kRate);
  sent.append(time_at(1s), 0, kRate);
  sent.append_padding(kRate / 2);
  sent.lose(3 * kRate);
  sent.append(time_at(5s), 0, kRate);
  fail_unless_equals_uint64(sent.map().begin(), 32000);
  fail_unless_equals_uint64(sent.map().end(), 6 * 32000);
  fail_unless_equals_int64(sent.map().received().count(), 2500);
  fail_unless_equals_uint64(sent.map().position_of(-1s), 32000);
  fail_unless_equals_uint64(sent.map().position_of(kUnknownTime), 32000);
  fail_unless_equals_uint64(sent.map().position_of(500ms), 48000);
  fail_unless_equals_uint64(sent.map().position_of(1200ms), 64000);  // padding
  fail_unless_equals_uint64(sent.map().position_of(1500ms), 5 * 32000);
  fail_unless_equals_uint64(sent.map().position_of(2s), 5 * 32000 + 16000);
  fail_unless_equals_uint64(sent.map().position_of(milliseconds::max()), 6 * 32000);
  fail_unless_equals_uint64(sent.at(500ms)->position, 48000);
  fail_unless_equals_uint64(sent.end_at(1500ms)->position, 64000);
}
GST_END_TEST

// On the border of two spans, of which the second was before the first.
GST_START_TEST(test_a_word_does_not_end_before_it_begins) {
  Sent sent;
  sent.append(time_at(9s), 0, kRate);
  sent.append(time_at(2s), 0, kRate);
  Turn turn;
  turn.words = {{.text = "a", .start = 500ms, .end = 1500ms},
                {.text = "b", .start = kUnknownTime, .end = kUnknownTime}};
  sent.map().locate(&turn);
  assert_time(turn.words[0].begins, 9500ms);
  assert_time(turn.words[0].ends, 9500ms);
  fail_if(turn.words[1].begins.has_value());
  fail_if(turn.words[1].ends.has_value());
}
GST_END_TEST

GST_START_TEST(test_memory_is_bounded_by_the_horizon) {
  Sent sent;
  // Each block is a jump: the worst case, for ten hours.
  for (int i = 0; i < 720000; i++)
    sent.append(time_at(i * 100ms), 0, 800);
  fail_unless(sent.span_count() <= 6001);
  fail_unless(sent.mark_count() <= 6001);
  fail_if(sent.at(1s).has_value());
  assert_time(sent.at(719999 * 50ms), 719999 * 100ms);
}
GST_END_TEST

// Pieces of one sample each, and a jump after each of them.
GST_START_TEST(test_memory_is_bounded_by_the_number_of_spans) {
  Sent sent;
  for (int i = 0; i < 20000; i++)
    sent.append(time_at(i * 1s), 0, 16);
  fail_unless_equals_uint64(sent.span_count(), AudioMap::kMostSpans);
  assert_time(sent.at(19999ms), 19999s);
}
GST_END_TEST

GST_START_TEST(test_random_spans_are_found_again) {
  for (unsigned seed = 0; seed < 50; seed++) {
    std::mt19937 random(seed);
    std::uniform_int_distribution<int> samples(1, 4000);
    std::uniform_int_distribution<int> jump(0, 3);
    Sent sent;
    nanoseconds running = 0s;
    std::uint64_t total = 0;
    for (int i = 0; i < 200; i++) {
      if (jump(random) == 0)
        running += 100ms * samples(random);
      const int count = samples(random) * 16;  // whole milliseconds
      sent.append(time_at(running), 0, static_cast<std::size_t>(count));
      const auto begin = sent.at(std::chrono::milliseconds(total / 16));
      fail_unless(begin.has_value());
      fail_unless_equals_int64(begin->running_time.count(), running.count());
      total += static_cast<std::uint64_t>(count);
      running += count / 16 * 1ms;
      assert_time(sent.end_at(std::chrono::milliseconds(total / 16)), running);
    }
  }
}
GST_END_TEST

static Suite *audio_map_suite() {
  Suite *suite = suite_create("audio_map");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_an_empty_map_knows_no_time);
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
  tcase_add_test(tests, test_positions_follow_the_input);
  tcase_add_test(tests, test_a_word_does_not_end_before_it_begins);
  tcase_add_test(tests, test_memory_is_bounded_by_the_number_of_spans);
  tcase_add_test(tests, test_memory_is_bounded_by_the_horizon);
  tcase_add_test(tests, test_random_spans_are_found_again);
  return suite;
}

CHECK_SUITE(audio_map);
