// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The seam to time, to changes of the network and to the I/O thread. The code above it is tested
// with a clock that the test advances.

#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "base/result.h"

namespace assemblyai {

using std::chrono::nanoseconds;

// Destroying it cancels. Loop thread only.
class Timer {
 public:
  Timer() = default;
  Timer(const Timer &) = delete;
  Timer &operator=(const Timer &) = delete;
  virtual ~Timer() = default;
};

// The same, for changes of the network.
class NetworkWatch {
 public:
  NetworkWatch() = default;
  NetworkWatch(const NetworkWatch &) = delete;
  NetworkWatch &operator=(const NetworkWatch &) = delete;
  virtual ~NetworkWatch() = default;
};

class EventLoop {
 public:
  EventLoop() = default;
  EventLoop(const EventLoop &) = delete;
  EventLoop &operator=(const EventLoop &) = delete;
  virtual ~EventLoop() = default;

  virtual nanoseconds now() const = 0;                  // monotonic; any thread
  virtual std::chrono::seconds wall_clock() const = 0;  // Unix time; any thread
  virtual bool is_current() const = 0;                  // is this the loop's thread?

  // Runs the task on the loop's thread, in the order of the calls. Any thread.
  virtual void invoke(std::function<void()> task) = 0;

  // Runs work that may block on a thread of its own, then runs the task that it returns on the
  // loop's thread. Reports why, if no thread can be started. Any thread.
  using Continuation = std::function<void()>;
  [[nodiscard]] virtual std::optional<Failure> background(std::function<Continuation()> work) = 0;

  // Runs the task once after the delay. Loop thread only.
  [[nodiscard]] virtual std::unique_ptr<Timer> after(nanoseconds delay,
                                                     std::function<void()> task) = 0;

  // Runs the task shortly after each change of the machine's network. Loop thread only.
  [[nodiscard]] virtual std::unique_ptr<NetworkWatch> on_network_change(
      std::function<void()> task) = 0;
};

}  // namespace assemblyai
