// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Keys and temporary tokens. Lives on the server's thread.

#pragma once

#include <chrono>
#include <map>
#include <string>

#include "options.h"
#include "parameters.h"

namespace testserver {

struct Login {
  std::optional<Problem> problem;
  std::optional<std::chrono::seconds> max_session;  // the token's cap
};

class Credentials {
 public:
  std::string issue_token(std::chrono::seconds expires, std::chrono::seconds max_session);
  // For the WebSocket: `authorization` is the header, null if absent; `token` the parameter.
  Login check(const char *authorization, const std::string &token, const Options &options);

 private:
  struct Token {
    std::chrono::steady_clock::time_point expires;
    std::chrono::seconds max_session{0};
    bool used = false;
  };

  std::map<std::string, Token> tokens_;
};

// For the token endpoint, which takes "Bearer KEY" as well.
bool is_key(const std::string &authorization, const Options &options);

}  // namespace testserver
