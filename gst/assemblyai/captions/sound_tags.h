// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace assemblyai {

struct TextRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// Where the text tells a sound that is not to be shown. A sound is a name in brackets: [Music].
// Silence is never shown. What is all in capitals is no sound but stands for what was redacted:
// [PERSON_NAME].
std::vector<TextRange> hidden_sounds(std::string_view text, bool shows_sounds);

}  // namespace assemblyai
