// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "protocol/types.h"

namespace assemblyai {

// Keeps only these words of the turn, and their part of its texts. If the words are not found in
// the transcript, they replace it, joined by spaces.
void keep_words(Turn *turn, std::size_t begin, std::size_t end);

}  // namespace assemblyai
