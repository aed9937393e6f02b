// SPDX-License-Identifier: LGPL-2.1-or-later
// What the service says.

#include <algorithm>
#include <utility>

#include "protocol/text.h"
#include "stream/stream.h"

namespace assemblyai {

namespace {

// A first word takes a second; a turn that is only told at its end, at most a minute.
constexpr std::chrono::seconds kLongestSilence{30};
constexpr std::chrono::seconds kLongestTurn{90};

// More than the service takes to say a first word of what it hears.
constexpr std::chrono::seconds kPatience{5};

}  // namespace

void Stream::on_frame(ServiceSession &, std::string_view frame) {
  {
    const std::lock_guard lock(mutex_);
    stats_.messages_received++;
  }
  if (const Report reports(*this); reports)
    reports->on_frame(frame);
}

void Stream::on_undecodable(ServiceSession &, const Failure &failure) {
  {
    const std::lock_guard lock(mutex_);
    stats_.messages_undecodable++;
  }
  if (const Report reports(*this); reports)
    reports->on_undecodable(failure);
}

void Stream::on_message(ServiceSession &session, ServerMessage message) {
  const bool is_current = &session == session_.get();
  if (is_current)
    probation_.hear(loop_->now());
  if (auto *turn = std::get_if<Turn>(&message))
    return is_current ? take_turn(std::move(*turn)) : void();
  if (!take_note(&message))
    return;
  if (auto *silence = std::get_if<Silence>(&message))
    session.audio().locate(silence);
  const auto *heartbeat = std::get_if<Heartbeat>(&message);
  if (heartbeat != nullptr && is_current) {
    listen();
    heard_ = std::max(heard_, session.audio().position_of(heartbeat->total_audio_received));
    if (!session.liveness().speech_without_text() && session.parameters().reports_partials())
      settle_silence(heartbeat->total_audio_received);
  }
  // They are asked for to know that the service is there.
  if (heartbeat != nullptr && !session.parameters().is_on("session_heartbeat"))
    return;
  number(&message);
  if (const Report reports(*this);
      reports && (is_current || std::holds_alternative<Warning>(message)))
    reports->on_message(message);
}

std::optional<std::uint64_t> Stream::number_of(std::int64_t order) const {
  const std::optional<std::uint64_t> number = tracker_.number_of(order);
  return number ? std::optional(options_.first_turn + *number) : std::nullopt;
}

void Stream::number(ServerMessage *message) const {
  if (auto *revision = std::get_if<SpeakerRevision>(message)) {
    for (SpeakerRevision::Item &item : revision->revisions)
      item.number = number_of(item.turn_order);
  }
  if (auto *response = std::get_if<LlmGatewayResponse>(message))
    response->number = number_of(response->turn_order);
}

void Stream::take_turn(Turn turn) {
  const AudioMap &audio = session_->audio();
  replay_.take_out_told(&turn, audio);
  if (!is_blank(turn_text(turn)))
    deaf_ = false;
  if (closing_ == Closing::kChange && turn.end_of_turn && !replay_.cut(&turn, audio))
    return;
  if (!turn.end_of_turn && replay_.is_told(turn, audio))
    return;
  if (!turn.words.empty())
    settle_silence(turn.words.front().start);
  tell(tracker_.handle(std::move(turn), loop_->now()));
  loop_watch_held();
  loop_change_if_due();
}

void Stream::tell(std::vector<TurnReport> reports) {
  for (TurnReport &told : reports) {
    const std::vector<Word> &words = told.turn.words;
    const bool is_placed = !words.empty() && words.back().ends;
    const std::uint64_t end = is_placed ? words.back().ends->position : 0;
    note_progress(end);
    told.waited = catching_up_ || (is_placed && end <= waited_until_);
    if (told.final && !told.text.empty())
      replay_.settle(told.turn, session_->audio());
  }
  settle();
  report(std::move(reports));
}

// An unformatted final waits for the formatted one, but not for long.
void Stream::loop_watch_held() {
  const std::optional<nanoseconds> until = tracker_.held_until();
  if (!session_ || !until)
    return held_timer_.reset();
  if (held_timer_)
    return;
  held_timer_ = loop_->after(std::max(*until - loop_->now(), nanoseconds::zero()), [this] {
    held_timer_.reset();
    tell(tracker_.release_held(loop_->now()));
    loop_watch_held();
    loop_change_if_due();
  });
}

// Audio that the service had heard in full long before, and said nothing of, is silence. By
// the service's own count: how long ago it was sent says nothing when the network has held
// the answers back.
void Stream::settle_silence(milliseconds heard) {
  if (tracker_.has_pending() || tracker_.has_interrupted())
    return;
  const std::uint64_t position = session_->audio().position_of(heard - kPatience);
  if (position <= replay_.told_until())
    return;
  replay_.skip_to(position);
  settle();
}

void Stream::settle() {
  note_progress(replay_.settled());
  const std::uint64_t least = bytes_of(ReplayWindow::kMostBefore);
  const std::uint64_t position = replay_.settled() - std::min(replay_.settled(), least);
  const std::lock_guard lock(mutex_);
  queue_.settle(position);
  controls_.settle(position);
  changed_.notify_all();
}

// False when the message says nothing new.
bool Stream::take_note(ServerMessage *message) {
  const std::lock_guard lock(mutex_);
  if (std::holds_alternative<Warning>(*message))
    stats_.warnings++;
  if (std::holds_alternative<SpeakerRevision>(*message))
    stats_.speaker_revisions++;
  if (std::holds_alternative<LlmGatewayResponse>(*message))
    stats_.llm_responses++;
  if (const auto *heartbeat = std::get_if<Heartbeat>(message)) {
    stats_.heartbeats++;
    stats_.realtime_factor = heartbeat->realtime_factor;
  }
  auto *silence = std::get_if<Silence>(message);
  if (silence == nullptr)
    return true;
  // The service repeats itself after an internal reconnection.
  silence->start = std::max(silence->start, silent_until_);
  if (silence->end <= silence->start)
    return false;
  silent_until_ = silence->end;
  stats_.silence += silence->end - silence->start;
  return true;
}

void Stream::listen() {
  const std::optional<milliseconds> speech = session_->liveness().speech_without_text();
  const milliseconds limit =
      session_->parameters().reports_partials() ? kLongestSilence : kLongestTurn;
  if (!speech || *speech < limit || std::exchange(deaf_, true))
    return;
  if (const Report reports(*this); reports)
    reports->on_deaf(*speech);
}

void Stream::report(std::vector<TurnReport> reports) {
  for (TurnReport &turn : reports) {
    turn.number += options_.first_turn;
    {
      const std::lock_guard lock(mutex_);
      (turn.final ? stats_.finals : stats_.partials)++;
      next_turn_ = std::max(next_turn_, turn.number + 1);
    }
    if (const Report observer_now(*this); observer_now)
      observer_now->on_turn(turn);
  }
}

}  // namespace assemblyai
