// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "support/examples.h"

#include <sstream>

#include "support/check.h"
#include "support/pipeline.h"

namespace testing {

namespace {

std::vector<std::string> command(const testserver::Server &server,
                                 const std::vector<std::string> &arguments) {
  std::vector<std::string> words{example_program("live-captions"), "--endpoint", server.endpoint()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

std::uint32_t number_at(const std::string &bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 4; i-- > 0;)
    number = number << 8 | static_cast<std::uint8_t>(bytes.at(at + i));
  return number;
}

}  // namespace

LiveCaptions::LiveCaptions(const testserver::Server &server,
                           const std::vector<std::string> &arguments, unsigned short columns)
    : Child(command(server, arguments), key_environment(), columns) {}

Environment key_environment() {
  return {{"ASSEMBLYAI_API_KEY", kKey}, {"TERM", "xterm"}};
}

std::string example_source(const std::string &name) {
  return std::string(g_getenv("SOURCE_ROOT")) + "/tests/examples/" + name;
}

std::string example_program(const std::string &name) {
  return std::string(g_getenv("EXAMPLES")) + "/" + name;
}

std::string captions_of(const std::string &output) {
  std::istringstream lines(output);
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t head = line.find(" s  ");
    fail_unless(head != std::string::npos, "%s", line.c_str());
    text += (text.empty() ? "" : " ") + line.substr(head + 4);
  }
  return text;
}

std::vector<std::uint8_t> wav_samples(const std::string &wav) {
  fail_unless(wav.starts_with("RIFF") && wav.substr(8, 4) == "WAVE");
  fail_unless_equals_uint64(number_at(wav, 4), wav.size() - 8);
  std::vector<std::uint8_t> samples;
  std::size_t at = 12;
  for (std::size_t size = 0; at + 8 <= wav.size(); at += size) {
    const bool data = wav.substr(at, 4) == "data";
    size = number_at(wav, at + 4);
    at += 8;
    fail_unless(at + size <= wav.size());
    if (data)
      samples.assign(wav.begin() + static_cast<std::ptrdiff_t>(at),
                     wav.begin() + static_cast<std::ptrdiff_t>(at + size));
  }
  fail_unless_equals_uint64(at, wav.size());
  return samples;
}

}  // namespace testing
