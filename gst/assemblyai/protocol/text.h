// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Text from outside: validate, measure, search, make printable.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace assemblyai {

// The limit of an explanation from a service or a library. A list of accepted values (models,
// languages, kinds of personal data) has up to 1600 characters.
inline constexpr std::size_t kMaxExplanation = 4000;

// Bytes that are not UTF-8, and NUL, become U+FFFD.
std::string valid_utf8(std::string_view text);

bool is_valid_utf8(std::string_view text);

// In Unicode code points; the text must be valid UTF-8.
std::size_t count_characters(std::string_view text);

// Empty, or white space only.
bool is_blank(std::string_view text);

// Valid UTF-8 on one line, without control of a terminal: characters of steers_display() become
// spaces, white space at the ends is removed, and text beyond max_characters is replaced by an
// ellipsis.
std::string printable(std::string_view text, std::size_t max_characters);

// Case-insensitive; ASCII only.
bool contains(std::string_view text, std::string_view needle);

// The same, for a whole word or name: "rate" does not occur in "sample_rate".
bool contains_word(std::string_view text, std::string_view word);

}  // namespace assemblyai
