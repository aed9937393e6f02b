// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The local server: AssemblyAI streaming v3 on loopback, for tests.
//
//   auto server = testserver::Server::start({}, &error);
//   ... connect a client to server->endpoint() ...
//   server->wait_for([](auto &s) { return s.session_count() == 1; }, Milliseconds(1000));
//
// The server runs on a thread of its own, so the caller may block. All
// functions may be called from any thread. Commands are carried out in the
// order given and before they return; drop and reset follow when what was
// sent before them has left.

#pragma once

#include "options.h"
#include "received.h"
#include "talk.h"
#include "tcp_proxy.h"

#include <functional>
#include <memory>
#include <string>

namespace testserver {

class Server {
 public:
  // nullptr and *error on failure.
  static std::unique_ptr<Server> start(Options options, std::string *error);
  ~Server();  // closes every connection, stops and joins
  Server(const Server &) = delete;
  Server &operator=(const Server &) = delete;

  // ws://127.0.0.1:PORT/v3/ws or wss://localhost:PORT/v3/ws; of the proxy when there is one.
  std::string endpoint() const;
  std::string token_endpoint() const;  // http(s)://…/v3/token
  std::uint16_t port() const;          // of endpoint()
  // PEM file of the authority the client must trust; empty without TLS. The certificate of
  // Tls::unknown_issuer is not signed by it.
  std::string ca_file() const;

  // Every WebSocket upgraded so far, including those refused in band, oldest first.
  std::size_t session_count() const;
  ReceivedSession session(std::size_t index) const;  // a copy
  // Looks at a session without copying. The callback runs under the server's lock: no calls back.
  void inspect(std::size_t index, const std::function<void(const ReceivedSession &)> &look) const;
  std::size_t open_sessions() const;       // Begin sent and not yet closed: what is being billed
  std::size_t handshake_attempts() const;  // HTTP requests for /v3/ws, whatever became of them

  // Blocks until the condition holds or the time is over; tells which. The condition is evaluated
  // on the calling thread after every change, with no lock held.
  bool wait_for(const std::function<bool(Server &)> &condition, Milliseconds deadline);

  // Changes the behaviour towards connections that come later (TLS, port and proxy are fixed).
  void change(const std::function<void(Options &)> &edit);
  // A temporary token, as GET /v3/token would give. expires may be negative: an expired one.
  std::string issue_token(std::chrono::seconds expires,
                          std::chrono::seconds max_session = std::chrono::seconds(10800));

  // A command goes to the newest session, or to the one whose index is given. It returns false if
  // there is no such session or it is closed.
  static constexpr int kNewest = -1;
  bool send_text(const std::string &json, int session = kNewest);
  bool send_binary(const std::string &bytes, int session = kNewest);
  bool send_fragmented(const std::string &json, std::size_t pieces, int session = kNewest);
  bool send_raw(const std::string &bytes, int session = kNewest);  // below the WebSocket framing
  bool ping(int session = kNewest);
  bool close(unsigned code, const std::string &reason, int session = kNewest);
  // An Error frame and the close with the same code. (Not "fail": gst-check has a macro.)
  bool send_error(unsigned code, const std::string &text, int session = kNewest);
  bool drop(int session = kNewest);   // TCP FIN without a closing handshake
  bool reset(int session = kNewest);  // TCP RST
  bool duplicate_next_turn(int session = kNewest);
  bool swap_next_turns(int session = kNewest);  // the next Turn frame goes after the one behind it
  bool force_endpoint(int session = kNewest);   // as if the client had sent ForceEndpoint
  // Lets a session go on that stands still at Options::hold_at; its `held` says that it does.
  // Commands and faults reach it all the while.
  bool release(int session = kNewest);
  // One of the words of the scenario's steps: `close 1011 text`, `drop`, `text {...}`, ...
  bool command(const std::string &line, int session = kNewest);

  // Faults below the WebSocket. Null unless Options::proxied.
  TcpProxy *proxy();
  // Short for the proxy's: stop taking the client's bytes / stop passing ours on.
  bool stall_reading(bool on);
  bool stall_writing(bool on);

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace testserver
