// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The main() of the programs of tests/check. The arguments name the suites to run; without
// arguments all suites of the program run.

#include <algorithm>
#include <string_view>
#include <vector>

#include "support/check.h"

namespace testing {

namespace {

// Meson takes this exit status for "skipped".
constexpr int kSkipped = 77;

using Suites = std::vector<const RegisteredSuite *>;

Suites &registered() {
  static Suites suites;
  return suites;
}

// Suites that the arguments do not name are left out; an argument that names no suite empties the
// list.
Suites chosen(const std::vector<std::string_view> &names) {
  if (names.empty())
    return registered();
  Suites suites;
  for (const std::string_view name : names) {
    const auto found = std::ranges::find(registered(), name, &RegisteredSuite::name);
    if (found == registered().end()) {
      g_printerr("There is no suite %s. There are:", name.data());
      for (const RegisteredSuite *suite : registered())
        g_printerr(" %s", suite->name());
      g_printerr("\n");
      return {};
    }
    suites.push_back(*found);
  }
  return suites;
}

}  // namespace

RegisteredSuite::RegisteredSuite(const char *name, const char *file, Suite *(*create)(),
                                 bool (*can_run)())
    : name_(name), file_(file), create_(create), can_run_(can_run) {
  registered().push_back(this);
}

int RegisteredSuite::run() const {
  if (can_run_ != nullptr && !can_run_())
    return g_getenv("PACKAGES_INSTALLED") != nullptr ? 1 : kSkipped;
  return gst_check_run_suite(create_(), name_, file_) == 0 ? 0 : 1;
}

}  // namespace testing

int main(int argc, char **argv) {
  gst_check_init(&argc, &argv);
  const testing::Suites suites = testing::chosen({argv + 1, argv + argc});
  int status = suites.empty() ? 1 : 0;
  for (const testing::RegisteredSuite *suite : suites) {
    const int its_status = suite->run();
    if (status != 1 && its_status != 0)
      status = its_status;
  }
  return status;
}
