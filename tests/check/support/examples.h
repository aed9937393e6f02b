// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The example programs, as their users start them.

#pragma once

#include <string>
#include <vector>

#include "server.h"
#include "support/child.h"

namespace testing {

// A microphone for a machine without one: a tone, in buffers of 50 ms. (Silence would arrive as
// gaps, which open no session.)
inline constexpr char kMicrophone[] = "audiotestsrc is-live=true samplesperbuffer=800";

// The program in the build's folder of examples, and its input.
class LiveCaptions : public Child {
 public:
  LiveCaptions(const testserver::Server &server, const std::vector<std::string> &arguments,
               unsigned short columns = 0);
};

// The key in the environment.
Environment key_environment();
// For a script beside the sources, or a built program.
std::string example_source(const std::string &name);
std::string example_program(const std::string &name);

// Numbered lines without number and time, joined by spaces.
std::string captions_of(const std::string &output);

// The samples of a complete WAV file, whose header has its length.
std::vector<std::uint8_t> wav_samples(const std::string &wav);

}  // namespace testing
