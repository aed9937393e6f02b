// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// One WebSocket of the server, with the means to misuse it. Lives on the
// server's thread.

#pragma once

#include <libsoup/soup.h>

#include <functional>
#include <string>
#include <string_view>

#include "base/glib_ptr.h"
#include "loop_thread.h"

namespace testserver {

class Channel {
 public:
  struct Callbacks {
    std::function<void(bool binary, std::string_view payload)> message;
    std::function<void(unsigned code)> closed;  // code the peer sent, 0 = none; the last call
  };

  Channel(SoupWebsocketConnection *connection, GSocket *socket, Callbacks callbacks);
  ~Channel();  // cuts the connection if it is open; no callbacks
  Channel(const Channel &) = delete;
  Channel &operator=(const Channel &) = delete;

  bool is_open() const;  // messages can be sent
  void send_text(const std::string &text);
  void send_binary(const std::string &bytes);
  // These bypass libsoup's queue. A peer that does not take them at once is dropped: a fault that
  // waits would not be the fault that was asked for.
  void send_fragmented(const std::string &text, std::size_t pieces);
  void write_raw(const std::string &bytes);
  void ping();

  void close(unsigned code, const std::string &reason);
  // These two wait until what was sent before has left; nothing is to be sent after them.
  void drop();
  void reset();

 private:
  assemblyai::Ref<SoupWebsocketConnection> connection_;
  assemblyai::Ref<GSocket> socket_;
  Callbacks callbacks_;
  Timer end_;
};

}  // namespace testserver
