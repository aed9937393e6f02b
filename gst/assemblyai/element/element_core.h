// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <gst/gst.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "element/audio_input.h"
#include "element/bus_reporter.h"
#include "element/caption_output.h"
#include "element/settings.h"
#include "element/stats.h"
#include "element/text_pad.h"
#include "stream/io_thread.h"
#include "stream/stream.h"

namespace assemblyai {

// The element around the core: the differences between a sink and a filter. It owns the core.
class ElementHost {
 public:
  ElementHost() = default;
  ElementHost(const ElementHost &) = delete;
  ElementHost &operator=(const ElementHost &) = delete;
  virtual ~ElementHost() = default;

  virtual GstElement *element() const = 0;
  virtual GstDebugCategory *category() const = 0;
  virtual GstPad *sink_pad() const = 0;
  // Whether audio waits for its time on the pipeline's clock.
  virtual bool is_synchronized() const = 0;
  virtual GstOwned<GstStructure> stats() const = 0;

  // Streaming thread. The segment by which audio waits for the clock; nullptr if it is that of the
  // SEGMENT event. An instant rate change and a step modify it.
  virtual const GstSegment *clock_segment() const = 0;
  // After an interruption: waits, and returns GST_FLOW_OK in PLAYING.
  virtual GstFlowReturn wait_for_playing() = 0;
  // The same for EOS, which may be the first item.
  virtual GstFlowReturn wait_for_playing(GstEvent *eos) = 0;
};

// The common part of both elements, behind the GObject shell. It opens a stream with the first
// audio that is rendered (so in PLAYING), and ends it at EOS, at a flush and on the way to READY.
//
// After an error, which is on the bus, the core discards audio until READY. A flow error would make
// the upstream elements post a second error, and stop the other branches of a tee.
class ElementCore final : private TextPadOwner {
 public:
  explicit ElementCore(ElementHost &host, TextMode default_mode);
  ~ElementCore() override;

  GstDebugCategory *category() const { return host_.category(); }

  // Application threads.
  bool set_property(guint id, const GValue *value);
  bool get_property(guint id, GValue *value);
  // False, with a warning on the bus, if one of them is invalid: then none is applied.
  bool update_configuration(const GstStructure *structure);
  // False when there is no session.
  bool force_endpoint();
  // Adds the text pad to the element. Returns nullptr if there is one already.
  GstPad *add_text_pad(GstPadTemplate *templ);
  void remove_text_pad(GstPad *pad);
  void prepare();  // READY to PAUSED
  void set_playing(bool playing);
  void stop();  // PAUSED to READY, before the pads stop
  // The pipeline has this latency.
  void set_pipeline_latency(GstEvent *event);
  // Sends a seek upstream, once: the bin sends it to each sink, so it also arrives through the
  // elements downstream of the text pad. Takes the event.
  bool seek(GstEvent *event, const std::function<gboolean(GstEvent *)> &send);

  // Streaming thread, with a sink's preroll lock held: a wait must end when unlock() is called, and
  // then release the lock in wait_for_playing().
  // Audio has arrived. It may still wait for PLAYING or for its time.
  void arrived(GstClockTime position);
  GstFlowReturn render(GstBuffer *buffer);
  GstFlowReturn gap(GstClockTime start, GstClockTime duration);
  // False if a flush or the way to READY came first: then the EOS is void.
  bool end_of_stream(GstEvent *event);
  void stream_start(GstEvent *event);
  // Sends an event of the audio's stream that also concerns the text with the text. Takes it.
  bool pass_on(GstEvent *event);
  void new_segment(GstEvent *event);

  // Threads that flush, pause and stop.
  void flush_start(GstEvent *event);
  void flush_stop(GstEvent *event);
  void unlock();
  void unlock_stop();

 private:
  // Warnings that an element posts once.
  struct Warned {
    std::mutex mutex;
    std::set<std::string> texts;
    bool add(const std::string &text) {
      const std::lock_guard lock(mutex);
      return texts.insert(text).second;
    }
  };
  struct Run {
    std::shared_ptr<Stream> stream;
    std::shared_ptr<BusReporter> reporter;
  };
  struct Text {
    Ref<GstPad> owner;
    TextPad *pad = nullptr;
  };
  // What streams and text pads have left behind since READY.
  struct Past {
    StreamStats stats;
    TextCounts texts;
    std::uint64_t next_turn = 0;
    std::optional<ParameterSet> known;  // that a session was requested with
  };
  // The input since READY or a flush. Running times.
  struct Source {
    bool is_new = true;  // nothing is missing before its first audio
    std::optional<nanoseconds> begin;
    nanoseconds end{};
    std::optional<StreamClock> clock;
  };
  // The last one, which comes again through each pad downstream.
  struct Seek {
    guint32 seqnum = GST_SEQNUM_INVALID;
    bool done = false;
  };

  GstElement *element() const override { return host_.element(); }
  std::optional<UpstreamLatency> upstream_latency() const override;
  bool is_synchronized() const override { return host_.is_synchronized(); }
  bool send_upstream(GstEvent *event) override;
  void text_failed(GstFlowReturn flow) override;

  // With the lock held: passes the settings to the caption output and the text pad.
  void configure_text();
  void announce_latency();
  void restart_input();
  void forget_input();
  void follow_clock(GstClockTime position);
  bool is_overdue(GstClockTime running_time);
  bool has_backlog();
  double rate() const;
  bool is_negotiated();
  bool is_at_normal_rate();
  GstFlowReturn take(InputAudio input);
  GstFlowReturn push(AudioBlock block, Content content);
  void pass(GstClockTime position);
  void note_end(GstClockTime position);
  nanoseconds sent_for_certain() const;
  static bool may_go_on(GstFlowReturn flow);
  bool finish_stream();
  bool finish_text(guint32 seqnum);
  Run current();
  bool has_session();
  Run current_or_new();
  StreamOptions stream_options() const;
  Run open(const std::shared_ptr<IoThread> &io_thread);
  ConnectionInfoSource connection_info_source() const;
  Text text() const;
  void refuse(const Failure &failure);
  std::vector<std::string> take_back(const std::vector<RefusedChange> &changes);
  void report_refused(const ChangesRefused &refused);
  void retire(const std::shared_ptr<Stream> &stream);
  void leave(Rest rest);
  GstOwned<GstStructure> stats() const;

  ElementHost &host_;
  // Streaming thread only.
  GstSegment segment_{};
  AudioInput input_;
  bool is_overdue_ = false;
  bool odd_rate_ = false;  // of this segment; the warning was posted

  const std::shared_ptr<std::atomic<guint>> messages_;
  const std::shared_ptr<Warned> warned_ = std::make_shared<Warned>();
  const Redaction redaction_;
  const std::shared_ptr<SharedSettings> settings_ = std::make_shared<SharedSettings>();
  // Runs the events of all streams of the element, in order.
  const std::shared_ptr<TaskQueue> events_ = TaskQueue::create();
  const std::shared_ptr<CaptionOutput> captions_;

  // Guards all members below. It is held for a few lines, never while posting, querying or waiting.
  // Only interrupt(), resume(), update() and setters of a stream and of the text pad are called
  // with it: an object that begins at the same moment cannot miss them, and gets changes in their
  // order.
  mutable std::mutex mutex_;
  Run run_;
  // From the first stream until READY: a second one may not be available.
  std::shared_ptr<IoThread> io_thread_;
  Text text_;
  Past past_;
  Source source_;
  std::optional<guint> group_;  // of the input
  Seek seek_;
  bool interrupted_ = false;  // between unlock() and unlock_stop()
  bool playing_ = false;
  bool failed_ = false;
  bool closed_ = true;  // flushing, or not started: no stream may be opened
};

}  // namespace assemblyai
