// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A connection was lost, and the turns in flight are told anew, perhaps divided differently.
// Nothing that was shown is shown again, and nothing is left out.

#include "shown.h"
#include "spoken.h"
#include "support/check.h"

using namespace assemblyai;
using namespace std::chrono_literals;

namespace {

// Words have 300 ms each; unstable ones go when they are due.
constexpr char kTold[] = "*one *two *three *four *five";

// So many of them are on the pad when the connection is lost.
Source interrupted(const std::string &told, nanoseconds due) {
  auto schedule = make_text_source(by_word());
  schedule->report(turn_of(0, told, 1s));
  while (schedule->next(due)) {
  }
  schedule->retell();
  return schedule;
}

std::string rest(const Source &schedule) {
  schedule->finish();
  std::string texts;
  while (const auto item = schedule->next(40s)) {
    if (item->kind == TextItem::Kind::kText)
      texts += (texts.empty() ? "" : " ") + item->text;
  }
  fail_unless(schedule->drained());
  return texts;
}

}  // namespace

GST_START_TEST(test_a_turn_that_is_told_anew_goes_on) {
  const Source schedule = interrupted(kTold, 1700ms);
  schedule->report(final_turn(0, "One two three four five six", 1s));
  fail_unless_equals_text(rest(schedule), "four five six");
}
GST_END_TEST

GST_START_TEST(test_what_was_known_goes_on_time_while_there_is_no_service) {
  const Source schedule = interrupted(kTold, 1700ms);
  fail_unless_equals_text(all(schedule, 2s), "1.850 - 1.900 four 2.150");
}
GST_END_TEST

GST_START_TEST(test_a_turn_may_become_two) {
  const Source schedule = interrupted(kTold, 2s);
  schedule->report(final_turn(0, "One two.", 1s));
  schedule->report(turn_of(1, "*three *four *five *six", 1600ms));
  schedule->report(final_turn(1, "Three four five six.", 1600ms));
  schedule->report(final_turn(2, "Three.", 5s));
  fail_unless_equals_text(rest(schedule), "five six. Three.");
}
GST_END_TEST

GST_START_TEST(test_two_turns_may_become_one) {
  const auto schedule = make_text_source(by_word());
  schedule->report(turn_of(0, "*one *two", 1s));
  schedule->report(turn_of(1, "*three *four *five", 1600ms));
  while (schedule->next(2s)) {
  }
  schedule->retell();
  schedule->report(final_turn(0, "One two three four five six.", 1s));
  schedule->report(final_turn(1, "Seven.", 4s));
  fail_unless_equals_text(rest(schedule), "five six. Seven.");
}
GST_END_TEST

// Absurd, but it is the service that says when a turn was.
GST_START_TEST(test_a_later_turn_may_have_been_long_before) {
  const auto schedule = make_text_source(by_word());
  schedule->report(turn_of(0, "*late", 20s));
  schedule->report(turn_of(1, "*early", 2s));
  while (schedule->next(30s)) {
  }
  schedule->retell();
  schedule->report(final_turn(0, "Some words between.", 8s));
  schedule->report(final_turn(1, "More words.", 31s));
  fail_unless_equals_text(rest(schedule), "More words.");
}
GST_END_TEST

GST_START_TEST(test_a_final_that_was_cut_leaves_its_words_to_the_next_turn) {
  const auto schedule = make_text_source(by_word());
  schedule->report(turn_of(0, kTold, 1s));
  while (schedule->next(2s)) {
  }
  schedule->report(final_turn(0, "One two.", 1s));
  schedule->retell();
  schedule->report(final_turn(1, "Three four five.", 1600ms));
  fail_unless_equals_text(rest(schedule), "five.");
}
GST_END_TEST

GST_START_TEST(test_it_may_happen_again_and_again) {
  const Source schedule = interrupted(kTold, 1400ms);
  schedule->report(turn_of(0, "*one *two *three", 1s));
  while (schedule->next(1700ms)) {
  }
  schedule->retell();
  schedule->retell();
  schedule->report(final_turn(0, "One.", 1s));
  schedule->report(final_turn(1, "Two three four.", 1300ms));
  fail_unless_equals_text(rest(schedule), "four.");
}
GST_END_TEST

GST_START_TEST(test_nothing_to_tell_anew) {
  const auto schedule = make_text_source(by_word());
  schedule->retell();
  schedule->report(final_turn(0, "One.", 1s));
  fail_unless_equals_text(rest(schedule), "One.");
}
GST_END_TEST

static Suite *schedule_retold_suite() {
  Suite *suite = suite_create("schedule_retold");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_a_turn_that_is_told_anew_goes_on);
  tcase_add_test(tests, test_what_was_known_goes_on_time_while_there_is_no_service);
  tcase_add_test(tests, test_a_turn_may_become_two);
  tcase_add_test(tests, test_two_turns_may_become_one);
  tcase_add_test(tests, test_a_later_turn_may_have_been_long_before);
  tcase_add_test(tests, test_a_final_that_was_cut_leaves_its_words_to_the_next_turn);
  tcase_add_test(tests, test_it_may_happen_again_and_again);
  tcase_add_test(tests, test_nothing_to_tell_anew);
  return suite;
}

CHECK_SUITE(schedule_retold);
