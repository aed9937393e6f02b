// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "stream/rollover.h"

#include <algorithm>
#include <utility>

namespace assemblyai {

namespace {

using std::chrono::seconds;

// The wall clock may be wrong, and the service may send an absurd value.
nanoseconds lifetime_of(const Begin &begin, seconds wall_clock) {
  if (begin.expires_at <= wall_clock.count())
    return Rollover::kLongestSession;
  const auto left = static_cast<std::uint64_t>(begin.expires_at) -
                    static_cast<std::uint64_t>(std::max<std::int64_t>(wall_clock.count(), 0));
  return seconds(std::min<std::uint64_t>(left, Rollover::kLongestSession.count()));
}

}  // namespace

Rollover::Rollover(EventLoop &loop, Options options) : loop_(loop), options_(std::move(options)) {}

nanoseconds Rollover::left_until(nanoseconds moment) const {
  return std::max(moment - loop_.now(), nanoseconds::zero());
}

void Rollover::watch(const Begin &begin, nanoseconds opened_at) {
  failure_.reset();
  timer_.reset();
  const nanoseconds lifetime = lifetime_of(begin, loop_.wall_clock());
  expires_at_ = std::min(loop_.now() + lifetime, opened_at + kLongestSession);
  lead_ = std::min<nanoseconds>(kLead, lifetime / 4);
  if (lifetime < kShortest)
    return;
  timer_ = loop_.after(expires_at_ - lead_ - loop_.now(), [this] { options_.open(); });
}

void Rollover::await_turn_end() {
  timer_ = loop_.after(left_until(last_moment()), [this] { options_.change(); });
}

bool Rollover::is_late() const {
  return loop_.now() >= last_moment();
}

nanoseconds Rollover::note_failure(const Failure &failure) {
  const nanoseconds left = left_until(expires_at_);
  const nanoseconds delay = failure.retry == Retry::kNever ? left : nanoseconds(kRetry);
  if (delay < left)
    timer_ = loop_.after(delay, [this] { options_.open(); });
  failure_ = failure;
  return delay;
}

}  // namespace assemblyai
