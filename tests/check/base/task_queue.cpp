// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Tasks run in order, one at a time. A task that blocks delays its own queue only.

#include "base/task_queue.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "support/check.h"
#include "support/event.h"

using namespace assemblyai;
using namespace testing;

GST_START_TEST(test_tasks_of_many_threads_run_one_at_a_time) {
  constexpr int kThreads = 4;
  constexpr int kTasks = 2000;
  const auto queue = TaskQueue::create();
  std::atomic<int> running{0};
  std::atomic<int> failed{0};
  std::vector<std::vector<int>> ran(kThreads);
  Event done;
  int left = kThreads * kTasks;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; thread++) {
    threads.emplace_back([&, thread] {
      for (int task = 0; task < kTasks; task++) {
        queue->post([&, thread, task] {
          failed += running++ == 0 ? 0 : 1;
          ran[static_cast<std::size_t>(thread)].push_back(task);
          running--;
          if (--left == 0)
            done.set();
        });
      }
    });
  }
  for (std::thread &thread : threads)
    thread.join();
  fail_unless(done.wait());
  fail_unless_equals_int(failed, 0);
  for (const std::vector<int> &tasks : ran) {
    fail_unless_equals_int(tasks.size(), kTasks);
    fail_unless(std::is_sorted(tasks.begin(), tasks.end()));
  }
}
GST_END_TEST

GST_START_TEST(test_a_task_that_blocks_holds_up_its_own_queue) {
  const auto blocked = TaskQueue::create();
  Event go;
  Event gone;
  blocked->post([&] { go.wait(); });
  blocked->post([&] { gone.set(); });
  for (int i = 0; i < 20; i++) {
    Event ran;
    TaskQueue::create()->post([&] { ran.set(); });
    fail_unless(ran.wait());
  }
  fail_if(gone.is_set());
  go.set();
  fail_unless(gone.wait());
}
GST_END_TEST

static Suite *task_queue_suite() {
  Suite *suite = suite_create("task_queue");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_tasks_of_many_threads_run_one_at_a_time);
  tcase_add_test(tests, test_a_task_that_blocks_holds_up_its_own_queue);
  return suite;
}

CHECK_SUITE(task_queue);
