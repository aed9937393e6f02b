// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Messages of the service.

#include <algorithm>
#include <utility>

#include "protocol/text.h"
#include "stream/stream_loop.h"

namespace assemblyai {

namespace {

// A first word takes a second; a turn that is only reported at its end takes at most a minute.
constexpr std::chrono::seconds kLongestSilence{30};
constexpr std::chrono::seconds kLongestTurn{90};

// More than the service needs for the first word of speech.
constexpr std::chrono::seconds kPatience{5};

}  // namespace

void StreamLoop::on_frame(ServiceSession &, std::string_view frame) {
  gate_->count([](StreamStats &stats) { stats.messages_received++; });
  if (callbacks_->wants_frames())
    emit(RawFrame{std::string(frame)});
}

void StreamLoop::on_undecodable(ServiceSession &, const Failure &failure) {
  bool is_first = false;
  gate_->count([&](StreamStats &stats) { is_first = stats.messages_undecodable++ == 0; });
  emit(UndecodableFrame{failure, is_first});
}

// One function for each kind of message: a new kind does not compile without one.
struct StreamLoop::MessageHandler {
  StreamLoop &loop;
  ServiceSession &session;
  const bool is_current;

  void operator()(Turn turn) const {
    if (is_current)
      loop.take_turn(std::move(turn));
  }
  void operator()(SpeechStarted speech) const {
    if (is_current)
      loop.emit(std::move(speech));
  }
  void operator()(SpeakerRevision revision) const {
    loop.gate_->count([](StreamStats &stats) { stats.speaker_revisions++; });
    for (SpeakerRevision::Item &item : revision.revisions)
      item.number = loop.number_of(item.turn_order);
    if (is_current)
      loop.emit(std::move(revision));
  }
  void operator()(Heartbeat heartbeat) const {
    loop.gate_->count([&](StreamStats &stats) {
      stats.heartbeats++;
      stats.realtime_factor = heartbeat.realtime_factor;
    });
    if (!is_current)
      return;
    loop.take_heartbeat(heartbeat);
    // Heartbeats are always requested, to detect a lost service.
    if (session.parameters().is_on("session_heartbeat"))
      loop.emit(heartbeat);
  }
  void operator()(Silence silence) const {
    // The service repeats messages after an internal reconnection.
    silence.start = std::max(silence.start, loop.current_.silent_until);
    if (!is_current || silence.end <= silence.start)
      return;
    loop.current_.silent_until = silence.end;
    loop.gate_->count([&](StreamStats &stats) { stats.silence += silence.end - silence.start; });
    session.audio().locate(&silence);
    loop.emit(std::move(silence));
  }
  void operator()(Warning warning) const {
    loop.gate_->count([](StreamStats &stats) { stats.warnings++; });
    loop.emit(std::move(warning));
  }
  void operator()(LlmGatewayResponse response) const {
    loop.gate_->count([](StreamStats &stats) { stats.llm_responses++; });
    response.number = loop.number_of(response.turn_order);
    if (is_current)
      loop.emit(std::move(response));
  }
  // The session has handled them.
  void operator()(const Begin &) const {}
  void operator()(const ServerError &) const {}
  void operator()(const Termination &) const {}
  // The protocol requires that it is ignored.
  void operator()(const UnknownMessage &) const {}
};

void StreamLoop::on_message(ServiceSession &session, ServerMessage message) {
  const bool is_current = &session == current_.session.get();
  if (is_current)
    probation_.hear(loop_->now());
  std::visit(MessageHandler{*this, session, is_current}, std::move(message));
}

std::optional<std::uint64_t> StreamLoop::number_of(std::int64_t order) const {
  const std::optional<std::uint64_t> number = tracker_.number_of(order);
  return number ? std::optional(options_.first_turn + *number) : std::nullopt;
}

void StreamLoop::take_turn(Turn turn) {
  const AudioMap &audio = current_.session->audio();
  replay_.take_out_told(&turn, audio);
  if (!is_blank(turn_text(turn)))
    reported_deaf_ = false;
  if (current_.closing == Closing::kChange && turn.end_of_turn && !replay_.cut(&turn, audio))
    return;
  if (!turn.end_of_turn && replay_.is_told(turn, audio))
    return;
  if (!turn.words.empty())
    settle_silence(turn.words.front().start);
  take_reports(tracker_.handle(std::move(turn), loop_->now()));
  watch_held();
  change_if_due();
}

// The turns of the current session.
void StreamLoop::take_reports(std::vector<TurnReport> reports) {
  for (TurnReport &report : reports) {
    const std::vector<Word> &words = report.turn.words;
    const bool is_placed = !words.empty() && words.back().ends;
    const std::uint64_t end = is_placed ? words.back().ends->position : 0;
    note_progress(end);
    report.waited = current_.is_catching_up || (is_placed && end <= waited_until_);
    if (report.final && !report.text.empty())
      replay_.settle(report.turn, current_.session->audio());
  }
  settle();
  report_turns(std::move(reports));
}

// An unformatted final waits for the formatted one, but not for long.
void StreamLoop::watch_held() {
  const std::optional<nanoseconds> until = tracker_.held_until();
  if (!current_.session || !until)
    return current_.held_timer.reset();
  if (current_.held_timer)
    return;
  current_.held_timer = loop_->after(std::max(*until - loop_->now(), nanoseconds::zero()), [this] {
    current_.held_timer.reset();
    take_reports(tracker_.release_held(loop_->now()));
    watch_held();
    change_if_due();
  });
}

void StreamLoop::take_heartbeat(const Heartbeat &heartbeat) {
  const ServiceSession &session = *current_.session;
  const milliseconds received = heartbeat.total_audio_received;
  received_until_ = std::max(received_until_, session.audio().position_of(received));
  const bool reports_partials = session.parameters().reports_partials();
  const std::optional<milliseconds> speech = session.liveness().speech_without_text();
  if (!speech && reports_partials)
    settle_silence(received);
  const milliseconds limit = reports_partials ? kLongestSilence : kLongestTurn;
  if (speech && *speech >= limit && !std::exchange(reported_deaf_, true))
    emit(SpeechWithoutText{*speech});
}

// Audio that the service received completely long before, and did not report, is silence. Measured
// by the count of the service: the time since sending means nothing if the network has delayed the
// messages.
void StreamLoop::settle_silence(milliseconds heard) {
  if (tracker_.has_pending() || tracker_.has_interrupted())
    return;
  const std::uint64_t position = current_.session->audio().position_of(heard - kPatience);
  if (position <= replay_.told_until())
    return;
  replay_.skip_to(position);
  settle();
}

void StreamLoop::settle() {
  note_progress(replay_.settled());
  const std::uint64_t least = bytes_of(ReplayWindow::kMostBefore);
  gate_->settle(replay_.settled() - std::min(replay_.settled(), least));
}

// If the stream makes progress in each session, the next session need not be delayed.
void StreamLoop::note_progress(std::uint64_t position) {
  if (position <= answered_until_)
    return;
  answered_until_ = position;
  outage_.note_progress();
}

}  // namespace assemblyai
