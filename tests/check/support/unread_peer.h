// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A live talk to a peer that stops reading for a long time.

#pragma once

#include <cstddef>
#include <string>

#include "support/pipeline.h"

namespace testing {

struct UnreadPeer {
  milliseconds before{2500};  // while it reads
  milliseconds stalled;       // while it does not read
  milliseconds after{10000};  // after it reads again
  milliseconds max_backlog;
  std::string properties;

  // Whole sentences.
  milliseconds talk() const {
    constexpr milliseconds kSentence{3500};
    return ((before + stalled + after) / kSentence + 1) * kSentence;
  }
};

struct UnreadPeerResult {
  milliseconds lateness{};      // of the audio at the element, maximum
  milliseconds queued{};        // waiting audio, maximum
  std::size_t heap_growth = 0;  // during the stall; 0 under a sanitizer
  milliseconds lost{};
  std::size_t words = 0;     // recognized
  std::size_t sessions = 0;  // that began
  std::string problem;       // empty: all audio that was not lost was recognized, once, at its time
};

// Blocks for the duration of the talk.
UnreadPeerResult talk_to(const UnreadPeer &peer);

}  // namespace testing
