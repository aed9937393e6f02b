// SPDX-License-Identifier: LGPL-2.1-or-later
// Real speech: what is said, and what has become of it.

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

// How much later, in samples, a recording is than the original (within 100 ms), and how like it.
struct Alignment {
  std::int64_t delay;
  double likeness;  // 1: the same but for the volume
};
Alignment align(const std::vector<std::int16_t> &original,
                const std::vector<std::int16_t> &recording);

}  // namespace testing
