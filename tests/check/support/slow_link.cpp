// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
//
// Packets for 10.99.0.2 leave through a TUN device. They return after a delay with source and
// destination exchanged, which changes no checksum: from 10.99.0.2, for 10.99.0.1, this machine.

#include "support/slow_link.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <queue>
#include <thread>
#include <utility>
#include <vector>

#include "base/glib_ptr.h"

namespace testing {

namespace {

using namespace std::chrono_literals;
using assemblyai::adopt;
using assemblyai::Ref;
using Clock = std::chrono::steady_clock;

constexpr char kHere[] = "10.99.0.1";
constexpr char kThere[] = "10.99.0.2";
constexpr auto kMostQueued = 500ms;  // more data is dropped
constexpr std::size_t kIpHeader = 20;

struct Packet {
  Clock::time_point due;
  std::vector<char> bytes;
  bool operator>(const Packet &other) const { return due > other.due; }
};

bool set_up(int socket, const char *name, const char *address) {
  ifreq request{};
  std::strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  if (address != nullptr) {
    sockaddr_in ip{};
    ip.sin_family = AF_INET;
    ip.sin_addr.s_addr = g_htonl(0x0a630001);
    std::memcpy(&request.ifr_addr, &ip, sizeof ip);
    if (ioctl(socket, SIOCSIFADDR, &request) != 0)
      return false;
    ip.sin_addr.s_addr = g_htonl(0xffffff00);
    std::memcpy(&request.ifr_netmask, &ip, sizeof ip);
    if (ioctl(socket, SIOCSIFNETMASK, &request) != 0)
      return false;
  }
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  return ioctl(socket, SIOCSIFFLAGS, &request) == 0;
}

// The device, or -1.
int open_link() {
  const bool is_root = geteuid() == 0;
  if (unshare(is_root ? CLONE_NEWNET : CLONE_NEWUSER | CLONE_NEWNET) != 0)
    return -1;
  const int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (device < 0)
    return -1;
  ifreq request{};
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  std::strncpy(request.ifr_name, "slow", IFNAMSIZ - 1);
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const bool done = ioctl(device, TUNSETIFF, &request) == 0 && set_up(socket, "lo", nullptr) &&
                    set_up(socket, "slow", kHere);
  close(socket);
  return done ? device : -1;
}

void splice(const Ref<GIOStream> &from, const Ref<GIOStream> &to, GCancellable *stopped) {
  g_output_stream_splice(g_io_stream_get_output_stream(to.get()),
                         g_io_stream_get_input_stream(from.get()), G_OUTPUT_STREAM_SPLICE_NONE,
                         stopped, nullptr);
  g_socket_shutdown(g_socket_connection_get_socket(G_SOCKET_CONNECTION(to.get())), FALSE, TRUE,
                    nullptr);
}

}  // namespace

struct SlowLink::Impl {
  LinkConditions conditions;
  int device = -1;
  std::atomic<bool> stopping{false};
  Ref<GCancellable> stopped = adopt(g_cancellable_new());
  Ref<GSocketListener> listener = adopt(g_socket_listener_new());
  guint16 target = 0;
  std::priority_queue<Packet, std::vector<Packet>, std::greater<>> queue;
  std::array<Clock::time_point, 2> free_at{};  // for each direction
  std::thread packets;
  std::thread relay;

  void take(std::vector<char> bytes) {
    if (bytes.size() < kIpHeader + 4 || bytes[0] >> 4 != 4)
      return;
    std::swap_ranges(bytes.begin() + 12, bytes.begin() + 16, bytes.begin() + 16);
    // Ports of the server and of the client: the smaller one identifies the direction.
    const auto port = [&](std::size_t at) {
      return static_cast<std::uint8_t>(bytes[kIpHeader + at]) * 256 +
             static_cast<std::uint8_t>(bytes[kIpHeader + at + 1]);
    };
    Clock::time_point &free = free_at[port(0) < port(2) ? 0 : 1];
    const Clock::time_point now = Clock::now();
    free = std::max(free, now);
    if (conditions.bytes_per_second > 0) {
      if (free - now > kMostQueued)
        return;
      free += std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(
          static_cast<double>(bytes.size()) / conditions.bytes_per_second));
    }
    queue.push({free + conditions.delay, std::move(bytes)});
  }

  void forward() {
    std::vector<char> buffer(65536);
    while (!stopping) {
      pollfd device_poll{device, POLLIN, 0};
      poll(&device_poll, 1, 1);
      for (ssize_t size; (size = read(device, buffer.data(), buffer.size())) > 0;)
        take({buffer.begin(), buffer.begin() + size});
      while (!queue.empty() && queue.top().due <= Clock::now()) {
        const std::vector<char> &bytes = queue.top().bytes;
        if (write(device, bytes.data(), bytes.size()) < 0)
          break;
        queue.pop();
      }
    }
  }

  // From the end of the link to the port of loopback.
  void serve() {
    std::vector<std::thread> ways;
    while (Ref<GIOStream> client = adopt(G_IO_STREAM(
               g_socket_listener_accept(listener.get(), nullptr, stopped.get(), nullptr)))) {
      const auto connector = adopt(g_socket_client_new());
      g_socket_client_set_enable_proxy(connector.get(), FALSE);
      Ref<GIOStream> server = adopt(G_IO_STREAM(g_socket_client_connect_to_host(
          connector.get(), "127.0.0.1", target, stopped.get(), nullptr)));
      ways.emplace_back([=, this] { splice(client, server, stopped.get()); });
      ways.emplace_back([=, this] { splice(server, client, stopped.get()); });
    }
    for (std::thread &way : ways)
      way.join();
  }
};

SlowLink::SlowLink(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

SlowLink::~SlowLink() {
  g_cancellable_cancel(impl_->stopped.get());
  impl_->stopping = true;
  impl_->packets.join();
  if (impl_->relay.joinable())
    impl_->relay.join();
  close(impl_->device);
}

std::unique_ptr<SlowLink> SlowLink::create(const LinkConditions &conditions) {
  auto impl = std::make_unique<Impl>();
  impl->conditions = conditions;
  impl->device = open_link();
  if (impl->device < 0)
    return nullptr;
  impl->packets = std::thread([raw = impl.get()] { raw->forward(); });
  return std::unique_ptr<SlowLink>(new SlowLink(std::move(impl)));
}

std::string SlowLink::to(guint16 port) {
  impl_->target = port;
  const auto end = adopt(g_inet_socket_address_new_from_string(kHere, 0));
  GSocketAddress *bound = nullptr;
  g_socket_listener_add_address(impl_->listener.get(), end.get(), G_SOCKET_TYPE_STREAM,
                                G_SOCKET_PROTOCOL_TCP, nullptr, &bound, nullptr);
  const Ref<GSocketAddress> address = adopt(bound);
  impl_->relay = std::thread([raw = impl_.get()] { raw->serve(); });
  return std::string(kThere) + ":" +
         std::to_string(g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(address.get())));
}

}  // namespace testing
