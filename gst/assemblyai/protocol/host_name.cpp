// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "protocol/host_name.h"

#include <algorithm>
#include <set>

#include "base/glib_ptr.h"

namespace assemblyai {

namespace {

using Scripts = std::set<GUnicodeScript>;

// Scripts that are written together.
const Scripts kTogether[] = {
    {G_UNICODE_SCRIPT_LATIN, G_UNICODE_SCRIPT_HAN, G_UNICODE_SCRIPT_HIRAGANA,
     G_UNICODE_SCRIPT_KATAKANA},
    {G_UNICODE_SCRIPT_LATIN, G_UNICODE_SCRIPT_HAN, G_UNICODE_SCRIPT_BOPOMOFO},
    {G_UNICODE_SCRIPT_LATIN, G_UNICODE_SCRIPT_HAN, G_UNICODE_SCRIPT_HANGUL},
};

bool is_mixed(const Scripts &scripts) {
  return scripts.size() > 1 &&
         std::none_of(std::begin(kTogether), std::end(kTogether), [&](const Scripts &together) {
           return std::includes(together.begin(), together.end(), scripts.begin(), scripts.end());
         });
}

}  // namespace

bool mixes_scripts(const std::string &host) {
  const Owned<char> name(g_hostname_to_unicode(host.c_str()));
  Scripts scripts;
  for (const char *at = name.get(); at != nullptr && *at != '\0'; at = g_utf8_next_char(at)) {
    const gunichar character = g_utf8_get_char(at);
    const GUnicodeScript script = g_unichar_get_script(character);
    if (character == '.')
      scripts.clear();
    else if (script != G_UNICODE_SCRIPT_COMMON && script != G_UNICODE_SCRIPT_INHERITED)
      scripts.insert(script);
    if (is_mixed(scripts))
      return true;
  }
  return false;
}

}  // namespace assemblyai
