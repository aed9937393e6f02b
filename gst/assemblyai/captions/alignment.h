// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <string>

#include "base/words.h"
#include "captions/words.h"

namespace assemblyai {

// What words are compared by.
struct WordKey {
  explicit WordKey(const CaptionWord &word);

  std::string letters;  // see comparable()
  nanoseconds start{};
  nanoseconds end{};
};

// The words of one turn that have been shown, and where they are in what the service
// says of the turn now. It tells a turn anew with each message: words change, vanish,
// are split or joined, and their times move, at the turn's begin by up to a second.
//
// Only the last kRemembered words are compared, with those said at about the same time.
class ShownWords {
 public:
  static constexpr std::size_t kRemembered = 64;

  void add(const CaptionWord &word);

  // The index of the first word that has not been shown yet. The words are all that is
  // known of the turn, in the order of their starts. What is added next is taken to
  // be what follows in them.
  std::size_t find_in(std::span<const CaptionWord> words);

  // What was shown after these words.
  void append(const ShownWords &later);
  // Takes out what was said after this time.
  ShownWords take_after(nanoseconds time);
  bool empty() const { return last_.empty(); }

  // All was shown that much later than add() was told.
  void move(nanoseconds by);

 private:
  bool unchanged_in(std::span<const CaptionWord> words) const;
  void take_times(std::span<const CaptionWord> words);

  std::deque<WordKey> last_;
  std::size_t count_ = 0;  // of the words as they were told last
};

}  // namespace assemblyai
