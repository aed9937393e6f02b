// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// What goes wrong with a service, now and then, at random.

#pragma once

#include <cstddef>
#include <functional>
#include <random>
#include <string>

#include "support/server_program.h"

namespace testing {

class RandomFaults {
 public:
  RandomFaults(ServerProgram &server, unsigned seed) : server_(server), random_(seed) {}

  // Begins a fault or ends one, when its time has come. Seconds since the start.
  void advance(double now);
  // Ends what is going on.
  void calm();
  std::size_t count() const { return count_; }

 private:
  void inject();
  double between(double least, double most) {
    return std::uniform_real_distribution<double>(least, most)(random_);
  }
  std::size_t below(std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_);
  }

  ServerProgram &server_;
  std::mt19937 random_;
  std::function<void()> undo_;  // what ends the fault that is going on
  double next_ = 10;
  std::size_t count_ = 0;
};

}  // namespace testing
