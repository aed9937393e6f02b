// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <chrono>

namespace assemblyai {

using std::chrono::nanoseconds;

// Limits the rate of sent audio: the service ends sessions that send faster than real time for
// long, and accepts short bursts (protocol reference 3.1). A bucket holds the audio that may be
// sent at once. It refills a little faster than real time.
class Pacer {
 public:
  static constexpr std::chrono::seconds kBurst{3};

  explicit Pacer(nanoseconds now) : allowance_(kBurst), updated_(now) {}

  // The delay before audio of this duration may be sent; 0 = none.
  nanoseconds delay(nanoseconds now, nanoseconds duration);
  void sent(nanoseconds duration) { allowance_ -= duration; }

 private:
  void refill(nanoseconds now);

  nanoseconds allowance_;
  nanoseconds updated_;
};

}  // namespace assemblyai
