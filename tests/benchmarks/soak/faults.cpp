// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "soak/faults.h"

#include <glib.h>

#include <utility>

namespace testing {

namespace {

constexpr const char *kLosses[] = {
    "drop",
    "reset",
    "drop-tcp",
    "reset-tcp",
    "close 1000",
    "close 1001",
    "close 1005",
    "close 1011",
    "close 1012",
    "close 1013",
    "close 3005",
    "close 3008",
    "error 3005 Session Cancelled: An error occurred",
};
// These go on for a while; a loss makes the last ones felt.
struct Trouble {
  const char *begin;
  const char *end;
  bool needs_loss;
};
constexpr Trouble kTroubles[] = {
    {"stall-read", "stall-read off", false},
    {"stall-write", "stall-write off", false},
    {"delay 300", "delay 0", false},
    {"fragment 7", "fragment 0", false},
    {"refuse", "refuse off", true},
    {"hang", "hang off", true},
    {"http 503", "http 0", true},
    {"http 429", "http 0", true},
    {"begin-delay 3000", "begin-delay 0", true},
};
constexpr double kLongestFault = 20;  // seconds
constexpr double kLongestPeace = 60;

}  // namespace

void RandomFaults::advance(double now) {
  if (now < next_)
    return;
  if (undo_) {
    calm();
    next_ = now + between(1, kLongestPeace);
  } else {
    inject();
    // Often there is hardly any time between two.
    next_ = now + between(0, below(3) == 0 ? kLongestFault : 3);
  }
}

void RandomFaults::calm() {
  if (undo_)
    std::exchange(undo_, {})();
}

void RandomFaults::inject() {
  count_++;
  const std::size_t kind = below(3);
  if (kind == 0) {
    g_print("  kill\n");
    server_.kill();
    undo_ = [this] { server_.restart(); };
    return;
  }
  if (kind == 1) {
    const char *loss = kLosses[below(G_N_ELEMENTS(kLosses))];
    g_print("  %s\n", loss);
    server_.try_command(loss);
    undo_ = [] {};
    return;
  }
  const Trouble &trouble = kTroubles[below(G_N_ELEMENTS(kTroubles))];
  g_print("  %s\n", trouble.begin);
  server_.command(trouble.begin);
  if (trouble.needs_loss)
    server_.try_command("drop");
  undo_ = [this, &trouble] { server_.command(trouble.end); };
}

}  // namespace testing
