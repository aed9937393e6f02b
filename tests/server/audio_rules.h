// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// How long an audio message may be, and how fast audio may come.

#pragma once

#include <chrono>
#include <optional>

#include "options.h"
#include "parameters.h"

namespace testserver {

class AudioRules {
 public:
  AudioRules(const Options &options, const Configuration &configuration)
      : options_(options), configuration_(configuration) {}

  using TimePoint = std::chrono::steady_clock::time_point;

  // Takes account of one binary message; the Problem ends the session.
  std::optional<Problem> check(std::size_t bytes, TimePoint now);
  double seconds() const { return std::chrono::duration<double>(audio_).count(); }  // so far

 private:
  std::optional<Problem> check_length(double milliseconds);
  std::optional<Problem> check_pace(TimePoint now) const;

  const Options &options_;
  const Configuration &configuration_;
  std::chrono::nanoseconds audio_{};
  double short_milliseconds_ = 0;  // of short messages in a row
  std::optional<TimePoint> first_;
};

}  // namespace testserver
