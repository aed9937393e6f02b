// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Starting, sending, reporting.

#include "stream/stream_loop.h"

#include <algorithm>
#include <utility>

#include "protocol/text.h"

namespace assemblyai {

namespace {

// A connection that has not been writable for this long is not waited for.
constexpr std::chrono::seconds kStalled{2};
// Characters of a turn in the log.
constexpr std::size_t kMostLogged = 500;

int to_ms(nanoseconds duration) {
  return static_cast<int>(std::chrono::duration_cast<milliseconds>(duration).count());
}

}  // namespace

StreamLoop::StreamLoop(const StreamOptions &options, ConnectionInfoSource info,
                       std::shared_ptr<EventLoop> loop, TransportFactory factory,
                       StreamCallbacks callbacks, std::shared_ptr<StreamGate> gate)
    : options_(options),
      loop_(std::move(loop)),
      factory_(std::move(factory)),
      info_(std::move(info)),
      callbacks_(std::make_shared<const StreamCallbacks>(std::move(callbacks))),
      gate_(std::move(gate)),
      outage_(*loop_, {.retry = options.retry,
                       .seed = options.seed,
                       .limit = options.drain_timeout,
                       .open = [this] { open(); },
                       .give_up = [this] { give_up(*outage_.failure()); }}),
      rollover_(*loop_, {.open = [this] { open_next(); }, .change = [this] { change_if_due(); }}),
      idle_(*loop_, *gate_, options.idle_timeout, [this] { end_idle_session(); }),
      losses_(
          *loop_, *gate_, [this] { report_lost(); },
          [this](AudioLost lost) { emit(std::move(lost)); }),
      has_begun_(options.known.has_value()) {
  probation_.begin(options.known.value_or(ParameterSet()));
}

void StreamLoop::start() {
  if (!gate_->begin())
    return;
  self_ = shared_from_this();
  open();
}

void StreamLoop::finish() {
  if (!self_)
    return;
  if (current_.session && current_.closing == Closing::kNot) {
    abandon_opening();
    current_.session->finish();
  } else if (!current_.session && !opening_ && !outage_.is_waiting()) {
    end(std::nullopt);  // idle
  } else if (!current_.session) {
    outage_.limit();
    open();  // the next scheduled attempt could be too late
  }
}

void StreamLoop::leave() {
  if (!self_)
    return;
  outage_.begin_attempt();
  rollover_.stop();
  idle_.stop();
  abandon_opening();
  if (current_.session)
    current_.session->leave();
  note_stalled();
  if (self_ && !current_.session && !opening_)
    end(std::nullopt);
}

// Data that could not be sent for this long will not be sent now either.
void StreamLoop::note_stalled() {
  if (current_.session && current_.session->liveness().blocked_for() >= kStalled)
    gate_->note_stalled();
}

void StreamLoop::pump() {
  if (!self_)
    return;
  gate_->begin_pump();
  if (!losses_.is_due() && gate_->has_lost())
    report_lost();
  while (current_.session && current_.session->may_send()) {
    if (end_turn_at_hole())
      continue;
    const Sent sent = send_control();
    if (sent == Sent::kWait || (sent == Sent::kNothing && !send_audio()))
      return;
  }
}

// Audio after a gap does not belong to the speech before it.
bool StreamLoop::end_turn_at_hole() {
  const std::uint64_t end = current_.session->audio().end();
  if (end == 0 || gate_->position() == end || gate_->is_left() ||
      current_.closing == Closing::kChange)
    return false;
  if (std::exchange(current_.hole_at, end) == end)
    return false;
  current_.session->send(ForceEndpoint{});
  return true;
}

// Sends the messages between the audio. kWait: an update is being collected, and no audio may be
// sent before it.
StreamLoop::Sent StreamLoop::send_control() {
  StreamGate::Control control = gate_->take_control();
  if (!control.message && control.wait == nanoseconds::zero())
    return Sent::kNothing;
  if (!control.message) {
    current_.control_timer = loop_->after(control.wait, [this] { pump(); });
    return Sent::kWait;
  }
  if (const auto *update = std::get_if<UpdateConfiguration>(&*control.message))
    probation_.tell(update->parameters, loop_->now());
  current_.session->send(std::move(*control.message));
  tracker_.expect_formatted(current_.session->parameters().expects_formatted());
  return Sent::kMessage;
}

// Sends one message, if there is one and it is due.
bool StreamLoop::send_audio() {
  if (current_.closing == Closing::kChange) {
    current_.session->audio_done();
    return false;
  }
  const bool with_tail = gate_->is_finishing() || current_.closing == Closing::kIdle;
  const std::size_t size = gate_->next_message_size(with_tail);
  if (size > 0 && !gate_->is_left() && must_wait(size))
    return false;
  if (!gate_->has_message()) {
    losses_.note_caught_up();
    if (std::exchange(current_.is_catching_up, false))
      waited_until_ = gate_->position();
  }
  const std::optional<AudioChunk> chunk = gate_->take(with_tail);
  if (!chunk) {
    if (with_tail)
      current_.session->audio_done();
    return false;
  }
  if (const StreamGate::Call call(*gate_); call)
    callbacks_->audio_sent(*chunk);
  current_.session->send(*chunk);
  return true;
}

bool StreamLoop::must_wait(std::size_t bytes) {
  const nanoseconds delay = current_.session->delay(bytes);
  if (delay == nanoseconds::zero())
    return false;
  current_.pace_timer = loop_->after(delay, [this] { pump(); });
  return true;
}

void StreamLoop::emit(StreamEvent event) {
  callbacks_->deliver([gate = gate_, callbacks = callbacks_, event = std::move(event)] {
    if (const StreamGate::Call call(*gate); call)
      callbacks->event(event);
  });
}

void StreamLoop::report_connection(ConnectionReport report) {
  report.attempt = outage_.failures() + 1;
  const std::string delay = report.state == ConnectionReport::State::kReconnecting
                                ? " in " + std::to_string(to_ms(report.delay)) + " ms"
                                : "";
  ASSEMBLYAI_LOG(options_.log, kSession, kInfo, "%s%s, attempt %u%s%s", name_of(report.state),
                 delay.c_str(), report.attempt, report.reason.empty() ? "" : ": ",
                 report.reason.c_str());
  emit(std::move(report));
}

void StreamLoop::report_turns(std::vector<TurnReport> reports) {
  for (TurnReport &turn : reports) {
    turn.number += options_.first_turn;
    gate_->note_turn(turn.number, turn.final);
    log_turn(turn);
    emit(std::move(turn));
  }
}

void StreamLoop::log_turn(const TurnReport &turn) const {
  const std::vector<Word> &words = turn.turn.words;
  const bool has_times = !words.empty() && words.front().begins && words.back().ends;
  ASSEMBLYAI_LOG(options_.log, kSession, kDebug, "turn %u %s from %d to %d ms: %s",
                 static_cast<unsigned>(turn.number), turn.final ? "final" : "grows",
                 has_times ? to_ms(words.front().begins->running_time) : -1,
                 has_times ? to_ms(words.back().ends->running_time) : -1,
                 printable(turn.text, kMostLogged).c_str());
}

void StreamLoop::report_lost() {
  if (!current_.session && gate_->has_lost())
    skip_lost();
  losses_.report();
}

}  // namespace assemblyai
