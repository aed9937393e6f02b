// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// One v3 session: from the accepted upgrade to the closed socket.
//
//   upgrade -> login -> parameters -> [refused: Error, close]
//           -> Begin -> audio in, turns out -> Terminate -> last turns -> Termination -> close 1000
//
// Lives on the server's thread.

#pragma once

#include <memory>

#include "audio_rules.h"
#include "channel.h"
#include "credentials.h"
#include "engine.h"
#include "hold.h"
#include "loop_thread.h"
#include "registry.h"
#include "turn_writer.h"

namespace testserver {

// What sessions share. Outlives them.
struct SessionContext {
  LoopThread *loop = nullptr;
  Registry *registry = nullptr;
  Credentials *credentials = nullptr;
};

struct Arrival {
  std::map<std::string, std::string> headers;  // lower-case names
  Query query;
};

class Session final : private EngineObserver {
 public:
  Session(const SessionContext &context, std::shared_ptr<const Options> options, std::size_t index);
  ~Session() override;
  Session(const Session &) = delete;
  Session &operator=(const Session &) = delete;

  void start(SoupWebsocketConnection *connection, GSocket *socket, const Arrival &arrival,
             std::optional<Problem> refusal);
  bool execute(const Command &command);  // false if the session is closed
  bool release();                        // false if it is not held
  bool is_closed() const { return channel_ == nullptr; }

 private:
  enum class Phase {
    opening,  // not yet Begin
    running,
    finishing,  // Terminate received
    over,       // nothing more is sent or taken, but the socket may be open
  };

  // EngineObserver
  void turn_changed(const Hypothesis &hypothesis) override;
  void turn_ended(const Hypothesis &hypothesis) override;
  void step(const Command &command) override;

  std::optional<Problem> admit(const Arrival &arrival, std::optional<Problem> refusal);
  void open();
  void begin();
  void on_message(bool binary, std::string_view payload);
  void on_audio(std::string_view payload);
  void hear(std::string_view payload);
  void on_text(const std::string &text);
  std::optional<Problem> handle_text(const std::string &text);
  std::optional<Problem> handle_object(JsonObject *message);
  void on_closed(unsigned code);

  void finish();
  void end_normally();
  void fail(const Problem &problem);
  void close(unsigned code, const std::string &reason);
  void send(const std::string &text);     // of the session's own accord: waits while it is held
  void deliver(const std::string &text);  // now
  void stand_still();
  void log(const std::string &line, bool detail = false) const;
  void log_sent(const std::string &text) const;
  void send_heartbeat();
  void send_silence();
  bool misuse_channel(const Command &command);
  void watch_inactivity();
  void follow_configuration();  // starts or stops what UpdateConfiguration can switch

  SessionContext context_;
  std::shared_ptr<const Options> options_;
  std::size_t index_;
  std::string id_;
  Configuration configuration_;
  AudioRules rules_;
  TurnWriter writer_;
  std::unique_ptr<Channel> channel_;
  std::unique_ptr<Engine> engine_;
  Phase phase_ = Phase::opening;
  bool muted_ = false;
  Hold hold_;
  std::string early_;  // audio received before Begin
  std::string half_;   // the odd byte of a message that cut a sample
  Milliseconds cap_{0};
  std::int64_t began_ms_ = 0;
  std::int64_t silence_ms_ = 0;   // acknowledged up to here
  std::int64_t revision_ms_ = 0;  // speakers revised up to here
  double heartbeat_seconds_ = 0;  // of audio at the last Heartbeat
  Timer begin_timer_;
  Timer inactivity_timer_;
  Timer heartbeat_timer_;
  Timer cap_timer_;
  Timer terminate_timer_;
};

}  // namespace testserver
