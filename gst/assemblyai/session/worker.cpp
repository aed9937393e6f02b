// SPDX-License-Identifier: LGPL-2.1-or-later

#include "session/worker.h"

#include <algorithm>
#include <limits>
#include <mutex>
#include <utility>

namespace assemblyai {

namespace {

using Task = std::function<void()>;

gboolean run_task(gpointer data) {
  (*static_cast<Task *>(data))();
  return G_SOURCE_REMOVE;
}

void delete_task(gpointer data) {
  delete static_cast<Task *>(data);
}

void attach(GSource *source, Task task, GMainContext *context) {
  g_source_set_callback(source, run_task, new Task(std::move(task)), delete_task);
  g_source_attach(source, context);
}

class SourceTimer final : public Timer {
 public:
  explicit SourceTimer(GSource *source) : source_(source) {}
  ~SourceTimer() override {
    g_source_destroy(source_);
    g_source_unref(source_);
  }

 private:
  GSource *source_;
};

gpointer run_loop(gpointer data) {
  const Owned<GMainLoop> loop(static_cast<GMainLoop *>(data));
  GMainContext *context = g_main_loop_get_context(loop.get());
  g_main_context_push_thread_default(context);
  g_main_loop_run(loop.get());
  // Closing streams and cancelled operations still report back; what they hold
  // is freed only then.
  while (g_main_context_iteration(context, FALSE)) {
  }
  g_main_context_pop_thread_default(context);
  return nullptr;
}

}  // namespace

std::shared_ptr<Worker> Worker::acquire() {
  static std::mutex mutex;
  static std::weak_ptr<Worker> shared;
  const std::lock_guard lock(mutex);
  std::shared_ptr<Worker> worker = shared.lock();
  if (!worker) {
    worker = std::make_shared<Worker>();
    shared = worker;
  }
  return worker;
}

Worker::Worker() : context_(g_main_context_new()), loop_(g_main_loop_new(context_.get(), FALSE)) {
  thread_ = g_thread_new("assemblyai-io", run_loop, g_main_loop_ref(loop_.get()));
}

Worker::~Worker() {
  // A source, not a plain quit: the loop may not have started to run yet.
  GMainLoop *loop = g_main_loop_ref(loop_.get());
  invoke([loop] {
    g_main_loop_quit(loop);
    g_main_loop_unref(loop);
  });
  if (is_current())
    g_thread_unref(thread_);
  else
    g_thread_join(thread_);
}

nanoseconds Worker::now() const {
  return std::chrono::microseconds(g_get_monotonic_time());
}

bool Worker::is_current() const {
  return g_thread_self() == thread_;
}

void Worker::invoke(std::function<void()> task) {
  GSource *source = g_idle_source_new();
  g_source_set_priority(source, G_PRIORITY_DEFAULT);
  attach(source, std::move(task), context_.get());
  g_source_unref(source);
}

std::unique_ptr<Timer> Worker::after(nanoseconds delay, std::function<void()> task) {
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(delay).count();
  constexpr std::int64_t kMost = std::numeric_limits<int>::max();
  GSource *source =
      g_timeout_source_new(static_cast<guint>(std::clamp<std::int64_t>(milliseconds, 0, kMost)));
  attach(source, std::move(task), context_.get());
  return std::make_unique<SourceTimer>(source);
}

}  // namespace assemblyai
