// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "captions/markup.h"

namespace assemblyai {

std::string escaped_markup(std::string_view text) {
  std::string markup;
  markup.reserve(text.size());
  for (const char character : text) {
    switch (character) {
      case '&':
        markup += "&amp;";
        break;
      case '<':
        markup += "&lt;";
        break;
      case '>':
        markup += "&gt;";
        break;
      default:
        markup += character;
        break;
    }
  }
  return markup;
}

}  // namespace assemblyai
