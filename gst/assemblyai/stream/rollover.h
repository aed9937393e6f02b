// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/event_loop.h"
#include "protocol/types.h"

namespace assemblyai {

// When to change sessions, because the one in use expires: another is opened beside it before, and
// used from the end of a turn on. When nobody stops talking the change is due at last.
//
// I/O thread only.
class Rollover {
 public:
  // The service ends sessions after that at the latest (protocol reference 5.3).
  static constexpr std::chrono::seconds kLongestSession{3 * 3600};
  // Tokens allow no shorter ones (protocol reference 1.3): who says so has another clock.
  static constexpr std::chrono::seconds kShortest{30};
  // How long before a session's end the next one is opened; of short ones a quarter.
  static constexpr std::chrono::seconds kLead{60};
  // When to try again to open the next session.
  static constexpr std::chrono::seconds kRetry{10};

  struct Options {
    std::function<void()> open;    // another session beside the one in use; called again on failure
    std::function<void()> change;  // there is no more time to wait for the end of a turn
  };

  Rollover(EventLoop &loop, Options options);

  // The session is used from now on.
  void watch(const Begin &begin, nanoseconds opened_at);
  // Another session is being opened, or there is one.
  void await_turn_end();
  bool is_late() const;
  // The next session could not be opened. Returns when that is tried again, or the session ends.
  nanoseconds note_failure(const Failure &failure);
  // Why there is no next session yet.
  const std::optional<Failure> &failure() const { return failure_; }
  void set_failure(Failure failure) { failure_ = std::move(failure); }
  void stop() { timer_.reset(); }

 private:
  nanoseconds left_until(nanoseconds moment) const;
  nanoseconds last_moment() const { return expires_at_ - lead_ / 4; }

  EventLoop &loop_;
  const Options options_;
  std::unique_ptr<Timer> timer_;
  nanoseconds expires_at_{};
  nanoseconds lead_{};  // how long before that the change begins
  std::optional<Failure> failure_;
};

}  // namespace assemblyai
