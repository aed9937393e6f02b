// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Words and turns for tests, in a short notation.

#pragma once

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "captions/words.h"

namespace assemblyai {

// Words of 250 ms each with 50 ms between them, parted by blanks. "+word" is joined to
// the one before, "*word" is not stable, "~500" is a pause of 500 ms more, and "A:"
// says who speaks from there on (":" nobody knows).
inline std::vector<CaptionWord> spoken(std::string_view text, nanoseconds start = {}) {
  using namespace std::chrono_literals;
  std::vector<CaptionWord> words;
  std::string speaker;
  while (!text.empty()) {
    std::string_view token = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(token.size() + 1, text.size()));
    if (token.front() == '~') {
      int pause = 0;
      std::from_chars(token.data() + 1, token.data() + token.size(), pause);
      start += pause * 1ms;
    } else if (token.back() == ':') {
      speaker = token.substr(0, token.size() - 1);
    } else {
      const bool joined = token.front() == '+';
      const bool stable = token.front() != '*';
      token.remove_prefix(joined || !stable ? 1 : 0);
      words.push_back({.text = std::string(token),
                       .joined = joined,
                       .start = start,
                       .end = start + 250ms,
                       .stable = stable,
                       .speaker = speaker});
      start += 300ms;
    }
  }
  return words;
}

inline CaptionTurn turn_of(std::uint64_t number, std::string_view text, nanoseconds start = {}) {
  return {.number = number, .words = spoken(text, start)};
}

inline CaptionTurn final_turn(std::uint64_t number, std::string_view text, nanoseconds start = {}) {
  return {.number = number, .final = true, .words = spoken(text, start)};
}

}  // namespace assemblyai
