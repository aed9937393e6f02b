// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <gst/gst.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "captions/text_source.h"
#include "element/gst_ptr.h"
#include "element/passing_events.h"
#include "element/text_clock.h"
#include "element/text_settings.h"
#include "element/text_tags.h"

namespace assemblyai {

// What a text pad needs from its element, which outlives it. Called without the pad's lock.
class TextPadOwner {
 public:
  TextPadOwner() = default;
  TextPadOwner(const TextPadOwner &) = delete;
  TextPadOwner &operator=(const TextPadOwner &) = delete;
  virtual ~TextPadOwner() = default;

  virtual GstElement *element() const = 0;
  // Nothing while upstream does not know it yet.
  virtual std::optional<UpstreamLatency> upstream_latency() const = 0;
  // Audio is rendered at the pace of the pipeline's clock, even if the source is not live.
  virtual bool is_synchronized() const = 0;
  // Sends an event from downstream on to upstream of the audio. Takes the event.
  virtual bool send_upstream(GstEvent *event) = 0;
  // A push has failed, and no retry can help.
  virtual void text_failed(GstFlowReturn flow) = 0;
};

// The source pad for text, and the task that feeds it.
//
// As long as the pad is active, the task pushes text or gaps, whatever the network does: a consumer
// never waits for text longer than the latency that the pad has announced. No other thread pushes
// text.
//
// The text source decides what to push; each text mode has one. The task asks the source for the
// next item and passes the running time up to which output is due.
class TextPad {
 public:
  // The pad owns the new object.
  static TextPad *attach(GstPad *pad, TextPadOwner &owner);
  TextPad(const TextPad &) = delete;
  TextPad &operator=(const TextPad &) = delete;
  ~TextPad() = default;

  // Any thread.
  void configure(const TextSettings &settings);
  // The language in the settings, and the one to assume when nothing else names any.
  void set_language(const std::string &configured, const std::string &assumed);
  // READY to PAUSED.
  void prepare();
  // The pad was added while PLAYING: output begins at what is due, not at 0.
  void begin_late();
  // The running time of the first audio after READY or after a flush. No text begins before it.
  void input_begins(nanoseconds at);
  void set_playing(bool playing);
  // Ends the stream before the pad is removed, so that downstream does not wait for it. False if
  // downstream still blocks the last push, as an overlay does in PAUSED, and a muxer that waits for
  // another stream.
  bool retire();
  // The peer that was unlinked; it may still wait for text.
  Ref<GstPad> former_peer() { return former_peer_.lock(); }
  // The configured latency of the pipeline.
  void set_pipeline_latency(GstClockTime latency);
  // The settings in force, if a consumer waits for text that can be late.
  std::optional<TextSettings> awaited() const;
  TextCounts counts() const;

  // The queue of events. See TextSource.
  void report(CaptionTurn turn);
  void retell();
  void clear();
  // Audio up to this running time has been sent, or will not be sent.
  void reached(nanoseconds position);

  // Streaming thread. The group id of the input from this running time on.
  void set_group(guint group_id, nanoseconds at);
  // An event of the audio stream that concerns the text too, and its running time. Serialized
  // events wait for the text that belongs before them. Takes the event.
  bool pass_on(GstEvent *event, nanoseconds at);
  // See TextClock::follow().
  void follow(const StreamClock &clock, bool synchronized);
  // The element holds an input buffer, or waits for the next one.
  void input_held(bool held);
  // No more turns: the task pushes what is left, then EOS with this seqnum.
  void finish(guint32 seqnum);
  enum class Wait : std::uint8_t { kDone, kLeft, kInterrupted };
  // Waits until EOS has been pushed, or will not be (a flush, READY). Also done when downstream
  // takes no more text: EOS follows if it does again.
  Wait wait_finished();

  // Ends a wait in wait_finished() until resume() is called.
  void interrupt();
  void resume();

  // Flushing threads. The events are pushed downstream.
  void flush_start(GstEvent *event);
  void flush_stop(GstEvent *event);

 private:
  TextPad(GstPad *pad, TextPadOwner &owner);

  static gboolean activate_mode(GstPad *pad, GstObject *parent, GstPadMode mode, gboolean active);
  static void linked(GstPad *pad, GstPad *peer, gpointer);
  static void unlinked(GstPad *pad, GstPad *peer, gpointer);
  static gboolean event(GstPad *pad, GstObject *parent, GstEvent *event);
  static gboolean query(GstPad *pad, GstObject *parent, GstQuery *query);
  bool activate(bool active);
  bool start_task();
  void restart();
  void wake();
  bool answer_latency(GstQuery *query);
  void ask_upstream();

  // The task. It looks at the clock at least this often.
  static constexpr std::chrono::milliseconds kTick{50};
  struct Now {
    PipelineTime time;
    bool prerolling = false;            // the pipeline waits for one of its sinks
    bool starving = false;              // see TextClock
    std::optional<nanoseconds> needed;  // in both cases: see needed_downstream()
    bool is_steady = false;     // the pipeline changes no state; while downstream is stopped
    bool peer_is_lost = false;  // the peer is inactive or flushing; likewise
  };
  struct Step {
    enum class Kind : std::uint8_t { kWait, kStop, kHeader, kEvent, kItem, kEos };
    Kind kind = Kind::kWait;
    TextItem item;
    GstOwned<GstEvent> event;
    guint32 seqnum = GST_SEQNUM_INVALID;
    nanoseconds wait = kTick;
  };
  static void run(gpointer self);
  Now now();
  bool is_stuck(const Now &now, nanoseconds since) const;
  Step next_step(const Now &now);
  // With the lock held, like all up to due().
  Step choose_step(const Now &now);
  bool is_downstream_back(const Now &now);
  bool may_begin(const Now &now) const;
  Step first_gap(const Now &now);
  bool is_waited_for(const Now &now) const;
  bool may_lead(const Now &now) const;
  Step lead(const Now &now);
  Step pass(nanoseconds until);
  nanoseconds position() const { return output_.source->position(); }
  std::optional<Step> passing_step();
  Step text_step(const Now &now);
  Step last_step();
  nanoseconds due(const Now &now);
  void wait(nanoseconds time);

  void perform(const Step &step);
  void push_header(guint32 seqnum);
  void negotiate();
  GstEvent *stream_start(guint group_id) const;
  void push_item(const TextItem &item);
  void push_text(const TextItem &item);
  void push_speaker(const std::string &speaker);
  void push_final_transcript();
  void tell_upstream(const TextItem &item);
  void push_eos(guint32 seqnum);
  void take_flow(GstFlowReturn flow);
  void stop_downstream();

  // The state of the output since the activation or the last flush.
  struct Output {
    std::unique_ptr<TextSource> source;
    std::optional<nanoseconds> input_begin;
    std::optional<guint32> eos;                // seqnum of the EOS to push
    nanoseconds lead{};                        // the end of a gap sent ahead of the position
    nanoseconds led_at{};                      // monotonic
    nanoseconds end{};                         // of the last item
    std::optional<nanoseconds> stopped_since;  // downstream has stopped; monotonic
    bool peer_was_lost = false;                // since then
    bool may_lead = true;                      // once while PLAYING
    bool header_sent = false;
    bool begun = false;      // the first gap was sent
    bool showing = false;    // the last item was text
    bool abandoned = false;  // wait_finished() has given up on the push in progress
    bool finished = false;   // EOS was sent
  };

  GstPad *const pad_;  // owns this
  TextPadOwner &owner_;
  WeakRef<GstPad> former_peer_{nullptr};

  // Task only; others while the task does not run.
  bool stream_started_ = false;
  bool markup_ = false;  // the negotiated format
  bool discont_ = true;

  // Guards all members below, for a few lines at a time. Never held while pushing, querying or
  // calling the owner.
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  TextSettings settings_;
  TextMode next_mode_;  // takes effect with the next activation
  TextTags tags_;
  std::optional<guint> group_;
  PassingEvents passing_;
  TextClock clock_;
  Output output_;
  TextCounts past_;                            // of earlier outputs
  std::optional<UpstreamLatency> answered_;    // the last answer to a LATENCY query
  nanoseconds activated_{};                    // monotonic
  std::uint64_t steps_ = 0;                    // of the task
  guint32 flush_seqnum_ = GST_SEQNUM_INVALID;  // for the next segment
  bool active_ = false;
  bool flushing_ = false;
  bool interrupted_ = false;
  bool late_begin_ = false;
  bool retired_ = false;
  bool awake_ = false;  // something is new for the task
  bool busy_ = false;   // the task performs a step, in which downstream may block
};

}  // namespace assemblyai
