// SPDX-License-Identifier: LGPL-2.1-or-later
// What becomes of a session that was lost, or could not be had.

#include <algorithm>
#include <utility>

#include "stream/stream.h"

namespace assemblyai {

namespace {

using Is = ConnectionReport::State;

// When to try again to open the next session beside the one in use.
constexpr std::chrono::seconds kChangeRetry{10};
// A change of the network so soon after another triggers no attempt.
constexpr std::chrono::seconds kNetworkSettles{10};
// Losses in a row of sessions that were to end, and that brought nothing.
constexpr unsigned kMostClosingLosses = 3;

// Waiting alone does not help: somebody has to log in at a portal, or to raise a limit.
bool needs_help(const Failure &failure) {
  return failure.kind == FailureKind::kExhausted || failure.retry == Retry::kOnceKnown ||
         failure.retry == Retry::kFewTimesOnceKnown;
}

}  // namespace

// What begins an outage, and beside it what keeps it going and does not pass by itself: once each.
bool Stream::is_news(const Failure &failure, bool begins) {
  const bool helps = needs_help(failure);
  const auto cause = std::make_pair(failure.kind, failure.http_status);
  return (helps && told_causes_.insert(cause).second) || begins;
}

// Nobody waits for a service that loses its last words again and again.
void Stream::loop_lose_closing(Closing closing, Failure failure) {
  const bool is_idle = closing == Closing::kIdle && !is_finishing();
  if (is_idle || is_finishing())
    count_closing_loss();
  if (!is_idle)
    return loop_lose(failure);
  // That it took too long is no refusal.
  if (failure.kind == FailureKind::kLost && failure.retry == Retry::kNever)
    failure.retry = Retry::kBackOff;
  const bool is_unanswered = loop_has_unanswered();
  if (failure.retry == Retry::kNever || (is_unanswered && may_lose_closing()))
    return loop_lose(failure);
  report(tracker_.finish());
  replay_.settle_interrupted();
  if (is_unanswered) {
    const std::lock_guard lock(mutex_);
    add_lost(queue_.taken_since(replay_.settled()));
  }
  loop_report_lost();
  loop_settle_all();
  loop_go_idle();
}

// Audio of which the service has not said that it is silence, or what was said in it.
bool Stream::loop_has_unanswered() const {
  if (tracker_.has_interrupted())
    return true;
  const std::lock_guard lock(mutex_);
  return queue_.position() > std::max(heard_, replay_.settled());
}

// The session in use goes on; another may be had before it ends, or has to be then.
void Stream::loop_miss_change(const Failure &failure) {
  const nanoseconds left = std::max<nanoseconds>(expires_at_ - loop_->now(), nanoseconds::zero());
  const nanoseconds delay = failure.retry == Retry::kNever ? left : nanoseconds(kChangeRetry);
  if (delay < left)
    change_timer_ = loop_->after(delay, [this] { loop_prepare_change(); });
  const bool is_new = is_news(failure, !change_failure_);
  change_failure_ = failure;
  tell({.state = Is::kReconnecting,
        .is_new = is_new,
        .delay = delay,
        .reason = failure.message,
        .failure = &failure});
}

void Stream::count_closing_loss() {
  const std::uint64_t progress = replay_.settled() + sent_until_;
  if (progress > std::exchange(closing_progress_, progress))
    closing_losses_ = 0;
  closing_losses_++;
}

bool Stream::may_lose_closing() const {
  return closing_losses_ <= kMostClosingLosses;
}

// There is audio that the service has not got. One that does not count what it gets is asked
// once more.
bool Stream::loop_has_unheard() const {
  const std::lock_guard lock(mutex_);
  if (queue_.has_chunk())  // of a file perhaps all: nothing more comes while it waits
    return true;
  return sent_until_ != began_at_ && queue_.position() > std::max(heard_, replay_.settled());
}

void Stream::loop_lose(const Failure &failure) {
  if (failure.retry == Retry::kWithNextAudio && !is_finishing() && !loop_has_unheard()) {
    report(tracker_.finish());
    loop_settle_all();
    note_healthy();
    idle_since_ = loop_->now();
    return loop_go_idle();
  }
  loop_rewind();
  const bool is_new = is_news(failure, !outage_);
  outage_ = failure;
  if (opening_ && opening_->has_begun())
    return loop_switch();
  std::optional<nanoseconds> delay = nanoseconds::zero();
  if (!opening_) {
    const bool goes_on = !is_finishing() || may_lose_closing();
    delay = goes_on ? backoff_.after(failure, has_begun_) : std::nullopt;
    if (!delay)
      return loop_give_up(failure);
    retry_timer_ = loop_->after(*delay, [this] { loop_open(); });
    loop_watch_network(failure);
  }
  set_state("reconnecting");
  if (is_finishing())
    loop_limit_outage();
  tell({.state = Is::kReconnecting,
        .is_new = is_new,
        .delay = *delay,
        .reason = failure.message,
        .failure = &failure});
}

// Who refuses what was changed is asked again with what it had accepted, and that is all there is
// to tell.
void Stream::loop_take_back(const std::vector<RefusedChange> &changes, Failure *failure) {
  if (changes.empty())
    return;
  failure->retry = Retry::kNewSession;
  (session_ ? change_failure_ : outage_) = *failure;
  if (const Report reports(*this); reports)
    reports->on_refused(changes, *failure);
}

// When the network has changed the next attempt may succeed; but a service that asks for patience
// gets it.
void Stream::loop_watch_network(const Failure &failure) {
  const bool wants_patience =
      failure.retry == Retry::kLongBackOff || failure.retry_after > std::chrono::seconds::zero();
  if (wants_patience)
    return network_watch_.reset();
  if (network_watch_)
    return;
  network_watch_ = loop_->on_network_change([this] {
    // One that comes and goes is no better than one that is away.
    if (hurried_ && loop_->now() - *hurried_ < kNetworkSettles)
      return;
    hurried_ = loop_->now();
    backoff_.hurry();
    if (retry_timer_)
      loop_open();
  });
}

void Stream::loop_limit_outage() {
  if (!outage_ || outage_timer_)
    return;
  outage_timer_ = loop_->after(options_.drain_timeout, [this] { loop_give_up(*outage_); });
}

void Stream::loop_give_up(Failure failure) {
  tell({.state = Is::kLost, .reason = failure.message, .failure = &failure});
  loop_end(std::move(failure));
}

}  // namespace assemblyai
