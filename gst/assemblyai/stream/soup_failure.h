// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Converts errors of libsoup and GIO from a failed attempt into a failure.

#pragma once

#include <libsoup/soup.h>

#include <string>

#include "base/result.h"
#include "protocol/redaction.h"

namespace assemblyai {

// The progress of an attempt, for locating the cause of a failure.
struct Way {
  std::string proxy;             // without credentials, printable; empty = none
  bool is_of_system = false;     // the proxy comes from the system's settings
  bool found_address = false;    // of the proxy or the endpoint
  bool asks_for_tunnel = false;  // the proxy has not opened a tunnel yet
  bool began_tls = false;        // with the endpoint
  Redaction redact;              // for text from the peer
};

// An unexpected HTTP response: from the proxy, while it is asked for a tunnel.
Failure http_failure(SoupMessage *message, const Way &way);

Failure connect_failure(SoupMessage *message, const GError *error, const Way &way);

}  // namespace assemblyai
