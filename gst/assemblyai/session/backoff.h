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

  // The delay before the next attempt; nothing when there should be none.
  std::optional<nanoseconds> after(const Failure &failure);
  // All went well for long enough.
  void reset() { failures_ = 0; }

  // In a row, so far.
  unsigned failures() const { return failures_; }

 private:
  nanoseconds delay(const Failure &failure);

  Limits limits_;
  std::minstd_rand random_;
  unsigned failures_ = 0;
};

}  // namespace assemblyai
