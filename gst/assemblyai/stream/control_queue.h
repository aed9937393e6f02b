// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>

#include "protocol/encode.h"

namespace assemblyai {

using std::chrono::nanoseconds;

// Messages with a position in the audio: they are sent when no full audio message is waiting before
// them. Positions count the bytes queued so far.
//
// An update waits for kCollect, and the audio behind it waits too, so that several property changes
// in a row become one message.
//
// A forced endpoint is forced again when the audio before it is resent. A changed parameter is in
// the query of the new connection.
//
// Bounded: by the positions in the audio queue and kMost. Not thread-safe: the gate's lock guards
// it.
class ControlQueue {
 public:
  static constexpr std::chrono::milliseconds kCollect{20};
  static constexpr std::size_t kMost = 256;

  // False if too many are waiting.
  bool force_endpoint(std::uint64_t position);
  void update(const ParameterSet &parameters, std::uint64_t position, nanoseconds now);
  // Removes a change that has not been sent.
  void withdraw(std::string_view parameter);

  struct Situation {
    std::uint64_t taken = 0;  // bytes that have left the audio queue
    std::size_t chunk_bytes = 0;
    nanoseconds now{};
    bool finishing = false;  // no more audio will follow
  };
  std::optional<ClientMessage> take(const Situation &situation);
  // Replaces all waiting updates by one update with the last values, before all other messages, for
  // a session that does not know them. Additive parameters keep their positions.
  void renew(const ParameterSet &parameters, std::uint64_t position);
  // The audio before the position will not be resent.
  void settle(std::uint64_t position);
  // The audio from the position on will be resent.
  void rewind(std::uint64_t position);
  // How long audio has to wait because an update comes before it.
  nanoseconds wait(const Situation &situation) const;

  bool empty() const { return controls_.empty(); }

 private:
  struct Control {
    std::uint64_t position = 0;
    nanoseconds due{};
    ClientMessage message;
  };

  bool has_come(const Situation &situation) const;

  std::deque<Control> controls_;
  std::deque<std::uint64_t> endpoints_;  // positions of forced endpoints
};

}  // namespace assemblyai
