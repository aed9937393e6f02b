// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <gst/base/gstbasesink.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include "element/audio_input.h"
#include "element/bus_reporter.h"
#include "element/settings.h"
#include "session/session.h"
#include "session/worker.h"

namespace assemblyai {

// What the element does, behind the GObject shell. A session is opened with the
// first audio that is rendered (so in PLAYING), and ends with EOS, a flush or the
// way to READY.
//
// After an error, which is on the bus, audio is taken and thrown away until the
// element goes through READY: a flow error would make the elements before this
// one post a second error, and stop the other branches of a tee.
class SinkImpl {
 public:
  explicit SinkImpl(GstBaseSink *sink);
  SinkImpl(const SinkImpl &) = delete;
  SinkImpl &operator=(const SinkImpl &) = delete;
  ~SinkImpl();

  // Application threads.
  bool set_property(guint id, const GValue *value);
  bool get_property(guint id, GValue *value);
  // False, with a warning on the bus, when the service could not take one of them:
  // then none is taken.
  bool update_configuration(const GstStructure *structure);
  // False when there is no session.
  bool force_endpoint();
  void prepare();  // READY to PAUSED
  void stop();     // PAUSED to READY, before the pads stop

  // Streaming thread, with the base class's preroll lock held: what waits here must
  // end when unlock() is called, and then give the lock up in wait_preroll().
  GstFlowReturn render(GstBuffer *buffer);
  GstFlowReturn gap(GstClockTime start, GstClockTime duration);
  // False when a flush or the way to READY came first: the EOS is void then.
  bool end_of_stream(GstEvent *event);
  void new_segment();

  // The threads that flush, pause and stop.
  void flush_start();
  void flush_stop();
  void unlock();
  void unlock_stop();

 private:
  struct Run {
    std::shared_ptr<Session> session;
    std::shared_ptr<BusReporter> reporter;
  };

  void restart_input();
  bool is_negotiated();
  bool is_at_normal_rate();
  GstFlowReturn take(InputAudio input);
  GstFlowReturn push(AudioBlock block, Run (SinkImpl::*session)());
  Run current();
  Run current_or_new();
  Run open();
  TargetSource target_source() const;
  std::optional<Failure> accept(const ParameterSet &changes, Settings &settings);
  bool upstream_is_live() const;
  void refuse(const Failure &failure);
  void retire(const std::shared_ptr<Session> &session);
  void leave(Session::Rest rest);
  GstOwned<GstStructure> stats() const;

  GstBaseSink *const sink_;  // owns this
  // Streaming thread only.
  AudioInput input_;
  bool odd_rate_ = false;  // of this segment, and said so

  const std::shared_ptr<std::atomic<guint>> messages_;
  const std::shared_ptr<SharedSettings> settings_ = std::make_shared<SharedSettings>();

  // Guards all below. For a few lines each; never held while posting, querying or
  // waiting. Of a session only interrupt(), resume() and update() are called with it,
  // so that a session opened at the same moment cannot miss them, and changes reach it
  // in the order in which they were made.
  mutable std::mutex mutex_;
  Run run_;
  SessionStats past_;  // totals of the sessions before, since READY
  std::uint64_t sessions_ = 0;
  std::uint64_t next_turn_ = 0;
  bool restarted_ = false;    // the input begins anew
  bool interrupted_ = false;  // between unlock() and unlock_stop()
  bool failed_ = false;
  bool closed_ = true;  // flushing, or not started: no session may be opened
};

}  // namespace assemblyai
