// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <memory>
#include <utility>

#include "base/event_loop.h"
#include "base/glib_ptr.h"
#include "base/result.h"

namespace assemblyai {

// The I/O thread: a GMainContext that one thread runs, shared by all streams of the process. It
// lives while there is a reference to it. The last holder joins the thread. If the last holder is
// the thread itself, the thread ends by itself.
class IoThread final : public EventLoop {
 public:
  static Result<std::shared_ptr<IoThread>> acquire();
  // A separate thread, for tests.
  static Result<std::shared_ptr<IoThread>> start();

  ~IoThread() override;

  nanoseconds now() const override;
  std::chrono::seconds wall_clock() const override;
  bool is_current() const override;
  void invoke(std::function<void()> task) override;
  [[nodiscard]] std::optional<Failure> background(std::function<Continuation()> work) override;
  [[nodiscard]] std::unique_ptr<Timer> after(nanoseconds delay,
                                             std::function<void()> task) override;
  [[nodiscard]] std::unique_ptr<NetworkWatch> on_network_change(
      std::function<void()> task) override;

 private:
  // The data of the thread, which may outlive the IoThread.
  struct Shared;

  IoThread(std::shared_ptr<Shared> shared, GThread *thread)
      : shared_(std::move(shared)), thread_(thread) {}

  std::shared_ptr<Shared> shared_;
  GThread *thread_;
};

}  // namespace assemblyai
