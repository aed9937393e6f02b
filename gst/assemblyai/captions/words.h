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
  bool cut = false;     // goes on with the word before, which was too wide for a line
  nanoseconds start{};  // running time
  nanoseconds end{};    // not before start
  bool stable = false;  // the service will not change it any more
  std::string speaker;  // empty: not attributed

  bool operator==(const CaptionWord &) const = default;
};

// All that is known of a turn: replaces what was known before.
struct CaptionTurn {
  std::uint64_t number = 0;  // counts on across sessions
  bool final = false;
  std::string language;  // if the service told
  std::vector<CaptionWord> words;
};

// A turn of the service, as the turn of that number. Spacing and punctuation are those
// of its transcript where the words can be found in it. Where they cannot the words of a
// growing turn are taken as they are, unstable, and a final's transcript gets their time:
// word by word, or shared out by columns. Words whose time is not known are left
// out; so is a final without any words, whose time is not known. Words of a turn that
// awaits its formatted text are not stable. Text beyond what anybody can say in the time is
// cut off with an ellipsis. Sounds are left out as hidden_sounds() says.
struct TurnStatus {
  std::uint64_t number = 0;
  bool final = false;
  bool awaits_formatted = false;
  bool shows_sounds = true;
};
CaptionTurn caption_turn(const Turn &turn, const TurnStatus &status);

}  // namespace assemblyai
