// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Buffers, gaps and segments to blocks of audio: a table of cases, and random
// streams in which every sample says where it belongs.

#include "element/audio_input.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include "support/input_buffers.h"

using namespace assemblyai;
using namespace testing;
using namespace std::chrono_literals;

namespace {

constexpr int kHoles = 14;

std::uint16_t sample_at(const AudioBlock &block, std::size_t index) {
  std::uint16_t sample = 0;
  std::memcpy(&sample, block.data.data() + index * kBytesPerSample, sizeof sample);
  return sample;
}

}  // namespace

GST_START_TEST(test_audio_keeps_its_running_and_stream_time) {
  AudioInput input;
  GstSegment segment = segment_from(10 * GST_SECOND, 3 * GST_SECOND);
  segment.time = 70 * GST_SECOND;
  const InputAudio got = input.convert(buffer_of_ms(20, 11 * GST_SECOND).get(), segment, 42ns);
  assert_ns(got.audio.stamp.running_time, 4s);
  assert_ns(*got.audio.stamp.stream_time, 71s);
  assert_ns(got.audio.stamp.arrival, 42ns);
  fail_unless_equals_uint64(got.audio.data.size(), 640);
  fail_unless(got.silence.data.empty());
}
GST_END_TEST

GST_START_TEST(test_what_lies_outside_the_segment_is_cut) {
  AudioInput input;
  const GstSegment segment = segment_from(GST_SECOND, 0, GST_SECOND + 30 * kMs);
  const InputAudio got =
      input.convert(buffer_of_ms(100, GST_SECOND - 10 * kMs).get(), segment, 0ns);
  assert_ns(got.audio.stamp.running_time, 0s);
  fail_unless_equals_uint64(got.audio.data.size(), bytes_of(30ms));
  fail_unless(
      input.convert(buffer_of_ms(20, 2 * GST_SECOND).get(), segment, 0ns).audio.data.empty());
}
GST_END_TEST

GST_START_TEST(test_buffers_without_time_stamps_continue) {
  AudioInput input;
  const GstSegment first = segment_from(5 * GST_SECOND);
  assert_ns(input.convert(buffer_of_ms(20, GST_CLOCK_TIME_NONE).get(), first, 0ns)
                .audio.stamp.running_time,
            0s);
  assert_ns(input.convert(buffer_of_ms(20, GST_CLOCK_TIME_NONE).get(), first, 0ns)
                .audio.stamp.running_time,
            20ms);
  input.new_segment();
  const GstSegment second = segment_from(100 * GST_SECOND, 40 * kMs);
  const InputAudio next = input.convert(buffer_of_ms(20, GST_CLOCK_TIME_NONE).get(), second, 0ns);
  assert_ns(next.audio.stamp.running_time, 40ms);
  fail_unless(next.silence.data.empty());
}
GST_END_TEST

GST_START_TEST(test_a_hole_becomes_silence_and_a_long_one_ends_the_turn) {
  static const struct {
    nanoseconds hole;
    bool marked;
    nanoseconds silence;
    bool ends_turn;
  } kCases[] = {
      {0ms, false, 0ms, false},      {300ms, false, 300ms, false}, {2000ms, false, 2000ms, false},
      {2001ms, false, 2000ms, true}, {3600s, false, 2000ms, true}, {-300ms, false, 0ms, false},
      {39ms, true, 0ms, false},      {40ms, true, 40ms, false},    {500ms, true, 500ms, false},
      {-39ms, true, 0ms, false},     {-40ms, true, 0ms, false},    {39ms, false, 0ms, false},
      {-39ms, false, 0ms, false},    {-500ms, true, 0ms, false},
  };
  static_assert(std::size(kCases) == kHoles);
  const auto &test = kCases[__i__];
  AudioInput input;
  const GstSegment segment = segment_from(0);
  input.convert(buffer_of_ms(1000, 0).get(), segment, 0ns);
  const auto pts = static_cast<GstClockTime>((1s + test.hole).count());
  const guint flags = test.marked ? GST_BUFFER_FLAG_DISCONT : 0;
  const InputAudio got = input.convert(buffer_of_ms(20, pts, flags).get(), segment, 0ns);
  fail_unless_equals_uint64(got.silence.data.size(), bytes_of(test.silence));
  fail_unless_equals_int(got.ends_turn, test.ends_turn);
  assert_ns(got.audio.stamp.running_time, 1s + test.hole);
  if (test.silence > 0ms) {
    assert_ns(got.silence.stamp.running_time, 1s);
    assert_ns(*got.silence.stamp.stream_time, 1s);
    fail_unless_equals_int(sample_at(got.silence, 0), 0);
  }
}
GST_END_TEST

GST_START_TEST(test_gaps_become_silence_only_after_audio) {
  AudioInput input;
  const GstSegment segment = segment_from(0);
  fail_unless(input.gap(0, GST_SECOND, segment, 0ns).silence.data.empty());
  input.convert(buffer_of_ms(100, GST_SECOND).get(), segment, 0ns);
  const InputAudio gap = input.gap(1100 * kMs, 500 * kMs, segment, 0ns);
  fail_unless_equals_uint64(gap.silence.data.size(), bytes_of(500ms));
  fail_if(gap.ends_turn);
  fail_unless(input.convert(buffer_of_ms(20, 1600 * kMs).get(), segment, 0ns).silence.data.empty());
  fail_unless(input.gap(1620 * kMs, 10 * GST_SECOND, segment, 0ns).ends_turn);
  const InputAudio after = input.convert(buffer_of_ms(20, 11620 * kMs).get(), segment, 0ns);
  fail_unless(after.silence.data.empty() && !after.ends_turn);
}
GST_END_TEST

GST_START_TEST(test_gaps_of_unknown_or_no_length_change_nothing) {
  AudioInput input;
  const GstSegment segment = segment_from(0);
  input.convert(buffer_of_ms(100, 0).get(), segment, 0ns);
  fail_unless(input.gap(100 * kMs, GST_CLOCK_TIME_NONE, segment, 0ns).silence.data.empty());
  fail_unless(input.gap(GST_CLOCK_TIME_NONE, kMs, segment, 0ns).silence.data.empty());
  fail_unless(input.gap(100 * kMs, 0, segment, 0ns).silence.data.empty());
  fail_unless(input.convert(buffer_of_ms(20, 100 * kMs).get(), segment, 0ns).silence.data.empty());
}
GST_END_TEST

GST_START_TEST(test_buffers_that_are_gaps_are_silent_whatever_is_in_them) {
  AudioInput input;
  const GstSegment segment = segment_from(0);
  const Buffer early = buffer_of_ms(20, 0, GST_BUFFER_FLAG_GAP);
  fail_unless(input.convert(early.get(), segment, 0ns).silence.data.empty());
  input.convert(buffer_of_ms(20, 20 * kMs).get(), segment, 0ns);
  const Buffer noise = buffer_of_ms(20, 40 * kMs, GST_BUFFER_FLAG_GAP);
  const InputAudio got = input.convert(noise.get(), segment, 0ns);
  fail_unless(got.audio.data.empty());
  fail_unless_equals_uint64(got.silence.data.size(), bytes_of(20ms));
  fail_unless_equals_int(sample_at(got.silence, 100), 0);
  const Buffer empty(gst_buffer_new());
  GST_BUFFER_FLAG_SET(empty.get(), GST_BUFFER_FLAG_GAP);
  GST_BUFFER_DURATION(empty.get()) = 100 * kMs;
  fail_unless_equals_uint64(input.convert(empty.get(), segment, 0ns).silence.data.size(),
                            bytes_of(100ms));
}
GST_END_TEST

GST_START_TEST(test_after_a_flush_nothing_is_missing) {
  AudioInput input;
  const GstSegment segment = segment_from(0);
  input.convert(buffer_of_ms(20, 0).get(), segment, 0ns);
  input.reset();
  const InputAudio got = input.convert(buffer_of_ms(20, GST_SECOND).get(), segment, 0ns);
  fail_unless(got.silence.data.empty());
}
GST_END_TEST

namespace {

// A stream of segments, buffers of any size, holes, gaps and jumps back, which are marked. Each
// sample is numbered; where it belongs is noted as it is made.
class RandomStream {
 public:
  explicit RandomStream(unsigned seed) : random_(seed) {}

  void run(int steps) {
    new_segment();
    for (int i = 0; i < steps; i++) {
      const unsigned choice = pick(0, 99);
      if (choice < 4)
        new_segment();
      else if (choice < 8)
        jump(position_ + pick(1, 6000) * kMs);
      else if (choice < 12)
        jump(std::max(segment_.start,
                      position_ - std::min<GstClockTime>(position_, pick(1, 300) * kMs)));
      else if (choice < 18)
        gap();
      else
        buffer();
    }
  }

  // Every sample that was sent is where it belongs, and all that lay inside came.
  // The service counts in milliseconds.
  void check() const {
    for (const auto &[where, number] : sent_) {
      const auto expected = times_.find(number);
      fail_unless(expected != times_.end());
      const auto moment = audio_.begin_at(std::chrono::milliseconds(where / 16));
      fail_unless(moment.has_value());
      const nanoseconds error = moment->running_time - expected->second;
      fail_unless(where % 16 != 0 || (error < 40ms && error > -40ms),
                  "sample %u is off by %" G_GINT64_FORMAT " us", number,
                  static_cast<gint64>(error.count() / 1000));
    }
    fail_unless_equals_uint64(sent_.size(), times_.size());
  }

 private:
  unsigned pick(unsigned low, unsigned high) {
    return std::uniform_int_distribution<unsigned>(low, high)(random_);
  }

  // Goes on in running time, as GStreamer has it, from anywhere in stream time.
  void new_segment() {
    const GstClockTime base = static_cast<GstClockTime>(running_end_.count());
    segment_ = segment_from(pick(0, 100000) * kMs, base);
    segment_.offset = pick(0, 3) == 0 ? pick(0, 500) * kMs : 0;
    position_ = segment_.start + segment_.offset;
    input_.new_segment();
  }

  void jump(GstClockTime position) {
    position_ = position;
    flags_ = GST_BUFFER_FLAG_DISCONT;
  }

  void gap() {
    const GstClockTime duration = pick(1, 4000) * kMs;
    take(input_.gap(position_, duration, segment_, 0ns));
    position_ += duration;
    note_end();
  }

  void buffer() {
    std::vector<std::uint16_t> samples(pick(1, 2000));
    for (std::size_t i = 0; i < samples.size(); i++) {
      samples[i] = next_number_;
      const GstClockTime at = position_ + gst_util_uint64_scale(i, GST_SECOND, kSampleRate);
      const guint64 time = gst_segment_to_running_time(&segment_, GST_FORMAT_TIME, at);
      if (GST_CLOCK_TIME_IS_VALID(time))
        times_[next_number_] = nanoseconds(time);
      next_number_++;
    }
    take(input_.convert(buffer_of(samples, position_, std::exchange(flags_, 0)).get(), segment_,
                        0ns));
    position_ += gst_util_uint64_scale(samples.size(), GST_SECOND, kSampleRate);
    note_end();
  }

  void note_end() {
    const guint64 time = gst_segment_to_running_time(&segment_, GST_FORMAT_TIME, position_);
    if (GST_CLOCK_TIME_IS_VALID(time))
      running_end_ = nanoseconds(time);
  }

  void take(const InputAudio &input) {
    append(input.silence, true);
    append(input.audio, false);
  }

  void append(const AudioBlock &block, bool silent) {
    const std::size_t count = block.data.size() / kBytesPerSample;
    audio_.append(
        {.position = where_ * kBytesPerSample, .pieces = {{block.stamp, 0, block.data.size()}}});
    for (std::size_t i = 0; i < count && !silent; i++)
      sent_.emplace(where_ + i, sample_at(block, i));
    where_ += count;
  }

  std::mt19937 random_;
  AudioInput input_;
  AudioMap audio_;
  GstSegment segment_{};
  GstClockTime position_ = 0;
  guint flags_ = 0;
  nanoseconds running_end_{};
  std::uint16_t next_number_ = 1;
  std::map<std::uint16_t, nanoseconds> times_;
  std::uint64_t where_ = 0;
  std::map<std::uint64_t, std::uint16_t> sent_;  // by position in what was sent
};

}  // namespace

GST_START_TEST(test_every_sample_of_a_random_stream_is_where_it_belongs) {
  for (unsigned seed = 0; seed < testing::tries(60); seed++) {
    RandomStream stream(seed);
    stream.run(25);
    stream.check();
  }
}
GST_END_TEST

static Suite *audio_input_suite() {
  Suite *suite = suite_create("audio_input");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_audio_keeps_its_running_and_stream_time);
  tcase_add_test(tests, test_what_lies_outside_the_segment_is_cut);
  tcase_add_test(tests, test_buffers_without_time_stamps_continue);
  tcase_add_loop_test(tests, test_a_hole_becomes_silence_and_a_long_one_ends_the_turn, 0, kHoles);
  tcase_add_test(tests, test_gaps_become_silence_only_after_audio);
  tcase_add_test(tests, test_gaps_of_unknown_or_no_length_change_nothing);
  tcase_add_test(tests, test_buffers_that_are_gaps_are_silent_whatever_is_in_them);
  tcase_add_test(tests, test_after_a_flush_nothing_is_missing);
  tcase_add_test(tests, test_every_sample_of_a_random_stream_is_where_it_belongs);
  return suite;
}

CHECK_SUITE(audio_input);
