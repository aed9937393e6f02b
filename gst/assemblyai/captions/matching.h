// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Finds out which words of two reports of a turn are the same. Order and letters decide; time only
// where those leave a choice.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/words.h"
#include "captions/words.h"

namespace assemblyai {

// What is compared of a word.
struct WordKey {
  explicit WordKey(const CaptionWord &word);

  std::string letters;     // see fold_word(); an English number word as its digit
  std::size_t digits = 0;  // of a number only; with signs that are read as words
  nanoseconds start{};
  nanoseconds end{};
};

inline nanoseconds distance(nanoseconds a, nanoseconds b) {
  return a > b ? a - b : b - a;
}

inline nanoseconds middle(const WordKey &word) {
  return word.start + (word.end - word.start) / 2;
}

// A word may move with those before it, but by no more than this relative to them.
inline constexpr nanoseconds kOtherTime = std::chrono::seconds(3);

// Some known words have become some reported ones. Either number may be 0.
struct MatchStep {
  enum class Kind : std::uint8_t {
    kFound,     // the same letters
    kReplaced,  // one word by another
    kGrown,     // one word is the beginning of the other
    kChanged,   // other words, or words that are new or have vanished
    kNumber,    // words as digits, perhaps of more words than are known
    kBegun,     // the known words are the beginning of the reported one
  };
  std::size_t known = 0;
  std::size_t told = 0;
  Kind kind = Kind::kChanged;
};

struct MatchInput {
  std::span<const WordKey> known;  // the first ones were shown
  std::size_t shown = 0;
  std::span<const WordKey> told;
  bool any_begin = false;  // the first known word may be anywhere
  bool by_time = false;    // the times of the known words were updated, so they count
};

// The cheapest path through both, up to the end of the known words. Reported words after it are
// new.
std::vector<MatchStep> match_words(const MatchInput &input);

// Moves the times of the known words like those of them that were found. moved: by how much the
// words before them have moved, if there are any.
void follow_times(std::span<WordKey> known, std::span<const WordKey> told,
                  const std::vector<MatchStep> &steps, std::optional<nanoseconds> moved);

std::size_t letters_of(std::span<const WordKey> words);

}  // namespace assemblyai
