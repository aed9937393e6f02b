// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "stream/io_thread.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <limits>
#include <mutex>
#include <utility>

#include "base/resources.h"
#include "stream/network_monitor.h"

namespace assemblyai {

namespace {

using Task = std::function<void()>;

// Starts the thread and hands over the data; returns the error if it cannot be started.
template <typename Data>
Result<GThread *> start_thread(const char *name, GThreadFunc run, Data data) {
  auto handed = std::make_unique<Data>(std::move(data));
  OutError error;
  GThread *thread = g_thread_try_new(name, run, handed.get(), error.out());
  if (thread == nullptr)
    return out_of_threads(error->message);
  static_cast<void>(handed.release());
  return thread;
}

class SourceTimer final : public Timer {
 public:
  SourceTimer(nanoseconds delay, Task task, GMainContext *context) {
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(delay).count();
    constexpr std::int64_t kMost = std::numeric_limits<int>::max();
    source_ =
        g_timeout_source_new(static_cast<guint>(std::clamp<std::int64_t>(milliseconds, 0, kMost)));
    g_source_set_callback(source_, run, new Task(std::move(task)), drop);
    g_source_attach(source_, context);
  }
  ~SourceTimer() override {
    g_source_destroy(source_);
    g_source_unref(source_);
  }

 private:
  static gboolean run(gpointer data) {
    (*static_cast<Task *>(data))();
    return G_SOURCE_REMOVE;
  }
  static void drop(gpointer data) { delete static_cast<Task *>(data); }

  GSource *source_;
};

}  // namespace

struct IoThread::Shared {
  Shared();
  Shared(const Shared &) = delete;
  Shared &operator=(const Shared &) = delete;
  ~Shared();

  void invoke(Task task);
  void run();

  static gboolean dispatch(GSource *, GSourceFunc callback, gpointer data) {
    return callback(data);
  }
  static gboolean run_tasks(gpointer data);

  Owned<GMainContext> context{g_main_context_new()};
  Owned<GMainLoop> loop{g_main_loop_new(context.get(), FALSE)};
  GSourceFuncs functions{nullptr, nullptr, dispatch, nullptr, nullptr, nullptr};
  GSource *source = g_source_new(&functions, sizeof(GSource));  // ready while there are tasks
  std::weak_ptr<NetworkMonitor> network;                        // loop thread only

  // Guards tasks. Held for one push or swap.
  std::mutex mutex;
  std::deque<Task> tasks;
};

IoThread::Shared::Shared() {
  g_source_set_callback(source, run_tasks, this, nullptr);
  g_source_attach(source, context.get());
}

IoThread::Shared::~Shared() {
  g_source_destroy(source);
  g_source_unref(source);
}

void IoThread::Shared::invoke(Task task) {
  const std::lock_guard lock(mutex);
  tasks.push_back(std::move(task));
  if (tasks.size() == 1)
    g_source_set_ready_time(source, 0);
}

gboolean IoThread::Shared::run_tasks(gpointer data) {
  auto *self = static_cast<Shared *>(data);
  std::deque<Task> tasks;
  {
    const std::lock_guard lock(self->mutex);
    tasks.swap(self->tasks);
    g_source_set_ready_time(self->source, -1);
  }
  while (!tasks.empty()) {
    tasks.front()();
    tasks.pop_front();
  }
  return G_SOURCE_CONTINUE;
}

void IoThread::Shared::run() {
  g_main_context_push_thread_default(context.get());
  g_main_loop_run(loop.get());
  // Streams that are closing and cancelled operations still call back. Only then their resources
  // are freed.
  while (g_main_context_iteration(context.get(), FALSE) != FALSE) {
  }
  g_main_context_pop_thread_default(context.get());
}

Result<std::shared_ptr<IoThread>> IoThread::acquire() {
  static std::mutex mutex;
  static std::weak_ptr<IoThread> shared;
  const std::lock_guard lock(mutex);
  if (std::shared_ptr<IoThread> io_thread = shared.lock())
    return io_thread;
  Result<std::shared_ptr<IoThread>> io_thread = start();
  if (io_thread)
    shared = *io_thread;
  return io_thread;
}

Result<std::shared_ptr<IoThread>> IoThread::start() {
  if (std::optional<Failure> missing = missing_resources())
    return std::move(*missing);
  g_type_ensure(G_TYPE_TASK);  // starts a thread of GLib's, which must succeed
  auto shared = std::make_shared<Shared>();
  const auto run = [](gpointer data) -> gpointer {
    const std::unique_ptr<std::shared_ptr<Shared>> held(
        static_cast<std::shared_ptr<Shared> *>(data));
    (*held)->run();
    return nullptr;
  };
  Result<GThread *> thread = start_thread("assemblyai-io", run, shared);
  if (!thread)
    return std::move(thread.failure());
  return std::shared_ptr<IoThread>(new IoThread(std::move(shared), *thread));
}

IoThread::~IoThread() {
  // A task instead of a direct quit: the loop may not run yet.
  shared_->invoke([loop = shared_->loop.get()] { g_main_loop_quit(loop); });
  if (is_current())
    g_thread_unref(thread_);
  else
    g_thread_join(thread_);
}

nanoseconds IoThread::now() const {
  return std::chrono::microseconds(g_get_monotonic_time());
}

std::chrono::seconds IoThread::wall_clock() const {
  return std::chrono::duration_cast<std::chrono::seconds>(
      std::chrono::microseconds(g_get_real_time()));
}

bool IoThread::is_current() const {
  return g_thread_self() == thread_;
}

void IoThread::invoke(std::function<void()> task) {
  shared_->invoke(std::move(task));
}

// The loop may be gone when the work is done; then its result is discarded.
std::optional<Failure> IoThread::background(std::function<Continuation()> work) {
  struct Job {
    std::shared_ptr<Shared> shared;
    std::function<Continuation()> work;
  };
  const auto run = [](gpointer data) -> gpointer {
    const std::unique_ptr<Job> job(static_cast<Job *>(data));
    job->shared->invoke(job->work());
    return nullptr;
  };
  Result<GThread *> thread = start_thread("assemblyai-prepare", run, Job{shared_, std::move(work)});
  if (!thread)
    return std::move(thread.failure());
  g_thread_unref(*thread);
  return std::nullopt;
}

std::unique_ptr<Timer> IoThread::after(nanoseconds delay, std::function<void()> task) {
  return std::make_unique<SourceTimer>(delay, std::move(task), shared_->context.get());
}

std::unique_ptr<NetworkWatch> IoThread::on_network_change(std::function<void()> task) {
  std::shared_ptr<NetworkMonitor> monitor = shared_->network.lock();
  if (!monitor) {
    // The watch keeps the IoThread alive.
    monitor =
        std::make_shared<NetworkMonitor>([this](nanoseconds delay, std::function<void()> run) {
          return after(delay, std::move(run));
        });
    shared_->network = monitor;
  }
  return monitor->watch(std::move(task));
}

}  // namespace assemblyai
