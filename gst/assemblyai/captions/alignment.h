// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <vector>

#include "captions/matching.h"
#include "captions/words.h"

namespace assemblyai {

// The words of one turn that have been shown, and where they are in what the service
// says of the turn now. It tells a turn anew with each message: words change, vanish,
// are split or joined, and their times move, all of them, by seconds.
//
// Only the last kRemembered words are compared.
class ShownWords {
 public:
  static constexpr std::size_t kRemembered = 64;

  void add(const CaptionWord &word);

  // The index of the first word that has not been shown yet. The words are all that is
  // known of the turn, in the order of their starts. What is added next is taken to
  // be what follows in them.
  std::size_t find_in(std::span<const CaptionWord> words);

  // The same, where waiting words were told to follow those shown. When a word shown and a word
  // waiting have become one ("three four": "34"), only what was shown of it is taken to be: the
  // words that wait for the rest of it are put into the words, after it.
  std::size_t find_in(std::vector<CaptionWord> &words, std::span<const CaptionWord> waiting);

  // What was shown after these words.
  void append(const ShownWords &later);
  // Takes out the last words, which were not in the words of the last find_in().
  ShownWords take_missing();
  bool empty() const { return last_.empty(); }

  // All was shown that much later than add() was told.
  void move(nanoseconds by);

 private:
  // Where the words that were shown end in the words told.
  struct Place {
    std::size_t next = 0;     // the first told word after them
    std::size_t letters = 0;  // that have been shown of the word before it; 0: it is all shown
    std::vector<CaptionWord> kept;  // what waits and is in it, too
  };
  class Finder;

  std::size_t take_common(std::span<const CaptionWord> words, nanoseconds *moved);
  Finder look(std::span<const CaptionWord> words, std::span<const CaptionWord> waiting,
              std::size_t common, nanoseconds moved) const;
  void forget_old();

  std::deque<WordKey> last_;
  std::size_t before_ = 0;  // told words before those, as they were told last
  std::size_t found_ = 0;   // so many of those were in them
  bool is_whole_ = true;    // no word of the turn has been forgotten
};

}  // namespace assemblyai
