// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/types.h"

namespace assemblyai {

// Gives the words without times some between those of their neighbours. If no word has any, they
// stay unknown.
void infer_times(std::vector<Word> *words);

// Puts into the turns of one session what the service should have told, or tells elsewhere:
//
// - the turn_order: that of the turn in progress, or the next one;
// - the formatted text, which whisper-rt has in the utterance only; what is in brackets there is
//   a sound, written as [Music];
// - the text, if it could not be read, as it was told before;
// - the words, if there are none with text, from the transcript;
// - the times of words, inside the audio that the service has received.
//
// No thread safety.
class TurnRepair {
 public:
  void note_speech(milliseconds start) { speech_ = start; }
  // received: of the audio of the session. expects_formatted: finals come twice.
  void repair(Turn *turn, milliseconds received, bool expects_formatted);

 private:
  struct Told {
    Turn turn{.order = kUnknownOrder};  // as told last
    bool is_over = true;                // no more is expected of it
    milliseconds from{};                // nothing of it was said before

    milliseconds end() const { return turn.words.empty() ? from : turn.words.back().end; }
  };

  Told &told_of(std::int64_t order);
  milliseconds end_of(const Told &told, milliseconds received) const;
  static void add_words(Turn *turn, const Told &told, milliseconds from, milliseconds until);

  Told newest_;
  Told before_;            // the turn before it: its formatted final may be late
  Told other_;             // one that is out of order
  milliseconds speech_{};  // where speech began last
};

}  // namespace assemblyai
