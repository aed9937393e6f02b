// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include "registry.h"

#include <utility>

namespace testserver {

using Clock = std::chrono::steady_clock;

namespace {

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

std::size_t Registry::add(ReceivedSession session) {
  std::lock_guard lock(mutex_);
  entries_.push_back({std::move(session), Clock::now()});
  generation_++;
  changed_.notify_all();
  return entries_.size() - 1;
}

void Registry::update(std::size_t index, const std::function<void(ReceivedSession &)> &edit) {
  std::lock_guard lock(mutex_);
  Entry &entry = entries_[index];
  bool was_closed = entry.session.closed;
  edit(entry.session);
  if (entry.session.closed && !was_closed)
    entry.session.billed_seconds = seconds_since(entry.accepted);
  generation_++;
  changed_.notify_all();
}

void Registry::count_attempt() {
  std::lock_guard lock(mutex_);
  attempts_++;
  generation_++;
  changed_.notify_all();
}

std::size_t Registry::size() const {
  std::lock_guard lock(mutex_);
  return entries_.size();
}

ReceivedSession Registry::copy(std::size_t index) const {
  std::lock_guard lock(mutex_);
  if (index >= entries_.size())
    return {};
  ReceivedSession session = entries_[index].session;
  if (!session.closed)
    session.billed_seconds = seconds_since(entries_[index].accepted);
  return session;
}

void Registry::inspect(std::size_t index,
                       const std::function<void(const ReceivedSession &)> &look) const {
  std::lock_guard lock(mutex_);
  if (index < entries_.size())
    look(entries_[index].session);
}

std::size_t Registry::open() const {
  std::lock_guard lock(mutex_);
  std::size_t count = 0;
  for (const Entry &entry : entries_)
    count += entry.session.began && !entry.session.closed;
  return count;
}

std::size_t Registry::attempts() const {
  std::lock_guard lock(mutex_);
  return attempts_;
}

void Registry::touch() {
  std::lock_guard lock(mutex_);
  generation_++;
  changed_.notify_all();
}

bool Registry::wait_for(const std::function<bool()> &condition, Milliseconds deadline) {
  auto end = Clock::now() + deadline;
  for (;;) {
    std::uint64_t seen = 0;
    {
      std::lock_guard lock(mutex_);
      seen = generation_;
    }
    if (condition())
      return true;
    std::unique_lock lock(mutex_);
    if (!changed_.wait_until(lock, end, [&] { return generation_ != seen; })) {
      lock.unlock();
      return condition();
    }
  }
}

}  // namespace testserver
