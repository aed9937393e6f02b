// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The real gst-launch-1.0 as a child process.

#pragma once

#include <string>
#include <utility>
#include <vector>

#include "support/child.h"

namespace testing {

class GstLaunch : public Child {
 public:
  // The arguments after "gst-launch-1.0"; environment variables in addition to the test's.
  explicit GstLaunch(std::vector<std::string> arguments, const Environment &environment = {})
      : Child(command(std::move(arguments)), environment) {}

  // Everything it printed.
  std::string output() const { return Child::output() + errors(); }

 private:
  static std::vector<std::string> command(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "gst-launch-1.0");
    return arguments;
  }
};

}  // namespace testing
