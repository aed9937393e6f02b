// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "stream/pacer.h"

#include <algorithm>

namespace assemblyai {

void Pacer::refill(nanoseconds now) {
  if (now <= updated_)
    return;
  // 1.25 times real time. More waiting than a full bucket gains nothing.
  const nanoseconds elapsed = std::min<nanoseconds>(now - updated_, 2 * kBurst);
  allowance_ = std::min<nanoseconds>(allowance_ + elapsed + elapsed / 4, kBurst);
  updated_ = now;
}

nanoseconds Pacer::delay(nanoseconds now, nanoseconds duration) {
  refill(now);
  if (allowance_ >= duration)
    return nanoseconds::zero();
  const nanoseconds missing = duration - allowance_;
  return missing - missing / 5 + nanoseconds(1);
}

}  // namespace assemblyai
