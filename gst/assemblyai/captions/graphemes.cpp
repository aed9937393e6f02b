// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "captions/graphemes.h"

#include <algorithm>
#include <memory>

namespace assemblyai {

namespace {

// The regular expression looks back over all preceding flags, so it gets no more than this at a
// time.
constexpr std::size_t kMaxSlice = 64;
// How many marks last_character() skips.
constexpr int kMaxMarks = 32;

constexpr gunichar kEmojiStyle = 0xFE0F;
constexpr gunichar kKeycap = 0x20E3;

struct MatchDeleter {
  void operator()(GMatchInfo *match) const { g_match_info_free(match); }
};

bool is_ascii(char byte) {
  return static_cast<unsigned char>(byte) < 0x80;
}

const char *end_of(std::string_view text) {
  return text.data() + text.size();
}

std::size_t columns_of_grapheme(std::string_view grapheme) {
  std::size_t widest = 0;
  int flag_letters = 0;
  bool emoji = false;
  for (const char *at = grapheme.data(); at < end_of(grapheme); at = g_utf8_next_char(at)) {
    const gunichar character = g_utf8_get_char(at);
    widest = std::max(widest, columns_of(character));
    emoji = emoji || character == kEmojiStyle || character == kKeycap;
    if (g_unichar_break_type(character) == G_UNICODE_BREAK_REGIONAL_INDICATOR)
      flag_letters++;
  }
  return widest == 1 && (emoji || flag_letters > 1) ? 2 : widest;
}

std::string_view slice_of(std::string_view text) {
  if (text.size() <= kMaxSlice)
    return text;
  const char *end = g_utf8_find_prev_char(text.data(), text.data() + kMaxSlice + 1);
  return text.substr(0, static_cast<std::size_t>(end - text.data()));
}

// Appends the slice's graphemes; the last one only if it is complete. Returns their bytes.
std::size_t append_slice(std::vector<Grapheme> &out, std::string_view slice, bool last) {
  static const GRegex *const grapheme_pattern =
      g_regex_new("\\X", G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT, nullptr);
  GMatchInfo *match = nullptr;
  gboolean found =
      g_regex_match_full(grapheme_pattern, slice.data(), static_cast<gssize>(slice.size()), 0,
                         G_REGEX_MATCH_DEFAULT, &match, nullptr);
  const std::unique_ptr<GMatchInfo, MatchDeleter> owned(match);
  std::size_t done = 0;
  while (found) {
    gint begin = 0;
    gint end = 0;
    g_match_info_fetch_pos(match, 0, &begin, &end);
    const std::size_t bytes = static_cast<std::size_t>(end) - done;
    if (done + bytes == slice.size() && done > 0 && !last)
      break;
    out.push_back({bytes, columns_of_grapheme(slice.substr(done, bytes))});
    done += bytes;
    found = g_match_info_next(match, nullptr);
  }
  return done;
}

void append_graphemes(std::vector<Grapheme> &out, std::string_view text) {
  if (!g_utf8_validate_len(text.data(), text.size(), nullptr)) {
    out.insert(out.end(), text.size(), {1, 1});
    return;
  }
  while (!text.empty()) {
    const std::string_view slice = slice_of(text);
    text.remove_prefix(append_slice(out, slice, slice.size() == text.size()));
  }
}

// The end of graphemes other than single ASCII characters: after the first ASCII character that is
// followed by another one.
std::size_t end_of_run(std::string_view text) {
  for (std::size_t at = 1; at < text.size(); at++) {
    if (is_ascii(text[at - 1]) && is_ascii(text[at]))
      return at;
  }
  return text.size();
}

bool opens(gunichar character) {
  switch (g_unichar_break_type(character)) {
    case G_UNICODE_BREAK_OPEN_PUNCTUATION:
    case G_UNICODE_BREAK_BEFORE:
    case G_UNICODE_BREAK_PREFIX:
    case G_UNICODE_BREAK_NON_BREAKING_GLUE:
    case G_UNICODE_BREAK_WORD_JOINER:
    case G_UNICODE_BREAK_ZERO_WIDTH_JOINER:
      return true;
    case G_UNICODE_BREAK_QUOTATION:
      return g_unichar_type(character) != G_UNICODE_FINAL_PUNCTUATION;
    default:
      return false;
  }
}

bool closes(gunichar character) {
  switch (g_unichar_break_type(character)) {
    case G_UNICODE_BREAK_CLOSE_PUNCTUATION:
    case G_UNICODE_BREAK_CLOSE_PARANTHESIS:
    case G_UNICODE_BREAK_EXCLAMATION:
    case G_UNICODE_BREAK_INFIX_SEPARATOR:
    case G_UNICODE_BREAK_SYMBOL:
    case G_UNICODE_BREAK_NON_STARTER:
    case G_UNICODE_BREAK_CONDITIONAL_JAPANESE_STARTER:
    case G_UNICODE_BREAK_INSEPARABLE:
    case G_UNICODE_BREAK_POSTFIX:
    case G_UNICODE_BREAK_AFTER:
    case G_UNICODE_BREAK_HYPHEN:
    case G_UNICODE_BREAK_NON_BREAKING_GLUE:
    case G_UNICODE_BREAK_WORD_JOINER:
    case G_UNICODE_BREAK_EMOJI_MODIFIER:
      return true;
    case G_UNICODE_BREAK_QUOTATION:
      return g_unichar_type(character) != G_UNICODE_INITIAL_PUNCTUATION;
    default:
      return false;
  }
}

// Korean has wide characters as well, but is written with blanks.
bool needs_no_blank(gunichar character) {
  switch (g_unichar_break_type(character)) {
    case G_UNICODE_BREAK_HANGUL_L_JAMO:
    case G_UNICODE_BREAK_HANGUL_V_JAMO:
    case G_UNICODE_BREAK_HANGUL_T_JAMO:
    case G_UNICODE_BREAK_HANGUL_LV_SYLLABLE:
    case G_UNICODE_BREAK_HANGUL_LVT_SYLLABLE:
      return false;
    case G_UNICODE_BREAK_IDEOGRAPHIC:
    case G_UNICODE_BREAK_COMPLEX_CONTEXT:
    case G_UNICODE_BREAK_CONDITIONAL_JAPANESE_STARTER:
    case G_UNICODE_BREAK_NON_STARTER:
      return true;
    default:
      return g_unichar_iswide(character);
  }
}

}  // namespace

std::vector<Grapheme> graphemes(std::string_view text) {
  std::vector<Grapheme> out;
  while (!text.empty()) {
    if (is_ascii(text[0]) && (text.size() == 1 || is_ascii(text[1]))) {
      out.push_back({1, columns_of(static_cast<gunichar>(text[0]))});
      text.remove_prefix(1);
      continue;
    }
    const std::size_t run = end_of_run(text);
    append_graphemes(out, text.substr(0, run));
    text.remove_prefix(run);
  }
  return out;
}

std::size_t bytes_in(std::string_view text, std::size_t columns) {
  std::size_t bytes = 0;
  for (const Grapheme &grapheme : graphemes(text)) {
    if (grapheme.columns > columns)
      break;
    columns -= grapheme.columns;
    bytes += grapheme.bytes;
  }
  return bytes;
}

std::size_t columns(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), [](char byte) { return g_ascii_isprint(byte); }))
    return text.size();
  std::size_t sum = 0;
  for (const Grapheme &grapheme : graphemes(text))
    sum += grapheme.columns;
  return sum;
}

std::size_t columns_of(gunichar character) {
  if (g_unichar_iszerowidth(character) || g_unichar_iscntrl(character))
    return 0;
  return g_unichar_iswide(character) ? 2 : 1;
}

bool written_without_blanks(gunichar character) {
  switch (g_unichar_get_script(character)) {
    case G_UNICODE_SCRIPT_HAN:
    case G_UNICODE_SCRIPT_HIRAGANA:
    case G_UNICODE_SCRIPT_KATAKANA:
    case G_UNICODE_SCRIPT_THAI:
    case G_UNICODE_SCRIPT_LAO:
    case G_UNICODE_SCRIPT_KHMER:
    case G_UNICODE_SCRIPT_MYANMAR:
      return true;
    case G_UNICODE_SCRIPT_COMMON:
      // Punctuation of these scripts, and the long vowel mark.
      return needs_no_blank(character) && g_unichar_type(character) != G_UNICODE_OTHER_SYMBOL;
    default:
      return false;
  }
}

gunichar first_character(std::string_view text) {
  return g_utf8_get_char(text.data());
}

gunichar last_character(std::string_view text) {
  const char *at = end_of(text);
  gunichar character = 0;
  for (int marks = 0; marks < kMaxMarks && at != nullptr; marks++) {
    at = g_utf8_find_prev_char(text.data(), at);
    if (at == nullptr)
      break;
    character = g_utf8_get_char(at);
    if (columns_of(character) > 0)
      return character;
  }
  return character;
}

bool may_break_between(gunichar before, gunichar after) {
  return columns_of(after) > 0 && !opens(before) && !closes(after) &&
         (needs_no_blank(before) || needs_no_blank(after));
}

}  // namespace assemblyai
