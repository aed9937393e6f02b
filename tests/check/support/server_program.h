// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The local server as a child process: its memory, threads and descriptors do not count as those of
// this process.

#pragma once

#include <glib.h>

#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

namespace testing {

class ServerProgram {
 public:
  // Options of assemblyai-test-server, in addition to --commands.
  explicit ServerProgram(const std::vector<std::string> &options = {});
  ServerProgram(const ServerProgram &) = delete;
  ServerProgram &operator=(const ServerProgram &) = delete;
  ~ServerProgram();

  const std::string &endpoint() const { return endpoint_; }
  // Sends a command that must be answered with "ok".
  void command(const std::string &line);
  // The same; false if there is no open session for it.
  bool try_command(const std::string &line);
  // Ends without closing its connections.
  void kill();
  // After kill(): starts a new server at the same address.
  void restart();

  struct Sessions {
    std::size_t accepted = 0;  // upgrades, including those that were refused later
    std::size_t open = 0;      // billed sessions
    std::size_t closed = 0;
    std::size_t terminated = 0;
  };
  Sessions sessions();
  // Waits until all sessions are closed.
  Sessions closed_sessions();

 private:
  void start(const std::vector<std::string> &options);
  void write(const std::string &line);
  std::string read();

  const std::vector<std::string> options_;
  GPid pid_ = 0;
  FILE *input_ = nullptr;
  FILE *output_ = nullptr;
  std::string endpoint_;
};

}  // namespace testing
