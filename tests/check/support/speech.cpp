// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "support/speech.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <utility>

#include "support/check.h"

namespace testing {

namespace {

constexpr std::size_t kWavHeader = 44;
constexpr std::int64_t kSearch = 1600;

// In lower case, without punctuation.
std::vector<std::string> words_of(const std::string &text) {
  std::vector<std::string> words;
  bool inside = false;
  for (const unsigned char c : text) {
    const bool letter = std::isalnum(c) != 0 || c == '\'';
    if (letter && !inside)
      words.emplace_back();
    if (letter)
      words.back() += static_cast<char>(std::tolower(c));
    inside = letter;
  }
  return words;
}

}  // namespace

SpeechFile::SpeechFile() {
  Child flite({"flite", "-voice", "slt", "-t", kSentence, "-o", path()});
  fail_unless(flite.wait(), "%s", flite.errors().c_str());
}

std::vector<std::int16_t> SpeechFile::samples() const {
  const std::string wav = directory_.read("speech.wav");
  return samples_of({wav.begin() + kWavHeader, wav.end()});
}

std::vector<std::int16_t> samples_of(const std::vector<std::uint8_t> &audio) {
  std::vector<std::int16_t> samples(audio.size() / 2);
  for (std::size_t i = 0; i < samples.size(); i++)
    samples[i] = static_cast<std::int16_t>(audio[2 * i] | audio[2 * i + 1] << 8);
  return samples;
}

std::size_t number_of_words(const std::string &text) {
  return words_of(text).size();
}

std::size_t words_in_common(const std::string &one, const std::string &other) {
  const std::vector<std::string> a = words_of(one);
  const std::vector<std::string> b = words_of(other);
  // best[j]: of the words of a so far and the first j of b
  std::vector<std::size_t> best(b.size() + 1);
  for (const std::string &word : a) {
    std::size_t diagonal = 0;
    for (std::size_t j = 1; j <= b.size(); j++) {
      const std::size_t longer = word == b[j - 1] ? diagonal + 1 : std::max(best[j], best[j - 1]);
      diagonal = std::exchange(best[j], longer);
    }
  }
  return best.back();
}

Alignment align(const std::vector<std::int16_t> &original,
                const std::vector<std::int16_t> &recording) {
  Alignment found{0, -1};
  const auto length = static_cast<std::int64_t>(recording.size());
  for (std::int64_t delay = -kSearch; delay <= kSearch; delay++) {
    double product = 0, energy = 0, original_energy = 0;
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(original.size()); i++) {
      const double a = original[static_cast<std::size_t>(i)];
      const std::int64_t j = i + delay;
      const double b = j >= 0 && j < length ? recording[static_cast<std::size_t>(j)] : 0;
      product += a * b;
      energy += b * b;
      original_energy += a * a;
    }
    const double likeness = product / std::sqrt(std::max(energy * original_energy, 1.0));
    if (likeness > found.likeness)
      found = {delay, likeness};
  }
  return found;
}

}  // namespace testing
