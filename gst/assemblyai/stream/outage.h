// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "base/event_loop.h"
#include "stream/backoff.h"

namespace assemblyai {

// The time without a session: when to retry, which failures are new, and when to give up.
//
// An outage begins with a lost session. It lasts until another session has been in use for
// kHealthy. Progress of the stream only shortens the next delay. I/O thread only.
class Outage {
 public:
  // A session that lasted this long was healthy: the next failure begins a new outage.
  static constexpr std::chrono::seconds kHealthy{30};
  // A change of the network this soon after another triggers no attempt.
  static constexpr std::chrono::seconds kNetworkSettles{10};
  // The limit of losses in a row, without progress, of sessions that were about to end.
  static constexpr unsigned kMostClosingLosses = 3;

  struct Options {
    Backoff::Limits retry;
    std::uint32_t seed = 1;
    nanoseconds limit{};            // for an outage after the end of the input
    std::function<void()> open;     // starts an attempt
    std::function<void()> give_up;  // with failure()
  };

  Outage(EventLoop &loop, Options options);

  // The failure that lost the session.
  const std::optional<Failure> &failure() const { return failure_; }
  void set_failure(Failure failure) { failure_ = std::move(failure); }
  // Whether the failure begins an outage, or prolongs it and does not pass by itself: once for
  // each.
  bool is_news(const Failure &failure, bool begins);
  // Failed attempts in a row.
  unsigned failures() const { return backoff_.failures(); }

  // Schedules a retry, after the backoff or a change of the network. Returns the delay; nothing if
  // there should be no more attempt.
  std::optional<nanoseconds> retry_after(const Failure &failure, bool has_begun);
  bool is_waiting() const { return retry_timer_ != nullptr; }
  // An attempt starts.
  void begin_attempt() { retry_timer_.reset(); }
  // Gives up after the limit, if there is an outage.
  void limit();

  // A session is in use.
  void note_session();
  void note_healthy();
  // The stream made progress: the next retry need not be delayed more.
  void note_progress() { backoff_.reset(); }
  // The session is no longer in use.
  void stop_watching_health() { healthy_timer_.reset(); }
  void stop_watching_network() { network_watch_.reset(); }
  void stop();

  // A session that was about to end was lost; progress grows with the work that the stream has
  // done.
  void count_closing_loss(std::uint64_t progress);
  // Whether another such loss is acceptable: a service may lose the last words only a few times.
  bool may_lose_closing() const { return closing_losses_ <= kMostClosingLosses; }

 private:
  void watch_network(const Failure &failure);

  EventLoop &loop_;
  const Options options_;
  Backoff backoff_;
  std::optional<Failure> failure_;
  std::set<std::pair<FailureKind, unsigned>> reported_causes_;  // including the HTTP status
  std::unique_ptr<Timer> retry_timer_;
  std::unique_ptr<Timer> limit_timer_;
  std::unique_ptr<Timer> healthy_timer_;
  std::unique_ptr<NetworkWatch> network_watch_;
  std::optional<nanoseconds> hurried_;  // the last attempt after a change of the network
  std::uint64_t closing_progress_ = 0;
  unsigned closing_losses_ = 0;  // without progress
};

}  // namespace assemblyai
