// SPDX-License-Identifier: LGPL-2.1-or-later
// A live talk to a peer that stops reading for long.

#pragma once

#include <cstddef>
#include <string>

#include "support/pipeline.h"

namespace testing {

struct UnreadPeer {
  milliseconds before{2500};  // reads
  milliseconds stalled;       // does not
  milliseconds after{10000};  // reads again
  milliseconds max_backlog;
  std::string properties;

  // Whole sentences.
  milliseconds talk() const {
    constexpr milliseconds kSentence{3500};
    return ((before + stalled + after) / kSentence + 1) * kSentence;
  }
};

struct UnreadPeerResult {
  milliseconds lateness{};      // of the audio at the element, at most
  milliseconds queued{};        // audio that waited, at most
  std::size_t heap_growth = 0;  // while nothing was read; 0 under a sanitizer
  milliseconds lost{};
  std::size_t words = 0;     // heard
  std::size_t sessions = 0;  // begun
  std::string problem;       // empty: what was not lost was heard, once, at its time
};

// Blocks for as long as the talk.
UnreadPeerResult talk_to(const UnreadPeer &peer);

}  // namespace testing
