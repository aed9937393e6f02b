// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "captions/sound_tags.h"

#include <glib.h>

#include <algorithm>
#include <string>

#include "base/words.h"

namespace assemblyai {

namespace {

// Longer ones are ordinary text in brackets.
constexpr std::size_t kLongestName = 60;  // bytes

bool is_silence(std::string_view name) {
  const std::string key = fold_word(name);
  return key == "silence" || key == "blankaudio";
}

bool is_sound(std::string_view name) {
  const auto any = [&](auto is) { return std::any_of(name.begin(), name.end(), is); };
  const bool has_letters =
      any([](char c) { return g_ascii_isalpha(c) || static_cast<unsigned char>(c) >= 0x80; });
  const bool is_redacted = any([](char c) { return g_ascii_isupper(c); }) &&
                           !any([](char c) { return g_ascii_islower(c); });
  return has_letters && !is_redacted;
}

}  // namespace

std::vector<TextRange> hidden_sounds(std::string_view text, bool shows_sounds) {
  std::vector<TextRange> hidden;
  std::size_t from = 0;
  for (std::size_t close = text.find(']'); close != text.npos; close = text.find(']', from)) {
    from = std::max(from, close - std::min(close, kLongestName + 1));
    const std::size_t found = text.substr(from, close - from).rfind('[');
    const std::size_t open = from + found;
    from = close + 1;
    if (found == text.npos)
      continue;
    const std::string_view name = text.substr(open + 1, close - open - 1);
    if (is_silence(name) || (!shows_sounds && is_sound(name)))
      hidden.push_back({open, from});
  }
  return hidden;
}

}  // namespace assemblyai
