// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A TCP relay on loopback that can misbehave: what a bad network does to a
// connection, below TLS and WebSocket. All functions may be called from any
// thread and return when they have taken effect.

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace testserver {

class TcpProxy {
 public:
  struct Ports {
    std::uint16_t port = 0;  // 0 = any free one
    std::uint16_t target = 0;
  };
  // Relays 127.0.0.1:port() to 127.0.0.1:target. buffer_bytes bounds the kernel's buffers
  // (0 = the system's), so that a stall is felt after a known amount.
  // changed is called on the proxy's thread when a connection is opened or closed.
  static std::unique_ptr<TcpProxy> start(Ports ports, std::size_t buffer_bytes,
                                         std::function<void()> changed, std::string *error);
  ~TcpProxy();
  TcpProxy(const TcpProxy &) = delete;
  TcpProxy &operator=(const TcpProxy &) = delete;

  std::uint16_t port() const;

  // To the connections that exist now:
  void drop();   // FIN to both ends
  void reset();  // RST to both ends

  // To all connections, now and later, until taken back:
  void stall_client_to_server(bool on);  // stop reading what the client sends
  void stall_server_to_client(bool on);  // stop passing on what the server sends
  void delay(std::chrono::milliseconds each_way);
  void fragment(std::size_t bytes);  // pieces to the client of at most this size; 0 = off
  void cut_after(
      std::uint64_t bytes);  // drop a connection after so many bytes to the client; 0 = off

  // To connections that come later:
  void refuse(bool on);  // nobody listens: ECONNREFUSED
  void hang(bool on);    // accepted, never forwarded: handshakes get no answer

  // Those whose client has not closed its end.
  std::size_t open_connections() const;
  std::size_t accepted_connections() const;
  std::uint64_t bytes_from_client() const;
  std::uint64_t bytes_to_client() const;

 private:
  struct Impl;
  explicit TcpProxy(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace testserver
