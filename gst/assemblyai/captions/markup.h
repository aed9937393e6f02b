// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <string>
#include <string_view>

namespace assemblyai {

// The text as Pango markup that is WebVTT as well. Its readers know few entities: quotes
// stay as they are.
std::string escaped_markup(std::string_view text);

}  // namespace assemblyai
