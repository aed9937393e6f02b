// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include "loop_thread.h"

#include <condition_variable>
#include <utility>

namespace testserver {

LoopThread::LoopThread() : context_(g_main_context_new()), thread_([this] { loop(); }) {}

LoopThread::~LoopThread() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  g_main_context_wakeup(context_.get());
  thread_.join();
}

void LoopThread::post(std::function<void()> task) {
  {
    std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  g_main_context_wakeup(context_.get());
}

void LoopThread::run(const std::function<void()> &task) {
  if (std::this_thread::get_id() == thread_.get_id()) {
    task();
    return;
  }
  std::mutex mutex;
  std::condition_variable finished;
  bool done = false;
  post([&] {
    task();
    // Notified under the lock: the waiter owns both and may return at once.
    std::lock_guard lock(mutex);
    done = true;
    finished.notify_one();
  });
  std::unique_lock lock(mutex);
  finished.wait(lock, [&] { return done; });
}

void LoopThread::run_queued() {
  for (;;) {
    std::deque<std::function<void()>> tasks;
    {
      std::lock_guard lock(mutex_);
      tasks.swap(tasks_);
    }
    if (tasks.empty())
      return;
    for (auto &task : tasks)
      task();
  }
}

void LoopThread::loop() {
  g_main_context_push_thread_default(context_.get());
  for (;;) {
    run_queued();
    {
      std::lock_guard lock(mutex_);
      if (stopping_ && tasks_.empty())
        break;
    }
    // A task posted after run_queued() has left the wakeup set: this returns at once.
    g_main_context_iteration(context_.get(), TRUE);
  }
  // Closing streams finishes in idle callbacks; a bound keeps a busy source from holding us.
  for (int i = 0; i < 1000 && g_main_context_pending(context_.get()) != FALSE; i++)
    g_main_context_iteration(context_.get(), FALSE);
  g_main_context_pop_thread_default(context_.get());
}

struct Timer::Shot {
  Timer *timer;
  std::function<void()> callback;
  bool repeat;
};

void Timer::start(GMainContext *context, GSource *source, bool repeat,
                  std::function<void()> callback) {
  stop();
  source_ = source;
  auto fire = [](gpointer data) -> gboolean {
    auto *shot = static_cast<Shot *>(data);
    if (shot->repeat) {
      // A copy: the callback may stop the timer, which frees the shot's owner.
      auto copy = shot->callback;
      copy();
      return G_SOURCE_CONTINUE;
    }
    auto once_only = std::move(shot->callback);
    g_source_unref(std::exchange(shot->timer->source_, nullptr));
    once_only();
    return G_SOURCE_REMOVE;
  };
  g_source_set_callback(source_, fire, new Shot{this, std::move(callback), repeat},
                        [](gpointer data) { delete static_cast<Shot *>(data); });
  g_source_attach(source_, context);
}

void Timer::once(GMainContext *context, Milliseconds after, std::function<void()> callback) {
  GSource *source = g_timeout_source_new(static_cast<guint>(after.count()));
  start(context, source, false, std::move(callback));
}

void Timer::every(GMainContext *context, Milliseconds interval, std::function<void()> callback) {
  GSource *source = g_timeout_source_new(static_cast<guint>(interval.count()));
  start(context, source, true, std::move(callback));
}

void Timer::idle(GMainContext *context, std::function<void()> callback) {
  start(context, g_idle_source_new(), false, std::move(callback));
}

void Timer::stop() {
  if (GSource *source = std::exchange(source_, nullptr)) {
    g_source_destroy(source);
    g_source_unref(source);
  }
}

}  // namespace testserver
