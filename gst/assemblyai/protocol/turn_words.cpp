// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "protocol/turn_words.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace assemblyai {

namespace {

// The position of each word in the text; nothing if a word is missing. The last words of a partial
// turn may be missing from it.
std::optional<std::vector<std::size_t>> begins_of(const Turn &turn) {
  std::vector<std::size_t> begins;
  std::size_t from = 0;
  for (const Word &word : turn.words) {
    const std::size_t found = turn.transcript.find(word.text, from);
    if (found == std::string::npos && (word.is_final || turn.end_of_turn))
      return std::nullopt;
    begins.push_back(std::min(found, turn.transcript.size()));
    from = found == std::string::npos ? turn.transcript.size() : found + word.text.size();
  }
  begins.push_back(turn.transcript.size());
  return begins;
}

std::string trimmed(std::string text) {
  text.erase(text.find_last_not_of(' ') + 1);
  text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
  return text;
}

}  // namespace

void keep_words(Turn *turn, std::size_t begin, std::size_t end) {
  const auto begins = begins_of(*turn);
  std::string transcript;
  if (begins) {
    const std::size_t from = begin == 0 ? 0 : (*begins)[begin];
    transcript = trimmed(turn->transcript.substr(from, (*begins)[end] - from));
  }
  const auto at = [&](std::size_t index) {
    return turn->words.begin() + static_cast<std::ptrdiff_t>(index);
  };
  turn->words.erase(at(end), turn->words.end());
  turn->words.erase(turn->words.begin(), at(begin));
  if (!begins) {
    for (const Word &word : turn->words)
      transcript.append(transcript.empty() ? "" : " ").append(word.text);
  }
  turn->transcript = transcript;
  turn->utterance = turn->utterance.empty() ? "" : transcript;
}

}  // namespace assemblyai
