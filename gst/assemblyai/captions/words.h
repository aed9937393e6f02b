// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/types.h"

namespace assemblyai {

// A word to show, at its running time.
struct CaptionWord {
  std::string text;     // valid UTF-8 on one line, not blank
  bool joined = false;  // no blank between the word before and this one
  bool cut = false;     // continues the word before, which was too wide for a line
  nanoseconds start{};  // running time
  nanoseconds end{};    // not before start
  bool stable = false;  // the service will not change it any more
  std::string speaker;  // empty: not attributed

  bool operator==(const CaptionWord &) const = default;
};

// The present text of a turn. It replaces the earlier ones.
struct CaptionTurn {
  std::uint64_t number = 0;  // counts on across sessions
  bool final = false;
  std::string language;  // if the service sent it
  std::vector<CaptionWord> words;
};

// Converts a turn of the service. Spacing and punctuation are those of the transcript, if the words
// are found in it. If not, the words of a growing turn are used as they are, as unstable words; the
// transcript of a final gets their times, word by word or in proportion to columns. Words without a
// time are left out, and so is a final without words. Words of a turn that awaits its formatted
// text are not stable. Text that is longer than can be spoken in the time is cut, with an ellipsis.
// Sounds are left out as hidden_sounds() says.
struct TurnStatus {
  std::uint64_t number = 0;
  bool final = false;
  bool awaits_formatted = false;
  bool shows_sounds = true;
};
CaptionTurn caption_turn(const Turn &turn, const TurnStatus &status);

}  // namespace assemblyai
