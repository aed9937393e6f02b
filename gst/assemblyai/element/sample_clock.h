// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <chrono>
#include <optional>

namespace assemblyai {

using std::chrono::nanoseconds;

// Where audio is by the count of its samples, set right by its time stamps, and what is
// missing before a stamp.
//
// Stamps jitter where they are made on arrival, and silence in mid-word breaks the word. So a
// stamp that is off makes silence only when it is marked as a discontinuity or off by more than
// jitter. When the others are off for long, the count follows, and nothing is put in: where
// that would belong has been sent long ago.
//
// Nothing can be taken out again. So when stamps go back, what they come forward again makes no
// silence either: whatever the pattern, there is no more of it than the stamps are apart.
class SampleClock {
 public:
  // Stamps that are off by less are in line. This limit and kPatience are those of the audio
  // sinks of GStreamer (alignment-threshold, discont-wait).
  static constexpr std::chrono::milliseconds kAlignment{40};
  static constexpr std::chrono::seconds kPatience{1};
  // What is off by that much is no jitter: more than live sources deliver at once (200 ms),
  // less than the pause that ends a turn by default (400 ms).
  static constexpr std::chrono::milliseconds kNoJitter{300};
  // Gaps are not jitter, however short.
  static constexpr std::chrono::milliseconds kShortestGap{1};
  // After so much audio without a step back the one before is history.
  static constexpr std::chrono::seconds kMemory{60};

  // No length: nothing is missing.
  struct Hole {
    nanoseconds begin{};
    nanoseconds length{};
  };

  // What is missing before the stamp of the samples that come next.
  Hole align(nanoseconds stamp, bool marked);
  // No audio is to come for so long before end. Nothing is missing before the first audio.
  Hole gap(nanoseconds end, nanoseconds duration);
  // Counts the samples that come next, and says where they belong: as stamped, unless that
  // is taken for jitter.
  nanoseconds count(nanoseconds stamp, nanoseconds duration);

 private:
  // Stamps that are off, all of them late or all early.
  struct Stray {
    nanoseconds since{};
    nanoseconds least{};
  };

  void wait_for_return(nanoseconds off);
  nanoseconds forward(nanoseconds by);
  void back(nanoseconds by);

  std::optional<nanoseconds> next_;
  std::optional<Stray> stray_;
  nanoseconds stepped_back_{};  // and not come forward since
  nanoseconds steady_{};        // audio since the last step back
};

}  // namespace assemblyai
