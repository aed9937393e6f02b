// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "captions/layout.h"
#include "captions/words.h"

namespace assemblyai {

struct CueOptions {
  LineLimits lines;
  nanoseconds min_duration = std::chrono::seconds(1);
  nanoseconds max_duration = std::chrono::seconds(7);
  std::string speaker_prefix;  // "%s" in it stands for the speaker; empty: none
};

// The words of one turn that have not been shown. At least one.
struct WaitingWords {
  std::span<const CaptionWord> words;
  bool ended = false;       // no more words will come in this turn
  bool due = false;         // what is known has to do
  nanoseconds heard{};      // how far the audio has got
  std::string_view prefix;  // stands before the first word
};

// How many of the words make up the next cue; 0: wait, for more words or until they
// are due.
//
// A cue takes words up to a better or worse place to break, among those that fit into
// it: the end of a sentence, of a clause, or a pause. It never crosses a change of
// speaker nor a long pause.
std::size_t next_cue(const WaitingWords &waiting, const CueOptions &options);

}  // namespace assemblyai
