// SPDX-License-Identifier: LGPL-2.1-or-later
// The local server as a child process: its memory, threads and descriptors are not
// this process's.

#pragma once

#include <glib.h>

#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

namespace testing {

class ServerProgram {
 public:
  // Options of assemblyai-test-server, beside --commands.
  explicit ServerProgram(const std::vector<std::string> &options = {});
  ServerProgram(const ServerProgram &) = delete;
  ServerProgram &operator=(const ServerProgram &) = delete;
  ~ServerProgram();

  const std::string &endpoint() const { return endpoint_; }
  // One that is answered with "ok".
  void command(const std::string &line);
  // The same; false when there is no open session that it could go to.
  bool try_command(const std::string &line);
  // Dies without a word to anybody.
  void kill();
  // After kill(): a new one at the same address.
  void restart();

  struct Sessions {
    std::size_t accepted = 0;  // upgrades, also those that were refused then
    std::size_t open = 0;      // what is billed
    std::size_t closed = 0;
    std::size_t terminated = 0;
  };
  Sessions sessions();
  // Waits until all are closed.
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
