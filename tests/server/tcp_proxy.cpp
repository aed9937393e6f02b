// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include "tcp_proxy.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <atomic>
#include <list>
#include <utility>

#include "relay.h"

namespace testserver {

namespace {

using assemblyai::adopt;
using assemblyai::OutError;
using assemblyai::Ref;

Ref<GSocketAddress> loopback(std::uint16_t port) {
  auto address = adopt(g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4));
  return adopt(g_inet_socket_address_new(address.get(), port));
}

Ref<GSocket> new_socket(std::size_t buffer_bytes, GError **error) {
  auto socket =
      adopt(g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error));
  if (socket && buffer_bytes > 0) {
    g_socket_set_option(socket.get(), SOL_SOCKET, SO_RCVBUF, static_cast<gint>(buffer_bytes),
                        nullptr);
    g_socket_set_option(socket.get(), SOL_SOCKET, SO_SNDBUF, static_cast<gint>(buffer_bytes),
                        nullptr);
  }
  return socket;
}

}  // namespace

struct TcpProxy::Impl {
  std::uint16_t target = 0;
  std::uint16_t port = 0;
  std::size_t buffer_bytes = 0;
  std::atomic<std::size_t> open{0};
  std::atomic<std::size_t> accepted{0};
  std::function<void()> changed;
  RelayConditions conditions;
  // On the loop's thread only:
  Ref<GSocket> listener;
  bool listening = false;
  SocketWatch incoming;
  std::list<std::unique_ptr<Relay>> relays;
  std::list<std::unique_ptr<Relay>> finished;
  // The last member, so that it goes first: tasks of forget() may still be queued.
  LoopThread loop;

  ~Impl() {
    loop.run([this] {
      stop_listening();
      relays.clear();
      finished.clear();
    });
  }

  bool bind(GError **error) {
    listener = new_socket(buffer_bytes, error);
    return listener && g_socket_bind(listener.get(), loopback(port).get(), TRUE, error) != FALSE;
  }

  bool listen(GError **error) {
    if ((!listener && !bind(error)) || g_socket_listen(listener.get(), error) == FALSE)
      return false;
    auto local = adopt(g_socket_get_local_address(listener.get(), error));
    if (!local)
      return false;
    port = g_inet_socket_address_get_port(reinterpret_cast<GInetSocketAddress *>(local.get()));
    g_socket_set_blocking(listener.get(), FALSE);
    incoming.start(loop.context(), listener.get(), G_IO_IN, [this] { accept(); });
    listening = true;
    return true;
  }

  // The port stays ours: nobody else may get it meanwhile.
  void refuse() {
    stop_listening();
    if (!bind(nullptr))
      g_warning("the proxy cannot keep its port");
  }

  void stop_listening() {
    listening = false;
    incoming.stop();
    if (listener)
      g_socket_close(listener.get(), nullptr);
    listener = {};
  }

  // Blocking, but on loopback to a listening socket: the kernel completes it by itself.
  Ref<GSocket> connect_target() {
    auto socket = new_socket(buffer_bytes, nullptr);
    if (!socket ||
        g_socket_connect(socket.get(), loopback(target).get(), nullptr, nullptr) == FALSE)
      return {};
    g_socket_set_blocking(socket.get(), FALSE);
    g_socket_set_option(socket.get(), IPPROTO_TCP, TCP_NODELAY, 1, nullptr);
    return socket;
  }

  void accept() {
    auto client = adopt(g_socket_accept(listener.get(), nullptr, nullptr));
    if (!client)
      return;
    g_socket_set_blocking(client.get(), FALSE);
    g_socket_set_option(client.get(), IPPROTO_TCP, TCP_NODELAY, 1, nullptr);
    accepted++;
    Ref<GSocket> server;
    if (!conditions.hang) {
      server = connect_target();
      if (!server)
        return;
    }
    relays.push_back(nullptr);
    auto place = std::prev(relays.end());
    *place = std::make_unique<Relay>(
        loop.context(), &conditions, client.get(), server.get(),
        Relay::Callbacks{[this] { client_left(); }, [this, place] { forget(place); }});
    open++;
    changed();
  }

  void client_left() {
    open--;
    changed();
  }

  // Called from inside the relay: it is destroyed when the stack is unwound.
  void forget(std::list<std::unique_ptr<Relay>>::iterator place) {
    if (!*place)
      return;
    finished.push_back(std::move(*place));
    loop.post([this] {
      finished.clear();
      relays.remove(nullptr);
    });
  }

  void update_all() {
    for (auto &relay : relays) {
      if (relay)
        relay->update();
    }
  }

  template <typename Edit>
  void change(Edit edit) {
    loop.run([this, edit] {
      edit();
      update_all();
    });
  }
};

TcpProxy::TcpProxy(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TcpProxy::~TcpProxy() = default;

std::unique_ptr<TcpProxy> TcpProxy::start(Ports ports, std::size_t buffer_bytes,
                                          std::function<void()> changed, std::string *error) {
  auto impl = std::make_unique<Impl>();
  impl->target = ports.target;
  impl->port = ports.port;
  impl->buffer_bytes = buffer_bytes;
  impl->changed = std::move(changed);
  bool good = false;
  impl->loop.run([&] {
    OutError problem;
    good = impl->listen(problem.out());
    if (problem && error != nullptr)
      *error = problem->message;
  });
  return good ? std::unique_ptr<TcpProxy>(new TcpProxy(std::move(impl))) : nullptr;
}

std::uint16_t TcpProxy::port() const {
  return impl_->port;
}

void TcpProxy::drop() {
  impl_->loop.run([this] {
    for (auto &relay : impl_->relays) {
      if (relay)
        relay->drop();
    }
  });
}

void TcpProxy::reset() {
  impl_->loop.run([this] {
    for (auto &relay : impl_->relays) {
      if (relay)
        relay->reset();
    }
  });
}

void TcpProxy::stall_client_to_server(bool on) {
  impl_->change([this, on] { impl_->conditions.stall_up = on; });
}

void TcpProxy::stall_server_to_client(bool on) {
  impl_->change([this, on] { impl_->conditions.stall_down = on; });
}

void TcpProxy::delay(std::chrono::milliseconds each_way) {
  impl_->change([this, each_way] { impl_->conditions.delay = each_way; });
}

void TcpProxy::fragment(std::size_t bytes) {
  impl_->change([this, bytes] { impl_->conditions.fragment = bytes; });
}

void TcpProxy::cut_after(std::uint64_t bytes) {
  impl_->change([this, bytes] { impl_->conditions.cut_after = bytes; });
}

void TcpProxy::refuse(bool on) {
  impl_->loop.run([this, on] {
    if (on == !impl_->listening)
      return;
    if (on)
      impl_->refuse();
    else if (!impl_->listen(nullptr))
      g_warning("the proxy cannot listen at its port again");
  });
}

void TcpProxy::hang(bool on) {
  impl_->loop.run([this, on] { impl_->conditions.hang = on; });
}

std::size_t TcpProxy::open_connections() const {
  return impl_->open;
}
std::size_t TcpProxy::accepted_connections() const {
  return impl_->accepted;
}
std::uint64_t TcpProxy::bytes_from_client() const {
  return impl_->conditions.bytes_up;
}
std::uint64_t TcpProxy::bytes_to_client() const {
  return impl_->conditions.bytes_down;
}

}  // namespace testserver
