// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Hours of talk, with changes of the session and all other faults of connections: every word
// appears once.
//
// ASSEMBLYAI_TEST_SEED=n tries that seed only.

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "support/check.h"
#include "support/simulated_stream.h"

using namespace testing;
using namespace assemblyai;
using namespace std::chrono_literals;

namespace {

std::vector<unsigned> seeds(unsigned first, unsigned count) {
  if (const char *wanted = std::getenv("ASSEMBLYAI_TEST_SEED"))
    return {static_cast<unsigned>(std::strtoul(wanted, nullptr, 10))};
  std::vector<unsigned> all;
  for (unsigned i = 0; i < testing::tries(count); i++)
    all.push_back(first + i);
  return all;
}

struct Case {
  const char *name;
  bool live;
  testserver::Finals finals;
  bool pads_turns = false;
  bool by_word = false;
  bool spreads_times = false;  // of words, as Universal-3 reports them
};

using testserver::Finals;
constexpr Case kCases[] = {
    {"live", true, Finals::single},
    {"live, two finals", true, Finals::classical},
    {"live, padded", true, Finals::single, true},
    {"live, word by word", true, Finals::single, false, true},
    {"live, spread", true, Finals::single, false, false, true},
    {"live, spread, word by word", true, Finals::single, false, true, true},
    {"file", false, Finals::single},
    {"file, spread", false, Finals::single, false, false, true},
    {"file, two finals, word by word", false, Finals::classical, false, true},
};

StreamSettings settings_for(const Case &which, unsigned seed = 1) {
  StreamSettings settings = default_settings(which.live);
  if (which.finals == Finals::classical) {
    settings.parameters.insert_or_assign("speech_model",
                                         std::string("universal-streaming-english"));
    settings.parameters.insert_or_assign("format_turns", true);
  }
  settings.service.pads_turns = which.pads_turns;
  if (which.spreads_times)
    settings.service.options.word_times = testserver::WordTimes::spread;
  settings.service.seed = seed;
  settings.session.seed = seed;
  settings.captions.mode =
      which.by_word ? assemblyai::TextMode::kWords : assemblyai::TextMode::kCues;
  return settings;
}

}  // namespace

GST_START_TEST(test_three_hours_and_ten_minutes) {
  const Case &which = kCases[__i__];
  StreamSettings settings = settings_for(which);
  // A file is sent 25 % faster.
  settings.service.options.max_session = tries(which.live ? 90 : 72) * 1min;
  SimulatedStream stream(settings);
  stream.talk(tries(190) * 1min);
  stream.finish(2min);
  const std::string fault = stream.fault();
  fail_unless(fault.empty(), "%s: %s", which.name, fault.c_str());
  const bool tells_times = !which.pads_turns && !which.spreads_times;
  const std::string time_fault = tells_times ? stream.time_fault(50ms) : std::string();
  fail_unless(time_fault.empty(), "%s: %s", which.name, time_fault.c_str());
  const SimulatedCounters &counters = stream.service().counters();
  fail_unless_equals_int(static_cast<int>(counters.begun), 3);
  fail_unless_equals_int(static_cast<int>(counters.terminated), 3);
  fail_unless_equals_int(static_cast<int>(counters.open), 0);
  fail_unless(!stream.failure() && stream.lost().empty());
}
GST_END_TEST

GST_START_TEST(test_a_speaker_who_never_stops) {
  StreamSettings settings = default_settings(true);
  if (__i__ == 1)
    settings.service.options.word_times = testserver::WordTimes::spread;
  settings.service.options.max_session = 5min;
  settings.without_pauses = true;
  SimulatedStream stream(settings);
  stream.talk(12min);
  stream.finish(2min);
  const std::string fault = stream.fault();
  fail_unless(fault.empty(), "%s", fault.c_str());
  fail_unless(stream.service().counters().begun >= 3);
  fail_unless(!stream.failure() && stream.lost().empty());
}
GST_END_TEST

// A late response is a response.
GST_START_TEST(test_answers_that_the_network_held_back) {
  SimulatedStream stream(default_settings(true));
  for (int i = 0; i < 40; i++) {
    stream.talk(20100ms);
    stream.service().inject({.kind = Fault::Kind::kMute, .duration = 15s});
  }
  stream.talk(22s);
  stream.finish(1min);
  const std::string fault = stream.fault();
  fail_unless(fault.empty(), "%s", fault.c_str());
  fail_unless_equals_int(static_cast<int>(stream.service().counters().begun), 1);
}
GST_END_TEST

GST_START_TEST(test_silence_is_not_sent_again) {
  StreamSettings settings = default_settings(true);
  settings.session.max_backlog = 10min;
  SimulatedStream stream(settings);
  stream.talk(35s);
  stream.be_silent(5min);
  stream.service().inject({.kind = Fault::Kind::kLoss});
  stream.be_silent(5s);
  stream.talk(35s);
  stream.finish(1min);
  const std::string fault = stream.fault();
  fail_unless(fault.empty(), "%s", fault.c_str());
  fail_unless(stream.session().stats().audio_resent_bytes < bytes_of(15s));
}
GST_END_TEST

// The kept audio stays within the backlog: SimulatedStream::check_bounds().
GST_START_TEST(test_hours_of_faults) {
  const Case &which = kCases[__i__];
  for (const unsigned seed : seeds(1, 3)) {
    StreamSettings settings = settings_for(which, seed);
    settings.session.max_backlog = 10min;
    SimulatedStream stream(settings);
    stream.service().disturb(seed, 30s);
    stream.talk(1h);
    stream.service().calm();
    stream.talk(2min);
    stream.finish(20min);
    const std::string fault = stream.fault();
    fail_unless(fault.empty(), "%s, seed %u: %s", which.name, seed, fault.c_str());
    fail_unless(!stream.failure(), "%s, seed %u: %s", which.name, seed,
                stream.failure()->message.c_str());
    fail_unless(stream.lost().empty(), "%s, seed %u", which.name, seed);
    fail_unless_equals_int(static_cast<int>(stream.service().counters().open), 0);
  }
}
GST_END_TEST

GST_START_TEST(test_a_short_backlog_loses_only_the_reported_audio) {
  const Case &which = kCases[__i__];
  for (const unsigned seed : seeds(100, 3)) {
    StreamSettings settings = settings_for(which, seed);
    settings.session.max_backlog = 15s;
    SimulatedStream stream(settings);
    stream.service().disturb(seed, 60s);
    stream.talk(1h);
    stream.service().calm();
    stream.talk(2min);
    stream.finish(10min);
    const std::string fault = stream.fault();
    fail_unless(fault.empty(), "%s, seed %u: %s", which.name, seed, fault.c_str());
    fail_unless(!stream.failure(), "%s, seed %u", which.name, seed);
    fail_unless(stream.lost_in_all() < 30min, "%s, seed %u", which.name, seed);
    fail_unless_equals_int(static_cast<int>(stream.service().counters().open), 0);
  }
}
GST_END_TEST

GST_START_TEST(test_pauses_are_not_billed) {
  StreamSettings settings = default_settings(true);
  SimulatedStream stream(settings);
  for (int i = 0; i < 5; i++) {
    stream.talk(70s);
    stream.pause(1h);
  }
  fail_unless_equals_int(static_cast<int>(stream.service().counters().open), 0);
  stream.talk(70s);
  stream.finish(1min);
  const std::string fault = stream.fault();
  fail_unless(fault.empty(), "%s", fault.c_str());
  const SimulatedCounters &counters = stream.service().counters();
  fail_unless_equals_int(static_cast<int>(counters.begun), 6);
  fail_unless(counters.billed_seconds < 6 * (70 + 65), "%f", counters.billed_seconds);
}
GST_END_TEST

static Suite *resume_suite() {
  Suite *suite = suite_create("resume");
  TCase *tests = tcase_create("general");
  tcase_set_timeout(tests, 300);
  suite_add_tcase(suite, tests);
  constexpr int kCount = static_cast<int>(std::size(kCases));
  tcase_add_loop_test(tests, test_three_hours_and_ten_minutes, 0, kCount);
  tcase_add_loop_test(tests, test_a_speaker_who_never_stops, 0, 2);
  tcase_add_test(tests, test_answers_that_the_network_held_back);
  tcase_add_test(tests, test_silence_is_not_sent_again);
  tcase_add_loop_test(tests, test_hours_of_faults, 0, kCount);
  tcase_add_loop_test(tests, test_a_short_backlog_loses_only_the_reported_audio, 0, kCount);
  tcase_add_test(tests, test_pauses_are_not_billed);
  return suite;
}

CHECK_SUITE(resume);
