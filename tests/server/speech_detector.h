// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Speech or silence, from the energy of 10 ms frames against a noise floor
// that follows the quietest moments of the last seconds. Pure.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace testserver {

class SpeechDetector {
 public:
  static constexpr std::int64_t kFrameMs = 10;

  // Takes the next 10 ms.
  void frame(std::span<const std::int16_t> samples);
  // Enough of the last frames were loud for something to have begun.
  bool onset() const { return loud_run_ >= kOnsetFrames; }
  std::int64_t silence_ms() const { return quiet_run_ * kFrameMs; }

 private:
  static constexpr std::int64_t kOnsetFrames = 5;
  static constexpr std::size_t kWindows = 6;  // of half a second: how far back the floor looks
  static constexpr std::size_t kWindowFrames = 50;

  void follow_floor(double level);

  std::array<double, kWindows> minima_{};  // dB below full scale; the current window's last
  std::size_t window_ = 0;
  std::size_t frames_in_window_ = 0;
  bool started_ = false;
  double floor_ = 0;
  std::int64_t loud_run_ = 0;
  std::int64_t quiet_run_ = 0;
};

}  // namespace testserver
