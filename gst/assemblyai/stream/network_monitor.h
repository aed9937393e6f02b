// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <gio/gio.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "base/event_loop.h"
#include "base/glib_ptr.h"

namespace assemblyai {

// Notifies all watches when the machine's network has changed: a cable, a lease, a route. It lives
// while there is a watch. Loop thread only.
class NetworkMonitor final : public std::enable_shared_from_this<NetworkMonitor> {
 public:
  // A network comes up in several steps, which are reported as one change.
  static constexpr std::chrono::milliseconds kSettles{500};

  using After = std::function<std::unique_ptr<Timer>(nanoseconds, std::function<void()>)>;

  explicit NetworkMonitor(After after) : after_(std::move(after)) {}
  NetworkMonitor(const NetworkMonitor &) = delete;
  NetworkMonitor &operator=(const NetworkMonitor &) = delete;
  ~NetworkMonitor();

  // Changes are reported on the thread whose default context is that of the first call.
  [[nodiscard]] std::unique_ptr<NetworkWatch> watch(std::function<void()> task);
  // The same call as GIO's, also for tests.
  void changed();

 private:
  class Watch;

  void notify();

  const After after_;
  Ref<GNetworkMonitor> monitor_;  // empty if there is none, or not yet
  std::unique_ptr<Timer> timer_;
  std::uint64_t next_ = 0;
  std::map<std::uint64_t, std::function<void()>> tasks_;
};

}  // namespace assemblyai
