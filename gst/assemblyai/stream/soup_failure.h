// SPDX-License-Identifier: LGPL-2.1-or-later
// What libsoup and what is below it say of a failed attempt, as a failure.

#pragma once

#include <libsoup/soup.h>

#include <string>

#include "base/result.h"
#include "protocol/redaction.h"

namespace assemblyai {

// How far an attempt has come, for those who have to look for what is wrong.
struct Way {
  std::string proxy;             // as it may be shown; empty = none
  bool is_of_system = false;     // the proxy comes from the system's settings
  bool found_address = false;    // to connect to, of the proxy or of the endpoint
  bool asks_for_tunnel = false;  // the proxy has not let us through yet
  bool began_tls = false;        // with the endpoint
  Redaction redact;              // for what the other side says
};

// An answer other than the one that is wanted: of the proxy, while it is asked for a tunnel.
Failure http_failure(SoupMessage *message, const Way &way);

Failure connect_failure(SoupMessage *message, const GError *error, const Way &way);

}  // namespace assemblyai
