// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/event_loop.h"
#include "base/log.h"
#include "base/result.h"
#include "protocol/encode.h"
#include "protocol/turn_repair.h"
#include "protocol/types.h"
#include "stream/audio_map.h"
#include "stream/audio_queue.h"
#include "stream/liveness.h"
#include "stream/pacer.h"
#include "stream/session_parameters.h"
#include "stream/state_machine.h"
#include "stream/transport.h"

namespace assemblyai {

class ServiceSession;

// How a session ended. It has a failure unless the end was requested: by Terminate and its
// Termination, or by leave().
struct SessionEnd {
  bool begun = false;
  std::string session_id;
  std::optional<Failure> failure;
  std::optional<Termination> termination;
  unsigned close_code = 0;  // 0 if the peer did not close the connection
  std::string reason;
  nanoseconds open_for{};  // since the upgrade: about the billed time
};

// Returns the settings of a connection. It is called for each session, on a thread of its own,
// because it may have to read a file or to wait for the application.
using ConnectionInfoSource = std::function<Result<ConnectionInfo>()>;

// All calls are on the I/O thread.
class ServiceSessionOwner {
 public:
  ServiceSessionOwner() = default;
  ServiceSessionOwner(const ServiceSessionOwner &) = delete;
  ServiceSessionOwner &operator=(const ServiceSessionOwner &) = delete;

  virtual void on_connecting(ServiceSession &session) = 0;
  virtual void on_begin(ServiceSession &session) = 0;
  virtual void on_may_send(ServiceSession &session) = 0;  // check may_send() again
  // Each text frame, unchanged; then its decoded message.
  virtual void on_frame(ServiceSession &session, std::string_view frame) = 0;
  // All messages except Begin, Error and Termination.
  virtual void on_message(ServiceSession &session, ServerMessage message) = 0;
  // The frame is ignored; the session continues.
  virtual void on_undecodable(ServiceSession &session, const Failure &failure) = 0;
  virtual void on_session_ended(ServiceSession &session, SessionEnd end) = 0;  // once, last

 protected:
  ~ServiceSessionOwner() = default;
};

// One session with the service over one WebSocket. It carries out the actions of the state machine,
// maps the sent audio, and adds the times in the input to the messages of the service.
//
// I/O thread only. The owner must not destroy it in a call other than on_session_ended(), and in
// that call only through the loop.
class ServiceSession final : private TransportObserver {
 public:
  struct Options {
    ConnectionInfoSource info;
    nanoseconds connect_timeout{};  // until Begin, including preparation
    nanoseconds drain_timeout{};
    nanoseconds keepalive_interval{};  // 0 = off
    ServiceTraits traits;
    Logger log;
  };

  ServiceSession(EventLoop &loop, const TransportFactory &factory, Options options,
                 ServiceSessionOwner &owner);

  void start();
  void finish();  // no more audio will follow: terminate when all is sent
  void leave();   // terminate when all is sent, and do not wait for the last turns
  // The owner has sent all its audio, and finish() or leave() was called.
  void audio_done() { apply(Input::kAudioDone); }

  // Messages may be sent now, and leave at once.
  bool may_send();
  // How long audio of this size has to wait.
  nanoseconds delay(std::size_t bytes);
  void send(const AudioChunk &chunk);
  // Sends the part of an update that the service does not have yet.
  void send(ClientMessage message);

  State state() const { return state_; }
  bool has_begun() const { return begin_.has_value(); }
  const Begin &begin() const { return *begin_; }
  nanoseconds opened_at() const { return opened_at_.value_or(nanoseconds()); }
  // The settings that the session was requested with.
  const ParameterSet &chosen() const { return info_.request.chosen; }
  const SessionParameters &parameters() const { return parameters_; }
  const AudioMap &audio() const { return audio_; }
  const Liveness &liveness() const { return liveness_; }

 private:
  void on_opened() override;
  void on_text(std::string_view text) override;
  void on_alive() override;
  void on_writable() override { owner_.on_may_send(*this); }
  void on_ended(TransportEnd end) override;

  void apply(Input input);
  void perform(Action action, State before);
  void prepare();
  void on_prepared(Result<ConnectionInfo> info);
  void arm(nanoseconds delay);
  void send_terminate();
  void send_text(const std::string &text);
  void log_frame(const char *direction, std::string_view text) const;
  void close();
  void handle(Begin begin);
  void handle(ServerError error);
  void handle(Termination termination);
  void handle_message(ServerMessage message);
  void complete(ServerMessage *message);
  void refuse_opening(Failure failure);
  void fall_silent(nanoseconds since, const char *detail);
  // The end of a session: service_session_end.cpp.
  void note_timeout(State state);
  void report_end();
  void log_end() const;

  EventLoop &loop_;
  const Options options_;
  ServiceSessionOwner &owner_;
  // Results of the preparation in the background must not reach a destroyed session.
  const std::shared_ptr<ServiceSession *> self_ = std::make_shared<ServiceSession *>(this);
  ConnectionInfo info_;  // set after the preparation
  std::unique_ptr<Transport> transport_;
  State state_ = State::kIdle;
  std::unique_ptr<Timer> deadline_;
  Liveness liveness_;
  Pacer pacer_;
  AudioMap audio_;
  TurnRepair turn_repair_;
  SessionParameters parameters_;
  std::optional<Begin> begin_;
  nanoseconds started_at_{};
  std::optional<nanoseconds> opened_at_;
  bool finish_wanted_ = false;
  bool terminate_sent_ = false;
  bool left_ = false;
  std::optional<ServerError> error_;
  SessionEnd end_;
};

}  // namespace assemblyai
