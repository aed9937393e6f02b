// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>

#include "base/result.h"

namespace assemblyai {

using std::chrono::nanoseconds;

// When to try again. Each failure in a row doubles the delay, up to a limit; it is
// shortened by up to half at random, so that many who lost the same server do not come
// back all at once. No clock.
class Backoff {
 public:
  // A server may ask for more patience than the longest delay, but not for more than this.
  static constexpr std::chrono::hours kMostPatience{1};

  struct Limits {
    nanoseconds shortest{};
    nanoseconds longest{};
    std::int64_t most_retries = -1;  // in a row; -1: no limit
  };

  Backoff(Limits limits, std::uint32_t seed) : limits_(limits), random_(seed) {}

  // How often in a row somebody is asked again who has said no, and has said yes before. A good
  // key that was refused has been seen to be taken within ten attempts.
  static constexpr unsigned kMostRefusals = 10;
  // The same of who has never said yes.
  static constexpr unsigned kMostFirstRefusals = 5;

  // The delay before the next attempt; nothing when there should be none. known: a session has
  // begun before.
  std::optional<nanoseconds> after(const Failure &failure, bool known);
  // All went well for long enough.
  void reset() { failures_ = refusals_ = doublings_ = 0; }
  // Something has changed: the delays grow anew.
  void hurry() { doublings_ = 0; }

  // In a row, so far.
  unsigned failures() const { return failures_; }

 private:
  bool can_help(Retry retry, bool known);
  nanoseconds delay(const Failure &failure);

  Limits limits_;
  std::minstd_rand random_;
  unsigned failures_ = 0;
  unsigned refusals_ = 0;   // of them
  unsigned doublings_ = 0;  // of the next delay
};

}  // namespace assemblyai
