// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "protocol/encode.h"

namespace assemblyai {

using std::chrono::nanoseconds;

// Messages that have their place in the audio: they are sent once no whole audio
// message is waiting before them. Positions count the bytes queued so far.
//
// Changes of parameters at one position become one message. So that a row of
// property changes does, the message waits until audio follows it, at most
// kCollect.
//
// Bounded: by the positions in the audio queue and kMost. No thread safety; the
// session's lock guards it.
class ControlQueue {
 public:
  static constexpr std::chrono::milliseconds kCollect{50};
  static constexpr std::size_t kMost = 256;

  // False when too many are waiting already.
  bool force_endpoint(std::uint64_t position);
  void update(const ParameterSet &parameters, std::uint64_t position, nanoseconds now);

  struct Situation {
    std::uint64_t queued = 0;  // bytes that were ever queued
    std::uint64_t taken = 0;   // of these, bytes that left the queue
    std::size_t chunk_bytes = 0;
    nanoseconds now{};
    bool finishing = false;  // no more audio will follow
  };
  std::optional<ClientMessage> take(const Situation &situation);
  // When to look again although no audio came. Nothing when no time matters.
  std::optional<nanoseconds> due() const;

  bool empty() const { return controls_.empty(); }

 private:
  struct Control {
    std::uint64_t position = 0;
    nanoseconds due{};
    ClientMessage message;
  };

  std::deque<Control> controls_;
};

}  // namespace assemblyai
