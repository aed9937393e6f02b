// SPDX-License-Identifier: LGPL-2.1-or-later

#include "session/control_queue.h"

#include <algorithm>
#include <utility>

namespace assemblyai {

namespace {

void merge(ParameterSet *into, const ParameterSet &parameters) {
  for (const auto &[name, value] : parameters)
    into->insert_or_assign(name, value);
}

}  // namespace

bool ControlQueue::force_endpoint(std::uint64_t position) {
  const bool repeated = !controls_.empty() && controls_.back().position == position &&
                        std::holds_alternative<ForceEndpoint>(controls_.back().message);
  if (repeated)
    return true;
  if (controls_.size() >= kMost)
    return false;
  controls_.push_back({position, {}, ForceEndpoint{}});
  return true;
}

// When the queue is full a change joins the last one before it: better early than lost.
void ControlQueue::update(const ParameterSet &parameters, std::uint64_t position, nanoseconds now) {
  const bool full = controls_.size() >= kMost;
  for (auto control = controls_.rbegin(); control != controls_.rend(); ++control) {
    if (control->position != position && !full)
      break;
    if (auto *update = std::get_if<UpdateConfiguration>(&control->message))
      return merge(&update->parameters, parameters);
  }
  controls_.push_back({position, now + kCollect, UpdateConfiguration{parameters}});
}

std::optional<ClientMessage> ControlQueue::take(const Situation &situation) {
  if (controls_.empty())
    return std::nullopt;
  const Control &first = controls_.front();
  if (first.position >= situation.taken + situation.chunk_bytes)
    return std::nullopt;
  const bool collected = situation.queued > first.position || situation.now >= first.due;
  if (!collected && !situation.finishing)
    return std::nullopt;
  ClientMessage message = std::move(controls_.front().message);
  controls_.pop_front();
  return message;
}

std::optional<nanoseconds> ControlQueue::due() const {
  return controls_.empty() ? std::nullopt : std::optional(controls_.front().due);
}

}  // namespace assemblyai
