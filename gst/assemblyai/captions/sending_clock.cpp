// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "captions/sending_clock.h"

namespace assemblyai {

void SendingClock::reached(nanoseconds position, nanoseconds moment) {
  if (position <= (marks_.empty() ? passed_ : marks_.back().position))
    return;
  // Move the whole last mark, so that no position is recorded before its moment.
  const bool extends = marks_.size() > 1 && moment - marks_[marks_.size() - 2].moment < kStep;
  if (extends)
    marks_.back() = {position, moment};
  else
    marks_.push_back({position, moment});
  if (marks_.size() < kMostMarks)
    return;
  std::size_t count = 0;
  std::erase_if(marks_, [&count](const Mark &) { return count++ % 2 == 0; });
}

nanoseconds SendingClock::at(nanoseconds moment) {
  while (!marks_.empty() && marks_.front().moment <= moment) {
    passed_ = marks_.front().position;
    marks_.pop_front();
  }
  return passed_;
}

}  // namespace assemblyai
