// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Handles sessions that were lost, or could not be opened.

#include <algorithm>
#include <utility>

#include "stream/stream_loop.h"

namespace assemblyai {

using Is = ConnectionReport::State;

void StreamLoop::lose_closing(Closing closing, Failure failure) {
  const bool is_idle = closing == Closing::kIdle && !gate_->is_finishing();
  if (is_idle || gate_->is_finishing())
    outage_.count_closing_loss(replay_.settled() + gate_->sent_until());
  // While audio goes on, a timeout is not a refusal.
  if (!gate_->is_finishing() && failure.kind == FailureKind::kLost &&
      failure.retry == Retry::kNever)
    failure.retry = Retry::kBackOff;
  if (!is_idle)
    return lose(failure);
  const bool is_unanswered = has_unanswered();
  if (failure.retry == Retry::kNever || (is_unanswered && outage_.may_lose_closing()))
    return lose(failure);
  report_turns(tracker_.finish());
  replay_.settle_interrupted();
  if (is_unanswered)
    gate_->lose_taken_since(replay_.settled());
  report_lost();
  settle_all();
  go_idle();
}

// Whether there is audio for which the service has sent neither text nor silence.
bool StreamLoop::has_unanswered() const {
  return tracker_.has_interrupted() ||
         gate_->position() > std::max(received_until_, replay_.settled());
}

// Whether there is audio that the service has not received. A service that does not count the audio
// gets another session.
bool StreamLoop::has_unheard() const {
  if (gate_->has_message())  // of a file perhaps everything: no more arrives while it waits
    return true;
  return gate_->sent_until() != began_at_ &&
         gate_->position() > std::max(received_until_, replay_.settled());
}

// The session in use continues. The next session may be opened before it ends, or must be then.
void StreamLoop::miss_change(const Failure &failure) {
  const bool is_new = outage_.is_news(failure, !rollover_.failure());
  report_connection({.state = Is::kReconnecting,
                     .is_new = is_new,
                     .delay = rollover_.note_failure(failure),
                     .reason = failure.message,
                     .failure = failure});
}

void StreamLoop::lose(const Failure &failure) {
  idle_.begin();  // before the look at the audio, or audio that comes now would be old
  if (failure.retry == Retry::kWithNextAudio && !gate_->is_finishing() && !has_unheard()) {
    report_turns(tracker_.finish());
    settle_all();
    outage_.note_healthy();
    return go_idle();
  }
  rewind();
  if (opening_ && opening_->has_begun())
    return use_opened();
  const bool is_new = outage_.is_news(failure, !outage_.failure());
  outage_.set_failure(failure);
  std::optional<nanoseconds> delay = nanoseconds::zero();
  if (!opening_) {
    const bool goes_on = !gate_->is_finishing() || outage_.may_lose_closing();
    delay = goes_on ? outage_.retry_after(failure, has_begun_) : std::nullopt;
    if (!delay)
      return give_up(failure);
  }
  gate_->set_state("reconnecting");
  if (gate_->is_finishing())
    outage_.limit();
  report_connection({.state = Is::kReconnecting,
                     .is_new = is_new,
                     .delay = *delay,
                     .reason = failure.message,
                     .failure = failure});
}

// If the service refused changes, the next session uses the accepted values, and only that is
// reported.
void StreamLoop::take_back(const std::vector<RefusedChange> &changes, Failure *failure) {
  if (changes.empty())
    return;
  failure->retry = Retry::kNewSession;
  if (current_.session)
    rollover_.set_failure(*failure);
  else
    outage_.set_failure(*failure);
  std::vector<std::string> parameters;
  if (const StreamGate::Call call(*gate_); call)
    parameters = callbacks_->take_back(changes);
  emit(ChangesRefused{std::move(parameters), *failure});
}

void StreamLoop::give_up(Failure failure) {
  report_connection({.state = Is::kLost, .reason = failure.message, .failure = failure});
  end(std::move(failure));
}

}  // namespace assemblyai
