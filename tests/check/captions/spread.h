// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The times that Universal-3 gives to words, which are no acoustic ones: they are spread over the
// turn in proportion to their characters. So each message moves all of them.

#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

#include "captions/words.h"

namespace assemblyai {

// From arrival back to where the last word ends.
inline constexpr std::chrono::milliseconds kSpreadDelay{450};

// The words between two times, with a gap of 0.2 characters between them.
inline std::vector<CaptionWord> spread(std::vector<CaptionWord> words, nanoseconds start,
                                       nanoseconds end) {
  constexpr double kGap = 0.2;
  double characters = -kGap;
  for (const CaptionWord &word : words)
    characters += static_cast<double>(word.text.size()) + kGap;
  const double each = static_cast<double>(std::max(end - start, nanoseconds(1)).count()) /
                      std::max(characters, 1.0);
  double at = 0;
  for (CaptionWord &word : words) {
    word.start = start + nanoseconds(static_cast<std::int64_t>(at * each));
    at += static_cast<double>(word.text.size());
    word.end = start + nanoseconds(static_cast<std::int64_t>(at * each));
    at += kGap;
  }
  return words;
}

}  // namespace assemblyai
