// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace assemblyai {

// Runs tasks one at a time, in order, on a thread of GLib's pool. A task that blocks delays only
// the tasks behind it. Any thread.
class TaskQueue final : public std::enable_shared_from_this<TaskQueue> {
 public:
  static std::shared_ptr<TaskQueue> create() { return std::shared_ptr<TaskQueue>(new TaskQueue()); }

  void post(std::function<void()> task);
  // Whether this thread is running a task of the queue.
  bool is_current();

 private:
  TaskQueue() = default;
  static void run_in_pool(void *data, void *);
  void run();

  std::mutex mutex_;
  std::deque<std::function<void()>> tasks_;
  bool scheduled_ = false;  // a thread will run the tasks
  bool running_ = false;
  std::thread::id runner_;
  unsigned pushed_ = 0;              // to the pool, and not taken yet
  std::shared_ptr<TaskQueue> self_;  // until then
};

}  // namespace assemblyai
