// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The HTTP side: /v3/ws, /v3/token, /v3/ws/health. Lives on the server's
// thread.

#pragma once

#include <memory>
#include <vector>

#include "session.h"

namespace testserver {

class Listener {
 public:
  Listener(const SessionContext &context, Options options);
  ~Listener();  // cuts what is open
  Listener(const Listener &) = delete;
  Listener &operator=(const Listener &) = delete;

  bool listen(std::string *error);
  std::uint16_t port() const { return port_; }

  const Options &options() const { return *options_; }
  void set_options(Options options);
  // The session of that index, or the newest for -1; null if there is none.
  Session *session(int index);

 private:
  bool answer_http(SoupServerMessage *message, HttpAnswer *answer);
  void accept(SoupServerMessage *message, SoupWebsocketConnection *connection);
  std::optional<Problem> refusal();
  void answer_token(SoupServerMessage *message, GHashTable *query);
  void answer_health(SoupServerMessage *message);

  SessionContext context_;
  std::shared_ptr<Options> options_;
  assemblyai::Ref<SoupServer> server_;
  std::uint16_t port_ = 0;
  std::vector<std::unique_ptr<Session>> sessions_;
};

}  // namespace testserver
