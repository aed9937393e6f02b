// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Matches the words of a turn with its transcript, which has their blanks and punctuation.

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assemblyai {

struct MatchedWord {
  std::size_t index = 0;  // in the list of words
  std::string text;       // as in the transcript, with its punctuation
  bool joined = false;    // no blank before it
};

struct TranscriptMatch {
  std::vector<MatchedWord> words;  // all of the text, except blanks
  std::size_t used = 0;            // words from here on are not in the text
};

// Looks for the words in the text, one after another: exactly, else without case and punctuation.
// Words of punctuation only may be missing. Nothing if the text has any other words. Both must have
// passed through on_one_line().
std::optional<TranscriptMatch> match_transcript(std::string_view text,
                                                std::span<const std::string> words);

// Makes text harmless for display: removes control characters, line breaks, changes of direction
// and more marks on a character than any script has; single blanks, none at the ends. "-->", which
// subtitle formats reserve, becomes an arrow.
std::string on_one_line(std::string_view text);

}  // namespace assemblyai
