// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "protocol/text.h"

#include <glib.h>

#include <algorithm>

#include "base/characters.h"
#include "base/glib_ptr.h"

namespace assemblyai {

namespace {

bool same_letter(char a, char b) {
  return g_ascii_tolower(a) == g_ascii_tolower(b);
}

bool is_of_name(char c) {
  return g_ascii_isalnum(c) || c == '_';
}

// The position of the needle at or after from, or npos.
std::size_t find_folded(std::string_view text, std::string_view needle, std::size_t from) {
  const auto begin = text.begin() + static_cast<std::ptrdiff_t>(from);
  const auto found = std::search(begin, text.end(), needle.begin(), needle.end(), same_letter);
  return found == text.end() ? std::string_view::npos
                             : static_cast<std::size_t>(found - text.begin());
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  if (is_valid_utf8(text))
    return std::string(text);
  const Owned<char> valid(g_utf8_make_valid(text.data(), static_cast<gssize>(text.size())));
  return valid.get();
}

bool is_valid_utf8(std::string_view text) {
  return text.empty() || g_utf8_validate_len(text.data(), text.size(), nullptr);
}

std::size_t count_characters(std::string_view text) {
  return text.empty() ? 0
                      : static_cast<std::size_t>(
                            g_utf8_strlen(text.data(), static_cast<gssize>(text.size())));
}

bool is_blank(std::string_view text) {
  const std::string valid = valid_utf8(text);
  for (const char *at = valid.c_str(); *at != '\0'; at = g_utf8_next_char(at)) {
    if (!g_unichar_isspace(g_utf8_get_char(at)))
      return false;
  }
  return true;
}

std::string printable(std::string_view text, std::size_t max_characters) {
  const std::string valid = valid_utf8(text);
  std::string out;
  std::size_t count = 0;
  for (const char *at = valid.c_str(); *at != '\0'; at = g_utf8_next_char(at)) {
    const gunichar letter = g_utf8_get_char(at);
    const bool blank = steers_display(letter) || g_unichar_isspace(letter);
    if (blank && (out.empty() || out.back() == ' '))
      continue;
    if (count++ == max_characters) {
      out += "…";
      break;
    }
    if (blank)
      out += ' ';
    else
      out.append(at, static_cast<std::size_t>(g_utf8_next_char(at) - at));
  }
  while (!out.empty() && out.back() == ' ')
    out.pop_back();
  return out;
}

bool contains(std::string_view text, std::string_view needle) {
  return find_folded(text, needle, 0) != std::string_view::npos;
}

bool contains_word(std::string_view text, std::string_view word) {
  for (std::size_t at = find_folded(text, word, 0); at != std::string_view::npos;
       at = find_folded(text, word, at + 1)) {
    const std::size_t after = at + word.size();
    if ((at == 0 || !is_of_name(text[at - 1])) &&
        (after == text.size() || !is_of_name(text[after])))
      return true;
  }
  return false;
}

}  // namespace assemblyai
