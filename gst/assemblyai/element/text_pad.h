// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <gst/gst.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>

#include "captions/schedule.h"
#include "captions/sending_clock.h"
#include "element/gst_ptr.h"
#include "element/passing_events.h"
#include "element/text_settings.h"

namespace assemblyai {

// What upstream says of its latency.
struct UpstreamLatency {
  bool live = false;
  GstClockTime min = 0;
  GstClockTime max = GST_CLOCK_TIME_NONE;

  bool operator==(const UpstreamLatency &) const = default;
};

// The running time of the clock, at which sinks render, to the running time that the segments of
// the stream give. They are the same but for an instant change of the rate, and a step.
struct StreamClock {
  nanoseconds clock{};
  nanoseconds stream{};
  double rate = 1.0;
  // Audio comes long after its time, as fast as it is taken: the clock does not pace it. Base times
  // that are not the begin of a file do this.
  bool paces = true;

  nanoseconds stream_time(nanoseconds clock_time) const {
    return stream + std::chrono::duration_cast<nanoseconds>((clock_time - clock) * rate);
  }
};

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
// What is due depends on what paces the audio: the pipeline's clock (live sources, and
// others with sync), or the sending of it (the rest).
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
  Schedule::Counts counts() const;

  // The session's thread.
  void report(CaptionTurn turn);
  void retell();
  struct Live {
    std::string text;  // empty: nothing to show
    std::string markup;
    nanoseconds hold{};  // how long it would stay
  };
  // One with a lower number is older than what is shown.
  void show(Live live, std::uint64_t number);
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
  TextPad(GstPad *pad, TextPadOwner &owner) : pad_(pad), owner_(owner) {}

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
  // With the lock held: what there is to say of the latency, by what upstream says.
  UpstreamLatency learn(const std::optional<UpstreamLatency> &upstream, bool synchronized);

  // The task. How often it looks at the clock, and how long a live text lasts.
  static constexpr std::chrono::milliseconds kTick{50};
  struct Now {
    nanoseconds monotonic{};
    std::optional<nanoseconds> running_time;  // of the stream, while PLAYING, by the clock
    bool stands_still = false;                // PAUSED, or not yet PLAYING again
    bool prerolling = false;                  // the pipeline waits for one of its sinks
    bool starving = false;                    // no audio comes, and no clock tells what is due
    std::optional<nanoseconds> needed;        // in both cases: how far text has to come
    bool is_steady = false;                   // while downstream has stopped
    bool peer_is_lost = false;                // likewise
  };
  struct Step {
    enum class Kind : std::uint8_t {
      kWait,
      kStop,
      kHeader,
      kTags,
      kEvent,
      kItem,
      kEos
    } kind = Kind::kWait;
    TextItem item;
    bool is_word = false;
    GstOwned<GstEvent> event;  // of upstream
    std::string markup;        // of a live text
    std::string language;
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
  bool may_lead(const Now &now) const;
  Step lead(const Now &now);
  Step pass(nanoseconds until);
  nanoseconds position() const;
  bool is_drained() const;
  std::optional<Step> passing_step();
  std::string language() const;
  Step cue_step(const Now &now);
  Step live_step(const Now &now);
  Step live_chunk(nanoseconds end);
  Step finish_live();
  Step last_step();
  nanoseconds due(const Now &now);
  nanoseconds live_edge(const Now &now);
  void wait(nanoseconds time);

  void perform(const Step &step);
  void push_header(guint32 seqnum);
  void negotiate();
  GstEvent *stream_start(guint group_id) const;
  void push_tags(const Step &step);
  void push_passing(GstEvent *event);
  void push_item(const Step &step);
  void push_text(const Step &step);
  void push_speaker(const std::string &speaker);
  void push_final_transcript();
  void tell_upstream(const TextItem &item);
  void push_eos(guint32 seqnum);
  void take_flow(GstFlowReturn flow);
  void stop_downstream();

  GstPad *const pad_;  // owns this
  TextPadOwner &owner_;
  WeakRef<GstPad> former_peer_{nullptr};

  // The task only, and others while it does not run.
  bool stream_started_ = false;
  bool markup_ = false;  // the negotiated format
  bool discont_ = true;
  bool showing_ = false;  // the last thing that went was a text
  std::string speaker_;
  GstOwned<GstTagList> audio_tags_;  // of upstream's stream
  GstOwned<GstTagList> tags_;        // of ours, as told last

  // Guards all below; for a few lines each. Never held while pushing, querying or calling
  // the owner.
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  TextSettings settings_;
  TextMode next_mode_ = TextMode::kCues;  // what runs keeps its own
  std::string configured_language_;
  std::string assumed_language_;
  std::string audio_language_;  // in upstream's tags
  std::string language_;
  std::string sent_language_;
  std::optional<guint> group_;
  PassingEvents passing_;
  Schedule schedule_{ScheduleOptions{}};
  Schedule::Counts past_;  // of the schedules before
  Live live_;
  std::uint64_t live_number_ = 0;
  nanoseconds live_position_{};
  std::optional<StreamClock> clock_;
  std::optional<nanoseconds> input_begin_;
  std::optional<nanoseconds> input_missing_since_;  // on the monotonic clock
  nanoseconds lead_{};      // the end of a gap that was sent ahead of the position
  nanoseconds led_at_{};    // on the monotonic clock
  nanoseconds due_{};       // what was due last
  nanoseconds going_to_{};  // the end of what goes
  SendingClock sending_clock_;
  UpstreamLatency upstream_;
  std::optional<UpstreamLatency> told_;  // to who asked last
  bool paced_ = false;                   // by the pipeline's clock
  GstClockTime pipeline_latency_ = GST_CLOCK_TIME_NONE;
  std::optional<GstClockTime> stale_base_time_;  // until the pipeline has set a new one
  nanoseconds activated_{};                      // on the monotonic clock, as the next
  std::uint64_t steps_ = 0;                      // of the task
  std::optional<guint32> eos_;                   // wanted, with this number
  guint32 seqnum_ = GST_SEQNUM_INVALID;          // of the flush before the segment
  std::optional<nanoseconds> stopped_since_;     // downstream
  bool peer_was_lost_ = false;                   // since then
  bool abandoned_ = false;                       // nobody waits for the text that goes
  bool active_ = false;
  bool flushing_ = false;
  bool playing_ = false;
  bool interrupted_ = false;
  bool late_begin_ = false;
  bool may_lead_ = false;  // once, while PLAYING
  bool clocked_ = false;   // what is due is told by the clock
  bool retired_ = false;
  bool upstream_known_ = false;
  bool header_sent_ = false;
  bool begun_ = false;     // the first gap has gone
  bool finished_ = false;  // EOS has gone
  bool awake_ = false;     // there is something new for the task
  bool busy_ = false;      // the task has a step to do, which may wait for downstream
};

}  // namespace assemblyai
