// SPDX-License-Identifier: LGPL-2.1-or-later

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

// While there is no session: when to try again, what is news, and when to give up.
//
// An outage begins with a lost session and lasts until another has been in use for kHealthy, or
// until the stream gets further with one. I/O thread only.
class Outage {
 public:
  // A session that lasted as long was a good one: the next failure is a new one.
  static constexpr std::chrono::seconds kHealthy{30};
  // A change of the network so soon after another triggers no attempt.
  static constexpr std::chrono::seconds kNetworkSettles{10};
  // Losses in a row of sessions that were to end, and that brought nothing.
  static constexpr unsigned kMostClosingLosses = 3;

  struct Options {
    Backoff::Limits retry;
    std::uint32_t seed = 1;
    nanoseconds limit{};            // of an outage that nobody waits longer for
    std::function<void()> open;     // try again
    std::function<void()> give_up;  // with failure()
  };

  Outage(EventLoop &loop, Options options);

  // What lost the session that is to be replaced.
  const std::optional<Failure> &failure() const { return failure_; }
  void set_failure(Failure failure) { failure_ = std::move(failure); }
  // Whether the failure begins an outage, or keeps it going and does not pass by itself: once each.
  bool is_news(const Failure &failure, bool begins);
  // Attempts in a row that have failed.
  unsigned failures() const { return backoff_.failures(); }

  // Tries again, when the backoff or a change of the network says so. Returns the delay; nothing
  // when there should be no more attempt.
  std::optional<nanoseconds> retry_after(const Failure &failure, bool has_begun);
  bool is_waiting() const { return retry_timer_ != nullptr; }
  // An attempt is made.
  void begin_attempt() { retry_timer_.reset(); }
  // Gives up after the limit, if there is an outage.
  void limit();

  // A session is in use.
  void end();
  void note_healthy();
  // The stream got further: there is no reason to open the next session later.
  void note_progress() { backoff_.reset(); }
  // The session is not in use any more.
  void stop_watching_health() { healthy_timer_.reset(); }
  void stop_watching_network() { network_watch_.reset(); }
  void stop();

  // A session was lost that was to end; progress grows with what the stream has got done.
  void count_closing_loss(std::uint64_t progress);
  // Nobody waits for a service that loses its last words again and again.
  bool may_lose_closing() const { return closing_losses_ <= kMostClosingLosses; }

 private:
  void watch_network(const Failure &failure);

  EventLoop &loop_;
  const Options options_;
  Backoff backoff_;
  std::optional<Failure> failure_;
  std::set<std::pair<FailureKind, unsigned>> reported_causes_;  // with the HTTP status
  std::unique_ptr<Timer> retry_timer_;
  std::unique_ptr<Timer> limit_timer_;
  std::unique_ptr<Timer> healthy_timer_;
  std::unique_ptr<NetworkWatch> network_watch_;
  std::optional<nanoseconds> hurried_;  // when the network made the last attempt early
  std::uint64_t closing_progress_ = 0;
  unsigned closing_losses_ = 0;  // without progress
};

}  // namespace assemblyai
