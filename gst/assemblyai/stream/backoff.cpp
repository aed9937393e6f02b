// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "stream/backoff.h"

#include <algorithm>

namespace assemblyai {

namespace {

// 2^20 times the shortest delay is longer than any longest delay.
constexpr unsigned kMostDoublings = 20;
// A service without capacity is left alone for this many times the longest delay.
constexpr int kPatience = 3;

}  // namespace

bool Backoff::can_help(Retry retry, bool known) {
  switch (retry) {
    case Retry::kNever:
      return false;
    case Retry::kOnceKnown:
      return known;
    case Retry::kFewTimes:
    case Retry::kFewTimesOnceKnown:
      if (retry == Retry::kFewTimesOnceKnown && !known)
        return false;
      return refusals_++ < (known ? kMostRefusals : kMostFirstRefusals);
    default:
      return true;
  }
}

std::optional<nanoseconds> Backoff::after(const Failure &failure, bool known) {
  if (limits_.most_retries >= 0 && failures_ >= limits_.most_retries)
    return std::nullopt;
  if (!can_help(failure.retry, known))
    return std::nullopt;
  failures_++;
  const nanoseconds asked =
      std::clamp<nanoseconds>(failure.retry_after, nanoseconds(0), kMostPatience);
  return std::max(delay(failure), asked);
}

nanoseconds Backoff::delay(const Failure &failure) {
  const bool is_ready =
      failure.retry == Retry::kNewSession || failure.retry == Retry::kWithNextAudio;
  if (is_ready && failures_ == 1)
    return nanoseconds::zero();
  const nanoseconds longest = std::max(limits_.longest, limits_.shortest);
  nanoseconds delay = kPatience * longest;
  if (failure.retry != Retry::kLongBackOff)
    delay = std::min(limits_.shortest * (std::int64_t{1} << std::min(doublings_, kMostDoublings)),
                     longest);
  doublings_++;
  std::uniform_real_distribution<double> part(0.5, 1.0);
  return std::chrono::duration_cast<nanoseconds>(delay * part(random_));
}

}  // namespace assemblyai
