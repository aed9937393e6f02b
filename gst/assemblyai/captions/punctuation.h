// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <cstdint>
#include <string_view>

namespace assemblyai {

enum class Ending : std::uint8_t { kNone, kClause, kSentence };

// What ends with a word, by its punctuation, also before closing quotes and brackets. Abbreviations
// ("Mr."), initials and small numbers ("3.") end nothing.
Ending ending_of(std::string_view word);

}  // namespace assemblyai
