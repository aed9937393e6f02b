// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "stream/stream_gate.h"

#include <algorithm>
#include <utility>

namespace assemblyai {

namespace {

// The amount of live audio that is dropped at once: each gap costs the words in it and the two at
// its edges. At most this part of the backlog, which is needed after an outage.
constexpr std::chrono::seconds kLeastLoss{1};
constexpr int kPartOfBacklog = 10;

nanoseconds least_loss(const StreamOptions &options) {
  if (options.overflow == Overflow::kBlock)
    return nanoseconds::zero();
  return std::max<nanoseconds>(kLeastLoss, options.max_backlog / kPartOfBacklog);
}

}  // namespace

StreamGate::StreamGate(const StreamOptions &options, const EventLoop &clock)
    : clock_(clock),
      overflow_(options.overflow),
      queue_(bytes_of(options.chunk_duration), bytes_of(options.max_backlog),
             bytes_of(least_loss(options))),
      last_audio_(clock.now()),
      known_(options.known),
      next_turn_(options.first_turn) {}

StreamGate::Pushed StreamGate::push(AudioBlock &&block, Content content) {
  const std::size_t size = block.data.size();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] {
    return ended_ || left_ || interrupted_ || overflow_ == Overflow::kDropOldest ||
           queue_.has_room(size);
  });
  if (ended_ || left_)
    return {.result = PushResult::kEnded};
  if (interrupted_)
    return {.result = PushResult::kInterrupted};
  if (idle_ && content == Content::kFilling)
    return {};
  const bool wakes = content == Content::kAudio && std::exchange(idle_, false);
  if (content == Content::kAudio)
    last_audio_ = clock_.now();
  const std::vector<AudioPiece> lost = queue_.make_room(size);
  const bool first_lost = lost_.empty() && !lost.empty();
  add_lost(lost);
  queue_.push(std::move(block));
  if (wakes)
    return {.wake = Wake::kOpen};
  const bool anything = queue_.has_chunk() || first_lost || !controls_.empty();
  return {.wake = anything && !std::exchange(pump_scheduled_, true) ? Wake::kPump : Wake::kNothing};
}

void StreamGate::add_lost(const std::vector<AudioPiece> &pieces) {
  lost_.insert(lost_.end(), pieces.begin(), pieces.end());
  count_lost(pieces);
}

void StreamGate::count_lost(const std::vector<AudioPiece> &pieces) {
  for (const AudioPiece &piece : pieces)
    stats_.audio_dropped_bytes += piece.size;
}

void StreamGate::finish() {
  const std::lock_guard lock(mutex_);
  finishing_ = true;
  if (!is_over_)
    stats_.state = "draining";
}

WaitResult StreamGate::wait_end() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return ended_ || left_ || interrupted_; });
  if (left_)
    return WaitResult::kLeft;
  return ended_ ? WaitResult::kEnded : WaitResult::kInterrupted;
}

bool StreamGate::update(const ParameterSet &parameters) {
  const std::lock_guard lock(mutex_);
  if (ended_ || left_)
    return false;
  controls_.update(parameters, queue_.end(), clock_.now());
  for (const auto &[name, value] : parameters) {
    if (!is_additive(name))
      updates_.insert_or_assign(name, value);
  }
  return true;
}

void StreamGate::withdraw(std::string_view parameter) {
  const std::lock_guard lock(mutex_);
  controls_.withdraw(parameter);
  if (const auto known = updates_.find(parameter); known != updates_.end())
    updates_.erase(known);
}

bool StreamGate::force_endpoint() {
  const std::lock_guard lock(mutex_);
  if (ended_ || left_)
    return false;
  // While the stream is idle, the turn has ended with its session.
  return idle_ || controls_.force_endpoint(queue_.end());
}

void StreamGate::interrupt() {
  const std::lock_guard lock(mutex_);
  interrupted_ = true;
  changed_.notify_all();
}

void StreamGate::resume() {
  const std::lock_guard lock(mutex_);
  interrupted_ = false;
}

bool StreamGate::leave(Rest rest) {
  const std::lock_guard lock(mutex_);
  left_ = true;
  finishing_ = true;
  if (rest == Rest::kDiscard)
    queue_.clear();
  changed_.notify_all();
  return !ended_;
}

bool StreamGate::wait_left(Rest rest, nanoseconds limit) {
  std::unique_lock lock(mutex_);
  const bool done = changed_.wait_for(
      lock, limit, [&] { return calling_ == 0 && (rest == Rest::kDiscard || ended_ || stalled_); });
  return done && !stalled_;
}

bool StreamGate::ended() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

bool StreamGate::idle() const {
  const std::lock_guard lock(mutex_);
  return idle_;
}

std::uint64_t StreamGate::next_turn() const {
  const std::lock_guard lock(mutex_);
  return next_turn_;
}

StreamStats StreamGate::stats() const {
  const std::lock_guard lock(mutex_);
  StreamStats stats = stats_;
  stats.audio_queued_bytes = queue_.size();
  stats.audio_kept_bytes = queue_.kept_size();
  const nanoseconds open = open_sessions_ * clock_.now() - opened_sum_;
  stats.session_seconds += std::chrono::duration<double>(open).count();
  return stats;
}

std::optional<ParameterSet> StreamGate::known() const {
  const std::lock_guard lock(mutex_);
  return known_;
}

StreamGate::Call::Call(StreamGate &gate) : gate_(gate) {
  const std::lock_guard lock(gate_.mutex_);
  wanted_ = !gate_.left_;
  gate_.calling_++;
}

StreamGate::Call::~Call() {
  const std::lock_guard lock(gate_.mutex_);
  gate_.calling_--;
  gate_.changed_.notify_all();
}

bool StreamGate::begin() {
  const std::lock_guard lock(mutex_);
  if (!left_)
    return true;
  ended_ = true;
  changed_.notify_all();
  return false;
}

void StreamGate::end() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  queue_.clear();
  changed_.notify_all();
}

bool StreamGate::is_finishing() const {
  const std::lock_guard lock(mutex_);
  return finishing_;
}

bool StreamGate::is_left() const {
  const std::lock_guard lock(mutex_);
  return left_;
}

void StreamGate::note_stalled() {
  const std::lock_guard lock(mutex_);
  stalled_ = true;
  changed_.notify_all();
}

void StreamGate::begin_pump() {
  const std::lock_guard lock(mutex_);
  pump_scheduled_ = false;
}

ControlQueue::Situation StreamGate::situation() const {
  return {.taken = queue_.position(),
          .chunk_bytes = queue_.chunk_bytes(),
          .now = clock_.now(),
          .finishing = finishing_};
}

StreamGate::Control StreamGate::take_control() {
  const std::lock_guard lock(mutex_);
  const ControlQueue::Situation now = situation();
  Control control{.message = controls_.take(now)};
  control.wait = controls_.wait(now);
  return control;
}

bool StreamGate::has_message() const {
  const std::lock_guard lock(mutex_);
  return queue_.has_chunk();
}

std::size_t StreamGate::next_message_size(bool with_tail) const {
  const std::lock_guard lock(mutex_);
  if (queue_.has_chunk())
    return queue_.chunk_bytes();
  return with_tail ? queue_.size() : 0;
}

std::optional<AudioChunk> StreamGate::take(bool with_tail) {
  const std::lock_guard lock(mutex_);
  std::optional<AudioChunk> chunk = queue_.take();
  if (!chunk && with_tail)
    chunk = queue_.take_tail(bytes_of(kMinChunk));
  if (chunk) {
    count_sent(*chunk);
    changed_.notify_all();
  }
  return chunk;
}

void StreamGate::count_sent(const AudioChunk &chunk) {
  const std::size_t size = chunk.data.size() - chunk.padding;
  const std::uint64_t end = chunk.position + size;
  const std::uint64_t again = std::min(end, sent_until_) - std::min(chunk.position, sent_until_);
  sent_until_ = std::max(sent_until_, end);
  stats_.messages_sent++;
  stats_.audio_sent_bytes += size - again;
  stats_.audio_resent_bytes += again;
}

std::uint64_t StreamGate::position() const {
  const std::lock_guard lock(mutex_);
  return queue_.position();
}

std::uint64_t StreamGate::kept_from() const {
  const std::lock_guard lock(mutex_);
  return queue_.kept_from();
}

std::uint64_t StreamGate::sent_until() const {
  const std::lock_guard lock(mutex_);
  return sent_until_;
}

void StreamGate::settle(std::uint64_t position) {
  const std::lock_guard lock(mutex_);
  queue_.settle(position);
  controls_.settle(position);
  changed_.notify_all();
}

std::uint64_t StreamGate::settle_all() {
  const std::lock_guard lock(mutex_);
  const std::uint64_t position = queue_.position();
  queue_.settle(position);
  controls_.settle(position);
  changed_.notify_all();
  return position;
}

void StreamGate::rewind(std::uint64_t position, std::uint64_t dispensable) {
  const std::lock_guard lock(mutex_);
  queue_.rewind(position, dispensable);
  controls_.rewind(position);
}

void StreamGate::skip(std::uint64_t position, std::uint64_t settled) {
  const std::lock_guard lock(mutex_);
  queue_.skip(position);
  queue_.settle(settled);
  changed_.notify_all();
}

bool StreamGate::has_lost() const {
  const std::lock_guard lock(mutex_);
  return !lost_.empty();
}

std::vector<AudioPiece> StreamGate::take_lost() {
  const std::lock_guard lock(mutex_);
  return std::exchange(lost_, {});
}

void StreamGate::lose_taken_since(std::uint64_t position) {
  const std::lock_guard lock(mutex_);
  add_lost(queue_.taken_since(position));
}

StreamGate::Forgotten StreamGate::take_forgotten_since(std::uint64_t position) {
  const std::lock_guard lock(mutex_);
  Forgotten forgotten{queue_.forgotten_since(position), queue_.kept_from()};
  count_lost(forgotten.pieces);
  return forgotten;
}

void StreamGate::begin_request() {
  const std::lock_guard lock(mutex_);
  updates_.clear();
}

void StreamGate::renew_updates() {
  const std::lock_guard lock(mutex_);
  controls_.renew(updates_, queue_.position());
}

void StreamGate::note_session_begun(nanoseconds opened_at) {
  const std::lock_guard lock(mutex_);
  stats_.sessions++;
  open_sessions_++;
  opened_sum_ += opened_at;
}

void StreamGate::note_session_used(const std::string &id, const ParameterSet &chosen) {
  const std::lock_guard lock(mutex_);
  known_ = chosen;
  stats_.session_id = id;
  stats_.state = finishing_ ? "draining" : "streaming";
}

void StreamGate::note_session_ended(nanoseconds opened_at) {
  const std::lock_guard lock(mutex_);
  open_sessions_--;
  opened_sum_ -= opened_at;
}

StreamGate::LastAudio StreamGate::last_audio() const {
  const std::lock_guard lock(mutex_);
  return {.came_at = last_audio_, .is_waiting = queue_.has_chunk()};
}

StreamGate::Idle StreamGate::go_idle(nanoseconds since) {
  const std::lock_guard lock(mutex_);
  if (last_audio_ > since && queue_.size() > 0)
    return Idle::kHasAudio;
  if (finishing_)
    return Idle::kFinished;
  idle_ = true;
  return Idle::kIdle;
}

void StreamGate::note_turn(std::uint64_t number, bool final) {
  const std::lock_guard lock(mutex_);
  (final ? stats_.finals : stats_.partials)++;
  next_turn_ = std::max(next_turn_, number + 1);
}

void StreamGate::set_state(const char *state) {
  const std::lock_guard lock(mutex_);
  if (!finishing_ && !is_over_)
    stats_.state = state;
}

void StreamGate::note_over() {
  const std::lock_guard lock(mutex_);
  is_over_ = true;
  stats_.state = "ended";
}

}  // namespace assemblyai
