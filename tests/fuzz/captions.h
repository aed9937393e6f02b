// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Words and settings for the targets of captions.

#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>

#include "captions/segmenter.h"
#include "captions/transcript_match.h"
#include "protocol/text.h"
#include "target.h"

namespace fuzz {

using namespace std::chrono_literals;
using assemblyai::CaptionWord;
using assemblyai::CueOptions;
using std::chrono::nanoseconds;

// Five numbers.
inline CueOptions take_cue_options(Numbers &numbers) {
  static constexpr std::array kPrefixes{"", "- ", "%s: ", ">> %s %s", "説: ", "\n"};
  CueOptions options;
  options.lines.max_line_length = 2 + numbers.next();
  options.lines.max_lines = 1 + numbers.next() % 8;
  options.max_duration = 10ms + numbers.next() * 50ms;
  options.min_duration = std::min<nanoseconds>(numbers.next() * 50ms, options.max_duration);
  options.speaker_prefix = kPrefixes[numbers.next() % kPrefixes.size()];
  return options;
}

// A word as the captions get it: what kind, the pause before it, its length, its text. Nothing if
// the text is blank.
inline std::optional<CaptionWord> take_word(std::string_view input, nanoseconds after) {
  static constexpr std::array kSpeakers{"", "A", "B", "Anna\n"};
  Numbers numbers(input);
  const unsigned kind = numbers.next();
  CaptionWord word;
  word.joined = (kind & 1U) != 0;
  word.stable = (kind & 2U) == 0;
  word.speaker = kSpeakers[(kind >> 2U) % kSpeakers.size()];
  word.start = after + numbers.next() * 20ms;
  word.end = word.start + numbers.next() * 20ms;
  word.text = assemblyai::on_one_line(assemblyai::valid_utf8(numbers.rest()));
  return word.text.empty() ? std::nullopt : std::optional(std::move(word));
}

inline std::string without_blanks(std::string text) {
  std::erase_if(text, [](char byte) { return byte == ' ' || byte == '\n'; });
  return text;
}

}  // namespace fuzz
