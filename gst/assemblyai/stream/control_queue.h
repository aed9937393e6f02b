// SPDX-License-Identifier: LGPL-2.1-or-later

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

// Messages that have their place in the audio: they are sent once no whole audio
// message is waiting before them. Positions count the bytes queued so far.
//
// So that a row of property changes becomes one message, an update waits for kCollect,
// and so does the audio behind it.
//
// The end of a turn that was forced has to be forced again when the audio before it is sent
// again; a changed parameter is in the new connection's query.
//
// Bounded: by the positions in the audio queue and kMost. No thread safety; the
// session's lock guards it.
class ControlQueue {
 public:
  static constexpr std::chrono::milliseconds kCollect{20};
  static constexpr std::size_t kMost = 256;

  // False when too many are waiting already.
  bool force_endpoint(std::uint64_t position);
  void update(const ParameterSet &parameters, std::uint64_t position, nanoseconds now);
  // Takes a change back that has not been sent.
  void withdraw(std::string_view parameter);

  struct Situation {
    std::uint64_t taken = 0;  // bytes that have left the audio queue
    std::size_t chunk_bytes = 0;
    nanoseconds now{};
    bool finishing = false;  // no more audio will follow
  };
  std::optional<ClientMessage> take(const Situation &situation);
  // In place of all updates that wait, and before all else: the last of each, for a session
  // that does not know them. What counts each time stays where it is.
  void renew(const ParameterSet &parameters, std::uint64_t position);
  // The audio before the position will not be sent again.
  void settle(std::uint64_t position);
  // The audio from the position on will be sent again.
  void rewind(std::uint64_t position);
  // How long no audio may be sent, because an update comes before it.
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
  std::deque<std::uint64_t> endpoints_;  // where turns were forced to end
};

}  // namespace assemblyai
