// SPDX-License-Identifier: LGPL-2.1-or-later
// Text from outside: made valid, measured, searched, and made fit to print.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace assemblyai {

// Characters of what a service or a library explains to people. Its lists of what it would have
// taken (models, languages, kinds of personal data) have up to 1600.
inline constexpr std::size_t kMaxExplanation = 4000;

// Bytes that are not UTF-8, and NUL, become U+FFFD.
std::string valid_utf8(std::string_view text);

bool is_valid_utf8(std::string_view text);

// In Unicode code points; the text must be valid UTF-8.
std::size_t count_characters(std::string_view text);

// Nothing but white space, or nothing at all.
bool is_blank(std::string_view text);

// Valid UTF-8 on one line, which does nothing to a terminal: what steers_display()
// becomes blanks, white space at the ends goes, and what exceeds max_characters is cut
// and marked with an ellipsis.
std::string printable(std::string_view text, std::size_t max_characters);

// Without regard to case; ASCII only.
bool contains(std::string_view text, std::string_view needle);

// The same, for a word or a name that is not part of a longer one: "rate" is none in "sample_rate".
bool contains_word(std::string_view text, std::string_view word);

}  // namespace assemblyai
