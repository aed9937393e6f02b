// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <string>

namespace assemblyai {

// Whether a label of the name, which may be in punycode, mixes scripts that no language writes
// together. Such a name may imitate a known name.
bool mixes_scripts(const std::string &host);

}  // namespace assemblyai
