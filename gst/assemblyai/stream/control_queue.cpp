// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "stream/control_queue.h"

#include <algorithm>
#include <utility>

namespace assemblyai {

namespace {

// Whether both contain an additive parameter: merging them would lose one value.
bool adds_twice(const ParameterSet &before, const ParameterSet &after) {
  return std::any_of(after.begin(), after.end(), [&](const auto &change) {
    return is_additive(change.first) && before.contains(change.first);
  });
}

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

// When the queue is full, an update is merged into the last one before it: it takes effect early
// instead of being lost.
void ControlQueue::update(const ParameterSet &parameters, std::uint64_t position, nanoseconds now) {
  const bool full = controls_.size() >= kMost;
  for (auto control = controls_.rbegin(); control != controls_.rend(); ++control) {
    auto *update = std::get_if<UpdateConfiguration>(&control->message);
    const bool collects = update != nullptr && now < control->due;
    if (update != nullptr && (full || (collects && !adds_twice(update->parameters, parameters))))
      return merge(&update->parameters, parameters);
    if (!full)
      break;
  }
  controls_.push_back({position, now + kCollect, UpdateConfiguration{parameters}});
}

void ControlQueue::withdraw(std::string_view parameter) {
  for (Control &control : controls_) {
    if (auto *update = std::get_if<UpdateConfiguration>(&control.message))
      std::erase_if(update->parameters,
                    [parameter](const auto &change) { return change.first == parameter; });
  }
}

// Whether less than a full message of audio is before the first control.
bool ControlQueue::has_come(const Situation &situation) const {
  return !controls_.empty() && controls_.front().position < situation.taken + situation.chunk_bytes;
}

nanoseconds ControlQueue::wait(const Situation &situation) const {
  if (situation.finishing || !has_come(situation))
    return nanoseconds::zero();
  return std::max(controls_.front().due - situation.now, nanoseconds::zero());
}

std::optional<ClientMessage> ControlQueue::take(const Situation &situation) {
  if (!has_come(situation) || wait(situation) > nanoseconds::zero())
    return std::nullopt;
  Control control = std::move(controls_.front());
  controls_.pop_front();
  if (std::holds_alternative<ForceEndpoint>(control.message)) {
    endpoints_.push_back(control.position);
    if (endpoints_.size() > kMost)
      endpoints_.pop_front();
  }
  return std::move(control.message);
}

void ControlQueue::renew(const ParameterSet &parameters, std::uint64_t position) {
  std::erase_if(controls_, [](Control &control) {
    auto *update = std::get_if<UpdateConfiguration>(&control.message);
    if (update == nullptr)
      return false;
    std::erase_if(update->parameters,
                  [](const auto &change) { return !is_additive(change.first); });
    return update->parameters.empty();
  });
  if (!parameters.empty())
    controls_.push_front({position, {}, UpdateConfiguration{parameters}});
}

void ControlQueue::settle(std::uint64_t position) {
  while (!endpoints_.empty() && endpoints_.front() <= position)
    endpoints_.pop_front();
}

void ControlQueue::rewind(std::uint64_t position) {
  settle(position);
  for (; !endpoints_.empty(); endpoints_.pop_back())
    controls_.push_front({endpoints_.back(), {}, ForceEndpoint{}});
}

}  // namespace assemblyai
