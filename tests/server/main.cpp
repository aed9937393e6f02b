// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// assemblyai-test-server: the local server as a program.

#include <cstdio>

#include "program.h"

int main(int argc, char **argv) {
  testserver::Arguments arguments;
  std::string error;
  if (!testserver::parse_arguments(argc, argv, &arguments, &error)) {
    std::fprintf(stderr, "assemblyai-test-server: %s\n", error.c_str());
    return 2;
  }
  return testserver::run_program(arguments);
}
