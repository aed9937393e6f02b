// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/types.h"

namespace assemblyai {

// Gives words without times a time between their neighbours. If no word has a time, the times stay
// unknown.
void infer_times(std::vector<Word> *words);

// Fills in the parts of a turn that the service left out or sent elsewhere:
//
// - the turn_order: that of the turn in progress, or the next one;
// - the formatted text, which whisper-rt sends in the utterance only; text in brackets there is a
//   sound, written as [Music];
// - a text that could not be read: that of the report before;
// - the words, from the transcript, if no word has text;
// - the times of words, inside the audio that the service has received.
//
// Not thread-safe.
class TurnRepair {
 public:
  void note_speech(milliseconds start) { speech_ = start; }
  // received: the audio of the session. expects_formatted: each turn has two finals.
  void repair(Turn *turn, milliseconds received, bool expects_formatted);

 private:
  struct Told {
    Turn turn{.order = kUnknownOrder};  // the last report
    bool is_over = true;                // no more reports are expected
    milliseconds from{};                // the turn has no words before this time

    milliseconds end() const { return turn.words.empty() ? from : turn.words.back().end; }
  };

  Told &told_of(std::int64_t order);
  milliseconds end_of(const Told &told, milliseconds received) const;
  static void add_words(Turn *turn, const Told &told, milliseconds from, milliseconds until);

  Told newest_;
  Told before_;            // the turn before it: its formatted final may be late
  Told other_;             // a turn that is out of order
  milliseconds speech_{};  // the start of the last SpeechStarted
};

}  // namespace assemblyai
