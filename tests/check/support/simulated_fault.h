// SPDX-License-Identifier: LGPL-2.1-or-later
// What goes wrong with a simulated service.

#pragma once

#include <chrono>
#include <cstdint>
#include <random>
#include <string>

namespace testing {

using std::chrono::nanoseconds;

struct Fault {
  enum class Kind : std::uint8_t {
    // For a connection that there is, in whatever phase.
    kLoss,           // it breaks, without a close frame
    kClose,          // close frame with the code
    kError,          // Error with code and text, then the close
    kStall,          // nothing passes for the duration, in either direction
    kMute,           // for the duration nothing is said; audio is taken and pings are answered
    kDeaf,           // what is said in the duration is not heard, but heartbeats tell of it
    kLate,           // for a while it all takes the duration longer
    kDuplicate,      // the next Turn comes twice
    kSwap,           // the next Turn comes after the one behind it
    kGarbage,        // a frame that makes no sense: the text names it (command.h)
    kNoTermination,  // Terminate will be answered by the close alone
    kSilentEnd,      // Terminate will not be answered
    // For the next connection.
    kRefuse,   // it is refused
    kHttp,     // the status in place of the upgrade; the duration is its Retry-After
    kNoBegin,  // upgraded, and nothing more
    kNext,     // Error and close with code and text in place of Begin
    // For all, and all that are tried in the duration.
    kOutage,
  };
  static constexpr nanoseconds kForEver = nanoseconds::max();

  Kind kind = Kind::kLoss;
  unsigned code = 0;
  nanoseconds duration{};
  std::string text;
  bool oldest = false;  // of several connections
};

// One that a client can recover from.
Fault random_fault(std::mt19937 &random);

std::string describe(const Fault &fault);

}  // namespace testing
