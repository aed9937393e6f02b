// SPDX-License-Identifier: LGPL-2.1-or-later

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
  }
  const auto run = [](gpointer data, gpointer) {
    const std::unique_ptr<std::shared_ptr<TaskQueue>> queue(
        static_cast<std::shared_ptr<TaskQueue> *>(data));
    (*queue)->run();
  };
  static GThreadPool *const pool = g_thread_pool_new(run, nullptr, -1, FALSE, nullptr);
  // When no thread can be started, the pool keeps the queue for the next free thread. This thread
  // runs the tasks itself, so the pool will find none.
  auto *queue = new std::shared_ptr<TaskQueue>(shared_from_this());
  if (g_thread_pool_push(pool, queue, nullptr) == FALSE)
    this->run();
}

void TaskQueue::run() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(running_, true))
      return;
  }
  for (;;) {
    std::function<void()> task;
    {
      const std::lock_guard lock(mutex_);
      if (tasks_.empty()) {
        scheduled_ = running_ = false;
        return;
      }
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
  }
}

}  // namespace assemblyai
