// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <string>

namespace assemblyai {

// Whether a label of the name, which may be in punycode, mixes scripts that no language writes
// together. Such a name may imitate a known name.
bool mixes_scripts(const std::string &host);

}  // namespace assemblyai
