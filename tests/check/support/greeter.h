// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A server that sends one answer to its first client: that of a mail server, or another.

#pragma once

#include <gio/gio.h>

#include <array>
#include <string>
#include <thread>
#include <utility>

namespace testing {

class Greeter {
 public:
  explicit Greeter(std::string answer = "220 mail.example.com ESMTP\r\n")
      : answer_(std::move(answer)),
        port_(g_socket_listener_add_any_inet_port(listener_, nullptr, nullptr)) {
    thread_ = std::thread([this] { greet(); });
  }
  Greeter(const Greeter &) = delete;
  Greeter &operator=(const Greeter &) = delete;
  // Whether a client has connected.
  ~Greeter() {
    thread_.join();
    g_object_unref(listener_);
  }

  guint16 port() const { return port_; }

 private:
  void greet() {
    GSocketConnection *client = g_socket_listener_accept(listener_, nullptr, nullptr, nullptr);
    std::array<char, 4096> request;  // unread data would cause a reset
    g_input_stream_read(g_io_stream_get_input_stream(G_IO_STREAM(client)), request.data(),
                        request.size(), nullptr, nullptr);
    g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(client)), answer_.data(),
                              answer_.size(), nullptr, nullptr, nullptr);
    g_object_unref(client);
  }

  std::string answer_;
  GSocketListener *listener_ = g_socket_listener_new();
  guint16 port_;
  std::thread thread_;
};

}  // namespace testing
