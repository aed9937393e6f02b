// SPDX-License-Identifier: LGPL-2.1-or-later
// What people see as characters: grapheme clusters, with the columns they take.

#pragma once

#include <glib.h>

#include <cstddef>
#include <string_view>
#include <vector>

namespace assemblyai {

struct Grapheme {
  std::size_t bytes = 0;
  std::size_t columns = 0;  // 0, 1 or 2
};

// All of the text, in order. Of text that is not UTF-8 each byte is a grapheme. Graphemes
// of more than 64 bytes are cut.
std::vector<Grapheme> graphemes(std::string_view text);

// How much of the text, in bytes, is in so many columns.
std::size_t bytes_in(std::string_view text, std::size_t columns);

// All of the text.
std::size_t columns(std::string_view text);

// 0 for what has no width of its own.
std::size_t columns_of(gunichar character);

// The text must be valid UTF-8 and not empty.
gunichar first_character(std::string_view text);
// The last one that has a width; else the last of all.
gunichar last_character(std::string_view text);

// Chinese, Japanese and the scripts of Southeast Asia.
bool written_without_blanks(gunichar character);

// Whether a line may end between two characters without a blank: beside a script that is
// written without blanks, but not before closing or after opening punctuation.
bool may_break_between(gunichar before, gunichar after);

}  // namespace assemblyai
