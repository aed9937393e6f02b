// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "support/simulated_fault.h"

#include <array>
#include <iterator>
#include <string_view>

namespace testing {

namespace {

using Kind = Fault::Kind;
using std::chrono::milliseconds;

// An example of each possible fault, as often as it should occur. A duration is the longest.
struct Example {
  Kind kind;
  unsigned code = 0;
  int seconds = 0;
  const char *text = "";
};

constexpr auto kExamples = std::to_array<Example>({
    {Kind::kLoss},
    {Kind::kLoss},
    {Kind::kLoss},
    {Kind::kLoss},
    {Kind::kLoss},
    {Kind::kClose, 1000},
    {Kind::kClose, 1001},
    {Kind::kClose, 1005},
    {Kind::kClose, 1011},
    {Kind::kClose, 1012},
    {Kind::kClose, 1013},
    {Kind::kClose, 3005},
    {Kind::kClose, 3008},
    {Kind::kClose, 3009},
    {Kind::kError, 3005, 0, "Session Cancelled: An error occurred"},
    {Kind::kError, 3008, 0, "Session Expired: Maximum session duration exceeded"},
    {Kind::kError, 1011, 0, "Internal error"},
    {Kind::kStall, 0, 15},
    {Kind::kStall, 0, 2},
    {Kind::kStall, 0, -1},
    {Kind::kMute, 0, 20},
    {Kind::kMute, 0, 5},
    {Kind::kLate, 0, 5},
    {Kind::kDuplicate},
    {Kind::kDuplicate},
    {Kind::kSwap},
    {Kind::kSwap},
    {Kind::kGarbage, 0, 0, "not-json"},
    {Kind::kGarbage, 0, 0, "truncated"},
    {Kind::kGarbage, 0, 0, "unknown-type"},
    {Kind::kGarbage, 0, 0, "bad-turn"},
    {Kind::kGarbage, 0, 0, "deep"},
    {Kind::kNoTermination},
    {Kind::kSilentEnd},
    {Kind::kRefuse},
    {Kind::kHttp, 503},
    {Kind::kHttp, 503, 20},
    {Kind::kHttp, 429, 20},
    {Kind::kNoBegin},
    {Kind::kNext, 3009, 0, "Too many concurrent sessions"},
    {Kind::kNext, 3005, 0, "Session Cancelled: An error occurred"},
    {Kind::kOutage, 0, 10},
    {Kind::kOutage, 0, 40},
});

constexpr auto kNames = std::to_array<std::string_view>(
    {"loss", "close", "error", "stall", "mute", "deaf", "late", "duplicate", "swap", "garbage",
     "no termination", "silent end", "refuse", "http", "no begin", "next", "outage"});

}  // namespace

Fault random_fault(std::mt19937 &random) {
  std::uniform_int_distribution<std::size_t> choose(0, kExamples.size() - 1);
  const Example &example = kExamples[choose(random)];
  Fault fault{.kind = example.kind, .code = example.code, .text = example.text};
  if (example.seconds > 0)
    fault.duration =
        milliseconds(std::uniform_int_distribution<int>(100, example.seconds * 1000)(random));
  else if (example.seconds < 0)
    fault.duration = Fault::kForEver;
  fault.oldest = std::bernoulli_distribution()(random);
  return fault;
}

std::string describe(const Fault &fault) {
  std::string text(kNames[static_cast<std::size_t>(fault.kind)]);
  if (fault.code != 0)
    text += ' ' + std::to_string(fault.code);
  if (fault.duration == Fault::kForEver)
    text += " for ever";
  else if (fault.duration > nanoseconds::zero())
    text += ' ' + std::to_string(fault.duration / milliseconds(1)) + " ms";
  return text;
}

}  // namespace testing
