// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Pipelines that end with an ERROR, and its contents.

#pragma once

#include <functional>
#include <string>
#include <vector>

#include "support/pipeline.h"

namespace testing {

// The contents of an ERROR or a WARNING.
struct Report {
  GQuark domain = 0;
  gint code = 0;
  std::string text;
  std::string debug;
  std::string kind;
  guint close_code = 0;
  guint http_status = 0;
};

constexpr char kStart[] = "audiotestsrc num-buffers=2 ! audio/x-raw,rate=16000 ! ";

using Action = std::function<void(Pipeline &)>;

// Plays until the error and on to EOS: it must stay the only one. There are no retries, unless
// before() allows them.
Report failed(const std::string &description, const Action &before = {},
              const Action &meanwhile = {});
// No endpoint is reached with these properties.
Report refused(const std::string &properties, const Action &before = {});
// fault() is called with the first turn.
Report with_server(const testserver::Options &options, const std::string &properties = "",
                   void (*fault)(Pipeline &, testserver::Server &) = nullptr);

// Settings that are refused before anything is sent.
struct Refusal {
  std::string properties;
  const char *says;
  Action before = {};
};

const std::vector<Refusal> &refusals();

}  // namespace testing
