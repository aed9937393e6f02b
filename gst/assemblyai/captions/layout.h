// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Lays words out on lines. A character is a grapheme cluster; wide ones (East Asian, emoji) take
// two columns.

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "captions/words.h"

namespace assemblyai {

struct LineLimits {
  std::size_t max_line_length = 42;  // in columns
  std::size_t max_lines = 2;
};

// The time to read so many columns: 15 a second.
nanoseconds reading_time(std::size_t columns);

// Splits words that are wider than a line into joined words that are not, and shares out their time
// by columns. For words that have to fit after a prefix, subtract its columns from the length. A
// line has at least 2 columns, which any character needs.
std::vector<CaptionWord> split_wide(std::vector<CaptionWord> words, std::size_t max_line_length);

// Whether a line may end between two neighbours: at a blank; between joined words of a script that
// breaks lines without blanks (not before closing or after opening punctuation); between the parts
// of a word that split_wide() has split.
bool may_break(const CaptionWord &before, const CaptionWord &after);

// The words as text on one line.
std::string text_of(std::span<const CaptionWord> words);

// The pattern with the speaker in place of each "%s"; valid UTF-8 on one line.
std::string speaker_prefix(std::string_view pattern, std::string_view speaker);

// The prefix, or nothing if it leaves no room for the first word on its line. The functions below
// call it for their prefix.
std::string_view fitting_prefix(std::span<const CaptionWord> words, std::size_t max_line_length,
                                std::string_view prefix);

// The words on as few lines as possible, of even length, which end at punctuation where that costs
// little. Nothing if they need more than max_lines. The prefix stands before the first word. Joined
// words between which no line may end are split only if they are wider than a line.
std::optional<std::vector<std::string>> balanced_lines(std::span<const CaptionWord> words,
                                                       const LineLimits &limits,
                                                       std::string_view prefix = {});

// How many words fit on a line; at least one. The prefix stands before the first word.
std::size_t words_on_line(std::span<const CaptionWord> words, std::size_t max_line_length,
                          std::string_view prefix = {});

}  // namespace assemblyai
