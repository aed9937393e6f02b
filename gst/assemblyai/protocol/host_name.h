// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <string>

namespace assemblyai {

// Whether a part of the name, which may be in punycode, has letters of scripts that no language
// writes together: one that looks like a known name and is another.
bool mixes_scripts(const std::string &host);

}  // namespace assemblyai
