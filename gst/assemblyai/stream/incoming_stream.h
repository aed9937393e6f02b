// SPDX-License-Identifier: LGPL-2.1-or-later
// What a connection reads from, so that one peer cannot keep the I/O thread to itself.

#pragma once

#include <gio/gio.h>

#include <cstdint>

#include "base/glib_ptr.h"

namespace assemblyai {

// Puts a stream between a WebSocket and what it reads from, which
//
// - gives way to the other sources of the loop after a few kilobytes: libsoup reads until
//   nothing is left, and a peer that sends as fast would never let it go;
// - counts, and ends the connection of a peer that sends too much.
//
// Call it before the WebSocket has read anything. Empty when the stream is not as expected.
Ref<GInputStream> limit_incoming(GIOStream *websocket, std::uint64_t most_per_message);

std::uint64_t incoming_bytes(GInputStream *limited);

// What there was too much of, or nullptr.
const char *incoming_excess(GInputStream *limited);

}  // namespace assemblyai
