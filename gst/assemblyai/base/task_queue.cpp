// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "base/task_queue.h"

#include <glib.h>

#include <utility>

namespace assemblyai {

// GLib starts one thread for all pools. The I/O thread exists before the pool, and it has checked
// that GLib can start that thread.
void TaskQueue::post(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    if (std::exchange(scheduled_, true))
      return;
    pushed_++;
    self_ = shared_from_this();
  }
  static GThreadPool *const pool = g_thread_pool_new(run_in_pool, nullptr, -1, FALSE, nullptr);
  // When there is no thread to be had, the pool keeps the queue for one that gets free. The tasks
  // are run here, so it will find none.
  if (g_thread_pool_push(pool, this, nullptr) == FALSE)
    run();
}

bool TaskQueue::is_current() {
  const std::lock_guard lock(mutex_);
  return runner_ == std::this_thread::get_id();
}

void TaskQueue::run_in_pool(void *data, void *) {
  auto *queue = static_cast<TaskQueue *>(data);
  queue->run();
  std::shared_ptr<TaskQueue> last;
  const std::lock_guard lock(queue->mutex_);
  if (--queue->pushed_ == 0)
    last.swap(queue->self_);
}

void TaskQueue::run() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(running_, true))
      return;
    runner_ = std::this_thread::get_id();
  }
  for (;;) {
    std::function<void()> task;
    {
      const std::lock_guard lock(mutex_);
      if (tasks_.empty()) {
        scheduled_ = running_ = false;
        runner_ = {};
        return;
      }
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
  }
}

}  // namespace assemblyai
