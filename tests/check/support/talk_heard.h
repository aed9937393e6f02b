// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Whether the talk was recognized, whatever happened in between.

#pragma once

#include <string>
#include <vector>

#include "support/timed_talk.h"

namespace testing {

struct TalkHeard {
  milliseconds length;
  bool formatted = true;    // false: capitals and full stops may be missing
  bool by_word = false;     // text-mode=words
  bool exact_times = true;  // false: the times of words are not acoustic

  std::vector<TimedText> words() const { return words_of({{milliseconds(0), length, {}}}); }

  // The error in these words, which must be the first words of the talk, each once, in order, at
  // its time; empty: no error.
  std::string fault(const std::vector<HeardWord> &heard) const {
    const std::vector<TimedText> said = words();
    for (std::size_t i = 0; i < heard.size(); i++) {
      if (i >= said.size() || !same(heard[i].text, said[i].text))
        return "\"" + heard[i].text + "\" instead of word " + std::to_string(i);
      if (exact_times &&
          (!is_near(heard[i].start, said[i].start) || !is_near(heard[i].end, said[i].end)))
        return "\"" + heard[i].text + "\" is at " + std::to_string(heard[i].start / GST_MSECOND) +
               " to " + std::to_string(heard[i].end / GST_MSECOND) + " ms";
    }
    return {};
  }
  // The same for these cues, which must contain all words.
  std::string fault_of_cues(const std::vector<Cue> &cues) const {
    ExactRules rules{.same = same_letters};
    if (!exact_times)
      rules.tolerance = length;
    if (by_word)
      rules.min_duration = {};
    const std::vector<TimedText> shown = timed(cues);
    const std::vector<TimedText> said = words();
    return ExactTimes(shown, said, std::move(rules)).fault();
  }

 private:
  bool same(const std::string &one, const std::string &other) const {
    return formatted ? one == other : same_letters(one, other);
  }
  static bool is_near(GstClockTime heard, std::chrono::nanoseconds said) {
    const std::chrono::nanoseconds off = std::chrono::nanoseconds(heard) - said;
    return std::chrono::abs(off) <= milliseconds(50);
  }
};

}  // namespace testing
