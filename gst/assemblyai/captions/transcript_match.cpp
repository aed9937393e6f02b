// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "captions/transcript_match.h"

#include <glib.h>

#include <algorithm>
#include <utility>

#include "base/characters.h"
#include "captions/graphemes.h"

namespace assemblyai {

namespace {

// How much punctuation may precede a word that matches exactly.
constexpr int kMaxPunctuation = 32;

// The longest run of characters without a width: the limit of Unicode's stream-safe text format
// (UAX #15).
constexpr int kMaxMarks = 30;

constexpr auto npos = std::string_view::npos;

gunichar character_at(std::string_view text, std::size_t at) {
  return g_utf8_get_char(text.data() + at);
}

std::size_t next_character(std::string_view text, std::size_t at) {
  return at + static_cast<std::size_t>(g_utf8_skip[static_cast<unsigned char>(text[at])]);
}

bool counts(gunichar character) {
  return !g_unichar_isspace(character) && !g_unichar_ispunct(character);
}

// The position of the next character that is neither punctuation nor blank.
std::size_t find_counting(std::string_view text, std::size_t at) {
  while (at < text.size() && !counts(character_at(text, at)))
    at = next_character(text, at);
  return at;
}

bool opens(gunichar character) {
  switch (g_unichar_type(character)) {
    case G_UNICODE_OPEN_PUNCTUATION:
    case G_UNICODE_INITIAL_PUNCTUATION:
    case G_UNICODE_CURRENCY_SYMBOL:
      return true;
    default:
      return character == 0xA1 || character == 0xBF;  // ¡ ¿
  }
}

// In punctuation without blanks: where the part begins that belongs to the next word.
std::size_t find_opening(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && !opens(character_at(text, at)))
    at = next_character(text, at);
  return at;
}

std::string_view without_blanks_behind(std::string_view text) {
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

// A no-break space is part of a word.
bool is_blank(gunichar character) {
  return g_unichar_iscntrl(character) ||
         (g_unichar_isspace(character) &&
          g_unichar_break_type(character) != G_UNICODE_BREAK_NON_BREAKING_GLUE);
}

class TranscriptMatcher {
 public:
  explicit TranscriptMatcher(std::string_view text) : text_(text) {}

  std::optional<TranscriptMatch> match(std::span<const std::string> words) {
    for (const std::string &word : words) {
      if (!append_as_it_is(word) && find_counting(word, 0) < word.size()) {
        if (find_counting(text_, end_) == text_.size())
          break;
        if (!append_alike(word))
          return std::nullopt;
      }
      match_.used++;
    }
    if (find_counting(text_, end_) < text_.size())
      return std::nullopt;
    if (!match_.words.empty())
      match_.words.back().text += text_.substr(end_);
    return std::move(match_);
  }

 private:
  bool append_as_it_is(std::string_view word) {
    std::size_t at = end_;
    for (int passed = 0; !word.empty() && passed < kMaxPunctuation && at < text_.size(); passed++) {
      if (text_.substr(at).starts_with(word)) {
        append(at, at + word.size());
        return true;
      }
      if (counts(character_at(text_, at)))
        break;
      at = next_character(text_, at);
    }
    return false;
  }

  // Ignores case and punctuation.
  bool append_alike(std::string_view word) {
    const std::size_t begin = find_counting(text_, end_);
    std::size_t end = begin;
    std::size_t in_text = begin;
    for (std::size_t in_word = find_counting(word, 0); in_word < word.size();
         in_word = find_counting(word, next_character(word, in_word))) {
      if (in_text == text_.size() || g_unichar_tolower(character_at(word, in_word)) !=
                                         g_unichar_tolower(character_at(text_, in_text)))
        return false;
      end = next_character(text_, in_text);
      in_text = find_counting(text_, end);
    }
    append(begin, end);
    return true;
  }

  // Divides the punctuation in between among this word and the one before.
  void append(std::size_t begin, std::size_t end) {
    const std::string_view between = text_.substr(end_, begin - end_);
    MatchedWord word{match_.used, {}, false};
    std::size_t lead = 0;
    if (!match_.words.empty()) {
      const std::size_t blank = between.rfind(' ');
      word.joined = blank == npos;
      lead = word.joined ? find_opening(between) : blank + 1;
      match_.words.back().text += without_blanks_behind(between.substr(0, lead));
    }
    word.text = between.substr(lead);
    word.text += text_.substr(begin, end - begin);
    match_.words.push_back(std::move(word));
    end_ = end;
  }

  std::string_view text_;
  TranscriptMatch match_;
  std::size_t end_ = 0;  // of the matched text
};

}  // namespace

std::optional<TranscriptMatch> match_transcript(std::string_view text,
                                                std::span<const std::string> words) {
  return TranscriptMatcher(text).match(words);
}

std::string on_one_line(std::string_view text) {
  std::string line;
  int marks = 0;
  for (std::size_t at = 0; at < text.size();) {
    const gunichar character = character_at(text, at);
    const std::size_t next = next_character(text, at);
    marks = columns_of(character) == 0 ? marks + 1 : 0;
    if (is_blank(character)) {
      if (!line.empty() && line.back() != ' ')
        line += ' ';
    } else if (!steers_display(character) && marks <= kMaxMarks) {
      line += text.substr(at, next - at);
    }
    if (line.ends_with("-->"))
      line.replace(line.size() - 3, 3, "→");
    at = next;
  }
  if (line.ends_with(' '))
    line.pop_back();
  return line;
}

}  // namespace assemblyai
