// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Changes of the network: watches are notified once after it has settled, and may do anything in
// the callback.

#include "stream/network_monitor.h"

#include <vector>

#include "support/check.h"
#include "support/manual_loop.h"

using namespace assemblyai;

namespace {

struct Fixture {
  ManualLoop loop;
  std::shared_ptr<NetworkMonitor> monitor =
      std::make_shared<NetworkMonitor>([this](nanoseconds delay, std::function<void()> task) {
        return loop.after(delay, std::move(task));
      });
  std::weak_ptr<NetworkMonitor> alive = monitor;
};

}  // namespace

GST_START_TEST(test_changes_are_reported_once_they_have_settled) {
  Fixture f;
  int told[2] = {};
  const auto first = f.monitor->watch([&] { told[0]++; });
  const auto second = f.monitor->watch([&] { told[1]++; });
  for (int i = 0; i < 5; i++)
    f.monitor->changed();
  fail_unless_equals_int(told[0], 0);
  f.loop.advance(NetworkMonitor::kSettles);
  fail_unless_equals_int(told[0], 1);
  fail_unless_equals_int(told[1], 1);
  f.loop.advance(std::chrono::seconds(10));
  fail_unless_equals_int(told[0], 1);
  f.monitor->changed();
  f.loop.advance(NetworkMonitor::kSettles);
  fail_unless_equals_int(told[1], 2);
}
GST_END_TEST

GST_START_TEST(test_it_lives_while_there_is_a_watch) {
  Fixture f;
  auto watch = f.monitor->watch([] {});
  f.monitor.reset();
  fail_if(f.alive.expired());
  watch.reset();
  fail_unless(f.alive.expired());
  fail_unless_equals_uint64(f.loop.pending_timers(), 0);
}
GST_END_TEST

GST_START_TEST(test_a_callback_may_end_all_watches) {
  Fixture f;
  std::vector<std::unique_ptr<NetworkWatch>> watches;
  int told = 0;
  for (int i = 0; i < 3; i++) {
    watches.push_back(f.monitor->watch([&] {
      told++;
      watches.clear();
    }));
  }
  f.monitor->changed();
  f.monitor.reset();
  f.loop.advance(NetworkMonitor::kSettles);
  fail_unless_equals_int(told, 1);
  fail_unless(f.alive.expired());
}
GST_END_TEST

static Suite *network_monitor_suite() {
  Suite *suite = suite_create("network_monitor");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_changes_are_reported_once_they_have_settled);
  tcase_add_test(tests, test_it_lives_while_there_is_a_watch);
  tcase_add_test(tests, test_a_callback_may_end_all_watches);
  return suite;
}

CHECK_SUITE(network_monitor);
