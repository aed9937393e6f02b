// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "protocol/types.h"

namespace assemblyai {

// The turn with these of its words only, and that part of its texts. Where the words
// cannot be found in the transcript they become it, joined by blanks.
void keep_words(Turn *turn, std::size_t begin, std::size_t end);

}  // namespace assemblyai
