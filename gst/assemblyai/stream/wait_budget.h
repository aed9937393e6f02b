// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The limit of the time that all streams of a process together make leave() wait.

#pragma once

#include <algorithm>
#include <chrono>
#include <mutex>

namespace assemblyai {

// Used time is gone, and returns slowly: an application that stops twenty stalled elements one
// after another waits about once. Any thread.
class WaitBudget {
 public:
  using nanoseconds = std::chrono::nanoseconds;

  WaitBudget(nanoseconds most, nanoseconds least) : most_(most), least_(least), left_(most) {}

  // For a wait that begins now.
  nanoseconds limit(nanoseconds now) {
    const std::lock_guard lock(mutex_);
    left_ = std::min(most_, left_ + (now - last_) / kRecovery);
    last_ = now;
    return std::max(left_, least_);
  }
  void spend(nanoseconds waited) {
    const std::lock_guard lock(mutex_);
    left_ = std::max(left_ - waited, nanoseconds::zero());
  }

 private:
  static constexpr int kRecovery = 10;  // the recovery takes this many times the used time

  std::mutex mutex_;
  nanoseconds most_;
  nanoseconds least_;  // enough for a connection that is not stalled
  nanoseconds left_;
  nanoseconds last_{};
};

}  // namespace assemblyai
