// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Checks whether captions have exactly the times of their words.

#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

namespace testing {

struct TimedText {
  std::string text;
  std::chrono::nanoseconds start{};  // running time
  std::chrono::nanoseconds end{};
};

struct ExactRules {
  std::chrono::nanoseconds tolerance = std::chrono::milliseconds(50);
  // A shorter cue may be extended to this duration, if the next one begins later.
  std::chrono::nanoseconds min_duration = std::chrono::seconds(1);
  // The end of a word may be reported late by this much.
  std::chrono::nanoseconds padding{};
  std::function<bool(const std::string &, const std::string &)> same = std::equal_to<>();
};

// Compares the shown text with the spoken words.
class ExactTimes {
 public:
  ExactTimes(const std::vector<TimedText> &cues, const std::vector<TimedText> &words,
             ExactRules rules = {})
      : cues_(cues), words_(words), rules_(std::move(rules)) {}

  // The error; empty: every word is shown once, in order, within its cue, and every cue begins and
  // ends with its words.
  std::string fault() {
    for (std::size_t i = 0; i < cues_.size() && fault_.str().empty(); i++)
      check(i);
    if (fault_.str().empty() && said_ < words_.size())
      fault_ << "\"" << words_[said_].text << "\" and what follows is not shown";
    return fault_.str();
  }
  // The largest distance of a cue's start from that of its first word, and of its end from that of
  // its last word. Ends that were moved for a reason do not count.
  std::chrono::nanoseconds worst() const { return worst_; }

 private:
  using nanoseconds = std::chrono::nanoseconds;

  void check(std::size_t index) {
    const TimedText &cue = cues_[index];
    const std::size_t first = said_;
    std::istringstream tokens(cue.text);
    for (std::string token; tokens >> token; said_++) {
      if (said_ == words_.size() || !rules_.same(token, words_[said_].text)) {
        say(cue) << "\"" << token << "\" instead of \""
                 << (said_ < words_.size() ? words_[said_].text : "nothing") << "\"";
        return;
      }
    }
    if (said_ == first) {
      say(cue) << "no words";
      return;
    }
    check_start(index, words_[first]);
    check_end(index, words_[said_ - 1]);
  }

  void check_start(std::size_t index, const TimedText &word) {
    nanoseconds expected = word.start;
    if (index > 0 && said_ > 1)
      expected = std::max(expected, std::min(cues_[index - 1].end, end_of_words_before_));
    must_be_near(cues_[index], cues_[index].start, expected, expected, "starts");
  }

  void check_end(std::size_t index, const TimedText &word) {
    const TimedText &cue = cues_[index];
    end_of_words_before_ = word.end + rules_.padding;
    nanoseconds earliest = word.end;
    nanoseconds latest = std::max(word.end + rules_.padding, cue.start + rules_.min_duration);
    if (said_ < words_.size()) {
      const nanoseconds next = std::max(words_[said_].start, word.start);
      earliest = std::min(earliest, next);
      latest = std::max(std::min(latest, next), earliest);
      if (next < word.end + rules_.padding)  // may not be known yet
        latest = word.end + rules_.padding;
    }
    must_be_near(cue, cue.end, earliest, latest, "ends");
  }

  void must_be_near(const TimedText &cue, nanoseconds time, nanoseconds earliest,
                    nanoseconds latest, const char *what) {
    const nanoseconds off = std::max({earliest - time, time - latest, nanoseconds::zero()});
    worst_ = std::max(worst_, off);
    if (off > rules_.tolerance)
      say(cue) << what << " at " << seconds(time) << ", not from " << seconds(earliest) << " to "
               << seconds(latest);
  }

  static double seconds(nanoseconds time) { return std::chrono::duration<double>(time).count(); }
  std::ostream &say(const TimedText &cue) {
    return fault_ << "\n\"" << cue.text << "\" at " << seconds(cue.start) << " s: ";
  }

  const std::vector<TimedText> &cues_;
  const std::vector<TimedText> &words_;
  ExactRules rules_;
  std::size_t said_ = 0;  // words so far
  nanoseconds end_of_words_before_{};
  nanoseconds worst_{};
  std::ostringstream fault_;
};

}  // namespace testing
