// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A thread with its own GMainContext, and timers on it.

#pragma once

#include "base/glib_ptr.h"
#include "options.h"

#include <atomic>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace testserver {

// Runs tasks and GSources on one thread. Tasks travel through a queue under a std::mutex rather
// than through g_main_context_invoke(): what one thread wrote is then visibly ordered before what
// the other reads, also to ThreadSanitizer, which cannot see into GLib's locks.
class LoopThread {
 public:
  LoopThread();
  ~LoopThread();  // runs what is queued, then stops and joins
  LoopThread(const LoopThread &) = delete;
  LoopThread &operator=(const LoopThread &) = delete;

  GMainContext *context() const { return context_.get(); }
  void post(std::function<void()> task);
  // Waits for the task's end. On the loop's own thread it runs the task directly.
  void run(const std::function<void()> &task);

 private:
  void loop();
  void run_queued();

  assemblyai::Owned<GMainContext> context_;
  std::mutex mutex_;  // guards tasks_ and stopping_; held for moves only
  std::deque<std::function<void()>> tasks_;
  bool stopping_ = false;
  std::thread thread_;
};

// A timeout on a GMainContext; cancelled by destruction. Used on the context's thread only.
class Timer {
 public:
  Timer() = default;
  ~Timer() { stop(); }
  Timer(const Timer &) = delete;
  Timer &operator=(const Timer &) = delete;

  // Both replace what was running. The callback may stop or restart the timer, and may destroy it
  // if it does nothing afterwards.
  void once(GMainContext *context, Milliseconds after, std::function<void()> callback);
  void every(GMainContext *context, Milliseconds interval, std::function<void()> callback);
  // When nothing else is left to do, above all nothing to write.
  void idle(GMainContext *context, std::function<void()> callback);
  void stop();
  bool running() const { return source_ != nullptr; }

 private:
  struct Shot;
  void start(GMainContext *context, GSource *source, bool repeat, std::function<void()> callback);
  GSource *source_ = nullptr;
};

}  // namespace testserver
