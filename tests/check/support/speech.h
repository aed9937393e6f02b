// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Real speech: the spoken words, and their recognition.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "support/child.h"

namespace testing {

// A sentence of 3 s, spoken by a synthetic voice (flite), as a WAV file of 16 kHz mono.
class SpeechFile {
 public:
  SpeechFile();

  static constexpr char kSentence[] = "The weather will be warm and sunny in the morning.";
  std::string path() const { return directory_.file("speech.wav"); }
  std::vector<std::int16_t> samples() const;

 private:
  TemporaryDirectory directory_;
};

std::vector<std::int16_t> samples_of(const std::vector<std::uint8_t> &audio);

// How many of the words of one text are in the other, in the same order.
std::size_t words_in_common(const std::string &one, const std::string &other);
std::size_t number_of_words(const std::string &text);

// The delay of a recording to the original in samples (within 100 ms), and their similarity.
struct Alignment {
  std::int64_t delay;
  double likeness;  // 1: identical except for the volume
};
Alignment align(const std::vector<std::int16_t> &original,
                const std::vector<std::int16_t> &recording);

}  // namespace testing
