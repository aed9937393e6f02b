// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "stream/stream.h"

#include <utility>

#include "base/log.h"
#include "stream/stream_gate.h"
#include "stream/stream_loop.h"
#include "stream/wait_budget.h"

namespace assemblyai {

namespace {

// How long leave() waits until the last audio and Terminate are handed to the network: a healthy
// connection takes less than a millisecond.
constexpr std::chrono::milliseconds kLeaveLimit{500};
// The minimum for each stream when the shared budget is used up.
constexpr std::chrono::milliseconds kLeastLeaveLimit{10};

}  // namespace

Stream::Stream(StreamOptions options, ConnectionInfoSource info, std::shared_ptr<EventLoop> loop,
               TransportFactory factory, StreamCallbacks callbacks)
    : log_(options.log),
      is_delivering_(callbacks.is_delivering),
      loop_(std::move(loop)),
      gate_(std::make_shared<StreamGate>(options, *loop_)),
      io_(std::make_shared<StreamLoop>(options, std::move(info), loop_, std::move(factory),
                                       std::move(callbacks), gate_)) {}

Stream::~Stream() = default;

void Stream::post(void (StreamLoop::*task)()) {
  loop_->invoke([io = io_, task] { (io.get()->*task)(); });
}

void Stream::start() {
  post(&StreamLoop::start);
}

PushResult Stream::push(AudioBlock &&block, Content content) {
  const StreamGate::Pushed pushed = gate_->push(std::move(block), content);
  if (pushed.wake == StreamGate::Wake::kPump)
    post(&StreamLoop::pump);
  if (pushed.wake == StreamGate::Wake::kOpen)
    post(&StreamLoop::open);
  return pushed.result;
}

void Stream::finish() {
  gate_->finish();
  post(&StreamLoop::finish);
}

WaitResult Stream::wait_end() {
  return gate_->wait_end();
}

bool Stream::update(const ParameterSet &parameters) {
  const bool taken = gate_->update(parameters);
  if (taken)
    post(&StreamLoop::pump);
  return taken;
}

void Stream::withdraw(std::string_view parameter) {
  gate_->withdraw(parameter);
}

bool Stream::force_endpoint() {
  const bool taken = gate_->force_endpoint();
  if (taken)
    post(&StreamLoop::pump);
  return taken;
}

void Stream::interrupt() {
  gate_->interrupt();
}

void Stream::resume() {
  gate_->resume();
}

void Stream::leave(Rest rest) {
  static WaitBudget budget(kLeaveLimit, kLeastLeaveLimit);
  if (!gate_->leave(rest))
    return;
  post(&StreamLoop::leave);
  // This call is made from an event: the operation that reports the event has to finish first.
  if (loop_->is_current() || is_delivering_())
    return;
  const nanoseconds begin = loop_->now();
  const bool is_sent =
      gate_->wait_left(rest, rest == Rest::kSend ? budget.limit(begin) : kLeaveLimit);
  if (rest == Rest::kDiscard)
    return;
  budget.spend(loop_->now() - begin);
  if (!is_sent)
    ASSEMBLYAI_LOG(log_, kSession, kInfo, "the rest of the audio is sent in the background");
}

bool Stream::ended() const {
  return gate_->ended();
}

bool Stream::idle() const {
  return gate_->idle();
}

std::uint64_t Stream::next_turn() const {
  return gate_->next_turn();
}

StreamStats Stream::stats() const {
  return gate_->stats();
}

std::optional<ParameterSet> Stream::known() const {
  return gate_->known();
}

}  // namespace assemblyai
