// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>

#include "base/result.h"

namespace assemblyai {

using std::chrono::nanoseconds;

// The delay before a retry. Each failure in a row doubles it, up to a limit. It is shortened by a
// random part of up to a half, so that many clients that lost the same server do not reconnect at
// the same moment. No clock.
class Backoff {
 public:
  // The limit of a server's Retry-After, which may exceed the longest delay.
  static constexpr std::chrono::hours kMostPatience{1};

  struct Limits {
    nanoseconds shortest{};
    nanoseconds longest{};
    std::int64_t most_retries = -1;  // in a row; -1: no limit
  };

  Backoff(Limits limits, std::uint32_t seed) : limits_(limits), random_(seed) {}

  // Retries in a row after refusals, if a session has begun before. A valid key was seen to be
  // refused up to ten times before it was accepted again.
  static constexpr unsigned kMostRefusals = 10;
  // The same before the first session.
  static constexpr unsigned kMostFirstRefusals = 5;

  // The delay before the next attempt; nothing if there should be none. known: a session has begun
  // before.
  std::optional<nanoseconds> after(const Failure &failure, bool known);
  // A session was healthy for long enough.
  void reset() { failures_ = refusals_ = doublings_ = 0; }
  // Something has changed: the delays grow from the shortest again.
  void hurry() { doublings_ = 0; }

  // The failures in a row so far.
  unsigned failures() const { return failures_; }

 private:
  bool can_help(Retry retry, bool known);
  nanoseconds delay(const Failure &failure);

  Limits limits_;
  std::minstd_rand random_;
  unsigned failures_ = 0;
  unsigned refusals_ = 0;   // how many of the failures
  unsigned doublings_ = 0;  // for the next delay
};

}  // namespace assemblyai
