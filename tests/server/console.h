// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Lines of commands for a running server, as the program takes them.

#pragma once

#include <string>

#include "server.h"

namespace testserver {

class Console {
 public:
  explicit Console(Server *server) : server_(server) {}

  // What to print; "" if the line was empty.
  std::string run(const std::string &line);
  bool wants_to_quit() const { return quit_; }

 private:
  std::string run_word(const std::string &word, const std::string &rest);
  bool change_proxy(const std::string &word, const std::string &rest);
  bool change_options(const std::string &word, const std::string &rest);
  std::string status() const;

  Server *server_;
  int session_ = Server::kNewest;
  bool quit_ = false;
};

}  // namespace testserver
