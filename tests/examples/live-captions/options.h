// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The command line.

#pragma once

#include <optional>
#include <string>
#include <vector>

struct Options {
  std::vector<std::string> files;  // empty: live audio
  std::string source = "autoaudiosrc";
  std::vector<std::string> settings;  // PROPERTY=VALUE of assemblyaisink
  std::vector<std::string> keyterms;
  std::string record, transcript;  // files to write, or empty
  bool commands = false;           // read from standard input, even if it is not a terminal
};

// Prints an error and returns nothing if the command line is wrong. Initialises GStreamer.
std::optional<Options> parse_options(int argc, char **argv);
