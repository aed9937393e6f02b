// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Texts compared as values.

#pragma once

#include <string>
#include <string_view>

#include "support/check.h"

namespace assemblyai {

// gst-check's own comparison keeps a pointer, which must not be a temporary's.
inline void expect_string(std::string_view got, std::string_view expected) {
  fail_unless(got == expected, "got '%s', expected '%s'", std::string(got).c_str(),
              std::string(expected).c_str());
}

}  // namespace assemblyai
