// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The built-in talk: an endless speech of words that never repeat, at a fixed
// cadence. Word k is a function of k, so the words in any length of audio are
// known without a scenario, and a word lost or said twice is seen at once.
//
// Sentences of 8 words; a word takes 300 ms and is followed by 50 ms of
// silence, the last one of a sentence by 750 ms; the first word starts at
// 200 ms. One sentence is 3500 ms.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace testserver {

struct TalkWord {
  std::string text;       // lower case, as recognised
  std::string formatted;  // capital at the start of a sentence, full stop at its end
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;
  std::size_t sentence = 0;
  bool last_of_sentence = false;
};

TalkWord talk_word(std::size_t index);
// The words that end within the first `duration_ms` of audio, formatted or not.
std::vector<std::string> expected_words(std::int64_t duration_ms, bool formatted);

// Audio (S16, 16 kHz, mono) of the talk for EngineKind::coded, from one position to another. Every
// sample of word k has the value k + 1, everything between words is 0: whatever part of the talk
// is sent, in whatever session, is recognised for what it is. Good for 65535 words (7.9 hours).
std::vector<std::int16_t> coded_audio(std::int64_t from_ms, std::int64_t to_ms);
std::vector<std::uint8_t> coded_bytes(std::int64_t from_ms, std::int64_t to_ms);  // little-endian

}  // namespace testserver
