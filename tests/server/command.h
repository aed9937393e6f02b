// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// One thing the server can be told to do to a session: by a test, by a step
// of a scenario, or by a line on the program's standard input.

#pragma once

#include "json.h"

#include <optional>
#include <string>
#include <string_view>

namespace testserver {

struct Command {
  enum class Kind {
    close,           // close frame with code and text
    fail,            // Error frame with code and text, then the close
    warning,         // Warning frame with code and text
    drop,            // TCP FIN without a closing handshake
    reset,           // TCP RST
    text,            // send `text` as one text message
    binary,          // send `text` as one binary message
    fragmented,      // send `text` as a message of `code` fragments
    raw,             // write `text` below the WebSocket framing
    garbage,         // a canned bad message: see garbage_names()
    ping,            // WebSocket ping
    mute,            // send nothing any more, but stay connected and answer pings
    duplicate,       // the next Turn frame twice
    swap,            // the next Turn frame after the one that follows it
    force_endpoint,  // end the turn, as if asked by the client
    release,         // go on after Options::hold_at
    stall_reading,   // (proxy) code 1 = on, 0 = off
    stall_writing,   // (proxy) code 1 = on, 0 = off
  };
  Kind kind = Kind::drop;
  unsigned code = 0;
  std::string text;
};

// "close 1011 going away", "error 3005 text", "text {...}", "garbage truncated", "stall-read on"...
std::optional<Command> parse_command(std::string_view line);
// {"do": "close", "code": 1011, "text": "..."}; "message" may hold an object to be sent.
std::optional<Command> parse_command(JsonObject *step);
// The canned bad message of that name ("not-json", "array", "truncated", "binary", "unknown-type",
// "no-type", "bad-turn", "huge", "deep"); nullopt if there is none.
std::optional<Command> garbage(const std::string &name);
const char *command_help();

}  // namespace testserver
