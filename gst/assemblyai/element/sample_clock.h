// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <chrono>
#include <optional>

namespace assemblyai {

using std::chrono::nanoseconds;

// The position of the audio by its count of samples, corrected by its timestamps, and the amount of
// audio that is missing before a timestamp.
//
// Timestamps that are made on arrival jitter, and silence in the middle of a word breaks the word.
// So a timestamp that is off causes silence only if it is marked as a discontinuity, or off by more
// than jitter. If others are off for long, the count follows them, and no silence is inserted: its
// place was sent long ago.
//
// Silence that was sent cannot be removed. So if timestamps go back and then forward again, the
// forward step causes no silence. Whatever the pattern, the silence is never longer than the
// distance of the timestamps.
class SampleClock {
 public:
  // Timestamps that are off by less are in line. This limit and kPatience are the defaults of
  // GStreamer's audio sinks (alignment-threshold, discont-wait).
  static constexpr std::chrono::milliseconds kAlignment{40};
  static constexpr std::chrono::seconds kPatience{1};
  // A larger difference is not jitter: it is more than live sources deliver at once (200 ms), and
  // less than the pause that ends a turn by default (400 ms).
  static constexpr std::chrono::milliseconds kNoJitter{300};
  // GAPs are not jitter, however short.
  static constexpr std::chrono::milliseconds kShortestGap{1};
  // After so much audio without a step back, the previous one is forgotten.
  static constexpr std::chrono::seconds kMemory{60};

  // Length 0: no audio is missing.
  struct Hole {
    nanoseconds begin{};
    nanoseconds length{};
  };

  // The audio that is missing before the timestamp of the next samples.
  Hole align(nanoseconds stamp, bool marked);
  // A GAP of this length ends at end. No audio is missing before the first audio.
  Hole gap(nanoseconds end, nanoseconds duration);
  // Counts the next samples, and returns their position: that of the timestamp, unless it is
  // jitter.
  nanoseconds count(nanoseconds stamp, nanoseconds duration);

 private:
  // Timestamps that are off: all of them late, or all early.
  struct Stray {
    nanoseconds since{};
    nanoseconds least{};
  };

  void wait_for_return(nanoseconds off);
  nanoseconds forward(nanoseconds by);
  void back(nanoseconds by);

  std::optional<nanoseconds> next_;
  std::optional<Stray> stray_;
  nanoseconds stepped_back_{};  // and not moved forward since
  nanoseconds steady_{};        // audio since the last step back
};

}  // namespace assemblyai
