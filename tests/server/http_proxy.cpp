// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Blocking, with a thread for each connection and direction: short-lived and few.
#include "http_proxy.h"

#include <array>
#include <mutex>
#include <thread>

#include "base/glib_ptr.h"

namespace testserver {

namespace {

using assemblyai::adopt;
using assemblyai::OutError;
using assemblyai::Owned;
using assemblyai::Ref;
using Connection = Ref<GSocketConnection>;

constexpr std::size_t kMostHead = 65536;
constexpr std::size_t kInterim = 8000;  // libsoup takes heads of up to 8 KiB

GInputStream *input(const Connection &connection) {
  return g_io_stream_get_input_stream(G_IO_STREAM(connection.get()));
}
GOutputStream *output(const Connection &connection) {
  return g_io_stream_get_output_stream(G_IO_STREAM(connection.get()));
}

std::string basic(const std::string &user, const std::string &password) {
  const std::string text = user + ":" + password;
  const Owned<char> encoded(
      g_base64_encode(reinterpret_cast<const guchar *>(text.data()), text.size()));
  return std::string("Basic ") + encoded.get();
}

// Takes the header out of the head of a request; its value.
std::string take_header(std::string *head, const std::string &name) {
  const std::size_t begin = head->find("\r\n" + name + ": ");
  if (begin == std::string::npos)
    return {};
  const std::size_t end = head->find("\r\n", begin + 2);
  const std::size_t value = begin + name.size() + 4;
  std::string text = head->substr(value, end - value);
  head->erase(begin, end - begin);
  return text;
}

}  // namespace

struct HttpProxy::Impl {
  std::string credentials;  // the header that is wanted; empty = none
  Extra extra;
  std::uint16_t port = 0;
  Ref<GSocketListener> listener = adopt(g_socket_listener_new());
  Ref<GCancellable> stopped = adopt(g_cancellable_new());
  mutable std::mutex mutex;  // guards requests
  std::vector<Request> requests;
  std::thread thread;

  void listen() {
    std::vector<std::thread> served;
    for (;;) {
      auto client =
          adopt(g_socket_listener_accept(listener.get(), nullptr, stopped.get(), nullptr));
      if (!client)
        break;
      served.emplace_back([this, client = std::move(client)] { serve(client); });
    }
    for (std::thread &one : served)
      one.join();
  }

  void serve(const Connection &client) {
    std::string first = read(client, 1);
    if (first == "\x05")
      return serve_socks(client);
    while (!first.empty()) {
      std::string head = first + read_head(client);
      const std::string given = take_header(&head, "Proxy-Authorization");
      const bool authorized = credentials.empty() || given == credentials;
      note({head.substr(0, head.find("\r\n")), authorized, !given.empty()});
      if (authorized)
        return forward(client, head);
      write(client,
            "HTTP/1.1 407 Proxy Authentication Required\r\n"
            "Proxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: " +
                std::to_string(extra.refusal) + "\r\n\r\n" + std::string(extra.refusal, ' '));
      first = read(client, 1);
    }
  }

  // "CONNECT host:port HTTP/1.1", or "GET http://host:port/path HTTP/1.1", which goes on
  // as "GET /path HTTP/1.1".
  void forward(const Connection &client, std::string head) {
    const bool tunnel = head.starts_with("CONNECT ");
    const std::size_t begin = tunnel ? 8 : head.find("://") + 3;
    const std::size_t end = head.find_first_of(" /", begin);
    const Connection server = connect(head.substr(begin, end - begin));
    if (!server) {
      write(client, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    const std::string interim =
        "HTTP/1.1 100 Continue\r\nX-Padding: " + std::string(kInterim, 'x') + "\r\n\r\n";
    for (std::size_t sent = 0; sent < extra.interim; sent += interim.size())
      write(client, interim);
    if (tunnel)
      write(client, "HTTP/1.1 200 Connection established\r\n\r\n");
    else
      write(server, head.erase(4, end - 4));
    relay(client, server);
  }

  // No authentication; CONNECT to an IPv4 address or a host name.
  void serve_socks(const Connection &client) {
    read(client, static_cast<guint8>(read(client, 1)[0]));
    write(client, std::string("\x05\x00", 2));
    const bool by_name = read(client, 4)[3] == 3;
    std::string host = read(client, by_name ? static_cast<guint8>(read(client, 1)[0]) : 4);
    if (!by_name) {
      const auto address = adopt(g_inet_address_new_from_bytes(
          reinterpret_cast<const guint8 *>(host.data()), G_SOCKET_FAMILY_IPV4));
      host = Owned<char>(g_inet_address_to_string(address.get())).get();
    }
    const std::string port_bytes = read(client, 2);
    host += ":" + std::to_string(static_cast<guint8>(port_bytes[0]) * 256 +
                                 static_cast<guint8>(port_bytes[1]));
    note({"SOCKS 5 " + host, true, false});
    const Connection server = connect(host);
    write(client,
          std::string(server ? "\x05\x00\x00\x01" : "\x05\x01\x00\x01", 4) + std::string(6, '\0'));
    if (server)
      relay(client, server);
  }

  void relay(const Connection &client, const Connection &server) {
    std::thread up([&] { pass_on(client, server); });
    pass_on(server, client);
    up.join();
  }

  void pass_on(const Connection &from, const Connection &to) {
    g_output_stream_splice(output(to), input(from), G_OUTPUT_STREAM_SPLICE_NONE, stopped.get(),
                           nullptr);
    g_socket_shutdown(g_socket_connection_get_socket(to.get()), FALSE, TRUE, nullptr);
  }

  Connection connect(const std::string &host_and_port) {
    const auto client = adopt(g_socket_client_new());
    g_socket_client_set_enable_proxy(client.get(), FALSE);
    return adopt(g_socket_client_connect_to_host(client.get(), host_and_port.c_str(), 0,
                                                 stopped.get(), nullptr));
  }

  // Zeros in place of what does not come.
  std::string read(const Connection &client, std::size_t size) {
    std::string bytes(size, '\0');
    gsize got = 0;
    g_input_stream_read_all(input(client), bytes.data(), size, &got, stopped.get(), nullptr);
    return got == 0 ? std::string(size == 1 ? 0 : size, '\0') : bytes;
  }

  std::string read_head(const Connection &client) {
    std::string head;
    while (!head.ends_with("\r\n\r\n") && head.size() < kMostHead) {
      const std::string next = read(client, 1);
      if (next.empty())
        break;
      head += next;
    }
    return head;
  }

  void write(const Connection &to, const std::string &bytes) {
    g_output_stream_write_all(output(to), bytes.data(), bytes.size(), nullptr, stopped.get(),
                              nullptr);
  }

  void note(Request request) {
    const std::lock_guard lock(mutex);
    requests.push_back(std::move(request));
  }
};

HttpProxy::HttpProxy(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpProxy::~HttpProxy() {
  g_cancellable_cancel(impl_->stopped.get());
  impl_->thread.join();
}

std::unique_ptr<HttpProxy> HttpProxy::start(const std::string &user, const std::string &password,
                                            Extra extra) {
  auto impl = std::make_unique<Impl>();
  impl->extra = extra;
  if (!user.empty())
    impl->credentials = basic(user, password);
  const auto host = adopt(g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4));
  const auto any_port = adopt(g_inet_socket_address_new(host.get(), 0));
  GSocketAddress *bound = nullptr;
  g_socket_listener_add_address(impl->listener.get(), any_port.get(), G_SOCKET_TYPE_STREAM,
                                G_SOCKET_PROTOCOL_TCP, nullptr, &bound, nullptr);
  impl->port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(adopt(bound).get()));
  impl->thread = std::thread([raw = impl.get()] { raw->listen(); });
  return std::unique_ptr<HttpProxy>(new HttpProxy(std::move(impl)));
}

std::uint16_t HttpProxy::port() const {
  return impl_->port;
}

std::vector<HttpProxy::Request> HttpProxy::requests() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->requests;
}

}  // namespace testserver
