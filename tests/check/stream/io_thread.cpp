// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The I/O thread: one for all streams, in order, ends with its last user.

#include "stream/io_thread.h"

#include <atomic>
#include <future>
#include <vector>

#include "support/check.h"
#include "support/limits.h"

using namespace assemblyai;
using namespace std::chrono_literals;

namespace {

// Waits for the result of a task, with a deadline.
template <typename T>
T await(std::future<T> future) {
  fail_unless(future.wait_for(10s) == std::future_status::ready);
  return future.get();
}

}  // namespace

GST_START_TEST(test_all_users_share_one_thread) {
  const auto first = *IoThread::acquire();
  const auto second = *IoThread::acquire();
  fail_unless(first == second);
  const std::weak_ptr<IoThread> weak = first;
  fail_if(weak.expired());
}
GST_END_TEST

GST_START_TEST(test_the_last_user_ends_it_and_the_next_starts_another) {
  std::weak_ptr<IoThread> weak;
  {
    const auto io_thread = *IoThread::acquire();
    weak = io_thread;
  }
  fail_unless(weak.expired());
  const auto again = *IoThread::acquire();
  std::promise<bool> ran;
  again->invoke([&] { ran.set_value(again->is_current()); });
  fail_unless(await(ran.get_future()));
  fail_if(again->is_current());
}
GST_END_TEST

GST_START_TEST(test_tasks_run_in_the_order_of_the_calls) {
  const auto io_thread = *IoThread::acquire();
  std::vector<int> order;
  std::promise<void> done;
  for (int i = 0; i < 1000; i++)
    io_thread->invoke([&order, i] { order.push_back(i); });
  io_thread->invoke([&] { done.set_value(); });
  await(done.get_future());
  fail_unless_equals_uint64(order.size(), 1000);
  for (int i = 0; i < 1000; i++)
    fail_unless_equals_int(order[static_cast<std::size_t>(i)], i);
}
GST_END_TEST

GST_START_TEST(test_tasks_queued_before_the_end_still_run) {
  std::atomic<int> ran{0};
  for (int round = 0; round < 50; round++) {
    const auto io_thread = *IoThread::start();
    for (int i = 0; i < 10; i++)
      io_thread->invoke([&ran] { ran++; });
  }
  fail_unless_equals_int(ran, 500);
}
GST_END_TEST

GST_START_TEST(test_a_timer_runs_once_and_not_before_its_time) {
  const auto io_thread = *IoThread::acquire();
  std::promise<nanoseconds> fired;
  std::unique_ptr<Timer> timer;
  const nanoseconds start = io_thread->now();
  io_thread->invoke(
      [&] { timer = io_thread->after(20ms, [&] { fired.set_value(io_thread->now()); }); });
  fail_unless(await(fired.get_future()) - start >= 20ms);
  std::promise<void> gone;
  io_thread->invoke([&] {
    timer.reset();
    gone.set_value();
  });
  await(gone.get_future());
}
GST_END_TEST

GST_START_TEST(test_a_destroyed_timer_does_not_run) {
  const auto io_thread = *IoThread::acquire();
  std::promise<void> done;
  std::unique_ptr<Timer> cancelled;
  std::unique_ptr<Timer> later;
  std::atomic<bool> ran{false};
  io_thread->invoke([&] {
    cancelled = io_thread->after(1ms, [&] { ran = true; });
    cancelled.reset();
    later = io_thread->after(20ms, [&] {
      later.reset();
      done.set_value();
    });
  });
  await(done.get_future());
  fail_if(ran);
}
GST_END_TEST

GST_START_TEST(test_the_thread_itself_may_be_the_last_user) {
  std::weak_ptr<IoThread> weak;
  std::promise<void> released;
  {
    auto io_thread = *IoThread::start();
    weak = io_thread;
    auto *raw = io_thread.get();
    raw->invoke([held = std::move(io_thread), &released]() mutable {
      held.reset();
      released.set_value();
    });
  }
  await(released.get_future());
  fail_unless(weak.expired());
}
GST_END_TEST

GST_START_TEST(test_background_work_runs_elsewhere_and_continues_here) {
  const auto io_thread = *IoThread::acquire();
  std::promise<bool> on_loop;
  std::promise<void> entered;
  std::promise<void> release;
  GThread *elsewhere = nullptr;
  const auto missing = io_thread->background([&] {
    elsewhere = g_thread_self();
    entered.set_value();
    release.get_future().wait();
    return [&] { on_loop.set_value(io_thread->is_current()); };
  });
  fail_if(missing.has_value());
  await(entered.get_future());
  // Neither the caller nor the loop waits for it.
  std::promise<GThread *> loop;
  io_thread->invoke([&] { loop.set_value(g_thread_self()); });
  fail_if(await(loop.get_future()) == elsewhere);
  fail_if(elsewhere == g_thread_self());
  release.set_value();
  fail_unless(await(on_loop.get_future()));
}
GST_END_TEST

// The returned continuation is not run then, but it is destroyed.
GST_START_TEST(test_the_worker_may_end_before_background_work) {
  std::promise<void> entered;
  std::promise<void> release;
  std::promise<void> let_go;
  std::atomic<bool> ran{false};
  std::shared_ptr<void> held(nullptr, [&](void *) { let_go.set_value(); });
  {
    const auto io_thread = *IoThread::start();
    const auto missing = io_thread->background([&, held = std::move(held)] {
      entered.set_value();
      release.get_future().wait();
      return [&ran, held] { ran = true; };
    });
    fail_if(missing.has_value());
    await(entered.get_future());
  }
  release.set_value();
  await(let_go.get_future());
  fail_if(ran);
}
GST_END_TEST

// Limits of the process: each test runs in a process of its own.
GST_START_TEST(test_a_missing_thread_is_reported) {
  const std::shared_ptr<IoThread> before = __i__ == 0 ? nullptr : *IoThread::start();
  bool ran = false;
  std::optional<Failure> missing;
  {
    const testing::NoMoreThreads limit;
    if (before) {
      missing = before->background([&] {
        ran = true;
        return [] {};
      });
    } else if (Result<std::shared_ptr<IoThread>> io_thread = IoThread::acquire(); !io_thread) {
      missing = io_thread.failure();
    }
  }
  fail_unless(missing.has_value());
  fail_unless(missing->kind == FailureKind::kExhausted);
  fail_unless(missing->retry == Retry::kBackOff);
  fail_if(ran);
  fail_unless(static_cast<bool>(IoThread::acquire()));
}
GST_END_TEST

GST_START_TEST(test_missing_descriptors_are_reported) {
  const testing::NoMoreDescriptors limit(1);
  const Result<std::shared_ptr<IoThread>> io_thread = IoThread::acquire();
  fail_if(static_cast<bool>(io_thread));
  fail_unless(io_thread.failure().kind == FailureKind::kExhausted);
}
GST_END_TEST

static Suite *io_thread_suite() {
  Suite *suite = suite_create("io_thread");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_all_users_share_one_thread);
  tcase_add_test(tests, test_the_last_user_ends_it_and_the_next_starts_another);
  tcase_add_test(tests, test_tasks_run_in_the_order_of_the_calls);
  tcase_add_test(tests, test_tasks_queued_before_the_end_still_run);
  tcase_add_test(tests, test_a_timer_runs_once_and_not_before_its_time);
  tcase_add_test(tests, test_a_destroyed_timer_does_not_run);
  tcase_add_test(tests, test_the_thread_itself_may_be_the_last_user);
  tcase_add_test(tests, test_background_work_runs_elsewhere_and_continues_here);
  tcase_add_test(tests, test_the_worker_may_end_before_background_work);
  tcase_add_loop_test(tests, test_a_missing_thread_is_reported, 0, 2);
  tcase_add_test(tests, test_missing_descriptors_are_reported);
  return suite;
}

CHECK_SUITE(io_thread);
