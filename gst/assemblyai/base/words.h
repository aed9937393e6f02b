// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <string>
#include <string_view>

namespace assemblyai {

// A word without case and punctuation, for comparisons. A word that consists only of these stays
// unchanged. Valid UTF-8.
std::string fold_word(std::string_view word);

}  // namespace assemblyai
