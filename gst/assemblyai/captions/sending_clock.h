// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <deque>

#include "captions/timeline.h"

namespace assemblyai {

// How far the audio had come, and when: the clock of a stream that no clock paces. No
// thread safety. Memory is bounded: what nobody has asked for gets coarser.
class SendingClock {
 public:
  static constexpr std::size_t kMostMarks = 8192;

  // The audio has come to this running time. Only forward counts.
  void reached(nanoseconds position, nanoseconds moment);
  // Where it was at a moment. Moments do not go back from call to call.
  nanoseconds at(nanoseconds moment);

  std::size_t mark_count() const { return marks_.size(); }

 private:
  struct Mark {
    nanoseconds position{};
    nanoseconds moment{};
  };
  // Finer steps would be of no use to anyone.
  static constexpr std::chrono::milliseconds kStep{20};

  nanoseconds passed_{};
  std::deque<Mark> marks_;
};

}  // namespace assemblyai
