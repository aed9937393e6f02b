// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/types.h"
#include "stream/audio_map.h"

namespace assemblyai {

// What of the audio the service has said its last word of, and what it has to be asked
// again: after a lost connection the audio since the last final turn is sent anew.
//
// It is sent from a little before the end of that turn, since nobody knows exactly where
// a word ends; a word of it that is heard again is taken out. What had been told of the
// turns in flight is not told a second time while the service gets there again.
//
// Positions count the bytes of the input. No thread safety.
class ReplayWindow {
 public:
  // More than that before settled() is never sent again.
  static constexpr std::chrono::milliseconds kMostBefore{2000};

  std::uint64_t settled() const { return settled_.end; }

  // All up to the end of this final turn is settled.
  void settle(const Turn &turn, const AudioMap &audio);
  // The audio before the position is gone: nothing of it will be told anew.
  void skip_to(std::uint64_t position);

  // The session has said all it had to say, but of a word at the very end.
  void note_all_answered(const AudioMap &audio);

  // The connection is lost, and these turns were in flight.
  void interrupt(const std::vector<const Turn *> &turns);
  // What was told of the interrupted turns has to do.
  void settle_interrupted();
  // The end of what was told of them.
  std::uint64_t told_until() const { return told_until_; }

  // Where audio has to be sent from on a new connection.
  std::uint64_t begin() const;
  // The same, if what was told has to do.
  std::uint64_t begin_of_untold() const;
  // It is, from now on.
  void resume();

  // Takes words out at the beginning that were told before resume() in a final turn.
  void take_out_told(Turn *turn, const AudioMap &audio) const;
  // A growing turn that says nothing that was not told before the connection was lost.
  bool is_told(const Turn &turn, const AudioMap &audio) const;

  // A session that ends in mid-turn: its last words may be cut off, and are left to the next
  // session. False when nothing of the turn is left.
  void begin_cut() { cut_.reset(); }
  bool cut(Turn *turn, const AudioMap &audio);

 private:
  struct Told {
    std::string text;  // to compare
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
  };

  // Final turns, and where the words begin that they did not tell.
  struct Settled {
    std::uint64_t end = 0;
    std::uint64_t next = 0;
    std::vector<Told> last;  // words
    bool spread = false;     // their times are no acoustic ones
  };
  static Settled settled_by(const Turn &turn, std::uint64_t end);
  std::size_t count_told(const Turn &turn, const AudioMap &audio) const;
  static std::uint64_t find_cut(const Turn &turn, const AudioMap &audio);
  bool was_told(const Word &word, const AudioMap &audio) const;

  Settled settled_;
  Settled before_;  // as it was when this connection was begun
  std::uint64_t told_until_ = 0;
  Settled interrupted_;  // as it is if that has to do
  std::optional<std::uint64_t> cut_;
};

}  // namespace assemblyai
