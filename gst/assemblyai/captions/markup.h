// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <string>
#include <string_view>

namespace assemblyai {

// The text as Pango markup that is also valid WebVTT. WebVTT readers know few entities, so quotes
// are not escaped.
std::string escaped_markup(std::string_view text);

}  // namespace assemblyai
