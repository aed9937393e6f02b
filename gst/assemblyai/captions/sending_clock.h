// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <chrono>
#include <cstddef>
#include <deque>

namespace assemblyai {

using std::chrono::nanoseconds;

// Records when audio was sent: the clock of a stream that the pipeline's clock does not pace.
// Memory is bounded: records that were not read for long are thinned out. No thread safety.
class SendingClock {
 public:
  static constexpr std::size_t kMostMarks = 8192;

  // Audio has been sent up to this running time. Steps back are ignored.
  void reached(nanoseconds position, nanoseconds moment);
  // The position at a moment. Moments must not go back from call to call.
  nanoseconds at(nanoseconds moment);

  std::size_t mark_count() const { return marks_.size(); }

 private:
  struct Mark {
    nanoseconds position{};
    nanoseconds moment{};
  };
  // No finer than a consumer could notice.
  static constexpr std::chrono::milliseconds kStep{20};

  nanoseconds passed_{};
  std::deque<Mark> marks_;
};

}  // namespace assemblyai
