// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/event_loop.h"
#include "protocol/turn_tracker.h"
#include "stream/idle_policy.h"
#include "stream/loss_report.h"
#include "stream/outage.h"
#include "stream/probation.h"
#include "stream/replay_window.h"
#include "stream/rollover.h"
#include "stream/service_session.h"
#include "stream/stream_events.h"
#include "stream/stream_gate.h"
#include "stream/stream_options.h"

namespace assemblyai {

// The I/O thread's side of a stream: from one session with the service to the next.
//
//              .--- silence for idle_timeout ---> no session: idle --- audio ---.
//   opening -> session, sending, turns come <-------------------------------- opening
//              |  '--- lost: back off, go back in the audio, retry -------------^
//              '--- expires soon: opening another beside it; at the end of a turn the old
//                   one is terminated and delivers its last turns, then the new one is used
//
// It decides the order of events. Each policy (Outage, Rollover, IdlePolicy, LossReport) has its
// own timers and reports when an action is due. I/O thread only; it keeps itself alive from start()
// until it has ended.
class StreamLoop final : public std::enable_shared_from_this<StreamLoop>,
                         private ServiceSessionOwner {
 public:
  StreamLoop(const StreamOptions &options, ConnectionInfoSource info,
             std::shared_ptr<EventLoop> loop, TransportFactory factory, StreamCallbacks callbacks,
             std::shared_ptr<StreamGate> gate);

  void start();
  // Audio has returned.
  void open();
  // Sends everything that may be sent.
  void pump();
  void finish();
  void leave();

 private:
  // Why the session is terminated while the stream continues.
  enum class Closing : std::uint8_t { kNot, kChange, kIdle };

  // The session in use, and the state of its audio.
  struct Current {
    std::unique_ptr<ServiceSession> session;
    Closing closing = Closing::kNot;
    std::uint64_t hole_at = 0;    // the last gap; 0 = none
    bool is_catching_up = false;  // audio had to wait for this session
    milliseconds silent_until{};
    std::unique_ptr<Timer> pace_timer;
    std::unique_ptr<Timer> control_timer;
    std::unique_ptr<Timer> held_timer;
  };

  // Sending: stream_loop.cpp.
  bool end_turn_at_hole();
  enum class Sent : std::uint8_t { kNothing, kMessage, kWait };
  Sent send_control();
  bool send_audio();
  bool must_wait(std::size_t bytes);
  void note_stalled();
  void emit(StreamEvent event);
  void report_connection(ConnectionReport report);
  void report_turns(std::vector<TurnReport> reports);
  void log_turn(const TurnReport &turn) const;
  void report_lost();

  // Changing sessions: stream_loop_sessions.cpp.
  void use_opened();
  void rewind();
  void skip_lost();
  void open_next();
  void change_if_due();
  void end_idle_session();
  void go_idle();
  void settle_all();
  void abandon_opening();
  void end(std::optional<Failure> failure);
  void log_totals() const;
  void on_connecting(ServiceSession &session) override;
  void on_begin(ServiceSession &session) override;
  void on_session_ended(ServiceSession &session, SessionEnd end) override;
  void on_current_ended(SessionEnd end);
  void on_opening_ended(SessionEnd end);
  void note_end(const ServiceSession &session, const SessionEnd &end);
  void drop(std::unique_ptr<ServiceSession> session);

  // Lost sessions: stream_loop_losses.cpp.
  void lose(const Failure &failure);
  void lose_closing(Closing closing, Failure failure);
  void miss_change(const Failure &failure);
  void take_back(const std::vector<RefusedChange> &changes, Failure *failure);
  bool has_unanswered() const;
  bool has_unheard() const;
  void give_up(Failure failure);

  // Messages of the service: stream_loop_messages.cpp.
  void on_may_send(ServiceSession &) override { pump(); }
  void on_frame(ServiceSession &session, std::string_view frame) override;
  void on_message(ServiceSession &session, ServerMessage message) override;
  void on_undecodable(ServiceSession &session, const Failure &failure) override;
  struct MessageHandler;
  void take_turn(Turn turn);
  void watch_held();
  void take_reports(std::vector<TurnReport> reports);
  void take_heartbeat(const Heartbeat &heartbeat);
  void settle();
  void settle_silence(milliseconds heard);
  void note_progress(std::uint64_t position);
  std::optional<std::uint64_t> number_of(std::int64_t order) const;

  const StreamOptions options_;
  const std::shared_ptr<EventLoop> loop_;
  const TransportFactory factory_;
  const ConnectionInfoSource info_;
  const std::shared_ptr<const StreamCallbacks> callbacks_;
  const std::shared_ptr<StreamGate> gate_;

  std::shared_ptr<StreamLoop> self_;  // until it has ended
  Current current_;
  std::unique_ptr<ServiceSession> opening_;  // being opened, or waiting for the change
  Outage outage_;
  Rollover rollover_;
  IdlePolicy idle_;
  LossReport losses_;
  Probation probation_;
  ReplayWindow replay_;
  TurnTracker tracker_;
  ServiceTraits traits_;
  bool has_begun_ = false;  // any session
  // Positions in the input.
  std::uint64_t began_at_ = 0;        // the furthest sent before the last session
  std::uint64_t received_until_ = 0;  // by the service, according to the last session
  std::uint64_t answered_until_ = 0;  // the furthest that was reported, or was silence
  std::uint64_t waited_until_ = 0;    // the end of the audio that had to wait for a session
  bool reported_deaf_ = false;        // speech without text
};

}  // namespace assemblyai
