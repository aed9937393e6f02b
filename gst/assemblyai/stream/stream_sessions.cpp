// SPDX-License-Identifier: LGPL-2.1-or-later
// From one session with the service to the next: opening, changing, idling, ending.

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "stream/stream.h"

namespace assemblyai {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Is = ConnectionReport::State;

// A connection that lasted as long was a good one: the next failure is a new one.
constexpr seconds kHealthy{30};
// The service ends sessions after that at the latest (protocol reference 5.3).
constexpr seconds kLongestSession{3 * 3600};
// Tokens allow no shorter ones (protocol reference 1.3): who says so has another clock.
constexpr seconds kShortestToChange{30};
// How long before a session's end the next one is opened; of short ones a quarter.
constexpr seconds kChangeLead{60};

// The wall clock may be wrong, and the service's word absurd.
nanoseconds lifetime_of(const Begin &begin, seconds wall_clock) {
  if (begin.expires_at <= wall_clock.count())
    return kLongestSession;
  const auto told = static_cast<std::uint64_t>(begin.expires_at) -
                    static_cast<std::uint64_t>(std::max<std::int64_t>(wall_clock.count(), 0));
  return seconds(std::min<std::uint64_t>(told, kLongestSession.count()));
}

}  // namespace

void Stream::loop_open() {
  retry_timer_.reset();
  if (!self_ || opening_)
    return;
  {
    const std::lock_guard lock(mutex_);
    stats_.reconnects += backoff_.failures() > 0 ? 1 : 0;
    updates_.clear();  // those before are in what it is asked for
  }
  ServiceSessionOwner &this_owner = *this;  // a private base: the name must be used here
  opening_ = std::make_unique<ServiceSession>(
      *loop_, factory_,
      ServiceSession::Options{
          .info = info_,
          .connect_timeout = options_.connect_timeout,
          // The pacer's own waits are no fault of the service.
          .drain_timeout = std::max(options_.drain_timeout, 2 * options_.chunk_duration),
          .keepalive_interval = options_.keepalive_interval,
          .habits = habits_,
          .label = options_.label},
      this_owner);
  if (!session_)
    set_state(outage_ ? "reconnecting" : "connecting");
  opening_->start();
}

void Stream::tell(ConnectionReport connection) {
  connection.attempt = backoff_.failures() + 1;
  if (const Report reports(*this); reports)
    reports->on_connection(connection);
}

void Stream::on_connecting(ServiceSession &) {
  tell({.state = Is::kConnecting,
        .reason = session_ ? "The session in use reaches its maximum duration" : ""});
}

void Stream::on_begin(ServiceSession &session) {
  has_begun_ = true;
  {
    const std::lock_guard lock(mutex_);
    stats_.sessions++;
    open_sessions_++;
    opened_sum_ += session.opened_at();
  }
  tell({.state = Is::kConnected});
  if (const Report reports(*this); reports)
    reports->on_begin(session.begin());
  if (session_)
    loop_change_if_due();
  else
    loop_switch();
}

// Audio goes to the session that has just been opened, from where it was left off.
void Stream::loop_switch() {
  session_ = std::move(opening_);
  change_failure_.reset();
  outage_timer_.reset();
  network_watch_.reset();
  silent_until_ = {};
  began_at_ = sent_until_;
  hole_at_ = 0;
  heard_ = 0;
  probation_.begin(session_->chosen());
  tracker_.begin_session(session_->parameters().expects_formatted(), session_->begin().id);
  loop_rewind();
  replay_.resume();
  catching_up_ = sent_until_ > 0 || outage_;
  {
    const std::lock_guard lock(mutex_);
    if (catching_up_)  // else they still have their places in the audio
      controls_.renew(updates_, queue_.position());
    known_ = session_->chosen();
    stats_.session_id = session_->begin().id;
    stats_.state = finishing_ ? "draining" : "streaming";
  }
  if (const Report reports(*this); reports)
    reports->on_switched();
  healthy_timer_ = loop_->after(kHealthy, [this] { note_healthy(); });
  loop_watch_expiry();
  loop_watch_idle();
  if (is_finishing())
    session_->finish();
  else
    loop_pump();
}

// The next failure is a new one.
void Stream::note_healthy() {
  backoff_.reset();
  outage_.reset();
  told_causes_.clear();
}

// Who gets further with each session has no reason to open the next one later.
void Stream::note_progress(std::uint64_t position) {
  if (position <= answered_until_)
    return;
  answered_until_ = position;
  backoff_.reset();
}

// What was sent and is not settled is to be sent again.
void Stream::loop_rewind() {
  loop_skip_lost();
  if (!lost_timer_)
    loop_report_lost();
  const std::lock_guard lock(mutex_);
  queue_.rewind(replay_.begin(), replay_.begin_of_untold());
  controls_.rewind(replay_.begin());
}

// Of audio that is gone, what was told has to do.
void Stream::loop_skip_lost() {
  bool is_gone = false;
  {
    const std::lock_guard lock(mutex_);
    is_gone = queue_.kept_from() > replay_.settled();
  }
  if (!is_gone)
    return;
  report(tracker_.finish_interrupted());
  replay_.settle_interrupted();
  std::vector<AudioPiece> forgotten;
  {
    const std::lock_guard lock(mutex_);
    forgotten = queue_.forgotten_since(replay_.settled());
    count_lost(forgotten);
    replay_.skip_to(queue_.kept_from());
    queue_.skip(replay_.begin());
    queue_.settle(replay_.settled());
    changed_.notify_all();
  }
  // By itself: it is from before what was lost last.
  if (!forgotten.empty())
    loop_tell_lost(forgotten);
}

void Stream::loop_watch_expiry() {
  const nanoseconds lifetime = lifetime_of(session_->begin(), loop_->wall_clock());
  change_timer_.reset();
  if (lifetime < kShortestToChange)
    return;
  expires_at_ = std::min(loop_->now() + lifetime, session_->opened_at() + kLongestSession);
  change_lead_ = std::min<nanoseconds>(kChangeLead, lifetime / 4);
  change_timer_ =
      loop_->after(expires_at_ - change_lead_ - loop_->now(), [this] { loop_prepare_change(); });
}

void Stream::loop_prepare_change() {
  change_timer_.reset();
  if (!session_ || closing_ != Closing::kNot || is_finishing())
    return;
  if (!opening_)
    loop_open();
  // Nobody has to stop talking by then.
  change_timer_ = loop_->after(
      std::max<nanoseconds>(expires_at_ - change_lead_ / 4 - loop_->now(), nanoseconds::zero()),
      [this] { loop_change_if_due(); });
}

// At the end of a turn, or when there is no more time to wait for one.
void Stream::loop_change_if_due() {
  const bool is_ready = session_ && opening_ && opening_->has_begun();
  if (!is_ready || closing_ != Closing::kNot || is_finishing())
    return;
  const bool is_late = loop_->now() >= expires_at_ - change_lead_ / 4;
  if (!is_late && (tracker_.has_pending() || tracker_.has_interrupted()))
    return;
  change_timer_.reset();
  closing_ = Closing::kChange;
  replay_.begin_cut();
  session_->finish();
}

void Stream::loop_watch_idle() {
  idle_timer_.reset();
  if (options_.idle_timeout <= nanoseconds::zero())
    return;
  nanoseconds left = options_.idle_timeout;
  {
    const std::lock_guard lock(mutex_);
    if (!queue_.has_chunk())
      left = last_audio_ + options_.idle_timeout - loop_->now();
  }
  if (left > nanoseconds::zero()) {
    idle_timer_ = loop_->after(left, [this] { loop_watch_idle(); });
    return;
  }
  if (!session_ || closing_ != Closing::kNot || is_finishing())
    return;
  closing_ = Closing::kIdle;
  idle_since_ = loop_->now();
  loop_abandon_opening();
  session_->finish();
}

void Stream::loop_go_idle() {
  network_watch_.reset();
  bool is_over = false;
  bool has_audio = false;
  {
    const std::lock_guard lock(mutex_);
    has_audio = last_audio_ > idle_since_ && queue_.size() > 0;
    is_over = finishing_ && !has_audio;
    idle_ = !has_audio && !is_over;
  }
  if (is_over)
    return loop_end(std::nullopt);
  if (has_audio)
    return loop_open();
  set_state("idle");
  tell({.state = Is::kIdle, .reason = "There is no audio; the next connects again"});
}

void Stream::note_end(const ServiceSession &session, const SessionEnd &end) {
  const ServiceHabits habits = session.liveness().habits();
  habits_.answers_pings = habits.answers_pings;
  if (!end.begun)
    return;
  habits_.heartbeat_interval = habits.heartbeat_interval;
  const std::lock_guard lock(mutex_);
  open_sessions_--;
  const double open_for = std::chrono::duration<double>(end.open_for).count();
  const auto termination = end.termination.value_or(Termination());
  stats_.audio_seconds += termination.audio_seconds.value_or(0);
  stats_.session_seconds += termination.session_seconds.value_or(open_for);
}

// It is on the stack of this call.
void Stream::drop(std::unique_ptr<ServiceSession> session) {
  loop_->invoke(
      [self = shared_from_this(), gone = std::shared_ptr<ServiceSession>(std::move(session))] {});
}

void Stream::on_session_ended(ServiceSession &session, SessionEnd end) {
  const bool is_current = &session == session_.get();
  if (session.has_begun()) {
    const std::lock_guard lock(mutex_);
    opened_sum_ -= session.opened_at();
  }
  note_end(session, end);
  if (end.begun) {
    if (const Report reports(*this); reports)
      reports->on_session_end(end);
  }
  if (is_current)
    on_current_ended(std::move(end));
  else
    on_opening_ended(std::move(end));
}

void Stream::on_current_ended(SessionEnd end) {
  healthy_timer_.reset();
  change_timer_.reset();
  idle_timer_.reset();
  pace_timer_.reset();
  control_timer_.reset();
  held_timer_.reset();
  tell(tracker_.release_held());
  const Closing closing = std::exchange(closing_, Closing::kNot);
  const bool is_over = closing != Closing::kChange && !end.failure;
  if (is_over && !end.termination)
    report(tracker_.finish());  // it has not said that this was all
  else if (is_over)
    report(tracker_.finish_retold());
  else if (end.termination && !tracker_.has_pending() && !tracker_.has_interrupted())
    replay_.note_all_answered(session_->audio());
  replay_.interrupt(tracker_.pending());
  tracker_.interrupt();
  drop(std::move(session_));
  if (end.failure && end.failure->of_parameters)
    loop_take_back(probation_.refuse_update(end.failure->said), &*end.failure);
  if (is_left()) {
    if (!opening_)
      loop_end(std::nullopt);
  } else if (closing == Closing::kChange && opening_ && opening_->has_begun()) {
    loop_switch();
  } else if (is_over && closing == Closing::kIdle) {
    loop_settle_all();
    note_healthy();
    loop_go_idle();
  } else if (is_over) {
    loop_end(std::nullopt);
  } else {
    const Failure unknown{.kind = FailureKind::kLost,
                          .retry = Retry::kNewSession,
                          .message = "The next session was lost before it was used"};
    loop_lose_closing(closing, end.failure.value_or(change_failure_.value_or(unknown)));
  }
}

void Stream::on_opening_ended(SessionEnd end) {
  const ParameterSet asked = opening_->chosen();
  drop(std::move(opening_));
  if (!self_)
    return;
  if (end.failure && end.failure->of_parameters && has_begun_)
    loop_take_back(probation_.refuse_request(asked, end.failure->said), &*end.failure);
  if (!session_ && is_left())
    return loop_end(std::nullopt);
  if (!session_ && end.failure)
    return loop_lose(*end.failure);
  if (session_ && end.failure && closing_ != Closing::kIdle && !is_finishing())
    loop_miss_change(*end.failure);
}

// All that was sent has been answered.
void Stream::loop_settle_all() {
  const std::lock_guard lock(mutex_);
  replay_.skip_to(queue_.position());
  queue_.settle(queue_.position());
  controls_.settle(queue_.position());
  changed_.notify_all();
}

void Stream::loop_abandon_opening() {
  ServiceSession *const session = opening_.get();
  if (session == nullptr)
    return;
  session->leave();
  if (opening_.get() == session)  // it waits for audio to be sent before it ends
    session->audio_done();
}

void Stream::loop_end(std::optional<Failure> failure) {
  // What ends now finds nobody to go on for. This call's callers are ours.
  const std::shared_ptr<Stream> self = std::exchange(self_, nullptr);
  if (!self)
    return;
  loop_->invoke([self] {});
  for (auto *timer :
       {&retry_timer_, &outage_timer_, &change_timer_, &idle_timer_, &healthy_timer_, &held_timer_})
    timer->reset();
  network_watch_.reset();
  loop_abandon_opening();
  loop_report_lost();
  lost_timer_.reset();
  report(failure ? tracker_.finish() : tracker_.finish_retold());
  {
    const std::lock_guard lock(mutex_);
    stats_.state = "ended";
  }
  if (const Report reports(*this); reports)
    reports->on_ended(failure);
  const std::lock_guard lock(mutex_);
  ended_ = true;
  queue_.clear();
  changed_.notify_all();
}

}  // namespace assemblyai
