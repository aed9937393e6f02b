// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A peer that does not read for long: the pipeline stays real-time, memory is bounded, what is
// lost is told, and then the captions are there again.

#include <thread>

#include "support/check.h"
#include "support/unread_peer.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

constexpr milliseconds kStalled = 15s;
constexpr milliseconds kShort = 2s;
constexpr milliseconds kLong = 30s;

void expect_in_time(const UnreadPeerResult &result) {
  g_print("lateness %d ms, queued %d ms, lost %d ms, heap %zu bytes, %zu words, %zu sessions\n",
          static_cast<int>(result.lateness.count()), static_cast<int>(result.queued.count()),
          static_cast<int>(result.lost.count()), result.heap_growth, result.words, result.sessions);
  fail_unless(result.problem.empty(), "%s", result.problem.c_str());
  // A pipeline that waits for the peer is late by as long as the peer was.
  fail_unless(result.lateness < kStalled / 5);
}

}  // namespace

GST_START_TEST(test_a_peer_that_does_not_read_costs_what_the_backlog_cannot_hold) {
  const UnreadPeerResult result =
      talk_to({.stalled = kStalled, .max_backlog = kShort, .properties = "connect-timeout=2000"});
  expect_in_time(result);
  fail_unless(result.queued <= kShort);
  // What was in the backlog, and in the hands of the network, at the beginning and at the end.
  fail_unless(result.lost > kStalled - 3 * kShort && result.lost < kStalled + kShort);
  // The backlog's 64 kB, and what connecting takes: the audio that came meanwhile had 480 kB.
  fail_unless(result.heap_growth < 480000);
}
GST_END_TEST

GST_START_TEST(test_captions_catch_up_when_the_backlog_holds_all) {
  const UnreadPeerResult result =
      talk_to({.stalled = kStalled, .max_backlog = kLong, .properties = "connect-timeout=2000"});
  expect_in_time(result);
  fail_unless_equals_int64(result.lost.count(), 0);
}
GST_END_TEST

static Suite *unread_peer_suite() {
  Suite *suite = suite_create("unread_peer");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_set_timeout(tests, 120);
  tcase_add_test(tests, test_a_peer_that_does_not_read_costs_what_the_backlog_cannot_hold);
  tcase_add_test(tests, test_captions_catch_up_when_the_backlog_holds_all);
  return suite;
}

CHECK_SUITE(unread_peer);
