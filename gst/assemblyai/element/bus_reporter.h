// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <gst/gst.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/event_loop.h"
#include "base/task_queue.h"
#include "element/caption_output.h"
#include "element/gst_ptr.h"
#include "stream/stream_events.h"

namespace assemblyai {

// Posts the events of a stream on the bus, and passes its turns to the caption output. One for each
// stream. Events are handled on a queue of the element's own: an application that blocks in a
// message or a notification holds up its own element, and no other stream.
//
// It holds the element weakly: a stream that ends in the background must not keep it alive.
class BusReporter final : public std::enable_shared_from_this<BusReporter> {
 public:
  struct Options {
    std::shared_ptr<EventLoop> loop;
    std::shared_ptr<TaskQueue> queue;
    // Shared with the element, so that a change takes effect at once.
    std::shared_ptr<const std::atomic<guint>> messages;
    std::shared_ptr<CaptionOutput> captions;
    // Called while the element is held.
    decltype(StreamCallbacks::take_back) take_back;
    std::function<void(const ChangesRefused &)> report_refused;
  };

  BusReporter(GstElement *element, Options options);
  ~BusReporter();

  StreamCallbacks callbacks();

  // The stream ended with an error, which has been posted. Any thread.
  bool failed() const { return failed_; }

  // One for each kind of event: a new kind does not compile until it has one.
  void operator()(const ConnectionReport &report);
  void operator()(const Begin &begin);
  void operator()(const SessionSwitched &);
  void operator()(const AudioLost &lost);
  void operator()(const TurnReport &report);
  void operator()(const SpeechStarted &speech);
  void operator()(const SpeakerRevision &revision);
  void operator()(const Heartbeat &heartbeat);
  void operator()(const Silence &silence);
  void operator()(const Warning &warning);
  void operator()(const LlmGatewayResponse &response);
  void operator()(const RawFrame &frame);
  void operator()(const UndecodableFrame &frame);
  void operator()(const SpeechWithoutText &speech);
  void operator()(const ChangesRefused &refused);
  void operator()(const SessionEnd &end);
  void operator()(const StreamEnd &end);

 private:
  bool wants(guint flag) const { return (options_.messages->load() & flag) != 0; }
  void post(GstOwned<GstStructure> structure);
  void warn(const Failure &failure, LogPlace place = LogPlace::here());
  void clear_in_time();

  WeakRef<GstElement> element_;
  const Options options_;
  const std::uint64_t epoch_;
  std::atomic<bool> failed_{false};

  // On the queue.
  std::optional<nanoseconds> clears_at_;  // when the timer is due
  // I/O thread.
  std::unique_ptr<Timer> clear_timer_;
};

}  // namespace assemblyai
