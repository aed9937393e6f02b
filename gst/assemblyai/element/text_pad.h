// SPDX-License-Identifier: LGPL-2.1-or-later

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

// What a text pad needs of its element, which outlives it. Called without locks of ours.
class TextPadOwner {
 public:
  TextPadOwner() = default;
  TextPadOwner(const TextPadOwner &) = delete;
  TextPadOwner &operator=(const TextPadOwner &) = delete;
  virtual ~TextPadOwner() = default;

  virtual GstElement *element() const = 0;
  // Nothing: it does not know yet.
  virtual std::optional<UpstreamLatency> upstream_latency() const = 0;
  // The audio comes at the pace of the pipeline's clock, also when it is not live.
  virtual bool is_synchronized() const = 0;
  // From downstream to upstream of the audio; takes the event.
  virtual bool send_upstream(GstEvent *event) = 0;
  // Pushing has failed for good.
  virtual void text_failed(GstFlowReturn flow) = 0;
};

// The source pad for text, and the task that feeds it.
//
// From its activation on, whatever the network does, the task sends texts or gaps: a
// consumer that waits for text never waits longer than the latency that the pad has
// announced. Nothing is pushed from any other thread.
//
// What to send is the source's business, of which there is one for each text mode: the task asks
// it what is next, and tells it what is due by the clock.
class TextPad {
 public:
  // For the pad, which owns it from now on.
  static TextPad *attach(GstPad *pad, TextPadOwner &owner);
  TextPad(const TextPad &) = delete;
  TextPad &operator=(const TextPad &) = delete;
  ~TextPad() = default;

  // Any thread.
  void configure(const TextSettings &settings);
  // As the settings tell it, and what it is if they and everybody else do not.
  void set_language(const std::string &told, const std::string &assumed);
  // On the way from READY.
  void prepare();
  // Output begins at what is due then, not at 0: for a pad that comes late.
  void begin_late();
  // The first audio since the way from READY, or since the flush, has this running time: no text
  // begins before it.
  void input_begins(nanoseconds at);
  void set_playing(bool playing);
  // Before the pad is taken away: its stream ends, so that downstream does not wait for it. False
  // if downstream still keeps what was pushed last, as an overlay does in PAUSED, and a muxer that
  // waits for another stream.
  bool retire();
  // Who got the text last, if it was unlinked: it may still wait for the next one.
  Ref<GstPad> former_peer() { return former_peer_.lock(); }
  // The configured latency of the pipeline.
  void set_pipeline_latency(GstClockTime latency);
  // The settings in force, if somebody waits for text that can be late.
  std::optional<TextSettings> awaited() const;
  TextCounts counts() const;

  // The session's thread.
  void report(CaptionTurn turn);
  void retell();
  // Captions have ended with an error.
  void clear();
  // The audio has got to the service, or past it, up to this running time.
  void reached(nanoseconds position);

  // The streaming thread. The group of the input from this running time on.
  void set_group(guint group_id, nanoseconds at);
  // An event of the audio's stream that concerns the text's too, and its running time. Takes the
  // event. What is serialized goes with the text.
  bool pass_on(GstEvent *event, nanoseconds at);
  // This is how the pipeline's clock and the stream's running time belong
  // together; synchronized: the audio has waited for the clock, so it is set.
  void follow(const StreamClock &clock, bool synchronized);
  // The element has taken a buffer from upstream, or has let it go and waits for the next.
  void input_held(bool held);
  // Nothing more comes: what waits goes, then EOS with this number.
  void finish(guint32 seqnum);
  enum class Wait : std::uint8_t { kDone, kLeft, kInterrupted };
  // Until the EOS has gone, or will not go (a flush, the way to READY). Done too when
  // downstream takes nothing any more: the EOS follows if it does again.
  Wait wait_finished();

  // As for Session.
  void interrupt();
  void resume();

  // The threads that flush. The events go downstream.
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

  // The task. How often it looks at the clock.
  static constexpr std::chrono::milliseconds kTick{50};
  struct Now {
    PipelineTime time;
    bool prerolling = false;            // the pipeline waits for one of its sinks
    bool starving = false;              // no audio comes, and no clock says what is due
    std::optional<nanoseconds> needed;  // in both cases: how far text has to come
    bool is_steady = false;             // while downstream has stopped
    bool peer_is_lost = false;          // likewise
  };
  struct Step {
    enum class Kind : std::uint8_t {
      kWait,
      kStop,
      kHeader,
      kEvent,
      kItem,
      kEos
    } kind = Kind::kWait;
    TextItem item;
    GstOwned<GstEvent> event;
    guint32 seqnum = GST_SEQNUM_INVALID;
    nanoseconds wait = kTick;  // at most
  };
  static void run(gpointer self);
  Now now();
  bool is_stuck(const Now &now, nanoseconds since) const;
  Step next_step(const Now &now);
  // With the lock held, as all that follow.
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
  void push_item(const Step &step);
  void push_text(const TextItem &item);
  void push_speaker(const std::string &speaker);
  void push_final_transcript();
  void tell_upstream(const TextItem &item);
  void push_eos(guint32 seqnum);
  void take_flow(GstFlowReturn flow);
  void stop_downstream();

  // What begins anew with the activation, and after a flush.
  struct Output {
    std::unique_ptr<TextSource> source;
    std::optional<nanoseconds> input_begin;
    std::optional<guint32> eos;                // wanted, with this number
    nanoseconds lead{};                        // the end of a gap sent ahead of the position
    nanoseconds led_at{};                      // on the monotonic clock
    nanoseconds end{};                         // of what goes
    std::optional<nanoseconds> stopped_since;  // downstream
    bool peer_was_lost = false;                // since then
    bool may_lead = true;                      // once, while PLAYING
    bool header_sent = false;
    bool begun = false;      // the first gap has gone
    bool showing = false;    // the last thing that went was a text
    bool abandoned = false;  // nobody waits for the text that goes
    bool finished = false;   // EOS has gone
  };

  GstPad *const pad_;  // owns this
  TextPadOwner &owner_;
  WeakRef<GstPad> former_peer_{nullptr};

  // The task only, and others while it does not run.
  bool stream_started_ = false;
  bool markup_ = false;  // the negotiated format
  bool discont_ = true;

  // Guards all below; for a few lines each. Never held while pushing, querying or calling
  // the owner.
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  TextSettings settings_;
  TextMode next_mode_;  // what runs keeps its own
  TextTags tags_;
  std::optional<guint> group_;
  PassingEvents passing_;
  TextClock clock_;
  Output output_;
  TextCounts past_;                            // of the outputs before
  std::optional<UpstreamLatency> told_;        // to who asked last
  nanoseconds activated_{};                    // on the monotonic clock
  std::uint64_t steps_ = 0;                    // of the task
  guint32 flush_seqnum_ = GST_SEQNUM_INVALID;  // of the flush before the segment
  bool active_ = false;
  bool flushing_ = false;
  bool interrupted_ = false;
  bool late_begin_ = false;
  bool retired_ = false;
  bool awake_ = false;  // there is something new for the task
  bool busy_ = false;   // the task has a step to do, which may wait for downstream
};

}  // namespace assemblyai
