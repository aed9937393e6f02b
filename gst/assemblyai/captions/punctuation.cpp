// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "captions/punctuation.h"

#include <glib.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace assemblyai {

namespace {

constexpr std::u32string_view kSentenceEnds = U".?!…。．｡？！؟۔।։";
constexpr std::u32string_view kClauseEnds = U",;:،、､，；：؛—";
constexpr std::array<std::string_view, 12> kAbbreviations = {
    "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "vs", "e.g", "i.e", "approx"};

bool is_among(gunichar character, std::u32string_view set) {
  return set.find(static_cast<char32_t>(character)) != std::u32string_view::npos;
}

bool closes(gunichar character) {
  const GUnicodeType type = g_unichar_type(character);
  return type == G_UNICODE_CLOSE_PUNCTUATION || type == G_UNICODE_FINAL_PUNCTUATION ||
         character == '"' || character == '\'';
}

std::string_view without_last(std::string_view word) {
  const char *last = g_utf8_find_prev_char(word.data(), word.data() + word.size());
  return word.substr(0, static_cast<std::size_t>(last - word.data()));
}

gunichar last_of(std::string_view word) {
  return word.empty() ? 0 : g_utf8_get_char(word.data() + without_last(word).size());
}

bool same_letters(std::string_view a, std::string_view b) {
  return a.size() == b.size() && g_ascii_strncasecmp(a.data(), b.data(), a.size()) == 0;
}

// The part of a word before its full stop.
bool is_abbreviated(std::string_view stem) {
  const auto all_of = [stem](auto is) { return std::all_of(stem.begin(), stem.end(), is); };
  if (stem.size() <= 2 && all_of([](char byte) { return g_ascii_isdigit(byte); }))
    return true;
  if (stem.size() == 1 && g_ascii_isupper(stem[0]))
    return stem != "I";
  return std::any_of(kAbbreviations.begin(), kAbbreviations.end(),
                     [&](std::string_view known) { return same_letters(stem, known); });
}

}  // namespace

Ending ending_of(std::string_view word) {
  while (!word.empty() && closes(last_of(word)))
    word = without_last(word);
  const gunichar last = last_of(word);
  if (last == 0)
    return Ending::kNone;
  if (is_among(last, kClauseEnds))
    return Ending::kClause;
  if (!is_among(last, kSentenceEnds))
    return Ending::kNone;
  const bool abbreviated = last == '.' && word.size() > 1 && is_abbreviated(without_last(word));
  return abbreviated ? Ending::kNone : Ending::kSentence;
}

}  // namespace assemblyai
