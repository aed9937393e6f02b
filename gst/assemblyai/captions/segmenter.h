// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

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

// The words of a turn that were not shown yet; at least one.
struct WaitingWords {
  std::span<const CaptionWord> words;
  bool ended = false;       // the turn has no more words
  bool due = false;         // there is no time to wait
  nanoseconds heard{};      // audio was heard up to there
  std::string_view prefix;  // stands before the first word
};

// How many of the words make up the next cue; 0: wait for words, or until they are due.
//
// Among the words that fit, a cue ends at the best place to break: the end of a sentence or of a
// clause, or a pause. It never continues after a change of speaker or a long pause.
std::size_t next_cue(const WaitingWords &waiting, const CueOptions &options);

}  // namespace assemblyai
