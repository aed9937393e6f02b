// SPDX-License-Identifier: LGPL-2.1-or-later
// A connection below libsoup.

#pragma once

#include <gio/gio.h>

#include <cstdint>

namespace assemblyai {

struct SocketBuffers {
  int send = 0;  // bytes
  int receive = 0;
};
void limit_buffers(GSocket *socket, const SocketBuffers &buffers);

// What the system has received on the connection, in bytes; 0 where it does not tell.
std::uint64_t received_bytes(GSocket *socket);

}  // namespace assemblyai
