// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// GET /v3/token: what is asked for, and the words in which it is refused.

#pragma once

#include <glib.h>

#include <chrono>
#include <string>

#include "options.h"

namespace testserver {

struct TokenRequest {
  unsigned status = 200;
  std::string body;  // unless 200
  std::chrono::seconds expires{0};
  std::chrono::seconds max_session{10800};
};

// `authorization` and `query` may be null.
TokenRequest read_token_request(const char *authorization, GHashTable *query,
                                const Options &options);

}  // namespace testserver
