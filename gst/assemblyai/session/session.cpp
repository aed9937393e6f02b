// SPDX-License-Identifier: LGPL-2.1-or-later

#include "session/session.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace assemblyai {

namespace {

// How long leave() waits for the last audio and Terminate to be handed to the
// network: a healthy connection takes less than a millisecond.
constexpr std::chrono::milliseconds kLeaveLimit{500};

std::string text_of(const ParameterSet &parameters, std::string_view name) {
  const auto found = parameters.find(name);
  const auto *text = found == parameters.end() ? nullptr : std::get_if<std::string>(&found->second);
  return text != nullptr ? *text : std::string();
}

bool expects_formatted(std::string_view model, const ParameterSet &parameters) {
  const auto found = parameters.find("format_turns");
  const bool *wanted = found == parameters.end() ? nullptr : std::get_if<bool>(&found->second);
  return wanted != nullptr && *wanted && !formats_by_itself(model);
}

// A stalled connection drops audio with every buffer; one report a second is enough.
constexpr std::chrono::seconds kLostReportInterval{1};

}  // namespace

std::shared_ptr<Session> Session::create(SessionOptions options, TargetSource target,
                                         std::shared_ptr<EventLoop> loop, TransportFactory factory,
                                         std::shared_ptr<SessionObserver> observer) {
  return std::shared_ptr<Session>(new Session(std::move(options), std::move(target),
                                              std::move(loop), std::move(factory),
                                              std::move(observer)));
}

Session::Session(SessionOptions options, TargetSource target, std::shared_ptr<EventLoop> loop,
                 TransportFactory factory, std::shared_ptr<SessionObserver> observer)
    : options_(std::move(options)),
      loop_(std::move(loop)),
      factory_(std::move(factory)),
      observer_(std::move(observer)),
      target_(std::move(target)),
      pacer_(loop_->now()),
      queue_(bytes_of(options_.chunk_duration), bytes_of(options_.max_backlog)),
      next_turn_(options_.first_turn) {}

void Session::post(void (Session::*task)()) {
  loop_->invoke([self = shared_from_this(), task] { (self.get()->*task)(); });
}

void Session::start() {
  post(&Session::loop_start);
}

void Session::loop_start() {
  {
    const std::lock_guard lock(mutex_);
    if (left_) {
      ended_ = true;
      changed_.notify_all();
      return;
    }
    stats_.state = "connecting";
  }
  self_ = shared_from_this();
  ConnectionObserver &this_observer = *this;  // a private base: the name must be used here
  connection_ = std::make_unique<Connection>(
      *loop_, factory_,
      Connection::Options{
          .target = std::exchange(target_, {}),
          .connect_timeout = options_.connect_timeout,
          // The pacer's own waits are no fault of the service.
          .drain_timeout = std::max(options_.drain_timeout, 2 * options_.chunk_duration),
          .keepalive_interval = options_.keepalive_interval,
          .label = options_.label},
      this_observer);
  connection_->start();
}

Session::PushResult Session::push(AudioBlock &&block) {
  const std::size_t size = block.data.size();
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
    const std::vector<AudioPiece> dropped = queue_.drop_oldest(size);
    const bool first_lost = lost_.empty() && !dropped.empty();
    lost_.insert(lost_.end(), dropped.begin(), dropped.end());
    for (const AudioPiece &piece : dropped)
      stats_.audio_dropped_bytes += piece.size;
    queue_.push(std::move(block));
    queued_bytes_ += size;
    const bool anything = queue_.has_chunk() || first_lost || !controls_.empty();
    if (!anything || std::exchange(pump_scheduled_, true))
      return PushResult::kAccepted;
  }
  post(&Session::loop_pump);
  return PushResult::kAccepted;
}

bool Session::update(const ParameterSet &parameters) {
  {
    const std::lock_guard lock(mutex_);
    if (ended_ || left_)
      return false;
    controls_.update(parameters, queued_bytes_, loop_->now());
  }
  post(&Session::loop_pump);
  return true;
}

void Session::withdraw(std::string_view parameter) {
  const std::lock_guard lock(mutex_);
  controls_.withdraw(parameter);
}

bool Session::force_endpoint() {
  {
    const std::lock_guard lock(mutex_);
    if (ended_ || left_ || !controls_.force_endpoint(queued_bytes_))
      return false;
  }
  post(&Session::loop_pump);
  return true;
}

void Session::finish() {
  {
    const std::lock_guard lock(mutex_);
    finishing_ = true;
    if (!ended_)
      stats_.state = "draining";
  }
  loop_->invoke([self = shared_from_this()] {
    if (self->connection_)
      self->connection_->finish();
  });
}

Session::WaitResult Session::wait_end() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return ended_ || left_ || interrupted_; });
  if (left_)
    return WaitResult::kLeft;
  return ended_ ? WaitResult::kEnded : WaitResult::kInterrupted;
}

void Session::interrupt() {
  const std::lock_guard lock(mutex_);
  interrupted_ = true;
  changed_.notify_all();
}

void Session::resume() {
  const std::lock_guard lock(mutex_);
  interrupted_ = false;
}

void Session::leave(Rest rest) {
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
  if (loop_->is_current()) {
    loop_leave();
    return;
  }
  post(&Session::loop_leave);
  bool done = false;
  {
    std::unique_lock lock(mutex_);
    const bool discard = rest == Rest::kDiscard;
    done = changed_.wait_for(lock, kLeaveLimit,
                             [&] { return reporting_ == 0 && (discard || ended_); });
  }
  if (!done && rest == Rest::kSend)
    log(LogLevel::kInfo, options_.label, "the rest of the audio goes on in the background");
}

void Session::loop_leave() {
  if (connection_)
    connection_->leave();
}

void Session::loop_pump() {
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
  while (connection_ && connection_->may_send()) {
    const Sent sent = loop_send_control();
    if (sent == Sent::kWait || (sent == Sent::kNothing && !loop_send_next()))
      return;
  }
}

// What goes between the audio. kWait: an update is being collected, and nothing may be
// sent before it.
Session::Sent Session::loop_send_control() {
  std::optional<ClientMessage> message;
  {
    const std::lock_guard lock(mutex_);
    const ControlQueue::Situation situation{.taken = queued_bytes_ - queue_.size(),
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
  auto *update = std::get_if<UpdateConfiguration>(&*message);
  if (update != nullptr)
    loop_apply(&update->parameters);
  if (update == nullptr || !update->parameters.empty())
    connection_->send(*message);
  return Sent::kMessage;
}

// A mode sets its parameters anew; those that were set by themselves are to win.
void Session::loop_renew_mode(ParameterSet *changes) {
  if (!changes->contains("mode"))
    return;
  applied_.erase("mode");
  for (auto known = applied_.begin(); known != applied_.end();) {
    const Parameter *parameter = find_parameter(known->first);
    if (parameter == nullptr || !parameter->of_mode) {
      ++known;
      continue;
    }
    changes->insert(*known);
    known = applied_.erase(known);
  }
}

// Takes out what the service has been told already, and notes the rest.
void Session::loop_apply(ParameterSet *changes) {
  loop_renew_mode(changes);
  std::erase_if(*changes, [this](const auto &change) {
    const auto known = applied_.find(change.first);
    if (is_additive(change.first))
      return false;
    return known == applied_.end() ? is_cleared(change.second) : known->second == change.second;
  });
  for (const auto &[name, value] : *changes)
    applied_.insert_or_assign(name, value);
  if (changes->contains("format_turns"))
    tracker_.expect_formatted(expects_formatted(model_, applied_));
}

// One message, if there is one and it is time for it.
bool Session::loop_send_next() {
  std::optional<AudioChunk> chunk;
  {
    const std::lock_guard lock(mutex_);
    const std::size_t next = std::min(queue_.size(), queue_.chunk_bytes());
    if ((queue_.has_chunk() || (finishing_ && next > 0)) && !left_ && loop_must_wait(next))
      return false;
    chunk = queue_.take();
    if (!chunk && !finishing_)
      return false;
    if (!chunk)
      chunk = queue_.take_tail(bytes_of(kMinChunk));
    if (chunk) {
      stats_.messages_sent++;
      stats_.audio_sent_bytes += chunk->data.size() - chunk->padding;
      changed_.notify_all();
    }
  }
  if (!chunk) {
    connection_->audio_done();
    return false;
  }
  pacer_.sent(duration_of(chunk->data.size()));
  if (const Report reports(*this); reports)
    reports->on_audio_sent(*chunk);
  connection_->send_audio(chunk->data);
  return true;
}

bool Session::loop_must_wait(std::size_t bytes) {
  const nanoseconds delay = pacer_.delay(loop_->now(), duration_of(bytes));
  if (delay == nanoseconds::zero())
    return false;
  pace_timer_ = loop_->after(delay, [this] { loop_pump(); });
  return true;
}

void Session::loop_report_lost() {
  std::vector<AudioPiece> lost;
  {
    const std::lock_guard lock(mutex_);
    lost.swap(lost_);
  }
  lost_timer_.reset();
  if (lost.empty())
    return;
  if (const Report reports(*this); reports)
    reports->on_audio_lost(lost);
  lost_timer_ = loop_->after(kLostReportInterval, [this] { loop_report_lost(); });
}

void Session::on_connecting() {
  {
    const std::lock_guard lock(mutex_);
    if (!finishing_)
      stats_.state = "connecting";
  }
  if (const Report reports(*this); reports)
    reports->on_connection(ConnectionState::kConnecting);
}

void Session::on_begin(const Begin &begin, const ParameterSet &asked) {
  const std::string &told = begin.configuration.model;
  const std::string asked_model = text_of(asked, "speech_model");
  if (!told.empty() && !asked_model.empty() && told != asked_model)
    log(LogLevel::kWarning, options_.label, "asked for the model %s, got %s", asked_model.c_str(),
        told.c_str());
  model_ = told.empty() ? asked_model : told;
  applied_ = asked;
  tracker_.begin_session(expects_formatted(model_, asked));
  {
    const std::lock_guard lock(mutex_);
    stats_.session_id = begin.id;
    stats_.state = finishing_ ? "draining" : "streaming";
  }
  if (const Report reports(*this); reports) {
    reports->on_connection(ConnectionState::kConnected);
    reports->on_begin(begin);
  }
}

void Session::on_frame(std::string_view frame) {
  {
    const std::lock_guard lock(mutex_);
    stats_.messages_received++;
  }
  if (const Report reports(*this); reports)
    reports->on_frame(frame);
}

void Session::on_message(ServerMessage message) {
  if (auto *turn = std::get_if<Turn>(&message))
    return report(tracker_.handle(std::move(*turn)));
  if (!take_note(&message))
    return;
  if (const Report reports(*this); reports)
    reports->on_message(message, {tracker_, options_.first_turn});
}

// False when the message says nothing new.
bool Session::take_note(ServerMessage *message) {
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

void Session::on_undecodable(const Failure &failure) {
  {
    const std::lock_guard lock(mutex_);
    stats_.messages_undecodable++;
  }
  if (const Report reports(*this); reports)
    reports->on_undecodable(failure);
}

void Session::report(std::vector<TurnReport> reports) {
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

void Session::on_connection_ended(ConnectionEnd end) {
  pace_timer_.reset();
  control_timer_.reset();
  loop_report_lost();
  lost_timer_.reset();
  report(tracker_.finish());
  {
    const std::lock_guard lock(mutex_);
    stats_.state = "ended";
    if (end.termination) {
      stats_.audio_seconds = end.termination->audio_seconds.value_or(0);
      stats_.session_seconds = end.termination->session_seconds.value_or(0);
    }
  }
  if (const Report reports(*this); reports)
    reports->on_ended(end);
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    queue_.clear();
    changed_.notify_all();
  }
  // The connection is on the stack of this call.
  loop_->invoke([self = std::exchange(self_, nullptr)] { self->connection_.reset(); });
}

Session::Report::Report(Session &session) : session_(session) {
  const std::lock_guard lock(session_.mutex_);
  wanted_ = !session_.left_;
  session_.reporting_++;
}

Session::Report::~Report() {
  const std::lock_guard lock(session_.mutex_);
  session_.reporting_--;
  session_.changed_.notify_all();
}

bool Session::ended() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

std::uint64_t Session::next_turn() const {
  const std::lock_guard lock(mutex_);
  return next_turn_;
}

SessionStats Session::stats() const {
  const std::lock_guard lock(mutex_);
  SessionStats stats = stats_;
  stats.audio_queued_bytes = queue_.size();
  return stats;
}

}  // namespace assemblyai
