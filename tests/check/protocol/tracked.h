// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Turns for a tracker, and its reports as text.

#pragma once

#include "protocol/turn_tracker.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/expect.h"

namespace testing {

using namespace assemblyai;

inline Turn turn_of(std::int64_t order, const std::string &text, bool end = false,
                    bool formatted = true) {
  Turn turn;
  turn.order = order;
  turn.transcript = text;
  turn.end_of_turn = end;
  turn.formatted = formatted;
  return turn;
}

inline Turn partial(std::int64_t order, const std::string &text) {
  return turn_of(order, text);
}
inline Turn formatted(std::int64_t order, const std::string &text) {
  return turn_of(order, text, true);
}
inline Turn unformatted(std::int64_t order, const std::string &text) {
  return turn_of(order, text, true, false);
}

// "0:growing text" and "0=final text", joined by "|".
inline std::string summary(const std::vector<TurnReport> &reports) {
  std::string out;
  for (const TurnReport &report : reports)
    out += (out.empty() ? "" : "|") + std::to_string(report.number) + (report.final ? '=' : ':') +
           report.text;
  return out;
}

// A tracker whose reports are compared as text.
class Subject {
 public:
  explicit Subject(bool expects_formatted) { tracker_.begin_session(expects_formatted); }
  void expect(Turn turn, std::string_view reports) {
    expect_string(summary(tracker_.handle(std::move(turn), now_)), reports);
  }
  void expect_after(std::chrono::milliseconds time, std::string_view reports) {
    now_ += time;
    expect_string(summary(tracker_.release_held(now_)), reports);
  }
  void expect_finish(std::string_view reports) {
    expect_string(summary(tracker_.finish()), reports);
  }
  TurnTracker &tracker() { return tracker_; }

 private:
  TurnTracker tracker_;
  std::chrono::nanoseconds now_{};
};

}  // namespace testing
