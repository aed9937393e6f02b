// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A proxy on loopback as clients reach the Internet through: CONNECT, forwarding of
// http:// requests, Basic authentication; and SOCKS 5 without authentication, at the same port.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace testserver {

class HttpProxy {
 public:
  struct Request {
    std::string line;  // "CONNECT host:port HTTP/1.1", "SOCKS 5 host:port"
    bool authorized = false;
    bool has_credentials = false;
  };

  // What else it sends, in bytes.
  struct Extra {
    std::size_t refusal = 0;  // the page of a refusal (407), after which the connection stays open
    std::size_t interim = 0;  // answers "100 Continue" before that to an HTTP request
  };
  // With a user every HTTP request must carry these credentials.
  static std::unique_ptr<HttpProxy> start(const std::string &user = {},
                                          const std::string &password = {}, Extra extra = {0, 0});
  ~HttpProxy();  // closes every connection
  HttpProxy(const HttpProxy &) = delete;
  HttpProxy &operator=(const HttpProxy &) = delete;

  std::uint16_t port() const;
  std::vector<Request> requests() const;  // so far, oldest first; any thread

 private:
  struct Impl;
  explicit HttpProxy(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace testserver
