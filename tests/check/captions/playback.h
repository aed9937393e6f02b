// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Messages of a service, and a text pad that shows what they tell.

#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "base/words.h"
#include "captions/sources.h"
#include "support/check.h"

namespace assemblyai {

inline std::vector<std::string> words_in(const std::string &text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;)
    words.push_back(fold_word(word));
  return words;
}

inline std::string joined(const std::vector<std::string> &words) {
  std::string text;
  for (const std::string &word : words)
    text += (text.empty() ? "" : " ") + word;
  return text;
}

class Playback {
 public:
  Playback(TextOptions options, nanoseconds latency)
      : latency_(latency), schedule_(make_text_source(with_wait(std::move(options), latency))) {}

  void tell(nanoseconds when, CaptionTurn turn) {
    wait_until(when);
    schedule_->report(std::move(turn));
    take_all(when - latency_);
  }
  // A connection is lost.
  void retell(nanoseconds when) {
    wait_until(when);
    schedule_->retell();
  }
  std::vector<std::string> shown() {
    wait_until(now_ + latency_ + std::chrono::seconds(30));
    schedule_->finish();
    take_all(now_);
    fail_unless(schedule_->drained());
    return shown_;
  }

 private:
  static constexpr std::chrono::milliseconds kTick{50};

  static TextOptions with_wait(TextOptions options, nanoseconds latency) {
    options.wait = latency;
    return options;
  }

  void wait_until(nanoseconds when) {
    for (; now_ < when; now_ += kTick)
      take_all(now_ - latency_);
  }

  void take_all(nanoseconds due) {
    while (const auto item = schedule_->next(due)) {
      if (item->kind != TextItem::Kind::kText)
        continue;
      for (std::string &word : words_in(item->text))
        shown_.push_back(std::move(word));
    }
  }

  nanoseconds latency_;
  Source schedule_;
  nanoseconds now_{};
  std::vector<std::string> shown_;
};

}  // namespace assemblyai
