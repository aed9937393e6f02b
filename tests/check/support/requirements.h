// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// For tests that need more of the machine than a build does.

#pragma once

#include <gst/gst.h>

#include <initializer_list>

#include "support/check.h"

namespace testing {

// Returns what is missing.
inline bool machine_has(std::initializer_list<const char *> programs,
                        std::initializer_list<const char *> elements) {
  bool complete = true;
  const auto require = [&complete](const char *kind, const char *name, bool found) {
    if (!found)
      g_print("There is no %s %s; tests/packages.sh has the packages\n", kind, name);
    complete = complete && found;
  };
  for (const char *name : programs) {
    gchar *path = g_find_program_in_path(name);
    require("program", name, path != nullptr);
    g_free(path);
  }
  for (const char *name : elements)
    require("element", name, gst_registry_check_feature_version(gst_registry_get(), name, 1, 0, 0));
  return complete;
}

}  // namespace testing

// In place of CHECK_SUITE, with the arguments of machine_has(): without these the suite is skipped.
#define CHECK_SUITE_NEEDS(name, ...)                       \
  static const testing::RegisteredSuite name##_registered( \
      #name, __FILE__, name##_suite, [] { return testing::machine_has(__VA_ARGS__); })
