// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Where audio was that no clock paces.

#include "captions/sending_clock.h"

#include <algorithm>

#include "support/check.h"

using namespace assemblyai;
using namespace std::chrono_literals;

GST_START_TEST(test_it_is_where_it_was_at_that_moment) {
  SendingClock progress;
  fail_unless(progress.at(1s) == 0s);
  progress.reached(5s, 10s);
  progress.reached(6s, 11s);
  fail_unless(progress.at(9s) == 0s);
  fail_unless(progress.at(10s) == 5s);
  fail_unless(progress.at(10500ms) == 5s);
  fail_unless(progress.at(20s) == 6s);
}
GST_END_TEST

GST_START_TEST(test_it_does_not_go_back) {
  SendingClock progress;
  progress.reached(5s, 10s);
  progress.reached(4s, 11s);
  fail_unless(progress.at(11s) == 5s);
  progress.reached(3s, 12s);
  fail_unless(progress.at(12s) == 5s);
}
GST_END_TEST

// What it says is late rather than early, and of what is asked for in time not by much.
GST_START_TEST(test_memory_is_bounded_when_nobody_asks) {
  SendingClock unasked;
  SendingClock asked_late;
  for (nanoseconds time = 0s; time <= 3h; time += 20ms) {
    unasked.reached(time, time);
    asked_late.reached(time, time);
    fail_unless(unasked.mark_count() < SendingClock::kMostMarks);
    fail_unless(asked_late.mark_count() < SendingClock::kMostMarks);
    const nanoseconds asked = time - 5min;
    const nanoseconds position = asked_late.at(asked);
    fail_unless(position <= std::max<nanoseconds>(asked, 0s) && position > asked - 1s);
  }
  const nanoseconds position = unasked.at(3h - 10s);
  fail_unless(position <= 3h - 10s && position > 3h - 11s);
  fail_unless(unasked.at(3h) == 3h);
}
GST_END_TEST

static Suite *sending_clock_suite() {
  Suite *suite = suite_create("sending_clock");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_it_is_where_it_was_at_that_moment);
  tcase_add_test(tests, test_it_does_not_go_back);
  tcase_add_test(tests, test_memory_is_bounded_when_nobody_asks);
  return suite;
}

CHECK_SUITE(sending_clock);
