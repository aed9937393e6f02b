// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// What leaves a schedule, in a short notation, and options for it.

#pragma once

#include <string>

#include "captions/sources.h"

namespace assemblyai {

inline std::string seconds(nanoseconds time) {
  std::string text = std::to_string(time / std::chrono::milliseconds(1));
  text.insert(0, text.size() < 4 ? 4 - text.size() : 0, '0');
  text.insert(text.size() - 3, ".");
  return text;
}

inline std::string name(const TextItem &item) {
  switch (item.kind) {
    case TextItem::Kind::kGap:
      return "-";
    case TextItem::Kind::kSpeakerChange:
      return "<" + item.text + ">";
    case TextItem::Kind::kFinalTranscript:
      return "<final>";
    case TextItem::Kind::kText:
      break;
  }
  return item.text;
}

// All that goes, as "0.000 - 1.000 hello 1.250": each thing where it starts, and in the
// end where it all ends. What does not follow on what was before has its own end.
inline std::string all(const Source &schedule, nanoseconds due) {
  std::string text;
  nanoseconds end = nanoseconds(-1);
  while (const auto item = schedule->next(due)) {
    if (end != nanoseconds(-1) && end != item->start)
      text += seconds(end) + " ! ";
    text += seconds(item->start) + " " + name(*item) + " ";
    end = item->start + item->duration;
  }
  return end == nanoseconds(-1) ? text : text + seconds(end);
}

// Words stay as long as they are spoken.
inline TextOptions plain() {
  TextOptions options;
  options.cue.min_duration = nanoseconds(0);
  return options;
}

inline TextOptions by_word() {
  TextOptions options;
  options.mode = TextMode::kWords;
  return options;
}

inline TextOptions late(LateText what) {
  TextOptions options = plain();
  options.late_text = what;
  return options;
}

}  // namespace assemblyai
