// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Grapheme clusters, which people see as characters, and the columns that they take.

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

// In text that is not UTF-8 each byte is a grapheme. Graphemes of more than 64 bytes are split.
std::vector<Grapheme> graphemes(std::string_view text);

// How many bytes of the text fit into so many columns.
std::size_t bytes_in(std::string_view text, std::size_t columns);

// The columns of the whole text.
std::size_t columns(std::string_view text);

// 0 for characters without a width of their own.
std::size_t columns_of(gunichar character);

// The text must be valid UTF-8 and not empty.
gunichar first_character(std::string_view text);
// The last one with a width, or the last one.
gunichar last_character(std::string_view text);

// Chinese, Japanese and the scripts of Southeast Asia.
bool written_without_blanks(gunichar character);

// Whether a line may end between two characters without a blank: next to a script that is written
// without blanks, but not before closing or after opening punctuation.
bool may_break_between(gunichar before, gunichar after);

}  // namespace assemblyai
