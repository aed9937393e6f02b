// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include "audio_rules.h"

#include <glib.h>

namespace testserver {

namespace {

using Seconds = std::chrono::duration<double>;

constexpr double kOpusPacketMs = 20;  // one packet per message; its length is not looked up
constexpr double kShortestMs = 50;
constexpr double kLongestMs = 1000;
// The 49th message of 20 ms is the last one the service takes.
constexpr double kShortAllowanceMs = 980;

std::string with_number(const char *before, double value, const char *after) {
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  return before + std::string(g_ascii_formatd(buffer, sizeof buffer, "%.1f", value)) + after;
}

}  // namespace

std::optional<Problem> AudioRules::check(std::size_t bytes, TimePoint now) {
  if (!first_)
    first_ = now;
  std::size_t sample = configuration_.bytes_per_sample();
  double milliseconds = kOpusPacketMs;
  if (sample > 0)
    milliseconds = static_cast<double>(bytes) * 1000 / static_cast<double>(sample) /
                   static_cast<double>(configuration_.sample_rate);
  audio_ += std::chrono::round<std::chrono::nanoseconds>(Seconds(milliseconds / 1000));
  if (options_.check_chunks && sample > 0) {
    if (auto problem = check_length(milliseconds))
      return problem;
  }
  return check_pace(now);
}

std::optional<Problem> AudioRules::check_length(double milliseconds) {
  bool is_short = milliseconds < kShortestMs;
  short_milliseconds_ = is_short ? short_milliseconds_ + milliseconds : 0;
  bool tolerated = is_short && milliseconds > 0 && !options_.strict_chunks &&
                   short_milliseconds_ < kShortAllowanceMs;
  if (tolerated || (!is_short && milliseconds <= kLongestMs))
    return std::nullopt;
  return Problem{3007, with_number("Input Duration Error: Input Duration Violation: ", milliseconds,
                                   " ms. Expected between 50 and 1000 ms")};
}

std::optional<Problem> AudioRules::check_pace(TimePoint now) const {
  if (!options_.max_ahead_seconds)
    return std::nullopt;
  const Seconds elapsed = now - *first_;
  // In whole units: how a processor rounds fractions must not decide.
  const auto allowed = std::chrono::round<std::chrono::microseconds>(
      elapsed * options_.real_time + Seconds(*options_.max_ahead_seconds));
  if (std::chrono::round<std::chrono::microseconds>(audio_) <= allowed)
    return std::nullopt;
  return Problem{3007, with_number("Audio Transmission Rate Exceeded: Received ", seconds(), "") +
                           with_number(" sec. audio in ", elapsed.count(), " sec")};
}

}  // namespace testserver
