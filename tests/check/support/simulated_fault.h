// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The faults of a simulated service.

#pragma once

#include <chrono>
#include <cstdint>
#include <random>
#include <string>

namespace testing {

using std::chrono::nanoseconds;

struct Fault {
  enum class Kind : std::uint8_t {
    // For an existing connection, in any phase.
    kLoss,           // it is lost, without a close frame
    kClose,          // close frame with the code
    kError,          // Error with code and text, then the close
    kStall,          // nothing is transferred for the duration, in either direction
    kMute,           // no messages for the duration; audio is received and pings are answered
    kDeaf,           // speech in the duration is not recognized, but heartbeats report it
    kLate,           // for a while all messages are late by the duration
    kDuplicate,      // the next Turn is sent twice
    kSwap,           // the next Turn is sent after the one behind it
    kGarbage,        // an invalid frame, which the text names (command.h)
    kNoTermination,  // the response to Terminate is only the close frame
    kSilentEnd,      // Terminate gets no response
    // For the next connection.
    kRefuse,   // it is refused
    kHttp,     // the status in place of the upgrade; the duration is its Retry-After
    kNoBegin,  // no message after the upgrade
    kNext,     // Error and close frame with code and text in place of Begin
    // For all connections, and all attempts in the duration.
    kOutage,
  };
  static constexpr nanoseconds kForEver = nanoseconds::max();

  Kind kind = Kind::kLoss;
  unsigned code = 0;
  nanoseconds duration{};
  std::string text;
  bool oldest = false;  // of several connections
};

// A fault that a client can recover from.
Fault random_fault(std::mt19937 &random);

std::string describe(const Fault &fault);

}  // namespace testing
