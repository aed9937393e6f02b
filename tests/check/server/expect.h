// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Include last: gstcheck.h defines fail() as a macro.

#pragma once

#include <string>

#include "support/check.h"

// fail_unless_equals_string() keeps pointers into what may be temporary strings.
#define EXPECT_TEXT(got, wanted)                                                         \
  do {                                                                                   \
    std::string got_text = (got);                                                        \
    std::string wanted_text = (wanted);                                                  \
    fail_unless(got_text == wanted_text, "%s is '%s', not '%s'", #got, got_text.c_str(), \
                wanted_text.c_str());                                                    \
  } while (false)

#define EXPECT_NUMBER(got, wanted) fail_unless_equals_uint64(got, wanted)
