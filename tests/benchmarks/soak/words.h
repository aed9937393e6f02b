// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Counts off the words of the talk, which has no two that are the same: each has to come once, in
// order. It keeps nothing but the number of the next.

#pragma once

#include <cmath>
#include <cstddef>
#include <sstream>
#include <string>

#include "support/timed_talk.h"
#include "talk.h"

namespace testing {

class WordCount {
 public:
  void take(const std::string &text) {
    std::istringstream tokens(text);
    for (std::string token; tokens >> token;)
      take_word(token);
  }
  // The same, at the time at which it was said.
  void take_timed(const std::string &word, std::int64_t start_ms) {
    take_word(word);
    const std::int64_t said_ms = testserver::talk_word(next_ - 1).start_ms;
    if (next_ > 0 && std::abs(start_ms - said_ms) > kToleranceMs)
      note("\"" + word + "\" is " + std::to_string(start_ms - said_ms) + " ms late; ");
  }

  std::size_t count() const { return next_; }
  std::size_t faults() const { return faults_; }
  // The first faults, in words.
  const std::string &story() const { return story_; }

 private:
  static constexpr std::int64_t kToleranceMs = 50;
  // A word that is not the next one is looked for among those around.
  static constexpr std::size_t kAround = 400;

  void take_word(const std::string &word) {
    if (same_letters(word, testserver::talk_word(next_).text)) {
      next_++;
      return;
    }
    const std::size_t from = next_ - std::min(next_, kAround);
    for (std::size_t i = from; i < next_ + kAround; i++) {
      if (same_letters(word, testserver::talk_word(i).text)) {
        note("word " + std::to_string(i) + " instead of " + std::to_string(next_) + "; ");
        next_ = i + 1;
        return;
      }
    }
    note("\"" + word + "\" was not said; ");
  }

  void note(const std::string &what) {
    if (faults_++ < 10)
      story_ += what;
  }

  std::size_t next_ = 0;
  std::size_t faults_ = 0;
  std::string story_;
};

}  // namespace testing
