// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Time stamps that are off: what is heard of holes, and that jitter never makes the audio
// longer than the stamps are apart, whatever the pattern.

#include <algorithm>
#include <random>

#include "element/audio_input.h"
#include "support/input_buffers.h"

using namespace assemblyai;
using namespace testing;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

// Audio without a break, whose stamps are off by what each call says. A hole is one from
// which on all are off.
class JitteryStream {
 public:
  InputAudio push(milliseconds length, nanoseconds off, guint flags = 0) {
    const auto pts = static_cast<GstClockTime>((position_ + off).count());
    return push_at(length, pts, flags);
  }
  InputAudio push_unstamped(milliseconds length) { return push_at(length, GST_CLOCK_TIME_NONE, 0); }
  // Buffers of 20 ms, off as much.
  void push_all(milliseconds length, nanoseconds off) {
    for (milliseconds done = 0ms; done < length; done += 20ms)
      push(20ms, off);
  }

  // Where the next buffer belongs by the count of what was pushed.
  nanoseconds position() const { return position_; }
  nanoseconds silence() const { return silence_; }  // that no gap asked for

 private:
  InputAudio push_at(milliseconds length, GstClockTime pts, guint flags) {
    const Buffer buffer = buffer_of_ms(static_cast<std::size_t>(length.count()), pts, flags);
    InputAudio input = input_.convert(buffer.get(), segment_, 0ns);
    const bool is_gap = (flags & GST_BUFFER_FLAG_GAP) != 0;
    fail_unless_equals_uint64(input.audio.data.size(), is_gap ? 0 : bytes_of(length));
    const nanoseconds filled = duration_of(input.silence.data.size());
    silence_ += filled - (is_gap ? length : 0ms);
    position_ += length;
    return input;
  }

  AudioInput input_;
  const GstSegment segment_ = segment_from(0);
  nanoseconds position_ = 10s;  // stamps may be early
  nanoseconds silence_{};
};

nanoseconds silence_of(const InputAudio &input) {
  return duration_of(input.silence.data.size());
}

}  // namespace

GST_START_TEST(test_every_other_buffer_is_late) {
  static const milliseconds kLate[] = {39ms, 40ms, 60ms, 100ms, 299ms};
  const milliseconds late = kLate[__i__];
  JitteryStream stream;
  for (int i = 0; i < 600; i++) {
    const nanoseconds position = stream.position();
    const InputAudio got = stream.push(100ms, i % 2 == 0 ? 0ms : late);
    const nanoseconds off = got.audio.stamp.running_time - position;
    assert_ns(off, i % 2 == 1 && late < 40ms ? late : 0ms);
  }
  assert_ns(stream.silence(), 0ms);
}
GST_END_TEST

GST_START_TEST(test_a_late_buffer_of_a_hiccup_is_made_up_for) {
  JitteryStream stream;
  for (int i = 0; i < 10; i++) {
    stream.push_all(3s, 0ms);
    assert_ns(silence_of(stream.push(20ms, 500ms)), i == 0 ? 500ms : 0ms);
    const nanoseconds position = stream.position();
    assert_ns(stream.push(20ms, 0ms).audio.stamp.running_time, position);
  }
  assert_ns(stream.silence(), 500ms);
}
GST_END_TEST

GST_START_TEST(test_a_short_hole_that_is_not_marked_is_followed_in_a_second) {
  static const milliseconds kOff[] = {40ms, 100ms, 299ms, -40ms, -100ms, -299ms};
  const milliseconds off = kOff[__i__];
  JitteryStream stream;
  stream.push_all(1s, 0ms);
  for (milliseconds done = 0ms; done < 3s; done += 20ms) {
    const nanoseconds position = stream.position();
    const InputAudio got = stream.push(20ms, off);
    assert_ns(got.audio.stamp.running_time - position, done < 1s ? 0ms : off);
  }
  assert_ns(stream.silence(), 0ms);
  // A hole after it is measured from there; but not what stamps only come forward again.
  assert_ns(silence_of(stream.push(20ms, off + 50ms, GST_BUFFER_FLAG_DISCONT)),
            std::max(50ms + std::min(off, 0ms), 0ms));
}
GST_END_TEST

// The stamp with the least jitter tells how long the hole was.
GST_START_TEST(test_what_jitters_behind_a_hole_is_followed_to_the_least) {
  JitteryStream stream;
  stream.push_all(1s, 0ms);
  for (int i = 0; i <= 50; i++)
    stream.push(20ms, i == 25 ? 80ms : 110ms);
  const nanoseconds position = stream.position();
  assert_ns(stream.push(20ms, 200ms).audio.stamp.running_time, position + 80ms);
}
GST_END_TEST

GST_START_TEST(test_buffers_without_time_stamps_decide_nothing) {
  JitteryStream stream;
  stream.push_all(1s, 0ms);
  for (int i = 0; i < 50; i++) {
    const nanoseconds position = stream.position();
    const InputAudio got = i % 10 == 0 ? stream.push(40ms, 100ms) : stream.push_unstamped(40ms);
    assert_ns(got.audio.stamp.running_time - position, i < 30 ? 0ms : 100ms);
  }
  assert_ns(stream.silence(), 0ms);
}
GST_END_TEST

GST_START_TEST(test_a_mark_holds_for_the_next_time_stamp) {
  AudioInput input;
  const GstSegment segment = segment_from(GST_SECOND);
  input.convert(buffer_of_ms(20, GST_SECOND).get(), segment, 0ns);
  // It lies before the segment.
  input.convert(buffer_of_ms(20, 0, GST_BUFFER_FLAG_RESYNC).get(), segment, 0ns);
  const InputAudio got =
      input.convert(buffer_of_ms(20, GST_SECOND + 120 * kMs).get(), segment, 0ns);
  assert_ns(silence_of(got), 100ms);
}
GST_END_TEST

GST_START_TEST(test_gaps_step_back_too) {
  AudioInput input;
  const GstSegment segment = segment_from(0);
  input.convert(buffer_of_ms(1000, 10 * GST_SECOND).get(), segment, 0ns);
  assert_ns(silence_of(input.gap(5000 * kMs, 100 * kMs, segment, 0ns)), 0ms);
  assert_ns(silence_of(input.gap(5100 * kMs, 200 * kMs, segment, 0ns)), 200ms);
  // What is between two gaps is a hole, but for what only comes forward again.
  assert_ns(silence_of(input.gap(5400 * kMs, 200 * kMs, segment, 0ns)), 200ms);
}
GST_END_TEST

// A leaky queue: what comes is marked, and at its time.
GST_START_TEST(test_dropped_buffers_are_filled_at_once) {
  JitteryStream stream;
  std::mt19937 random(1);
  std::uniform_int_distribution<int> dropped(2, 25);
  nanoseconds hole{};
  stream.push_all(1s, hole);
  for (int i = 0; i < 500; i++) {
    const nanoseconds length = dropped(random) * 20ms;
    hole += length;
    assert_ns(silence_of(stream.push(20ms, hole, GST_BUFFER_FLAG_DISCONT)), length);
    stream.push_all(60ms, hole);
  }
  assert_ns(stream.silence(), hole);
}
GST_END_TEST

GST_START_TEST(test_stamps_that_come_forward_again_make_no_silence_for_a_minute) {
  static const struct {
    milliseconds back, between, silence;
  } kCases[] = {
      {500ms, 1s, 0ms}, {300ms, 1s, 200ms}, {500ms, 59s, 0ms}, {500ms, 60s, 500ms}, {5s, 1s, 0ms},
  };
  const auto &test = kCases[__i__];
  JitteryStream stream;
  stream.push_all(10s, 0ms);
  stream.push_all(test.between, -test.back);
  assert_ns(silence_of(stream.push(20ms, 500ms - test.back)), test.silence);
  assert_ns(silence_of(stream.push(20ms, 1000ms - test.back)), test.back > 500ms ? 0ms : 500ms);
}
GST_END_TEST

GST_START_TEST(test_clocks_that_drift_make_no_silence) {
  const int ppm = __i__ == 0 ? 200 : -200;
  JitteryStream stream;
  for (int i = 0; i < 36000; i++) {
    const nanoseconds position = stream.position();
    const nanoseconds off = i * (nanoseconds(100ms) * ppm / 1000000);
    const InputAudio got = stream.push(100ms, off);
    const nanoseconds error = got.audio.stamp.running_time - position - off;
    fail_unless(error < 41ms && error > -41ms);
  }
  assert_ns(stream.silence(), 0ms);
}
GST_END_TEST

namespace {

// Stamps that stray up to a range in some pattern: for one buffer or for long, on arrival or
// between two values, with or without marks and gaps.
class Jitter {
 public:
  explicit Jitter(unsigned seed) : random_(seed) {}

  // For less than what SampleClock remembers.
  void check(unsigned seed) {
    const nanoseconds first = off_;
    nanoseconds most = off_;
    stream_.push(length_, off_);
    while (stream_.position() < 65s) {
      if (one_in(change_))
        off_ = in_extremes_ ? (off_ == 0ms ? range_ : 0ms)
                            : milliseconds(pick<std::int64_t>(0, range_.count()));
      most = std::max<nanoseconds>(most, off_);
      const nanoseconds position = stream_.position();
      const InputAudio got = stream_.push(length_, off_, flags());
      if (got.audio.data.empty())
        continue;
      const nanoseconds heard_off = got.audio.stamp.running_time - position;
      fail_unless(heard_off >= -1ms && heard_off <= range_, "seed %u", seed);
    }
    fail_unless(stream_.silence() <= most - first,
                "seed %u: %" G_GINT64_FORMAT " ms of silence for jitter of %" G_GINT64_FORMAT " ms",
                seed, static_cast<gint64>(stream_.silence() / 1ms),
                static_cast<gint64>((most - first) / 1ms));
  }

 private:
  template <typename T>
  T pick(T low, T high) {
    return std::uniform_int_distribution<T>(low, high)(random_);
  }
  template <typename T>
  T one_of(std::initializer_list<T> values) {
    return values.begin()[pick<std::size_t>(0, values.size() - 1)];
  }
  bool one_in(int number) { return number > 0 && pick(1, number) == 1; }

  guint flags() {
    guint flags = 0;
    if (one_in(marks_))
      flags |= GST_BUFFER_FLAG_DISCONT;
    if (one_in(gaps_))
      flags |= GST_BUFFER_FLAG_GAP;
    return flags;
  }

  std::mt19937 random_;
  JitteryStream stream_;
  const milliseconds range_ = one_of({10ms, 39ms, 40ms, 60ms, 100ms, 299ms, 300ms, 600ms, 2500ms});
  const milliseconds length_ = one_of({5ms, 20ms, 100ms, 250ms});
  const bool in_extremes_ = one_in(2);
  const int change_ = one_of({1, 2, 10, 60});
  const int marks_ = one_of({0, 0, 1, 10});
  const int gaps_ = one_of({0, 0, 5, 50});
  milliseconds off_ = milliseconds(pick<std::int64_t>(0, in_extremes_ ? 0 : range_.count()));
};

}  // namespace

GST_START_TEST(test_no_jitter_makes_more_silence_than_its_range) {
  for (unsigned seed = 0; seed < testing::tries(300); seed++)
    Jitter(seed).check(seed);
}
GST_END_TEST

GST_START_TEST(test_jitter_at_the_end_of_a_segment_has_a_stream_time) {
  AudioInput input;
  GstSegment segment = segment_from(0, 0, 250 * kMs);
  segment.time = 50 * GST_SECOND;
  input.convert(buffer_of_ms(200, 0).get(), segment, 0ns);
  input.convert(buffer_of_ms(100, 130 * kMs).get(), segment, 0ns);
  const InputAudio got = input.convert(buffer_of_ms(100, 230 * kMs).get(), segment, 0ns);
  fail_unless_equals_uint64(got.audio.data.size(), bytes_of(20ms));
  assert_ns(got.audio.stamp.running_time, 300ms);
  fail_unless(got.audio.stamp.stream_time.has_value());
  assert_ns(*got.audio.stamp.stream_time, 50300ms);
}
GST_END_TEST

static Suite *audio_jitter_suite() {
  Suite *suite = suite_create("audio_jitter");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_every_other_buffer_is_late, 0, 5);
  tcase_add_test(tests, test_a_late_buffer_of_a_hiccup_is_made_up_for);
  tcase_add_loop_test(tests, test_a_short_hole_that_is_not_marked_is_followed_in_a_second, 0, 6);
  tcase_add_test(tests, test_what_jitters_behind_a_hole_is_followed_to_the_least);
  tcase_add_test(tests, test_buffers_without_time_stamps_decide_nothing);
  tcase_add_test(tests, test_a_mark_holds_for_the_next_time_stamp);
  tcase_add_test(tests, test_gaps_step_back_too);
  tcase_add_test(tests, test_dropped_buffers_are_filled_at_once);
  tcase_add_loop_test(tests, test_stamps_that_come_forward_again_make_no_silence_for_a_minute, 0,
                      5);
  tcase_add_loop_test(tests, test_clocks_that_drift_make_no_silence, 0, 2);
  tcase_add_test(tests, test_no_jitter_makes_more_silence_than_its_range);
  tcase_add_test(tests, test_jitter_at_the_end_of_a_segment_has_a_stream_time);
  return suite;
}

CHECK_SUITE(audio_jitter);
