// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <vector>

#include "captions/matching.h"
#include "captions/words.h"

namespace assemblyai {

// The words of a turn that were shown, and where they are in the latest report of the turn. With
// each report words may change, vanish, split or join, and all their times may move by seconds.
//
// Only the last kRemembered words are compared.
class ShownWords {
 public:
  static constexpr std::size_t kRemembered = 64;

  void add(const CaptionWord &word);

  // Returns the index of the first word that was not shown yet. words: all of the turn, in the
  // order of their starts. waiting: the words of the report before that were to follow those shown.
  // When a word shown and a word waiting have become one ("three four": "34"), the waiting words
  // are inserted after it, so that only the rest is shown. Words that are added next must be those
  // that follow.
  std::size_t find_in(std::vector<CaptionWord> &words, std::span<const CaptionWord> waiting);

  // Adds the words that were shown after these.
  void append(const ShownWords &later);
  // Removes and returns the last words if the last find_in() did not find them.
  ShownWords take_missing();
  bool empty() const { return last_.empty(); }

  // Moves the times of all words.
  void move(nanoseconds by);

 private:
  // Where the shown words end in the reported words.
  struct Place {
    std::size_t next = 0;           // the first reported word after them
    std::size_t letters = 0;        // of the word before next, so many were shown; 0: all
    std::vector<CaptionWord> kept;  // waiting words that are part of the word before next
  };
  class Finder;

  std::size_t take_common(std::span<const CaptionWord> words, nanoseconds *moved);
  Finder look(std::span<const CaptionWord> words, std::span<const CaptionWord> waiting,
              std::size_t common, nanoseconds moved) const;
  void forget_old();

  std::deque<WordKey> last_;
  std::size_t before_ = 0;  // reported words before those
  std::size_t found_ = 0;   // so many of them were in the last report
  bool is_whole_ = true;    // no word of the turn was forgotten
};

}  // namespace assemblyai
