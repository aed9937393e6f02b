// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include "speech_detector.h"

#include <algorithm>
#include <cmath>

namespace testserver {

namespace {

constexpr double kQuietestFloor = -65;  // digital silence must not make every rustle speech
constexpr double kLoudestFloor = -35;   // steady speech must not become its own floor
constexpr double kAboveFloor = 11;

double level_of(std::span<const std::int16_t> samples) {
  double sum = 0;
  for (std::int16_t sample : samples)
    sum += static_cast<double>(sample) * sample;
  double mean = sum / static_cast<double>(std::max<std::size_t>(samples.size(), 1));
  return 10 * std::log10(mean / (32768.0 * 32768.0) + 1e-10);
}

}  // namespace

void SpeechDetector::frame(std::span<const std::int16_t> samples) {
  double level = level_of(samples);
  follow_floor(level);
  bool loud = level > std::clamp(floor_, kQuietestFloor, kLoudestFloor) + kAboveFloor;
  // A single click neither starts speech nor, in its middle, ends a pause.
  loud_run_ = loud ? loud_run_ + 1 : 0;
  quiet_run_ = loud_run_ >= 3 ? 0 : quiet_run_ + 1;
}

void SpeechDetector::follow_floor(double level) {
  if (!started_) {
    started_ = true;
    minima_.fill(0);
  }
  minima_[window_] = frames_in_window_ == 0 ? level : std::min(minima_[window_], level);
  if (++frames_in_window_ == kWindowFrames) {
    frames_in_window_ = 0;
    window_ = (window_ + 1) % kWindows;
  }
  floor_ = *std::min_element(minima_.begin(), minima_.end());
}

}  // namespace testserver
