// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The seam between a session and the network: one WebSocket connection.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/glib_ptr.h"
#include "base/log.h"
#include "base/result.h"
#include "protocol/endpoint.h"

namespace assemblyai {

// The settings of a connection.
struct ConnectionInfo {
  UpgradeRequest request;
  Ref<GTlsDatabase> tls_database;  // empty = the system's
  Secret proxy;                    // URL, with credentials; empty = the system's
  std::string shown_proxy;         // without credentials, also the system's; empty = none
  bool is_system_proxy = false;
  bool has_new_token = false;   // the next connection gets another token
  std::vector<Failure> doubts;  // settings that may be intended, but deserve a warning
};

// How a connection ended. Either the peer closed it (code and reason of its close frame; 1006 if
// there was none), or something failed here or in the network.
struct TransportEnd {
  unsigned close_code = 0;
  std::string reason;
  std::optional<Failure> failure;
};

// All calls are on the loop's thread, none from within a call to the transport. on_ended is called
// at most once, last.
class TransportObserver {
 public:
  TransportObserver() = default;
  TransportObserver(const TransportObserver &) = delete;
  TransportObserver &operator=(const TransportObserver &) = delete;

  virtual void on_opened() = 0;
  virtual void on_text(std::string_view text) = 0;
  virtual void on_alive() = 0;     // a pong
  virtual void on_writable() = 0;  // after writable() returned false
  virtual void on_ended(TransportEnd end) = 0;

 protected:
  ~TransportObserver() = default;
};

// Loop thread only. Destroying it abandons the connection: there are no more calls to the observer,
// an attempt in progress is cancelled, an open connection is closed in the background.
class Transport {
 public:
  Transport() = default;
  Transport(const Transport &) = delete;
  Transport &operator=(const Transport &) = delete;
  virtual ~Transport() = default;

  virtual void open(const ConnectionInfo &info) = 0;

  // Whether a message would leave at once. If not, on_writable will be called when it would.
  virtual bool writable() = 0;
  virtual void send_text(const std::string &text) = 0;
  virtual void send_binary(std::span<const std::byte> data) = 0;

  // The bytes received from the peer, including those of incomplete messages.
  virtual std::uint64_t received() const = 0;

  // The current step of the connection attempt, in words ("looking up the host name").
  virtual std::string_view progress() const = 0;
};

struct TransportOptions {
  std::chrono::seconds keepalive_interval{};  // between pings; 0 = none
  Logger log;
};

using TransportFactory =
    std::function<std::unique_ptr<Transport>(TransportObserver &, const TransportOptions &)>;

}  // namespace assemblyai
