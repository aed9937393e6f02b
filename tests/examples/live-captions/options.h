// SPDX-License-Identifier: LGPL-2.1-or-later
// The command line.

#pragma once

#include <optional>
#include <string>
#include <vector>

struct Options {
  std::vector<std::string> files;  // none: live audio
  std::string source = "autoaudiosrc";
  std::vector<std::string> settings;  // PROPERTY=VALUE of assemblyaisink
  std::vector<std::string> keyterms;
  std::string record, transcript;  // names of files to write, or empty
  bool commands = false;           // from standard input, whatever it is
};

// Nothing when the command line is wrong, after saying so. Initialises GStreamer.
std::optional<Options> parse_options(int argc, char **argv);
