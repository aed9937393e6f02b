// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The record of what happened, shared by the server's thread, which writes
// it, and the tests' threads, which read it and wait for changes.

#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <vector>

#include "options.h"
#include "received.h"

namespace testserver {

class Registry {
 public:
  std::size_t add(ReceivedSession session);
  void update(std::size_t index, const std::function<void(ReceivedSession &)> &edit);
  void count_attempt();

  std::size_t size() const;
  ReceivedSession copy(std::size_t index) const;  // an empty one if there is none
  void inspect(std::size_t index, const std::function<void(const ReceivedSession &)> &look) const;
  std::size_t open() const;
  std::size_t attempts() const;
  // For what is not in the record, but may be in a condition.
  void touch();
  bool wait_for(const std::function<bool()> &condition, Milliseconds deadline);

 private:
  struct Entry {
    ReceivedSession session;
    std::chrono::steady_clock::time_point accepted;
  };

  // Guards everything below. Never held while calling back, except into inspect() and update().
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Entry> entries_;
  std::size_t attempts_ = 0;
  std::uint64_t generation_ = 0;
};

}  // namespace testserver
