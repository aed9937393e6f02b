// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The command line of assemblyai-test-server.

#pragma once

#include <string>

#include "options.h"

namespace testserver {

struct Arguments {
  Options options;
  std::string record_directory;
  std::string ready_file;
  std::string talk_file;
  bool commands = false;
  bool verbose = false;
};

// false and *error if the program cannot go on like this.
bool parse_arguments(int argc, char **argv, Arguments *arguments, std::string *error);
int run_program(const Arguments &arguments);

}  // namespace testserver
