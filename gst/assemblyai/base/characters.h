// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <glib.h>

namespace assemblyai {

// Characters that are not text but control the display: control characters (among them those that
// begin a terminal's escape sequences), line ends, bidirectional overrides and isolates, deprecated
// format characters, annotation marks; and noncharacters. The marks that only give a direction to
// their neighbours (U+200E, U+200F, U+061C) are text, and so are joiners.
inline bool steers_display(gunichar character) {
  const auto within = [character](gunichar first, gunichar last) {
    return character >= first && character <= last;
  };
  switch (g_unichar_type(character)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return true;
    default:
      return within(0x202A, 0x202E) || within(0x2066, 0x206F) || within(0xFFF9, 0xFFFB) ||
             within(0xFDD0, 0xFDEF) || (character & 0xFFFEU) == 0xFFFE;
  }
}

}  // namespace assemblyai
