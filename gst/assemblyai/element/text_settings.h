// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Settings of the text pad and of `current-caption`.

#pragma once

#include <glib.h>

#include <algorithm>
#include <string>

#include "captions/text_source.h"

namespace assemblyai {

struct TextSettings {
  TextMode mode = TextMode::kCues;
  guint latency_ms = 4000;
  guint lateness_ms = 0;
  LateText late_text = LateText::kShift;
  guint max_line_length = 42;
  guint max_lines = 2;
  guint min_cue_duration_ms = 1000;
  guint max_cue_duration_ms = 7000;
  std::string speaker_prefix;
  bool stable_only = false;
  bool sound_tags = true;

  bool operator==(const TextSettings &) const = default;

  // The pad works in steps and cannot be faster. The first is the minimum of the property.
  static constexpr std::chrono::milliseconds kLeastLatency{200};
  static constexpr std::chrono::milliseconds kAtOnceLatency{100};
  // Text is sent so long before the consumer needs it.
  static constexpr std::chrono::milliseconds kMargin{100};

  // See TextModeInfo.
  bool at_once() const { return info_of(mode).at_once; }

  // The longest time from a word's audio in the element to the word on the pad. Text that is sent
  // at once only needs time for the pad's steps.
  nanoseconds latency() const {
    return at_once() ? kAtOnceLatency : std::chrono::milliseconds(latency_ms);
  }

  // The time from the audio to the decision about its words.
  nanoseconds decision_time() const {
    return latency() - std::min<nanoseconds>(kMargin, latency() / 2);
  }

  nanoseconds lateness() const { return std::chrono::milliseconds(lateness_ms); }

  TextOptions options() const {
    return {.mode = mode,
            .cue = {.lines = {.max_line_length = max_line_length, .max_lines = max_lines},
                    .min_duration = std::chrono::milliseconds(
                        std::min(min_cue_duration_ms, max_cue_duration_ms)),
                    .max_duration = std::chrono::milliseconds(max_cue_duration_ms),
                    .speaker_prefix = speaker_prefix},
            .late_text = late_text,
            .lateness = lateness(),
            .wait = decision_time(),
            .stable_only = stable_only};
  }
};

}  // namespace assemblyai
