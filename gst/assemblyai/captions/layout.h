// SPDX-License-Identifier: LGPL-2.1-or-later
// Words on lines. What counts as a character is a grapheme cluster; wide ones (East
// Asian, emoji) take two columns, combining ones none of their own.

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

// How long it takes to read so many columns: 15 of them a second.
nanoseconds reading_time(std::size_t columns);

// Words that are wider than a line as several, joined, that are not; their times are
// shared out by columns. After this every word fits into a line; so that it fits behind a
// prefix too, the length has to be less by the columns of that. A line is never shorter
// than 2, which any character needs.
std::vector<CaptionWord> split_wide(std::vector<CaptionWord> words, std::size_t max_line_length);

// Whether a line may end between two neighbours: at a blank, or between joined words
// where the script breaks lines without one (not before closing or after opening
// punctuation), or between the parts of a word that split_wide() has cut.
bool may_break(const CaptionWord &before, const CaptionWord &after);

// The words as text on one line.
std::string text_of(std::span<const CaptionWord> words);

// The pattern with the speaker in place of each "%s"; valid UTF-8 on one line.
std::string speaker_prefix(std::string_view pattern, std::string_view speaker);

// The prefix, or nothing if it leaves no room for the first word on its line: it is not
// shown then. The functions below take a prefix in this sense.
std::string_view fitting_prefix(std::span<const CaptionWord> words, std::size_t max_line_length,
                                std::string_view prefix);

// The words on as few lines as they need, of even length, ending at punctuation where
// that costs little; each at most max_line_length columns. Nothing when more than
// max_lines are needed. The prefix stands before the first word.
// Joined words between which no line may end are parted only if they are wider than a line.
std::optional<std::vector<std::string>> balanced_lines(std::span<const CaptionWord> words,
                                                       const LineLimits &limits,
                                                       std::string_view prefix = {});

// How many words, from the first on, the next line takes when it takes all it can; at
// least one. The prefix stands before the first word.
std::size_t words_on_line(std::span<const CaptionWord> words, std::size_t max_line_length,
                          std::string_view prefix = {});

}  // namespace assemblyai
