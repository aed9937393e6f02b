// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "base/event_loop.h"
#include "stream/stream_gate.h"

namespace assemblyai {

// Ends a session when there is no audio. I/O thread only.
class IdlePolicy {
 public:
  // timeout: 0 = never.
  IdlePolicy(EventLoop &loop, StreamGate &gate, nanoseconds timeout, std::function<void()> due)
      : loop_(loop), gate_(gate), timeout_(timeout), due_(std::move(due)) {}

  // A session is in use.
  void watch() {
    timer_.reset();
    if (timeout_ <= nanoseconds::zero())
      return;
    const StreamGate::LastAudio last = gate_.last_audio();
    const nanoseconds left = last.is_waiting ? timeout_ : last.came_at + timeout_ - loop_.now();
    if (left > nanoseconds::zero())
      timer_ = loop_.after(left, [this] { watch(); });
    else
      due_();
  }
  void stop() { timer_.reset(); }

  // Audio from now on is new audio.
  void begin() { since_ = loop_.now(); }
  nanoseconds since() const { return since_; }

 private:
  EventLoop &loop_;
  StreamGate &gate_;
  const nanoseconds timeout_;
  const std::function<void()> due_;
  std::unique_ptr<Timer> timer_;
  nanoseconds since_{};
};

}  // namespace assemblyai
