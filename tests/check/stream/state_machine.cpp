// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The table, row by row, and the invariants of every row.

#include "stream/state_machine.h"

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "stream/state_walk.h"
#include "support/check.h"

using namespace assemblyai;
using testing::timed;
using testing::Walk;

namespace {

std::vector<State> all_states() {
  std::vector<State> states;
  for (std::size_t i = 0; i < kStateCount; i++)
    states.push_back(static_cast<State>(i));
  return states;
}

std::vector<Input> all_inputs() {
  std::vector<Input> inputs;
  for (std::size_t i = 0; i < kInputCount; i++)
    inputs.push_back(static_cast<Input>(i));
  return inputs;
}

bool does(const Transition &transition, Action action) {
  return std::ranges::find(transition.actions, action) != transition.actions.end();
}

}  // namespace

GST_START_TEST(test_a_session_passes_all_states) {
  const std::vector<std::pair<Input, State>> way{
      {Input::kStart, State::kPreparing},     {Input::kPrepared, State::kConnecting},
      {Input::kOpened, State::kBeginning},    {Input::kBegin, State::kStreaming},
      {Input::kAudioSent, State::kStreaming}, {Input::kFinish, State::kDraining},
      {Input::kAudioSent, State::kDraining},  {Input::kAudioDone, State::kTerminating},
      {Input::kTermination, State::kClosing}, {Input::kClosed, State::kEnded}};
  Walk walk;
  for (const auto &[input, expected] : way) {
    walk.take(input);
    fail_unless(walk.state == expected, "%s", std::string(name_of(input)).c_str());
  }
  fail_unless_equals_int(walk.begins, 1);
  fail_unless_equals_int(walk.ends, 1);
  fail_unless_equals_int(walk.terminates, 1);
  fail_if(walk.timer);
}
GST_END_TEST

GST_START_TEST(test_ended_is_the_end) {
  for (const Input input : all_inputs())
    fail_unless((step(State::kEnded, input) == Transition{State::kEnded, {}}));
}
GST_END_TEST

GST_START_TEST(test_every_open_state_ends_when_the_connection_does) {
  for (const State state : all_states()) {
    if (state == State::kIdle || state == State::kEnded)
      continue;
    const Transition transition = step(state, Input::kClosed);
    fail_unless(transition.next == State::kEnded);
    fail_unless(does(transition, Action::kReportEnd));
  }
}
GST_END_TEST

GST_START_TEST(test_every_state_that_waits_has_a_deadline) {
  for (const State state : all_states()) {
    const Transition transition = step(state, Input::kDeadline);
    fail_unless_equals_int(transition.next == State::kEnded && state != State::kEnded,
                           timed(state));
  }
}
GST_END_TEST

GST_START_TEST(test_leaving_ends_or_drains) {
  for (const State state : all_states()) {
    const State next = step(state, Input::kLeave).next;
    const bool has_session =
        state == State::kStreaming || state == State::kDraining || state == State::kLeaving;
    fail_unless(next == (has_session ? State::kLeaving : State::kEnded));
  }
}
GST_END_TEST

GST_START_TEST(test_random_walks_report_once_and_leave_nothing_open) {
  std::set<State> seen;
  for (unsigned seed = 0; seed < 20000; seed++) {
    std::mt19937 random(seed);
    Walk walk;
    walk.take(Input::kStart);
    for (int i = 0; i < 40; i++) {
      walk.take(static_cast<Input>(random() % kInputCount));
      seen.insert(walk.state);
      if (timed(walk.state))
        fail_unless(walk.timer, "no timer in %s", std::string(name_of(walk.state)).c_str());
      if (walk.state == State::kStreaming)
        fail_if(walk.timer);
    }
    walk.take(Input::kClosed);
    fail_unless_equals_int(walk.ends, 1);
    fail_unless(walk.begins <= 1);
    fail_unless(walk.terminates <= 1);
    fail_if(walk.open);
  }
  fail_unless_equals_uint64(seen.size(), kStateCount - 1);
}
GST_END_TEST

GST_START_TEST(test_every_state_and_input_has_a_name) {
  std::set<std::string_view> names;
  for (const State state : all_states())
    names.insert(name_of(state));
  fail_unless_equals_uint64(names.size(), kStateCount);
  names.clear();
  for (const Input input : all_inputs())
    names.insert(name_of(input));
  fail_unless_equals_uint64(names.size(), kInputCount);
  fail_if(names.contains(""));
}
GST_END_TEST

static Suite *state_machine_suite() {
  Suite *suite = suite_create("state_machine");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_a_session_passes_all_states);
  tcase_add_test(tests, test_ended_is_the_end);
  tcase_add_test(tests, test_every_open_state_ends_when_the_connection_does);
  tcase_add_test(tests, test_every_state_that_waits_has_a_deadline);
  tcase_add_test(tests, test_leaving_ends_or_drains);
  tcase_add_test(tests, test_random_walks_report_once_and_leave_nothing_open);
  tcase_add_test(tests, test_every_state_and_input_has_a_name);
  return suite;
}

CHECK_SUITE(state_machine);
