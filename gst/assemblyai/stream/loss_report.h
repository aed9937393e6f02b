// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "base/event_loop.h"
#include "stream/stream_events.h"
#include "stream/stream_gate.h"

namespace assemblyai {

// Reports lost audio at once, then once a second, because a stalled connection loses audio with
// every buffer. I/O thread only.
class LossReport {
 public:
  // After this time without a loss, the next loss is a new one.
  static constexpr std::chrono::seconds kNoLoss{30};
  static constexpr std::chrono::seconds kInterval{1};

  // due: report() should be called again.
  LossReport(EventLoop &loop, StreamGate &gate, std::function<void()> due,
             std::function<void(AudioLost)> report)
      : loop_(loop), gate_(gate), due_(std::move(due)), report_(std::move(report)) {}

  // Takes over the losses of the gate.
  void report() {
    timer_.reset();
    std::vector<AudioPiece> lost = gate_.take_lost();
    if (lost.empty())
      return;
    report(std::move(lost));
    timer_ = loop_.after(kInterval, [this] { due_(); });
  }
  void report(std::vector<AudioPiece> pieces) {
    last_loss_ = loop_.now();
    const bool is_new = !std::exchange(is_losing_, true);
    report_({std::move(pieces), is_new});
  }
  // A report is scheduled.
  bool is_due() const { return timer_ != nullptr; }
  // The backlog has been sent.
  void note_caught_up() {
    if (loop_.now() - last_loss_ >= kNoLoss)
      is_losing_ = false;
  }
  void stop() { timer_.reset(); }

 private:
  EventLoop &loop_;
  StreamGate &gate_;
  const std::function<void()> due_;
  const std::function<void(AudioLost)> report_;
  std::unique_ptr<Timer> timer_;
  bool is_losing_ = false;
  nanoseconds last_loss_{};
};

}  // namespace assemblyai
