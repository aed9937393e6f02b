// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "stream/socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "base/glib_ptr.h"

namespace assemblyai {

namespace {

// Where only the send buffer can be limited, it also limits the data in flight. Two seconds of
// audio are enough for a round trip of 1.5 s.
constexpr int kSendBufferBytes = 64 * 1024;

bool set_option(GSocket *socket, int level, int option, int bytes, const Logger &log) {
  OutError error;
  if (g_socket_set_option(socket, level, option, bytes, error.out()) != FALSE)
    return true;
  ASSEMBLYAI_LOG(log, kSession, kInfo, "cannot limit a buffer of the socket: %s", error->message);
  return false;
}

bool limit_unsent([[maybe_unused]] GSocket *socket, [[maybe_unused]] int bytes,
                  [[maybe_unused]] const Logger &log) {
#ifdef TCP_NOTSENT_LOWAT
  return set_option(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, bytes, log);
#else
  return false;
#endif
}

}  // namespace

void limit_buffers(GSocket *socket, const SocketLimits &limits, const Logger &log) {
  if (!limit_unsent(socket, limits.unsent, log))
    set_option(socket, SOL_SOCKET, SO_SNDBUF, kSendBufferBytes, log);
  set_option(socket, SOL_SOCKET, SO_RCVBUF, limits.receive, log);
}

}  // namespace assemblyai
