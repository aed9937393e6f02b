// SPDX-License-Identifier: LGPL-2.1-or-later
// The catalogue of failures: every WebSocket close code, HTTP status and error
// text the service is known to use, to what went wrong, what to tell the user
// and whether a retry can help.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "protocol/types.h"

namespace assemblyai {

// Why a session ended that was not asked to. The service's Error message says
// most, then the code, then the reason (often the fixed "See Error message for
// details"). code 0 and 1006 mean that the connection ended without a close frame.
//
// close_code is the code of the Error message when there is one.
Failure failure_from_close(unsigned code, std::string_view reason,
                           const std::optional<ServerError> &error);

// The upgrade was answered with an HTTP status other than 101. answerer: what tells who it was,
// to follow the remedy.
Failure failure_from_http(unsigned status, std::string_view reason_phrase,
                          const std::string &answerer = {});

// A close code in words, for messages: "session expired", "service error", ...
std::string_view describe_close_code(unsigned code);

}  // namespace assemblyai
