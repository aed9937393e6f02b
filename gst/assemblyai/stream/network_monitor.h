// SPDX-License-Identifier: LGPL-2.1-or-later

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

// Tells all who watch that the machine's network has changed: a cable, a lease, a route. It
// lives while somebody watches. Loop thread only.
class NetworkMonitor final : public std::enable_shared_from_this<NetworkMonitor> {
 public:
  // A network comes up in several steps, which are told as one.
  static constexpr std::chrono::milliseconds kSettles{500};

  using After = std::function<std::unique_ptr<Timer>(nanoseconds, std::function<void()>)>;

  explicit NetworkMonitor(After after) : after_(std::move(after)) {}
  NetworkMonitor(const NetworkMonitor &) = delete;
  NetworkMonitor &operator=(const NetworkMonitor &) = delete;
  ~NetworkMonitor();

  // It hears of changes on the thread whose default context is that of the first call.
  [[nodiscard]] std::unique_ptr<NetworkWatch> watch(std::function<void()> task);
  // As GIO does, for tests too.
  void changed();

 private:
  class Watch;

  void notify();

  const After after_;
  Ref<GNetworkMonitor> monitor_;  // empty where there is none, or none yet
  std::unique_ptr<Timer> timer_;
  std::uint64_t next_ = 0;
  std::map<std::uint64_t, std::function<void()>> tasks_;
};

}  // namespace assemblyai
