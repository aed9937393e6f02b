// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A live talk to a peer that does not read for ten minutes, with the element's defaults. It prints
// how late the pipeline was, how much memory it took, and what was lost.

#include <cstdlib>

#include "support/check.h"
#include "support/unread_peer.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

// ASSEMBLYAI_BENCHMARK_SECONDS shortens it.
milliseconds stall() {
  const char *seconds = g_getenv("ASSEMBLYAI_BENCHMARK_SECONDS");
  return seconds != nullptr ? std::chrono::seconds(std::atoi(seconds)) : milliseconds(10min);
}

}  // namespace

GST_START_TEST(unread_peer) {
  const UnreadPeerResult result =
      talk_to({.before = 10s, .stalled = stall(), .after = 60s, .max_backlog = 30s});
  g_print(
      "not read for %d s: audio was %d ms late at most; %d ms of audio waited at most; the heap "
      "grew by %zu kB; %d ms of audio were lost; %zu words in %zu sessions\n",
      static_cast<int>(stall() / 1s), static_cast<int>(result.lateness.count()),
      static_cast<int>(result.queued.count()), result.heap_growth / 1000,
      static_cast<int>(result.lost.count()), result.words, result.sessions);
  fail_unless(result.problem.empty(), "%s", result.problem.c_str());
}
GST_END_TEST

static Suite *unread_peer_suite() {
  Suite *suite = suite_create("unread_peer");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_set_timeout(tests, 0);
  tcase_add_test(tests, unread_peer);
  return suite;
}

GST_CHECK_MAIN(unread_peer)
