// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <memory>
#include <utility>

#include "base/event_loop.h"
#include "base/glib_ptr.h"
#include "base/result.h"

namespace assemblyai {

// The I/O thread: a GMainContext run by one thread, shared by all sessions of the
// process. It lives while anyone holds it. The last holder joins it, or, when
// that is the thread itself, leaves it to end alone.
class IoThread final : public EventLoop {
 public:
  static Result<std::shared_ptr<IoThread>> acquire();
  // One of one's own.
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
  // What the thread works with: it may outlive the IoThread.
  struct Shared;

  IoThread(std::shared_ptr<Shared> shared, GThread *thread)
      : shared_(std::move(shared)), thread_(thread) {}

  std::shared_ptr<Shared> shared_;
  GThread *thread_;
};

}  // namespace assemblyai
