// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "element/sample_clock.h"

#include <algorithm>

namespace assemblyai {

// How far the stamps are beyond the place from which they had stepped back.
nanoseconds SampleClock::forward(nanoseconds by) {
  stray_.reset();
  *next_ += by;
  const nanoseconds returned = std::min(by, stepped_back_);
  stepped_back_ -= returned;
  return by - returned;
}

void SampleClock::back(nanoseconds by) {
  stray_.reset();
  *next_ -= by;
  stepped_back_ += by;
  steady_ = nanoseconds::zero();
}

// If no stamp is in line, the one with the smallest difference had the least jitter.
void SampleClock::wait_for_return(nanoseconds off) {
  const bool late = off > nanoseconds::zero();
  if (!stray_ || (stray_->least > nanoseconds::zero()) != late)
    stray_ = Stray{.since = *next_, .least = off};
  stray_->least = late ? std::min(stray_->least, off) : std::max(stray_->least, off);
  if (*next_ - stray_->since < kPatience)
    return;
  if (late)
    forward(stray_->least);
  else
    back(-stray_->least);
}

SampleClock::Hole SampleClock::align(nanoseconds stamp, bool marked) {
  const nanoseconds off = stamp - next_.value_or(stamp);
  const nanoseconds least = marked ? kAlignment : kNoJitter;
  if (off >= least) {
    const nanoseconds begin = *next_;
    return {begin, forward(off)};
  }
  if (off <= -least)
    back(-off);
  else if (off >= kAlignment || off <= -kAlignment)
    wait_for_return(off);
  else
    stray_.reset();
  return {};
}

SampleClock::Hole SampleClock::gap(nanoseconds end, nanoseconds duration) {
  const nanoseconds length = end - next_.value_or(end);
  if (length <= -kAlignment)
    back(-length);
  if (length < kShortestGap)
    return {};
  // The GAP itself is missing for certain. The rest is a discontinuity before it.
  const nanoseconds begin = *next_;
  const nanoseconds told = std::min(length, duration);
  *next_ += told;
  return {begin, told + forward(length - told)};
}

nanoseconds SampleClock::count(nanoseconds stamp, nanoseconds duration) {
  const nanoseconds counted = next_.value_or(stamp);
  next_ = counted + duration;
  steady_ += duration;
  if (steady_ >= kMemory)
    stepped_back_ = nanoseconds::zero();
  const nanoseconds off = stamp - counted;
  return off < kAlignment && off > -kAlignment ? stamp : counted;
}

}  // namespace assemblyai
