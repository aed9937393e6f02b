// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace assemblyai {

struct TextRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// The sounds in the text that are not shown. A sound is a name in brackets: [Music]. Silence is
// never shown. A name in capitals is no sound, but stands for redacted text: [PERSON_NAME].
std::vector<TextRange> hidden_sounds(std::string_view text, bool shows_sounds);

}  // namespace assemblyai
