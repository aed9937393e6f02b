// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include "talk.h"

#include <algorithm>

namespace testserver {

namespace {

constexpr std::int64_t kFirstWord = 200;
constexpr std::int64_t kWord = 300;
constexpr std::int64_t kStep = 350;  // word and the short silence after it
constexpr std::size_t kWordsPerSentence = 8;
constexpr std::int64_t kSentence = 3500;
constexpr std::int64_t kSamplesPerMs = 16;

// Syllables spell the word's number: the last digit first, so that neighbours begin differently.
std::string spell(std::size_t number) {
  static const char *const kSyllables[] = {"ba", "ke", "li", "mo", "nu", "ra", "se", "ti",
                                           "vo", "da", "fe", "gi", "jo", "pu", "za", "we"};
  std::string word;
  do {
    word += kSyllables[number % 16];
    number /= 16;
  } while (number > 0);
  // Two syllables at least; "n" cannot be mistaken for a further one, so words stay distinct.
  return word.size() < 4 ? word + "n" : word;
}

}  // namespace

TalkWord talk_word(std::size_t index) {
  TalkWord word;
  std::size_t place = index % kWordsPerSentence;
  word.sentence = index / kWordsPerSentence;
  word.last_of_sentence = place == kWordsPerSentence - 1;
  word.text = spell(index);
  word.formatted = word.text;
  if (place == 0)
    word.formatted[0] = static_cast<char>(word.formatted[0] - 'a' + 'A');
  if (word.last_of_sentence)
    word.formatted += '.';
  word.start_ms = kFirstWord + static_cast<std::int64_t>(word.sentence) * kSentence +
                  static_cast<std::int64_t>(place) * kStep;
  word.end_ms = word.start_ms + kWord;
  return word;
}

std::vector<std::string> expected_words(std::int64_t duration_ms, bool formatted) {
  std::vector<std::string> words;
  for (std::size_t i = 0;; i++) {
    TalkWord word = talk_word(i);
    if (word.end_ms > duration_ms)
      return words;
    words.push_back(formatted ? word.formatted : word.text);
  }
}

std::vector<std::int16_t> coded_audio(std::int64_t from_ms, std::int64_t to_ms) {
  std::vector<std::int16_t> samples(
      static_cast<std::size_t>(std::max<std::int64_t>(to_ms - from_ms, 0) * kSamplesPerMs));
  std::int64_t sentence = std::max<std::int64_t>(from_ms - kFirstWord, 0) / kSentence;
  for (auto i = static_cast<std::size_t>(sentence) * kWordsPerSentence;; i++) {
    TalkWord word = talk_word(i);
    if (word.start_ms >= to_ms)
      return samples;
    std::int64_t first = std::max(word.start_ms, from_ms);
    std::int64_t last = std::min(word.end_ms, to_ms);
    if (first < last)
      std::fill(samples.begin() + (first - from_ms) * kSamplesPerMs,
                samples.begin() + (last - from_ms) * kSamplesPerMs,
                static_cast<std::int16_t>(static_cast<std::uint16_t>(i + 1)));
  }
}

std::vector<std::uint8_t> coded_bytes(std::int64_t from_ms, std::int64_t to_ms) {
  std::vector<std::uint8_t> bytes;
  for (std::int16_t sample : coded_audio(from_ms, to_ms)) {
    auto value = static_cast<std::uint16_t>(sample);
    bytes.push_back(static_cast<std::uint8_t>(value & 0xff));
    bytes.push_back(static_cast<std::uint8_t>(value >> 8));
  }
  return bytes;
}

}  // namespace testserver
