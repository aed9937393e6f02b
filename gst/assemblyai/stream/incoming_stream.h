// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The stream that a connection reads from. It keeps one peer from occupying the I/O thread.

#pragma once

#include <gio/gio.h>

#include <cstdint>

#include "base/glib_ptr.h"

namespace assemblyai {

// Inserts a stream between a WebSocket and the stream that it reads from. The new stream
//
// - gives way to the other sources of the loop after a few kilobytes: libsoup reads until nothing
//   is left, and a peer that sends as fast would occupy the thread;
// - counts, and ends the connection of a peer that sends too much.
//
// Call it before the WebSocket has read anything. Empty if the stream has an unexpected type.
Ref<GInputStream> limit_incoming(GIOStream *websocket, std::uint64_t most_per_message);

std::uint64_t incoming_bytes(GInputStream *limited);

// A description of the excess, or nullptr.
const char *incoming_excess(GInputStream *limited);

}  // namespace assemblyai
