// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A server, and the plainest client: libsoup, on the test's own thread. It
// waits by running its context until something is so.

#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/glib_ptr.h"
#include "server.h"

namespace servertest {

using Strings = std::vector<std::string>;

constexpr int kDeadlineMs = 3000;
constexpr testserver::Milliseconds kDeadline(kDeadlineMs);

std::unique_ptr<testserver::Server> start(testserver::Options options = {});

struct HttpReply {
  unsigned status = 0;
  std::string body;
  std::string error;
};

class RawClient {
 public:
  explicit RawClient(std::string ca_file = {});
  ~RawClient();
  RawClient(const RawClient &) = delete;
  RawClient &operator=(const RawClient &) = delete;

  // The upgrade; false if it was refused. `key` "" sends no Authorization.
  bool connect(const std::string &url, const std::string &key = "secret");
  HttpReply get(const std::string &url, const std::map<std::string, std::string> &headers);

  void send_text(const std::string &text);
  void send_binary(const std::string &bytes);
  void send_silence(int milliseconds, int chunk_ms = 100);  // at 16 kHz
  void send_samples(const std::vector<std::int16_t> &samples, std::size_t chunk = 1600);
  void close(unsigned code);

  bool wait(const std::function<bool()> &condition, int deadline_ms = kDeadlineMs);
  bool wait_closed() {
    return wait([this] { return closed; });
  }
  bool wait_type(const std::string &type);  // a message of that type has come
  // Transcripts of the Turn messages that have end_of_turn (or have not).
  std::vector<std::string> transcripts(bool final) const;
  std::vector<std::string> of_type(const std::string &type) const;

  std::vector<std::string> texts;
  std::vector<std::string> binaries;
  bool opened = false;
  bool closed = false;
  unsigned close_code = 0;
  std::string close_reason;
  unsigned http_status = 0;
  std::map<std::string, std::string> response_headers;
  std::string error;

 private:
  void adopt_connection(SoupWebsocketConnection *connection);

  assemblyai::Owned<GMainContext> context_;
  assemblyai::Ref<SoupSession> session_;
  assemblyai::Ref<SoupWebsocketConnection> connection_;
};

// A member of a JSON object as text: strings bare, the rest as JSON; "" if absent.
std::string field(const std::string &json, const std::string &name);

}  // namespace servertest
