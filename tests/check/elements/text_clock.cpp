// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// How far text has to come, by the pipeline's clock and by the sending of the audio.

#include "element/text_clock.h"

#include "support/check.h"

using namespace assemblyai;
using namespace std::chrono_literals;

namespace {

constexpr GstClockTime kBaseTime = 100 * GST_SECOND;
constexpr UpstreamLatency kCamera{.live = true, .min = 200 * GST_MSECOND};
constexpr UpstreamLatency kFile{};

// 1 s from the audio to the text, of which the last 100 ms are the consumer's.
TextSettings timed() {
  return {.mode = TextMode::kCues, .latency_ms = 1000};
}

TextSettings at_once() {
  return {.mode = TextMode::kRolling, .latency_ms = 1000};
}

PipelineTime at(nanoseconds running_time, bool is_playing = true) {
  return {.monotonic = 1000s + running_time,
          .running_time = running_time,
          .base_time = kBaseTime,
          .is_playing = is_playing};
}

struct Fixture {
  TextSettings settings;
  TextClock clock;

  Fixture(const TextSettings &given, const UpstreamLatency &upstream, bool synchronized)
      : settings(given) {
    clock.set_playing(true);
    latency = clock.learn(upstream, synchronized, settings);
  }
  nanoseconds due(const PipelineTime &now, bool input_has_begun = true) {
    return clock.due(now, settings, input_has_begun);
  }

  UpstreamLatency latency;
};

}  // namespace

GST_START_TEST(test_the_clock_paces_live_audio) {
  Fixture f(timed(), kCamera, false);
  fail_unless(f.latency.live && f.latency.min == 1200 * GST_MSECOND);
  fail_unless(f.due(at(5s)) == 3900ms);
  fail_unless(f.clock.is_clocked());
  // After a step of 10 s.
  f.clock.follow({.clock = 5s, .stream = 15s}, false);
  fail_unless(f.due(at(6s)) == 14900ms);
}
GST_END_TEST

GST_START_TEST(test_time_stands_still_while_nothing_plays) {
  for (const TextSettings &settings : {timed(), at_once()}) {
    Fixture f(settings, kCamera, false);
    const nanoseconds due = f.due(at(5s));
    fail_unless(f.due(at(6s, false)) == due);
    f.clock.set_playing(false);
    fail_unless(f.due(at(7s)) == due);
    fail_unless(f.clock.stands_still(at(7s)) && !f.clock.running_time(at(7s)));
    f.clock.set_playing(true);
    fail_unless(f.due(at(8s)) == due + 3s);
  }
}
GST_END_TEST

GST_START_TEST(test_after_a_flush_the_base_time_is_old) {
  Fixture f(timed(), kFile, true);
  f.clock.restart();
  f.clock.expect_other_base_time(kBaseTime);
  fail_unless(f.clock.stands_still(at(5s)));
  PipelineTime other = at(5s);
  other.base_time = kBaseTime + 1;
  fail_if(f.clock.stands_still(other));
  // The same one, when audio has waited for it.
  f.clock.follow({}, true);
  fail_if(f.clock.stands_still(at(5s)));
}
GST_END_TEST

GST_START_TEST(test_the_sending_paces_a_file) {
  Fixture f(timed(), kFile, false);
  fail_if(f.latency.live);
  f.clock.reached(3s, 1001s);
  fail_unless(f.due(at(1800ms)) == 0s);
  fail_unless(f.due(at(1900ms)) == 3s);
  fail_if(f.clock.is_clocked());
}
GST_END_TEST

// A file that waits for the clock, but comes after its time.
GST_START_TEST(test_the_sending_paces_what_is_behind) {
  Fixture f(timed(), kFile, true);
  f.clock.reached(3s, 1001s);
  fail_unless(f.due(at(5s)) == 0s);  // the audio waits for its time
  f.clock.follow({.paces = false}, true);
  fail_unless(f.due(at(5s)) == 3s);
  fail_if(f.clock.is_clocked());
  f.clock.follow({}, true);
  fail_unless(f.due(at(5s)) == 4100ms);
}
GST_END_TEST

GST_START_TEST(test_text_at_once_is_for_the_next_picture) {
  Fixture f(at_once(), kCamera, false);
  fail_unless(f.latency.live && f.latency.min == 300 * GST_MSECOND);
  fail_unless(f.due(at(5s)) == 5s - 300ms + 90ms);
  f.clock.set_pipeline_latency(2 * GST_SECOND);
  fail_unless(f.due(at(6s)) == 6s - 2s + 90ms);
}
GST_END_TEST

// A picture whose queue is full stops the source of both, and waits for text. Not where the clock
// goes on: text of a live source that is silent does too.
GST_START_TEST(test_audio_that_does_not_come) {
  for (const TextSettings &settings : {timed(), at_once()}) {
    Fixture f(settings, kFile, true);
    f.clock.input_missing(1001s);
    fail_if(f.clock.is_starving(1001500ms));
    fail_unless(f.clock.is_starving(1001501ms));
    f.clock.input_held();
    fail_if(f.clock.is_starving(1010s));

    Fixture live(settings, kCamera, false);
    live.due(at(5s));
    live.clock.input_missing(1001s);
    fail_if(live.clock.is_starving(1010s));
  }
}
GST_END_TEST

static Suite *text_clock_suite() {
  Suite *suite = suite_create("text_clock");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_the_clock_paces_live_audio);
  tcase_add_test(tests, test_time_stands_still_while_nothing_plays);
  tcase_add_test(tests, test_after_a_flush_the_base_time_is_old);
  tcase_add_test(tests, test_the_sending_paces_a_file);
  tcase_add_test(tests, test_the_sending_paces_what_is_behind);
  tcase_add_test(tests, test_text_at_once_is_for_the_next_picture);
  tcase_add_test(tests, test_audio_that_does_not_come);
  return suite;
}

CHECK_SUITE(text_clock);
