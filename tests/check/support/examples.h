// SPDX-License-Identifier: LGPL-2.1-or-later
// The example programs, as their users start them.

#pragma once

#include <string>
#include <vector>

#include "server.h"
#include "support/child.h"

namespace testing {

// A microphone for a machine that has none: a tone, in buffers of 50 ms. (Silence would
// come as gaps, which open no session.)
inline constexpr char kMicrophone[] = "audiotestsrc is-live=true samplesperbuffer=800";

// The program in the build's folder of examples, and what is said to it.
class LiveCaptions : public Child {
 public:
  LiveCaptions(const testserver::Server &server, const std::vector<std::string> &arguments,
               unsigned short columns = 0);
};

// The key in the environment.
Environment key_environment();
// Of a program beside the sources, or of one that is built.
std::string example_source(const std::string &name);
std::string example_program(const std::string &name);

// Numbered lines without number and time, joined by blanks.
std::string captions_of(const std::string &output);

// The samples of a WAV file, which is complete: its header knows its length.
std::vector<std::uint8_t> wav_samples(const std::string &wav);

}  // namespace testing
