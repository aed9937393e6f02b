// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/event_loop.h"
#include "protocol/types.h"

namespace assemblyai {

// Replaces the session in use before it expires: opens another session beside it, and changes to it
// at the end of a turn. If nobody pauses, the change happens at the last moment.
//
// I/O thread only.
class Rollover {
 public:
  // The service ends sessions after this time at the latest (protocol reference 5.3).
  static constexpr std::chrono::seconds kLongestSession{3 * 3600};
  // Tokens do not allow shorter sessions (protocol reference 1.3): a shorter time means that the
  // clocks differ.
  static constexpr std::chrono::seconds kShortest{30};
  // How long before the end of a session the next one is opened; a quarter of short sessions.
  static constexpr std::chrono::seconds kLead{60};
  // The delay before the next attempt to open the next session.
  static constexpr std::chrono::seconds kRetry{10};

  struct Options {
    std::function<void()> open;    // opens a session beside the one in use; called for each attempt
    std::function<void()> change;  // there is no more time to wait for the end of a turn
  };

  Rollover(EventLoop &loop, Options options);

  // The session is used from now on.
  void watch(const Begin &begin, nanoseconds opened_at);
  // Another session is being opened, or exists.
  void await_turn_end();
  bool is_late() const;
  // The next session could not be opened. Returns the delay until the next attempt, or until the
  // session ends.
  nanoseconds note_failure(const Failure &failure);
  // The failure of the last attempt to open the next session.
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
  nanoseconds lead_{};  // the time before the end at which the change begins
  std::optional<Failure> failure_;
};

}  // namespace assemblyai
