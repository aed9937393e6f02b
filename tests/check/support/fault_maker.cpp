// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "support/fault_maker.h"

#include <utility>

namespace testing {

namespace {

using faults::Fault;
using faults::Level;
using faults::Phase;
using testserver::Moment;
using testserver::Options;
using testserver::Server;
using namespace std::chrono_literals;

// In the middle of the next message to the client; or of the response to the upgrade, or of TLS.
constexpr std::uint64_t kMiddle = 20;

Moment moment_of(Phase phase) {
  switch (phase) {
    case Phase::connecting:
    case Phase::tls:
      return Moment::none;
    case Phase::opening:
      return Moment::upgraded;
    case Phase::silence:
      return Moment::final;
    case Phase::partial:
      return Moment::partial;
    case Phase::between_finals:
      return Moment::unformatted_final;
    case Phase::draining:
      return Moment::terminate;
  }
  return Moment::none;
}

testserver::Tls certificate_of(const Fault &fault) {
  if (fault.level != Level::certificate)
    return testserver::Tls::good;
  if (fault.command == "expired")
    return testserver::Tls::expired;
  return fault.command == "wrong host" ? testserver::Tls::wrong_host
                                       : testserver::Tls::unknown_issuer;
}

void set_begin(const Fault &fault, Options *options) {
  if (fault.command == "late")
    options->begin_delay = 300ms;
  else if (fault.command == "never")
    options->never_begin = true;
  else if (fault.command == "split")
    options->split_messages = true;
}

bool is_held(Server &server) {
  bool held = false;
  if (server.session_count() > 0)
    server.inspect(0, [&](const auto &session) { held = session.held; });
  return held;
}

}  // namespace

Options FaultMaker::options() const {
  Options options;
  options.engine = testserver::EngineKind::coded;
  options.proxied = true;
  options.keep_audio = false;
  options.heartbeat_interval = 500ms;
  if (fault_ == nullptr)
    return options;
  options.hold_at = moment_of(phase_);
  options.hold_count = phase_ == Phase::partial ? 3 : 1;
  if (phase_ == Phase::tls)
    options.tls = certificate_of(*fault_);
  if (phase_ == Phase::between_finals)
    options.finals = testserver::Finals::classical;
  // A session keeps the options with which it began.
  if (fault_->level == Level::begin && !way_back_)
    set_begin(*fault_, &options);
  if (fault_->command == "silent")
    options.terminate_answer = testserver::TerminateAnswer::silent;
  if (fault_->command == "close-only")
    options.terminate_answer = testserver::TerminateAnswer::close_only;
  return options;
}

// For an existing connection.
bool FaultMaker::waits_for_a_moment() const {
  const bool connected_only = phase_ == Phase::connecting || phase_ == Phase::tls;
  return !connected_only || fault_->command == "drop" || fault_->command == "reset";
}

void FaultMaker::before_start(Server &server) {
  if (fault_ == nullptr)
    return;
  if (!waits_for_a_moment())
    make(server);
  else if (moment_of(phase_) == Moment::none)
    server.proxy()->hang(true);  // until the bytes below the WebSocket begin
}

void FaultMaker::look(Server &server, std::size_t reconnecting) {
  if (fault_ == nullptr)
    return;
  if (!made_) {
    const bool accepted =
        moment_of(phase_) == Moment::none && server.proxy()->accepted_connections() > 0;
    if (accepted || is_held(server)) {
      server.proxy()->hang(false);
      make(server);
      server.release(0);
    }
  } else if (!comes_back_) {
    if (reconnecting > (way_back_ ? 1U : 0U))
      go_away(server);
  } else if (!healed_ && reconnecting >= (way_back_ ? 2U : 1U)) {
    heal(server);
  }
}

// The server is not reachable any more.
void FaultMaker::go_away(Server &server) {
  if (!std::exchange(gone_, true))
    server.proxy()->refuse(true);
}

void FaultMaker::make(Server &server) {
  made_ = true;
  // Before the fault, which may be over immediately; but not before a fault of the next connection.
  const bool next_one_meets_it = way_back_ || !waits_for_a_moment();
  if (!comes_back_ && !next_one_meets_it)
    go_away(server);
  server.change([](Options &options) { options.hold_at = Moment::none; });
  switch (fault_->level) {
    case Level::network:
      make_network_fault(server);
      break;
    case Level::upgrade:
      make_upgrade_fault(server);
      break;
    case Level::begin:
      make_begin_fault(server);
      break;
    case Level::frames:
    case Level::turns:
      server.command(fault_->command, 0);
      break;
    case Level::certificate:
    case Level::end:
      break;  // from the start
  }
  if (way_back_)
    server.proxy()->drop();
}

void FaultMaker::make_network_fault(Server &server) {
  testserver::TcpProxy &proxy = *server.proxy();
  if (fault_->command == "drop")
    proxy.drop();
  else if (fault_->command == "reset")
    proxy.reset();
  else if (fault_->command == "refuse")
    proxy.refuse(true);
  else if (fault_->command == "cut")
    proxy.cut_after(proxy.bytes_to_client() + kMiddle);
  else if (fault_->command == "pieces")
    proxy.fragment(7);
  else if (fault_->command == "stall-read")
    proxy.stall_client_to_server(true);
  else if (fault_->command == "stall-write")
    proxy.stall_server_to_client(true);
}

void FaultMaker::make_upgrade_fault(Server &server) {
  if (fault_->command == "cut-answer") {
    // Applies to each connection from now on: open connections have received more.
    server.proxy()->drop();
    server.proxy()->cut_after(kMiddle);
    return;
  }
  server.change([this](Options &options) {
    options.handshake.status = fault_->code;
    options.handshake.times = 1;
    options.handshake.hang = fault_->code == 0;
    if (fault_->delay == faults::Delay::requested)
      options.handshake.headers["Retry-After"] = std::to_string(kRetryAfter.count());
  });
}

void FaultMaker::make_begin_fault(Server &server) {
  server.change([this](Options &options) { set_begin(*fault_, &options); });
}

void FaultMaker::heal(Server &server) {
  if (fault_ == nullptr)
    return;
  healed_ = true;
  testserver::TcpProxy &proxy = *server.proxy();
  proxy.hang(false);
  proxy.refuse(false);
  proxy.cut_after(0);
  proxy.stall_client_to_server(false);
  proxy.stall_server_to_client(false);
  server.change([](Options &options) {
    options.handshake = {};
    options.never_begin = false;
    options.terminate_answer = testserver::TerminateAnswer::normal;
  });
}

}  // namespace testing
