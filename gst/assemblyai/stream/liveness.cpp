// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "stream/liveness.h"

#include <algorithm>
#include <utility>

#include "stream/format.h"

namespace assemblyai {

namespace {

// Missing heartbeats in a row, from a service that sends them at regular intervals.
constexpr int kMissedHeartbeats = 3;
// Audio messages follow each other faster, unless there is no audio.
constexpr std::chrono::seconds kPause{2};
// The service's own default threshold for speech is lower.
constexpr double kSpeech = 0.5;

}  // namespace

Liveness::Liveness(EventLoop &loop, Options options)
    : loop_(loop),
      options_(std::move(options)),
      heartbeat_interval_(options_.traits.heartbeat_interval) {}

void Liveness::begin(bool expects_heartbeats) {
  const nanoseconds now = loop_.now();
  last_heard_ = now;
  last_heartbeat_ = now;  // the interval is counted from here
  taken_at_ = now;
  if (!expects_heartbeats)
    heartbeat_interval_ = {};
  if (options_.keepalive_interval > nanoseconds::zero())
    watch_after(2 * options_.keepalive_interval);
}

void Liveness::note_message() {
  last_heard_ = loop_.now();
  bytes_then_ = options_.bytes_received();
  unheard_since_.reset();
}

void Liveness::note_pong() {
  has_answered_ = true;
  last_heard_ = loop_.now();
  bytes_then_ = options_.bytes_received();
}

// The heartbeat after a late one arrives early: only several heartbeats shorten the interval.
void Liveness::note_heartbeat(const Heartbeat &heartbeat) {
  has_beaten_ = true;
  if (last_heartbeat_)
    heartbeat_interval_ = std::max(last_heard_ - *last_heartbeat_, heartbeat_interval_ * 3 / 4);
  last_heartbeat_ = last_heard_;
  note_speech(heartbeat);
  note_audio_taken(heartbeat);
}

void Liveness::note_speech(const Heartbeat &heartbeat) {
  heard_until_ = heartbeat.total_audio_received;
  if (heartbeat.max_speech_probability.value_or(0) < kSpeech)
    speech_since_.reset();
  else if (!speech_since_)
    speech_since_ = heard_until_;
}

std::optional<milliseconds> Liveness::speech_without_text() const {
  return speech_since_ ? std::optional(heard_until_ - *speech_since_) : std::nullopt;
}

// Heartbeats may arrive although no data reaches the service.
void Liveness::note_audio_taken(const Heartbeat &heartbeat) {
  const milliseconds taken = std::min(heartbeat.total_audio_received, sent_);
  const bool is_more = taken > taken_;
  taken_ = std::max(taken_, taken);
  // Not every service counts, and the count may be unusable.
  const bool counts = heartbeat.total_audio_received > milliseconds::zero();
  if (is_more || !counts || has_taken_all())
    taken_at_ = loop_.now();
  const bool is_watched = options_.keepalive_interval > nanoseconds::zero();
  if (is_watched && loop_.now() - taken_at_ >= 2 * options_.keepalive_interval)
    give_up(taken_at_, "the heartbeats report no new audio");
}

// Except for the audio in flight.
bool Liveness::has_taken_all() const {
  return taken_ + kMaxChunk >= sent_;
}

void Liveness::note_audio_sent(milliseconds total) {
  const nanoseconds now = loop_.now();
  if (has_taken_all())
    taken_at_ = now;
  sent_ = total;
  if (!unheard_since_ || now - last_sent_ >= kPause)
    unheard_since_ = now;
  last_sent_ = now;
}

void Liveness::note_writable(bool writable) {
  if (writable)
    blocked_since_.reset();
  else if (!blocked_since_)
    blocked_since_ = loop_.now();
}

void Liveness::forget_heartbeats() {
  last_heartbeat_.reset();
  heartbeat_interval_ = {};
}

nanoseconds Liveness::blocked_for() const {
  return blocked_since_ ? loop_.now() - *blocked_since_ : nanoseconds();
}

bool Liveness::is_receiving(std::uint64_t bytes_before, nanoseconds since) const {
  constexpr double kLeast = 4096;      // bytes: more than the responses to pings
  constexpr double kLeastRate = 1024;  // bytes per second: the message may have begun late
  const double seconds = std::chrono::duration<double>(since).count();
  const std::uint64_t bytes = std::max(options_.bytes_received(), bytes_before) - bytes_before;
  return static_cast<double>(bytes) >= std::max(kLeast, kLeastRate * seconds);
}

ServiceTraits Liveness::traits() const {
  ServiceTraits traits = options_.traits;
  if (has_answered_)
    traits.answers_pings = true;
  else if (is_gone_)
    traits.answers_pings = false;
  // If this session has received no heartbeat, the interval of another session does not apply.
  traits.heartbeat_interval = has_beaten_ || !is_gone_ ? heartbeat_interval_ : nanoseconds();
  return traits;
}

void Liveness::watch_after(nanoseconds delay) {
  timer_due_ = loop_.now() + delay;
  timer_ = loop_.after(delay, [this] { watch(); });
}

void Liveness::watch() {
  const nanoseconds now = loop_.now();
  // The loop itself was delayed: messages that have arrived since then are not read yet.
  if (now - timer_due_ > options_.keepalive_interval / 2)
    return watch_after(options_.keepalive_interval);
  note_part_of_message();
  Silence silence = unanswered_pings();
  const std::optional<Silence> missed = missed_heartbeats();
  if (missed && missed->due < silence.due)
    silence = *missed;
  if (now < silence.due)
    return watch_after(silence.due - now);
  give_up(silence.since, silence.detail);
}

void Liveness::give_up(nanoseconds since, const char *detail) {
  if (!std::exchange(is_gone_, true))
    options_.gone(since, detail);
}

// On a slow connection a long message takes longer than a silence may, and the pongs come after it.
void Liveness::note_part_of_message() {
  if (!is_receiving(bytes_then_, loop_.now() - last_heard_))
    return;
  bytes_then_ = options_.bytes_received();
  last_heard_ = loop_.now();
  if (unheard_since_)
    unheard_since_ = last_heard_;
}

Liveness::Silence Liveness::unanswered_pings() const {
  nanoseconds since = options_.traits.answers_pings || has_answered_ ? last_heard_ : loop_.now();
  if (blocked_since_)  // it may still send
    since = std::min(since, *blocked_since_);
  return {.since = since,
          .due = since + 2 * options_.keepalive_interval,
          .detail = blocked_since_ ? "the connection accepts no data" : "no answer to pings"};
}

std::optional<Liveness::Silence> Liveness::missed_heartbeats() const {
  const bool knows_interval = heartbeat_interval_ > nanoseconds::zero();
  const bool is_sending = unheard_since_ && loop_.now() - last_sent_ < kPause;
  if (!is_sending || !knows_interval || is_terminated_)
    return std::nullopt;
  const nanoseconds limit =
      std::max(2 * options_.keepalive_interval, kMissedHeartbeats * heartbeat_interval_);
  return Silence{
      .since = *unheard_since_, .due = *unheard_since_ + limit, .detail = "no more heartbeats"};
}

}  // namespace assemblyai
