// SPDX-License-Identifier: LGPL-2.1-or-later

#include "stream/stream.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "stream/wait_budget.h"

namespace assemblyai {

namespace {

// How long leave() waits for the last audio and Terminate to be handed to the
// network: a healthy connection takes less than a millisecond.
constexpr std::chrono::milliseconds kLeaveLimit{500};
// Of each, when others have used that up.
constexpr std::chrono::milliseconds kLeastLeaveLimit{10};
// A connection that has not been writable for so long is not waited for.
constexpr std::chrono::seconds kStalled{2};

// A stalled connection drops audio with every buffer; one report a second is enough.
constexpr std::chrono::seconds kLostReportInterval{1};

// How much live audio is given up at once: a stretch costs the words in it, and two that are cut.
// No more than that of the backlog, which is what is left after an outage.
constexpr std::chrono::seconds kLeastLoss{1};
constexpr int kPartOfBacklog = 10;

// Nothing was lost for so long: the next loss is a new one.
constexpr std::chrono::seconds kNoLoss{30};

nanoseconds least_loss(const StreamOptions &options) {
  if (options.overflow == Overflow::kBlock)
    return nanoseconds::zero();
  return std::max<nanoseconds>(kLeastLoss, options.max_backlog / kPartOfBacklog);
}

}  // namespace

std::shared_ptr<Stream> Stream::create(StreamOptions options, ConnectionInfoSource info,
                                       std::shared_ptr<EventLoop> loop, TransportFactory factory,
                                       std::shared_ptr<StreamObserver> observer) {
  return std::shared_ptr<Stream>(new Stream(std::move(options), std::move(info), std::move(loop),
                                            std::move(factory), std::move(observer)));
}

Stream::Stream(StreamOptions options, ConnectionInfoSource info, std::shared_ptr<EventLoop> loop,
               TransportFactory factory, std::shared_ptr<StreamObserver> observer)
    : options_(std::move(options)),
      loop_(std::move(loop)),
      factory_(std::move(factory)),
      info_(std::move(info)),
      observer_(std::move(observer)),
      backoff_(options_.retry, options_.seed),
      queue_(bytes_of(options_.chunk_duration), bytes_of(options_.max_backlog),
             bytes_of(least_loss(options_))),
      last_audio_(loop_->now()),
      known_(options_.known),
      next_turn_(options_.first_turn) {
  has_begun_ = known_.has_value();
  probation_.begin(known_.value_or(ParameterSet()));
}

void Stream::post(void (Stream::*task)()) {
  loop_->invoke([self = shared_from_this(), task] { (self.get()->*task)(); });
}

void Stream::start() {
  post(&Stream::loop_start);
}

void Stream::loop_start() {
  {
    const std::lock_guard lock(mutex_);
    if (left_) {
      ended_ = true;
      changed_.notify_all();
      return;
    }
  }
  self_ = shared_from_this();
  loop_open();
}

Stream::PushResult Stream::push(AudioBlock &&block, Content content) {
  const std::size_t size = block.data.size();
  bool wakes = false;
  {
    std::unique_lock lock(mutex_);
    const auto may_go_on = [&] {
      return ended_ || left_ || interrupted_ || options_.overflow == Overflow::kDropOldest ||
             queue_.has_room(size);
    };
    changed_.wait(lock, may_go_on);
    if (ended_ || left_)
      return PushResult::kEnded;
    if (interrupted_)
      return PushResult::kInterrupted;
    if (idle_ && content == Content::kFilling)
      return PushResult::kAccepted;
    if (content == Content::kAudio) {
      last_audio_ = loop_->now();
      wakes = std::exchange(idle_, false);
    }
    const std::vector<AudioPiece> lost = queue_.make_room(size);
    const bool first_lost = lost_.empty() && !lost.empty();
    add_lost(lost);
    queue_.push(std::move(block));
    const bool anything = queue_.has_chunk() || first_lost || !controls_.empty();
    if (!wakes && (!anything || std::exchange(pump_scheduled_, true)))
      return PushResult::kAccepted;
  }
  post(wakes ? &Stream::loop_open : &Stream::loop_pump);
  return PushResult::kAccepted;
}

void Stream::add_lost(const std::vector<AudioPiece> &pieces) {
  lost_.insert(lost_.end(), pieces.begin(), pieces.end());
  count_lost(pieces);
}

void Stream::count_lost(const std::vector<AudioPiece> &pieces) {
  for (const AudioPiece &piece : pieces)
    stats_.audio_dropped_bytes += piece.size;
}

bool Stream::update(const ParameterSet &parameters) {
  {
    const std::lock_guard lock(mutex_);
    if (ended_ || left_)
      return false;
    controls_.update(parameters, queue_.end(), loop_->now());
    for (const auto &[name, value] : parameters) {
      if (!is_additive(name))
        updates_.insert_or_assign(name, value);
    }
  }
  post(&Stream::loop_pump);
  return true;
}

void Stream::withdraw(std::string_view parameter) {
  const std::lock_guard lock(mutex_);
  controls_.withdraw(parameter);
  if (const auto known = updates_.find(parameter); known != updates_.end())
    updates_.erase(known);
}

bool Stream::force_endpoint() {
  {
    const std::lock_guard lock(mutex_);
    if (ended_ || left_)
      return false;
    if (idle_)
      return true;  // the turn has ended with its session
    if (!controls_.force_endpoint(queue_.end()))
      return false;
  }
  post(&Stream::loop_pump);
  return true;
}

void Stream::finish() {
  {
    const std::lock_guard lock(mutex_);
    finishing_ = true;
    if (!ended_)
      stats_.state = "draining";
  }
  post(&Stream::loop_finish);
}

void Stream::loop_finish() {
  if (!self_)
    return;
  if (session_ && closing_ == Closing::kNot) {
    loop_abandon_opening();
    session_->finish();
  } else if (!session_ && !opening_ && !retry_timer_) {
    loop_end(std::nullopt);  // idle
  } else if (!session_) {
    loop_limit_outage();
    loop_open();  // the next attempt could be too late
  }
}

Stream::WaitResult Stream::wait_end() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return ended_ || left_ || interrupted_; });
  if (left_)
    return WaitResult::kLeft;
  return ended_ ? WaitResult::kEnded : WaitResult::kInterrupted;
}

void Stream::interrupt() {
  const std::lock_guard lock(mutex_);
  interrupted_ = true;
  changed_.notify_all();
}

void Stream::resume() {
  const std::lock_guard lock(mutex_);
  interrupted_ = false;
}

void Stream::leave(Rest rest) {
  {
    const std::lock_guard lock(mutex_);
    left_ = true;
    finishing_ = true;
    if (rest == Rest::kDiscard)
      queue_.clear();
    changed_.notify_all();
    if (ended_)
      return;
  }
  post(&Stream::loop_leave);
  // A report is on the stack of this call: what it is part of has to go on to its end first.
  if (loop_->is_current())
    return;
  if (!wait_left(rest) && rest == Rest::kSend)
    log(LogLevel::kInfo, options_.label, "the rest of the audio goes on in the background");
}

// Whether all has been handed over. What is just reported is waited for in any case.
bool Stream::wait_left(Rest rest) {
  static WaitBudget budget(kLeaveLimit, kLeastLeaveLimit);
  const nanoseconds begin = loop_->now();
  const nanoseconds limit = rest == Rest::kSend ? budget.limit(begin) : kLeaveLimit;
  std::unique_lock lock(mutex_);
  const bool done = changed_.wait_for(lock, limit, [&] {
    return reporting_ == 0 && (rest == Rest::kDiscard || ended_ || stalled_);
  });
  if (rest == Rest::kSend)
    budget.spend(loop_->now() - begin);
  return done && !stalled_;
}

void Stream::loop_leave() {
  if (!self_)
    return;
  retry_timer_.reset();
  change_timer_.reset();
  idle_timer_.reset();
  loop_abandon_opening();
  if (session_)
    session_->leave();
  loop_note_stalled();
  if (self_ && !session_ && !opening_)
    loop_end(std::nullopt);
}

// What has gone nowhere for so long does not go now either.
void Stream::loop_note_stalled() {
  if (!session_ || session_->liveness().blocked_for() < kStalled)
    return;
  const std::lock_guard lock(mutex_);
  stalled_ = true;
  changed_.notify_all();
}

void Stream::loop_pump() {
  if (!self_)
    return;
  bool lost = false;
  {
    const std::lock_guard lock(mutex_);
    pump_scheduled_ = false;
    lost = !lost_.empty();
  }
  if (lost && !lost_timer_)
    loop_report_lost();
  while (session_ && session_->may_send()) {
    if (loop_end_turn_at_hole())
      continue;
    const Sent sent = loop_send_control();
    if (sent == Sent::kWait || (sent == Sent::kNothing && !loop_send_next()))
      return;
  }
}

// What comes after a hole is no part of what was said before it.
bool Stream::loop_end_turn_at_hole() {
  const std::uint64_t end = session_->audio().end();
  {
    const std::lock_guard lock(mutex_);
    if (end == 0 || queue_.position() == end || left_ || closing_ == Closing::kChange)
      return false;
  }
  if (std::exchange(hole_at_, end) == end)
    return false;
  session_->send(ForceEndpoint{});
  return true;
}

// What goes between the audio. kWait: an update is being collected, and nothing may be
// sent before it.
Stream::Sent Stream::loop_send_control() {
  std::optional<ClientMessage> message;
  {
    const std::lock_guard lock(mutex_);
    const ControlQueue::Situation situation{.taken = queue_.position(),
                                            .chunk_bytes = queue_.chunk_bytes(),
                                            .now = loop_->now(),
                                            .finishing = finishing_};
    message = controls_.take(situation);
    const nanoseconds wait = controls_.wait(situation);
    if (!message && wait == nanoseconds::zero())
      return Sent::kNothing;
    if (!message) {
      control_timer_ = loop_->after(wait, [this] { loop_pump(); });
      return Sent::kWait;
    }
  }
  if (const auto *update = std::get_if<UpdateConfiguration>(&*message))
    probation_.tell(update->parameters, loop_->now());
  session_->send(std::move(*message));
  tracker_.expect_formatted(session_->parameters().expects_formatted());
  return Sent::kMessage;
}

// One message, if there is one and it is time for it.
bool Stream::loop_send_next() {
  std::optional<AudioChunk> chunk;
  bool is_last = closing_ == Closing::kChange;
  if (!is_last) {
    const std::lock_guard lock(mutex_);
    const bool to_the_end = finishing_ || closing_ == Closing::kIdle;
    const std::size_t next = std::min(queue_.size(), queue_.chunk_bytes());
    if ((queue_.has_chunk() || (to_the_end && next > 0)) && !left_ && loop_must_wait(next))
      return false;
    chunk = queue_.take();
    if (!chunk)
      loop_note_caught_up();
    if (!chunk && to_the_end)
      chunk = queue_.take_tail(bytes_of(kMinChunk));
    if (!chunk && !to_the_end)
      return false;
    is_last = !chunk;
    if (chunk) {
      loop_count(*chunk);
      changed_.notify_all();
    }
  }
  if (is_last) {
    session_->audio_done();
    return false;
  }
  if (const Report reports(*this); reports)
    reports->on_audio_sent(*chunk);
  session_->send(*chunk);
  return true;
}

// With the lock held.
void Stream::loop_count(const AudioChunk &chunk) {
  const std::size_t size = chunk.data.size() - chunk.padding;
  const std::uint64_t end = chunk.position + size;
  const auto again =
      static_cast<std::size_t>(std::min(end, sent_until_) - std::min(chunk.position, sent_until_));
  sent_until_ = std::max(sent_until_, end);
  stats_.messages_sent++;
  stats_.audio_sent_bytes += size - again;
  stats_.audio_resent_bytes += again;
}

void Stream::loop_note_caught_up() {
  if (std::exchange(catching_up_, false))
    waited_until_ = queue_.position();
  if (loop_->now() - last_loss_ >= kNoLoss)
    is_losing_ = false;
}

bool Stream::loop_must_wait(std::size_t bytes) {
  const nanoseconds delay = session_->delay(bytes);
  if (delay == nanoseconds::zero())
    return false;
  pace_timer_ = loop_->after(delay, [this] { loop_pump(); });
  return true;
}

void Stream::loop_report_lost() {
  std::vector<AudioPiece> lost;
  {
    const std::lock_guard lock(mutex_);
    lost.swap(lost_);
  }
  lost_timer_.reset();
  if (lost.empty())
    return;
  if (!session_)
    loop_skip_lost();
  loop_tell_lost(lost);
  lost_timer_ = loop_->after(kLostReportInterval, [this] { loop_report_lost(); });
}

void Stream::loop_tell_lost(const std::vector<AudioPiece> &pieces) {
  last_loss_ = loop_->now();
  const bool is_new = !std::exchange(is_losing_, true);
  if (const Report reports(*this); reports)
    reports->on_audio_lost(pieces, is_new);
}

Stream::Report::Report(Stream &session) : session_(session) {
  const std::lock_guard lock(session_.mutex_);
  wanted_ = !session_.left_;
  session_.reporting_++;
}

Stream::Report::~Report() {
  const std::lock_guard lock(session_.mutex_);
  session_.reporting_--;
  session_.changed_.notify_all();
}

bool Stream::ended() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

bool Stream::idle() const {
  const std::lock_guard lock(mutex_);
  return idle_;
}

bool Stream::is_finishing() const {
  const std::lock_guard lock(mutex_);
  return finishing_;
}

bool Stream::is_left() const {
  const std::lock_guard lock(mutex_);
  return left_;
}

void Stream::set_state(const char *state) {
  const std::lock_guard lock(mutex_);
  if (!finishing_ || ended_)
    stats_.state = state;
}

std::optional<ParameterSet> Stream::known() const {
  const std::lock_guard lock(mutex_);
  return known_;
}

std::uint64_t Stream::next_turn() const {
  const std::lock_guard lock(mutex_);
  return next_turn_;
}

StreamStats Stream::stats() const {
  const std::lock_guard lock(mutex_);
  StreamStats stats = stats_;
  stats.audio_queued_bytes = queue_.size();
  stats.audio_kept_bytes = queue_.kept_size();
  const nanoseconds open = open_sessions_ * loop_->now() - opened_sum_;
  stats.session_seconds += std::chrono::duration<double>(open).count();
  return stats;
}

}  // namespace assemblyai
