// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Never faster than 1.25 times real time, except for a burst of a few seconds.

#include "stream/pacer.h"

#include "support/check.h"

using namespace assemblyai;
using namespace std::chrono_literals;

GST_START_TEST(test_a_burst_is_sent_at_once) {
  Pacer pacer(0s);
  nanoseconds sent = 0s;
  while (pacer.delay(0s, 50ms) == 0s) {
    pacer.sent(50ms);
    sent += 50ms;
  }
  fail_unless(sent == Pacer::kBurst);
}
GST_END_TEST

GST_START_TEST(test_real_time_is_never_held_back) {
  Pacer pacer(0s);
  for (int i = 0; i < 100000; i++) {
    fail_unless(pacer.delay(i * 50ms, 50ms) == 0s);
    pacer.sent(50ms);
  }
}
GST_END_TEST

GST_START_TEST(test_the_returned_wait_is_enough_and_the_rate_is_kept) {
  Pacer pacer(0s);
  nanoseconds now = 0s;
  nanoseconds sent = 0s;
  while (sent < 600s) {
    now += pacer.delay(now, 50ms);
    fail_unless(pacer.delay(now, 50ms) == 0s);
    pacer.sent(50ms);
    sent += 50ms;
    fail_unless(sent <= Pacer::kBurst + now + now / 4 + 1ms);
  }
  fail_unless(now > 470s && now < 480s);
}
GST_END_TEST

GST_START_TEST(test_a_long_pause_earns_no_more_than_a_burst) {
  Pacer pacer(0s);
  fail_unless(pacer.delay(1000h, 50ms) == 0s);
  nanoseconds sent = 0s;
  while (pacer.delay(1000h, 50ms) == 0s) {
    pacer.sent(50ms);
    sent += 50ms;
  }
  fail_unless(sent == Pacer::kBurst);
}
GST_END_TEST

static Suite *pacer_suite() {
  Suite *suite = suite_create("pacer");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_a_burst_is_sent_at_once);
  tcase_add_test(tests, test_real_time_is_never_held_back);
  tcase_add_test(tests, test_the_returned_wait_is_enough_and_the_rate_is_kept);
  tcase_add_test(tests, test_a_long_pause_earns_no_more_than_a_burst);
  return suite;
}

CHECK_SUITE(pacer);
