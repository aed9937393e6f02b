// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

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

// Records which audio is settled by final turns, and which audio has to be resent: after a lost
// connection, all audio since the last final turn.
//
// The resent audio begins a little before the end of that turn, because the exact end of a word is
// not known. A word that is recognized again is removed. Text of the turns in flight that was
// reported before is not reported again while the service gets to the same point.
//
// Positions count the bytes of the input. Not thread-safe.
class ReplayWindow {
 public:
  // Audio that is older than settled() by more than this is never resent.
  static constexpr std::chrono::milliseconds kMostBefore{2000};

  std::uint64_t settled() const { return settled_.end; }

  // All audio up to the end of this final turn is settled.
  void settle(const Turn &turn, const AudioMap &audio);
  // The audio before the position is lost: its turns will not be reported again.
  void skip_to(std::uint64_t position);

  // The session has reported everything, except for a word at the very end.
  void note_all_answered(const AudioMap &audio);

  // The connection is lost, and these turns were in flight.
  void interrupt(const std::vector<const Turn *> &turns);
  // The reported text of the interrupted turns becomes final.
  void settle_interrupted();
  // The end of the reported text of the interrupted turns.
  std::uint64_t told_until() const { return told_until_; }

  // The position from which audio has to be resent on a new connection.
  std::uint64_t begin() const;
  // The same, if the reported text becomes final.
  std::uint64_t begin_of_untold() const;
  // A new connection is used from now on.
  void resume();

  // Removes words at the beginning that a final turn reported before resume().
  void take_out_told(Turn *turn, const AudioMap &audio) const;
  // Whether a partial turn contains only text that was reported before the connection was lost.
  bool is_told(const Turn &turn, const AudioMap &audio) const;

  // Shortens a turn of a session that ends within it: its last words may be incomplete, and are
  // left to the next session. False if nothing of the turn is left.
  void begin_cut() { cut_.reset(); }
  bool cut(Turn *turn, const AudioMap &audio);

 private:
  struct Told {
    std::string text;  // folded, to compare
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
  };

  // Final turns, and the beginning of the words after them.
  struct Settled {
    std::uint64_t end = 0;
    std::uint64_t next = 0;
    std::vector<Told> last;  // words
    bool spread = false;     // the times are not acoustic
  };
  static Settled settled_by(const Turn &turn, std::uint64_t end);
  std::size_t count_told(const Turn &turn, const AudioMap &audio) const;
  static std::uint64_t find_cut(const Turn &turn, const AudioMap &audio);
  bool was_told(const Word &word, const AudioMap &audio) const;

  Settled settled_;
  Settled before_;  // the state at the beginning of this connection
  std::uint64_t told_until_ = 0;
  Settled interrupted_;  // the state if the reported text becomes final
  std::optional<std::uint64_t> cut_;
};

}  // namespace assemblyai
