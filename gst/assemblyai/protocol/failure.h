// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The catalogue of failures. It maps every WebSocket close code, HTTP status and error text that
// the service is known to use to a cause, a text for the user, and whether a retry can help.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "protocol/types.h"

namespace assemblyai {

// The reason for an unexpected end of a session. The Error message of the service is the most
// precise source, then the code, then the reason (often the fixed text "See Error message for
// details"). Codes 0 and 1006 mean that the connection ended without a close frame.
//
// close_code is the code of the Error message, if there is one.
Failure failure_from_close(unsigned code, std::string_view reason,
                           const std::optional<ServerError> &error);

// For an upgrade that was answered with an HTTP status other than 101. answerer identifies who
// answered, and is appended to the remedy.
Failure failure_from_http(unsigned status, std::string_view reason_phrase,
                          const std::string &answerer = {});

// A close code in words, for messages: "session expired", "service error", ...
std::string_view describe_close_code(unsigned code);

}  // namespace assemblyai
