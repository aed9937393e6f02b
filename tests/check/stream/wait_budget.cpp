// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "stream/wait_budget.h"

#include "support/check.h"

using namespace assemblyai;
using namespace std::chrono_literals;

GST_START_TEST(test_waits_one_after_another_share_the_time) {
  WaitBudget budget(500ms, 10ms);
  std::chrono::nanoseconds now = 1h;
  for (int i = 0; i < 20; i++) {
    const auto limit = budget.limit(now);
    budget.spend(limit);
    now += limit;
  }
  fail_unless(now - 1h < 1s);
}
GST_END_TEST

GST_START_TEST(test_waits_that_are_short_cost_nothing) {
  WaitBudget budget(500ms, 10ms);
  std::chrono::nanoseconds now = 1h;
  for (int i = 0; i < 100000; i++, now += 20ms) {
    fail_unless(budget.limit(now) > 490ms);
    budget.spend(1ms);
  }
}
GST_END_TEST

GST_START_TEST(test_the_time_recovers) {
  WaitBudget budget(500ms, 10ms);
  fail_unless(budget.limit(1h) == 500ms);
  budget.spend(500ms);
  budget.spend(500ms);  // another thread
  fail_unless(budget.limit(1h) == 10ms);
  fail_unless(budget.limit(1h + 1s) == 100ms);
  fail_unless(budget.limit(1h + 10s) == 500ms);
}
GST_END_TEST

static Suite *wait_budget_suite() {
  Suite *suite = suite_create("wait_budget");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_waits_one_after_another_share_the_time);
  tcase_add_test(tests, test_waits_that_are_short_cost_nothing);
  tcase_add_test(tests, test_the_time_recovers);
  return suite;
}

CHECK_SUITE(wait_budget);
