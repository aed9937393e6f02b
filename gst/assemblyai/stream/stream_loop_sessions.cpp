// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Changing sessions: opening, changing, idling, ending.

#include <glib.h>

#include <algorithm>
#include <utility>

#include "stream/stream_loop.h"

namespace assemblyai {

using Is = ConnectionReport::State;

namespace {

guint64 ms_of(std::uint64_t bytes) {
  return bytes * 1000 / kBytesPerSecond;
}

}  // namespace

void StreamLoop::open() {
  outage_.begin_attempt();
  if (!self_ || opening_)
    return;
  gate_->begin_request();
  gate_->count([this](StreamStats &stats) { stats.reconnects += outage_.failures() > 0 ? 1 : 0; });
  ServiceSessionOwner &this_owner = *this;  // a private base: the name must be used here
  opening_ = std::make_unique<ServiceSession>(
      *loop_, factory_,
      ServiceSession::Options{
          .info = info_,
          .connect_timeout = options_.connect_timeout,
          // Waits of the pacer are not caused by the service.
          .drain_timeout = std::max(options_.drain_timeout, 2 * options_.chunk_duration),
          .keepalive_interval = options_.keepalive_interval,
          .traits = traits_,
          .log = options_.log},
      this_owner);
  if (!current_.session)
    gate_->set_state(outage_.failure() ? "reconnecting" : "connecting");
  opening_->start();
}

void StreamLoop::on_connecting(ServiceSession &) {
  report_connection(
      {.state = Is::kConnecting,
       .reason = current_.session ? "The session in use reaches its maximum duration" : ""});
}

void StreamLoop::on_begin(ServiceSession &session) {
  has_begun_ = true;
  gate_->note_session_begun(session.opened_at());
  report_connection({.state = Is::kConnected});
  emit(session.begin());
  if (current_.session)
    change_if_due();
  else
    use_opened();
}

// Sends audio to the session that has just been opened, from the position where the last one
// stopped.
void StreamLoop::use_opened() {
  const bool is_resumed = gate_->sent_until() > 0 || outage_.failure();
  current_ = {.session = std::move(opening_), .is_catching_up = is_resumed};
  began_at_ = gate_->sent_until();
  received_until_ = 0;
  ServiceSession &session = *current_.session;
  probation_.begin(session.chosen());
  tracker_.begin_session(session.parameters().expects_formatted(), session.begin().id);
  rewind();
  replay_.resume();
  if (is_resumed)  // otherwise they still have their positions in the audio
    gate_->renew_updates();
  gate_->note_session_used(session.begin().id, session.chosen());
  emit(SessionSwitched());
  ASSEMBLYAI_LOG(options_.log, kSession, kInfo,
                 "audio is sent to session '%s', %" G_GUINT64_FORMAT " ms of it again",
                 session.begin().id.c_str(), ms_of(gate_->sent_until() - gate_->position()));
  outage_.note_session();
  rollover_.watch(session.begin(), session.opened_at());
  idle_.watch();
  if (gate_->is_finishing())
    session.finish();
  else
    pump();
}

// Audio that was sent and is not settled is sent again.
void StreamLoop::rewind() {
  skip_lost();
  if (!losses_.is_due())
    report_lost();
  gate_->rewind(replay_.begin(), replay_.begin_of_untold());
}

// For audio that is gone, the reported text becomes final.
void StreamLoop::skip_lost() {
  if (gate_->kept_from() <= replay_.settled())
    return;
  report_turns(tracker_.finish_interrupted());
  replay_.settle_interrupted();
  StreamGate::Forgotten forgotten = gate_->take_forgotten_since(replay_.settled());
  replay_.skip_to(forgotten.kept_from);
  gate_->skip(replay_.begin(), replay_.settled());
  // Reported separately: it is older than the audio that was lost last.
  if (!forgotten.pieces.empty())
    losses_.report(std::move(forgotten.pieces));
}

// The session in use will expire soon.
void StreamLoop::open_next() {
  if (!current_.session || current_.closing != Closing::kNot || gate_->is_finishing())
    return;
  if (!opening_)
    open();
  rollover_.await_turn_end();
}

// Changes at the end of a turn, or when there is no more time to wait for one.
void StreamLoop::change_if_due() {
  const bool is_ready = current_.session && opening_ && opening_->has_begun();
  if (!is_ready || current_.closing != Closing::kNot || gate_->is_finishing())
    return;
  if (!rollover_.is_late() && (tracker_.has_pending() || tracker_.has_interrupted()))
    return;
  rollover_.stop();
  current_.closing = Closing::kChange;
  replay_.begin_cut();
  current_.session->finish();
}

void StreamLoop::end_idle_session() {
  if (!current_.session || current_.closing != Closing::kNot || gate_->is_finishing())
    return;
  current_.closing = Closing::kIdle;
  idle_.begin();
  abandon_opening();
  current_.session->finish();
}

void StreamLoop::go_idle() {
  outage_.stop_watching_network();
  switch (gate_->go_idle(idle_.since())) {
    case StreamGate::Idle::kFinished:
      return end(std::nullopt);
    case StreamGate::Idle::kHasAudio:
      return open();
    case StreamGate::Idle::kIdle:
      break;
  }
  gate_->set_state("idle");
  report_connection({.state = Is::kIdle, .reason = "There is no audio; the next connects again"});
}

void StreamLoop::note_end(const ServiceSession &session, const SessionEnd &end) {
  const ServiceTraits traits = session.liveness().traits();
  traits_.answers_pings = traits.answers_pings;
  if (!end.begun)
    return;
  traits_.heartbeat_interval = traits.heartbeat_interval;
  const double open_for = std::chrono::duration<double>(end.open_for).count();
  const auto termination = end.termination.value_or(Termination());
  gate_->note_session_ended(session.opened_at());
  gate_->count([&](StreamStats &stats) {
    stats.audio_seconds += termination.audio_seconds.value_or(0);
    stats.session_seconds += termination.session_seconds.value_or(open_for);
  });
  emit(end);
}

// The session is on the stack of this call.
void StreamLoop::drop(std::unique_ptr<ServiceSession> session) {
  loop_->invoke(
      [self = shared_from_this(), gone = std::shared_ptr<ServiceSession>(std::move(session))] {});
}

void StreamLoop::on_session_ended(ServiceSession &session, SessionEnd end) {
  note_end(session, end);
  if (&session == current_.session.get())
    on_current_ended(std::move(end));
  else
    on_opening_ended(std::move(end));
}

void StreamLoop::on_current_ended(SessionEnd end) {
  outage_.stop_watching_health();
  rollover_.stop();
  idle_.stop();
  take_reports(tracker_.release_held());
  Current over = std::exchange(current_, Current());
  const Closing closing = over.closing;
  const bool is_over = closing != Closing::kChange && !end.failure;
  if (is_over && !end.termination)
    report_turns(tracker_.finish());  // the session has not confirmed that this was all
  else if (is_over)
    report_turns(tracker_.finish_retold());
  else if (end.termination && !tracker_.has_pending() && !tracker_.has_interrupted())
    replay_.note_all_answered(over.session->audio());
  replay_.interrupt(tracker_.pending());
  tracker_.interrupt();
  drop(std::move(over.session));
  if (end.failure && end.failure->of_parameters)
    take_back(probation_.refuse_update(end.failure->said), &*end.failure);
  if (gate_->is_left()) {
    if (!opening_)
      this->end(std::nullopt);
  } else if (closing == Closing::kChange && opening_ && opening_->has_begun()) {
    use_opened();
  } else if (is_over && closing == Closing::kIdle) {
    settle_all();
    outage_.note_healthy();
    go_idle();
  } else if (is_over) {
    this->end(std::nullopt);
  } else {
    const Failure unknown{.kind = FailureKind::kLost,
                          .retry = Retry::kNewSession,
                          .message =
                              "The next session was lost before its first use; check the network "
                              "if this happens again"};
    lose_closing(closing, end.failure.value_or(rollover_.failure().value_or(unknown)));
  }
}

void StreamLoop::on_opening_ended(SessionEnd end) {
  const ParameterSet asked = opening_->chosen();
  drop(std::move(opening_));
  if (!self_)
    return;
  if (end.failure && end.failure->of_parameters && has_begun_)
    take_back(probation_.refuse_request(asked, end.failure->said), &*end.failure);
  if (!current_.session && gate_->is_left())
    return this->end(std::nullopt);
  if (!current_.session && end.failure)
    return lose(*end.failure);
  if (current_.session && end.failure && current_.closing != Closing::kIdle &&
      !gate_->is_finishing())
    miss_change(*end.failure);
}

// All sent audio has been answered.
void StreamLoop::settle_all() {
  replay_.skip_to(gate_->settle_all());
}

void StreamLoop::abandon_opening() {
  ServiceSession *const session = opening_.get();
  if (session == nullptr)
    return;
  session->leave();
  if (opening_.get() == session)  // it waits for audio to be sent before it ends
    session->audio_done();
}

void StreamLoop::log_totals() const {
  const StreamStats stats = gate_->stats();
  ASSEMBLYAI_LOG(options_.log, kSession, kInfo,
                 "ended: %" G_GUINT64_FORMAT " sessions, %" G_GUINT64_FORMAT
                 " reconnections, %" G_GUINT64_FORMAT " ms of audio sent, %" G_GUINT64_FORMAT
                 " ms again, %" G_GUINT64_FORMAT " ms lost, %" G_GUINT64_FORMAT " turns",
                 stats.sessions, stats.reconnects, ms_of(stats.audio_sent_bytes),
                 ms_of(stats.audio_resent_bytes), ms_of(stats.audio_dropped_bytes), stats.finals);
}

void StreamLoop::end(std::optional<Failure> failure) {
  // Sessions that end from here on find no owner. The callers of this call are in this class.
  const std::shared_ptr<StreamLoop> self = std::exchange(self_, nullptr);
  if (!self)
    return;
  loop_->invoke([self] {});
  outage_.stop();
  rollover_.stop();
  idle_.stop();
  current_.held_timer.reset();
  abandon_opening();
  report_lost();
  losses_.stop();
  report_turns(failure ? tracker_.finish() : tracker_.finish_retold());
  gate_->note_over();
  log_totals();
  emit(StreamEnd{std::move(failure)});
  callbacks_->deliver([gate = gate_] { gate->end(); });
}

}  // namespace assemblyai
