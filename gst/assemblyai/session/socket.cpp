// SPDX-License-Identifier: LGPL-2.1-or-later

#include "session/socket.h"

#include <sys/socket.h>
#ifdef __linux__
#include <linux/tcp.h>
#include <netinet/in.h>
#endif

#include <cstddef>

#include "base/glib_ptr.h"
#include "base/log.h"

namespace assemblyai {

namespace {

void limit(GSocket *socket, int option, int bytes) {
  OutError error;
  if (g_socket_set_option(socket, SOL_SOCKET, option, bytes, error.out()) == FALSE)
    log(LogLevel::kInfo, "transport", "a buffer stays large: %s", error->message);
}

}  // namespace

void limit_buffers(GSocket *socket, const SocketBuffers &buffers) {
  limit(socket, SO_SNDBUF, buffers.send);
  limit(socket, SO_RCVBUF, buffers.receive);
}

std::uint64_t received_bytes([[maybe_unused]] GSocket *socket) {
#ifdef __linux__
  tcp_info info{};
  socklen_t size = sizeof info;
  constexpr std::size_t kEnd =
      offsetof(tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received;
  if (getsockopt(g_socket_get_fd(socket), IPPROTO_TCP, TCP_INFO, &info, &size) == 0 && size >= kEnd)
    return info.tcpi_bytes_received;
#endif
  return 0;
}

}  // namespace assemblyai
