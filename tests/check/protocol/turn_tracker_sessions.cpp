// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Turns in several sessions with the service: lost sessions, and sessions that follow.

#include "protocol/tracked.h"

using namespace testing;

GST_START_TEST(test_held_final_counts_when_the_session_ends) {
  Subject subject(true);
  subject.expect(unformatted(0, "one"), "0:one");
  subject.expect_finish("0=one");
  subject.expect_finish("");
  subject.expect(formatted(0, "One."), "");
}
GST_END_TEST

GST_START_TEST(test_turn_without_a_final_ends_with_the_session) {
  Subject subject(false);
  subject.expect(partial(0, "one"), "0:one");
  subject.expect(partial(1, "two"), "1:two");
  subject.expect_finish("0=one|1=two");
}
GST_END_TEST

GST_START_TEST(test_numbers_go_on_in_the_next_session) {
  Subject subject(false);
  subject.expect(formatted(0, "One."), "0=One.");
  subject.expect(partial(1, "two"), "1:two");
  subject.expect_finish("1=two");
  subject.tracker().begin_session(true);
  subject.expect(unformatted(0, "three"), "2:three");
  subject.expect(formatted(0, "Three."), "2=Three.");
}
GST_END_TEST

GST_START_TEST(test_interrupted_turns_are_reported_again_under_their_numbers) {
  Subject subject(true);
  subject.expect(unformatted(0, "one two"), "0:one two");
  subject.tracker().begin_session(true);
  fail_unless(subject.tracker().has_interrupted());
  subject.expect(unformatted(0, "one"), "0:one");
  subject.expect(formatted(0, "One."), "0=One.");
  subject.expect(partial(1, "two"), "1:two");
  subject.tracker().interrupt();
  fail_if(subject.tracker().has_pending());
  subject.tracker().begin_session(true);
  subject.expect(formatted(0, "Two."), "1=Two.");
  fail_if(subject.tracker().has_interrupted());
  subject.expect_finish("");
}
GST_END_TEST

GST_START_TEST(test_reports_name_their_session) {
  TurnTracker tracker;
  tracker.begin_session(false, "first");
  fail_unless_equals_text(tracker.handle(partial(0, "one"), {}).at(0).session_id, "first");
  fail_unless_equals_text(tracker.handle(partial(1, "two"), {}).at(0).session_id, "first");
  tracker.begin_session(false, "second");
  fail_unless_equals_text(tracker.handle(formatted(0, "One."), {}).at(0).session_id, "second");
  tracker.begin_session(false, "third");
  fail_unless_equals_text(tracker.finish_interrupted().at(0).session_id, "first");
}
GST_END_TEST

GST_START_TEST(test_turns_that_become_one_leave_their_number_to_the_next) {
  Subject subject(true);
  subject.expect(partial(0, "one"), "0:one");
  subject.expect(partial(1, "two"), "1:two");
  subject.tracker().interrupt();
  subject.tracker().begin_session(false);
  subject.expect(formatted(0, "One two."), "0=One two.");
  subject.expect(formatted(1, "Three."), "1=Three.");
  subject.expect(formatted(2, "Four."), "2=Four.");
}
GST_END_TEST

GST_START_TEST(test_unreported_turns_keep_their_text_or_were_not_spoken) {
  Subject lost(false);
  lost.expect(partial(0, "one"), "0:one");
  lost.tracker().interrupt();
  expect_string(summary(lost.tracker().finish_interrupted()), "0=one");
  Subject retold(false);
  retold.expect(partial(0, "one"), "0:one");
  retold.expect(partial(1, "two"), "1:two");
  retold.tracker().interrupt();
  retold.tracker().begin_session(false);
  retold.expect(formatted(0, "One two."), "0=One two.");
  expect_string(summary(retold.tracker().finish_retold()), "1=");
}
GST_END_TEST

static Suite *turn_tracker_sessions_suite() {
  Suite *suite = suite_create("turn_tracker_sessions");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_held_final_counts_when_the_session_ends);
  tcase_add_test(tests, test_turn_without_a_final_ends_with_the_session);
  tcase_add_test(tests, test_numbers_go_on_in_the_next_session);
  tcase_add_test(tests, test_interrupted_turns_are_reported_again_under_their_numbers);
  tcase_add_test(tests, test_reports_name_their_session);
  tcase_add_test(tests, test_turns_that_become_one_leave_their_number_to_the_next);
  tcase_add_test(tests, test_unreported_turns_keep_their_text_or_were_not_spoken);
  return suite;
}

CHECK_SUITE(turn_tracker_sessions);
