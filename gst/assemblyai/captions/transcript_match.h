// SPDX-License-Identifier: LGPL-2.1-or-later
// The words of a turn as its transcript writes them.

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assemblyai {

struct MatchedWord {
  std::size_t index = 0;  // of the word
  std::string text;       // with the punctuation that belongs to it
  bool joined = false;    // no blank before it
};

struct TranscriptMatch {
  std::vector<MatchedWord> words;  // together all of the text, but for blanks
  std::size_t used = 0;            // where the text ended: the words from here on are not in it
};

// Looks for the words in the text, one after the other: as they are, else without regard to
// case and punctuation. Words of nothing but punctuation may be missing. Nothing when the
// text has anything else. Both must be on one line, as by on_one_line().
std::optional<TranscriptMatch> match_transcript(std::string_view text,
                                                std::span<const std::string> words);

// Text as it may stand in a picture: without control characters, line breaks, changes of
// direction and more marks on a character than any script has; single blanks, and none at the
// ends. What subtitle formats take for the arrow between two times becomes one.
std::string on_one_line(std::string_view text);

}  // namespace assemblyai
