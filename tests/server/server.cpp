// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include "server.h"

#include <utility>

#include "listener.h"
#include "scenario.h"
#include "tls.h"

namespace testserver {

// What lives on the loop's thread is made and destroyed there.
struct Server::Impl {
  Registry registry;
  Credentials credentials;
  Tls tls = Tls::off;
  std::string ca_file;
  std::uint16_t port = 0;
  LoopThread loop;
  std::unique_ptr<Listener> listener;
  std::unique_ptr<TcpProxy> proxy;

  ~Impl() {
    proxy.reset();
    loop.run([this] { listener.reset(); });
  }

  bool start(const Options &options, std::string *error) {
    // Better here than in the middle of a test.
    Scenario scenario;
    if (!parse_scenario(options.scenario, &scenario, error))
      return false;
    if (options.engine == EngineKind::pocketsphinx && !prepare_pocketsphinx(error))
      return false;
    bool good = false;
    tls = options.tls;
    ca_file = authority_file(options);
    loop.run([&] {
      Options inner = options;
      inner.port = options.proxied ? 0 : options.port;
      listener = std::make_unique<Listener>(SessionContext{&loop, &registry, &credentials}, inner);
      good = listener->listen(error);
      port = listener->port();
    });
    if (!good)
      return false;
    if (options.proxied)
      proxy = TcpProxy::start(
          {options.port, port}, options.proxy_buffer_bytes, [this] { registry.touch(); }, error);
    return !options.proxied || proxy != nullptr;
  }

  bool execute(const Command &command, int index) {
    bool stalls = command.kind == Command::Kind::stall_reading ||
                  command.kind == Command::Kind::stall_writing;
    if (stalls) {
      if (proxy == nullptr)
        return false;
      if (command.kind == Command::Kind::stall_reading)
        proxy->stall_client_to_server(command.code != 0);
      else
        proxy->stall_server_to_client(command.code != 0);
      return true;
    }
    bool done = false;
    loop.run([&] {
      Session *session = listener->session(index);
      done = session != nullptr && session->execute(command);
    });
    return done;
  }

  std::string url(const char *scheme, const char *path) const {
    std::string host = tls == Tls::off ? "127.0.0.1" : "localhost";
    std::string secure = tls == Tls::off ? "" : "s";
    std::uint16_t open = proxy != nullptr ? proxy->port() : port;
    return scheme + secure + "://" + host + ":" + std::to_string(open) + path;
  }
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

std::unique_ptr<Server> Server::start(Options options, std::string *error) {
  std::string ignored;
  auto impl = std::make_unique<Impl>();
  if (!impl->start(options, error != nullptr ? error : &ignored))
    return nullptr;
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

std::string Server::endpoint() const {
  return impl_->url("ws", "/v3/ws");
}
std::string Server::token_endpoint() const {
  return impl_->url("http", "/v3/token");
}
std::string Server::ca_file() const {
  return impl_->ca_file;
}
TcpProxy *Server::proxy() {
  return impl_->proxy.get();
}

std::uint16_t Server::port() const {
  return impl_->proxy != nullptr ? impl_->proxy->port() : impl_->port;
}

std::size_t Server::session_count() const {
  return impl_->registry.size();
}
ReceivedSession Server::session(std::size_t index) const {
  return impl_->registry.copy(index);
}
std::size_t Server::open_sessions() const {
  return impl_->registry.open();
}
std::size_t Server::handshake_attempts() const {
  return impl_->registry.attempts();
}

void Server::inspect(std::size_t index,
                     const std::function<void(const ReceivedSession &)> &look) const {
  impl_->registry.inspect(index, look);
}

bool Server::wait_for(const std::function<bool(Server &)> &condition, Milliseconds deadline) {
  return impl_->registry.wait_for([&] { return condition(*this); }, deadline);
}

void Server::change(const std::function<void(Options &)> &edit) {
  impl_->loop.run([&] {
    Options options = impl_->listener->options();
    edit(options);
    impl_->listener->set_options(std::move(options));
  });
}

std::string Server::issue_token(std::chrono::seconds expires, std::chrono::seconds max_session) {
  std::string token;
  impl_->loop.run([&] { token = impl_->credentials.issue_token(expires, max_session); });
  return token;
}

bool Server::send_text(const std::string &json, int session) {
  return impl_->execute({Command::Kind::text, 0, json}, session);
}

bool Server::send_binary(const std::string &bytes, int session) {
  return impl_->execute({Command::Kind::binary, 0, bytes}, session);
}

bool Server::send_fragmented(const std::string &json, std::size_t pieces, int session) {
  return impl_->execute({Command::Kind::fragmented, static_cast<unsigned>(pieces), json}, session);
}

bool Server::send_raw(const std::string &bytes, int session) {
  return impl_->execute({Command::Kind::raw, 0, bytes}, session);
}

bool Server::ping(int session) {
  return impl_->execute({Command::Kind::ping, 0, {}}, session);
}

bool Server::close(unsigned code, const std::string &reason, int session) {
  return impl_->execute({Command::Kind::close, code, reason}, session);
}

bool Server::send_error(unsigned code, const std::string &text, int session) {
  return impl_->execute({Command::Kind::fail, code, text}, session);
}

bool Server::drop(int session) {
  return impl_->execute({Command::Kind::drop, 0, {}}, session);
}
bool Server::reset(int session) {
  return impl_->execute({Command::Kind::reset, 0, {}}, session);
}

bool Server::duplicate_next_turn(int session) {
  return impl_->execute({Command::Kind::duplicate, 0, {}}, session);
}

bool Server::swap_next_turns(int session) {
  return impl_->execute({Command::Kind::swap, 0, {}}, session);
}

bool Server::force_endpoint(int session) {
  return impl_->execute({Command::Kind::force_endpoint, 0, {}}, session);
}

bool Server::release(int session) {
  return impl_->execute({Command::Kind::release, 0, {}}, session);
}

bool Server::command(const std::string &line, int session) {
  auto command = parse_command(line);
  return command && impl_->execute(*command, session);
}

bool Server::stall_reading(bool on) {
  return impl_->execute({Command::Kind::stall_reading, on ? 1U : 0U, {}}, kNewest);
}

bool Server::stall_writing(bool on) {
  return impl_->execute({Command::Kind::stall_writing, on ? 1U : 0U, {}}, kNewest);
}

}  // namespace testserver
