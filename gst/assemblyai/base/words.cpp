// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "base/words.h"

#include <glib.h>

namespace assemblyai {

std::string fold_word(std::string_view word) {
  std::string key;
  const char *const end = word.data() + word.size();
  for (const char *at = word.data(); at < end; at = g_utf8_next_char(at)) {
    const gunichar character = g_utf8_get_char(at);
    if (!g_unichar_isalnum(character) && !g_unichar_ismark(character))
      continue;
    char bytes[6];
    const int count = g_unichar_to_utf8(g_unichar_tolower(character), bytes);
    key.append(bytes, static_cast<std::size_t>(count));
  }
  return key.empty() ? std::string(word) : key;
}

}  // namespace assemblyai
