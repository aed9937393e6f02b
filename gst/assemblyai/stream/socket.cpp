// SPDX-License-Identifier: LGPL-2.1-or-later

#include "stream/socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "base/glib_ptr.h"
#include "base/log.h"

namespace assemblyai {

namespace {

// Where only the send buffer can be bounded, it also bounds what is in flight. Two seconds of
// audio are enough for a round trip of 1.5 s.
constexpr int kSendBufferBytes = 64 * 1024;

bool set_option(GSocket *socket, int level, int option, int bytes) {
  OutError error;
  if (g_socket_set_option(socket, level, option, bytes, error.out()) != FALSE)
    return true;
  log(LogLevel::kInfo, "transport", "a buffer of the socket cannot be limited: %s", error->message);
  return false;
}

bool limit_unsent([[maybe_unused]] GSocket *socket, [[maybe_unused]] int bytes) {
#ifdef TCP_NOTSENT_LOWAT
  return set_option(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, bytes);
#else
  return false;
#endif
}

}  // namespace

void limit_buffers(GSocket *socket, const SocketLimits &limits) {
  if (!limit_unsent(socket, limits.unsent))
    set_option(socket, SOL_SOCKET, SO_SNDBUF, kSendBufferBytes);
  set_option(socket, SOL_SOCKET, SO_RCVBUF, limits.receive);
}

}  // namespace assemblyai
