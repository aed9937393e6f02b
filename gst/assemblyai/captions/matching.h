// SPDX-License-Identifier: LGPL-2.1-or-later
// Which words of two versions of a turn are the same words. Order and letters decide; time only
// where they leave a choice.

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

// What words are compared by.
struct WordKey {
  explicit WordKey(const CaptionWord &word);

  std::string letters;     // see fold_word(); a digit for its English name
  std::size_t digits = 0;  // and signs that are read as words: of a number only
  nanoseconds start{};
  nanoseconds end{};
};

inline nanoseconds distance(nanoseconds a, nanoseconds b) {
  return a > b ? a - b : b - a;
}

inline nanoseconds middle(const WordKey &word) {
  return word.start + (word.end - word.start) / 2;
}

// The same word may move with those before it, but not further than that from them.
inline constexpr nanoseconds kOtherTime = std::chrono::seconds(3);

// So many known words became so many told ones. Either may be none.
struct MatchStep {
  enum class Kind : std::uint8_t {
    kFound,     // the same letters
    kReplaced,  // another word in the place of one
    kGrown,     // one word is the other's begin
    kChanged,   // other words, or words that came or went
    kNumber,    // words as digits, perhaps more of them than are known
    kBegun,     // the known words are the begin of the told one, which goes on after them
  };
  std::size_t known = 0;
  std::size_t told = 0;
  Kind kind = Kind::kChanged;
};

struct MatchInput {
  std::span<const WordKey> known;  // of which the first ones have been shown
  std::size_t shown = 0;
  std::span<const WordKey> told;
  bool any_begin = false;  // the first known word may be anywhere
  bool by_time = false;    // the times of the known words are those of now, as well as is known
};

// The cheapest way through both, up to the end of the known words. Told words behind that are new.
std::vector<MatchStep> match_words(const MatchInput &input);

// Moves the times of the known words as those of them moved that were found. Those before them
// moved by so much, if there were any.
void follow_times(std::span<WordKey> known, std::span<const WordKey> told,
                  const std::vector<MatchStep> &steps, std::optional<nanoseconds> moved);

std::size_t letters_of(std::span<const WordKey> words);

}  // namespace assemblyai
