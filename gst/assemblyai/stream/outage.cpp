// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "stream/outage.h"

namespace assemblyai {

namespace {

// Waiting does not help: a user has to log in at a portal, or to raise a limit.
bool needs_help(const Failure &failure) {
  return failure.kind == FailureKind::kExhausted || failure.retry == Retry::kOnceKnown ||
         failure.retry == Retry::kFewTimesOnceKnown;
}

}  // namespace

Outage::Outage(EventLoop &loop, Options options)
    : loop_(loop), options_(std::move(options)), backoff_(options_.retry, options_.seed) {}

bool Outage::is_news(const Failure &failure, bool begins) {
  const auto cause = std::make_pair(failure.kind, failure.http_status);
  return (needs_help(failure) && reported_causes_.insert(cause).second) || begins;
}

std::optional<nanoseconds> Outage::retry_after(const Failure &failure, bool has_begun) {
  const std::optional<nanoseconds> delay = backoff_.after(failure, has_begun);
  if (!delay)
    return std::nullopt;
  retry_timer_ = loop_.after(*delay, [this] { options_.open(); });
  watch_network(failure);
  return delay;
}

// After a change of the network the next attempt may succeed. Not used if the service requested a
// longer delay.
void Outage::watch_network(const Failure &failure) {
  const bool wants_patience =
      failure.retry == Retry::kLongBackOff || failure.retry_after > std::chrono::seconds::zero();
  if (wants_patience)
    return network_watch_.reset();
  if (network_watch_)
    return;
  network_watch_ = loop_.on_network_change([this] {
    // A network that comes and goes is no better than no network.
    if (hurried_ && loop_.now() - *hurried_ < kNetworkSettles)
      return;
    backoff_.hurry();
    if (!retry_timer_)
      return;  // an attempt is under way
    hurried_ = loop_.now();
    options_.open();
  });
}

void Outage::limit() {
  if (failure_ && !limit_timer_)
    limit_timer_ = loop_.after(options_.limit, [this] { options_.give_up(); });
}

void Outage::note_session() {
  limit_timer_.reset();
  network_watch_.reset();
  healthy_timer_ = loop_.after(kHealthy, [this] { note_healthy(); });
}

void Outage::note_healthy() {
  backoff_.reset();
  failure_.reset();
  reported_causes_.clear();
}

void Outage::stop() {
  retry_timer_.reset();
  limit_timer_.reset();
  healthy_timer_.reset();
  network_watch_.reset();
}

void Outage::count_closing_loss(std::uint64_t progress) {
  if (progress > std::exchange(closing_progress_, progress))
    closing_losses_ = 0;
  closing_losses_++;
}

}  // namespace assemblyai
