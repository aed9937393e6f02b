// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "protocol/types.h"

namespace assemblyai {

std::string turn_text(const Turn &turn) {
  if (!turn.transcript.empty())
    return turn.transcript;
  if (!turn.utterance.empty())
    return turn.utterance;
  std::string text;
  for (const Word &word : turn.words) {
    if (word.text.empty())
      continue;
    if (!text.empty())
      text += ' ';
    text += word.text;
  }
  return text;
}

std::string attributed(const std::string &speaker) {
  return speaker == "PENDING" || speaker == "UNKNOWN" ? std::string() : speaker;
}

}  // namespace assemblyai
