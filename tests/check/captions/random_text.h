// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Text of many scripts at random, to hold properties against.

#pragma once

#include <array>
#include <random>
#include <string>
#include <vector>

namespace assemblyai {

class RandomText {
 public:
  explicit RandomText(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_);
  }
  bool one_in(std::size_t count) { return below(count) == 0; }

  // No blanks in it. Of one script, mostly; of all else in between.
  std::string word(std::size_t max_length) {
    static constexpr std::array<std::array<const char *, 8>, 5> kScripts{{
        {"a", "e", "l", "n", "T", "o", "7", "-"},
        {"é", "ß", "e\u0301", "ñ", "Ж", "α", "’", "œ"},
        {"日", "本", "語", "か", "ゃ", "ー", "カ", "。"},
        {"ส", "ดี", "ค", "รั", "한", "ｱ", "\u0627\u0644", "\u0915\u094d"},
        {"👍", "👍🏽", "👩‍👩‍👧", "🇩🇪", "🇫", "❤️", "1️⃣", "\u0301"},
    }};
    static constexpr std::array<const char *, 10> kMarks{".", ",", "!", "「", "」",
                                                         "(", ")", "“", "”",  "—"};
    const auto &script = kScripts[below(kScripts.size())];
    std::string text;
    for (std::size_t left = below(max_length) + 1; left > 0; left--) {
      if (one_in(10))
        text += kMarks[below(kMarks.size())];
      else
        text += (one_in(10) ? kScripts[below(kScripts.size())] : script)[below(8)];
    }
    return text;
  }

 private:
  std::mt19937 random_;
};

}  // namespace assemblyai
