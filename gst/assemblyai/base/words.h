// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <string>
#include <string_view>

namespace assemblyai {

// A word without case and punctuation, to compare it by; a word of nothing else is left as
// it is. Valid UTF-8.
std::string fold_word(std::string_view word);

}  // namespace assemblyai
