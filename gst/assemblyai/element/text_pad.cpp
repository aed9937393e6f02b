// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The text pad as seen by other threads. Its task is in text_pad_task.cpp.

#include "element/text_pad.h"

#include <utility>

#include "base/resources.h"
#include "element/debug.h"
#include "element/errors.h"
#include "element/stats.h"

#define GST_CAT_DEFAULT gst_assemblyai_text_debug

namespace assemblyai {

namespace {

// Longer than a consumer needs to take a text whose time has come.
constexpr std::chrono::seconds kEndPatience{1};
constexpr std::chrono::milliseconds kEndCheck{100};
// A muxer takes a text only when its other streams have come as far.
constexpr std::chrono::milliseconds kReleasePatience{500};

TextPad &self_of(GstPad *pad) {
  return *static_cast<TextPad *>(gst_pad_get_element_private(pad));
}

// Text and audio share time, not bytes or samples.
bool is_common(GstFormat format) {
  return format == GST_FORMAT_TIME || format == GST_FORMAT_PERCENT;
}

nanoseconds monotonic_now() {
  return std::chrono::microseconds(g_get_monotonic_time());
}

// A new branch may need more latency than the pipeline has. The pad may outlive its element.
void announce_latency(GstPad *pad) {
  if (const Ref<GstElement> element = adopt(gst_pad_get_parent_element(pad)))
    gst_element_post_message(element.get(), gst_message_new_latency(GST_OBJECT(element.get())));
}

}  // namespace

TextPad::TextPad(GstPad *pad, TextPadOwner &owner)
    : pad_(pad), owner_(owner), next_mode_(settings_.mode) {
  output_.source = make_text_source(settings_.options());
}

TextPad *TextPad::attach(GstPad *pad, TextPadOwner &owner) {
  auto *self = new TextPad(pad, owner);
  gst_pad_set_element_private(pad, self);
  g_object_set_data_full(G_OBJECT(pad), "assemblyai-text-pad", self,
                         [](gpointer data) { delete static_cast<TextPad *>(data); });
  gst_pad_set_activatemode_function(pad, activate_mode);
  gst_pad_set_event_function(pad, event);
  gst_pad_set_query_function(pad, query);
  g_signal_connect(pad, "linked", G_CALLBACK(linked), nullptr);
  g_signal_connect(pad, "unlinked", G_CALLBACK(unlinked), nullptr);
  return self;
}

void TextPad::configure(const TextSettings &settings) {
  const std::lock_guard lock(mutex_);
  next_mode_ = settings.mode;
  const TextMode mode = settings_.mode;
  settings_ = settings;
  if (active_)
    settings_.mode = mode;
  if (settings_.mode != mode)
    output_.source = make_text_source(settings_.options());
  else
    output_.source->set_options(settings_.options());
}

void TextPad::set_language(const std::string &configured, const std::string &assumed) {
  const std::lock_guard lock(mutex_);
  tags_.configure(configured, assumed);
}

void TextPad::prepare() {
  const std::lock_guard lock(mutex_);
  group_.reset();
  clock_.set_playing(false);
  late_begin_ = false;
  interrupted_ = false;
}

void TextPad::begin_late() {
  const std::lock_guard lock(mutex_);
  late_begin_ = true;
}

void TextPad::input_begins(nanoseconds at) {
  const std::lock_guard lock(mutex_);
  if (output_.input_begin)
    return;
  output_.input_begin = at;
  wake();
}

void TextPad::set_playing(bool playing) {
  const std::lock_guard lock(mutex_);
  clock_.set_playing(playing);
  wake();
}

bool TextPad::retire() {
  std::unique_lock lock(mutex_);
  retired_ = true;
  wake();
  const bool has_ended = changed_.wait_for(lock, kReleasePatience, [this] {
    return output_.finished || !active_ || (flushing_ && !busy_);
  });
  active_ = false;
  return has_ended;
}

void TextPad::set_pipeline_latency(GstClockTime latency) {
  const std::lock_guard lock(mutex_);
  clock_.set_pipeline_latency(latency);
}

std::optional<TextSettings> TextPad::awaited() const {
  if (gst_pad_is_linked(pad_) == FALSE)
    return std::nullopt;
  const std::lock_guard lock(mutex_);
  if (!active_ || !clock_.is_clocked() || settings_.at_once())
    return std::nullopt;
  return settings_;
}

TextCounts TextPad::counts() const {
  const std::lock_guard lock(mutex_);
  TextCounts counts = past_;
  add(counts, output_.source->counts());
  return counts;
}

void TextPad::report(CaptionTurn turn) {
  const std::lock_guard lock(mutex_);
  tags_.detect(turn.language);
  output_.source->report(std::move(turn));
  wake();
}

void TextPad::retell() {
  const std::lock_guard lock(mutex_);
  output_.source->retell();
}

void TextPad::clear() {
  const std::lock_guard lock(mutex_);
  output_.source->clear();
}

void TextPad::reached(nanoseconds position) {
  const std::lock_guard lock(mutex_);
  clock_.reached(position, monotonic_now());
}

void TextPad::follow(const StreamClock &clock, bool synchronized) {
  const std::lock_guard lock(mutex_);
  clock_.follow(clock, synchronized);
}

void TextPad::input_held(bool held) {
  const std::lock_guard lock(mutex_);
  if (held)
    clock_.input_held();
  else
    clock_.input_missing(monotonic_now());
}

void TextPad::finish(guint32 seqnum) {
  const std::lock_guard lock(mutex_);
  output_.source->finish();
  output_.eos = seqnum;
  wake();
}

TextPad::Wait TextPad::wait_finished() {
  std::uint64_t steps = 0;
  nanoseconds since{};
  for (;;) {
    const Now now = this->now();
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, kEndCheck, [this] {
          return output_.finished || !active_ || flushing_ || interrupted_;
        }))
      break;
    if (std::exchange(steps, steps_) != steps_)
      since = now.time.monotonic;
    if (is_stuck(now, since)) {
      GST_WARNING_OBJECT(pad_, "downstream takes no more text: the end does not wait for it");
      output_.abandoned = true;
      return Wait::kDone;
    }
  }
  const std::lock_guard lock(mutex_);
  if (output_.finished)
    return Wait::kDone;
  return interrupted_ && active_ && !flushing_ ? Wait::kInterrupted : Wait::kLeft;
}

// A textoverlay whose video has ended blocks the push for ever. One whose video continues blocks it
// for as long as it shows the text before.
bool TextPad::is_stuck(const Now &now, nanoseconds since) const {
  const nanoseconds waited = now.time.monotonic - since;
  if (waited < kEndPatience)
    return false;
  const nanoseconds latency = clock_.latency(settings_);
  if (const std::optional<nanoseconds> time = clock_.running_time(now.time))
    return *time > output_.end + latency + kEndPatience;
  return !clock_.stands_still(now.time) &&
         waited > latency + settings_.options().cue.max_duration + kEndPatience;
}

void TextPad::interrupt() {
  const std::lock_guard lock(mutex_);
  interrupted_ = true;
  wake();
}

void TextPad::resume() {
  const std::lock_guard lock(mutex_);
  interrupted_ = false;
}

void TextPad::wake() {
  awake_ = true;
  changed_.notify_all();
}

void TextPad::restart() {
  add(past_, output_.source->counts());
  output_ = {.source = make_text_source(settings_.options())};
  clock_.restart();
  passing_.flush();
}

bool TextPad::start_task() {
  return gst_pad_start_task(pad_, run, this, nullptr) != FALSE;
}

bool TextPad::activate(bool active) {
  {
    const std::lock_guard lock(mutex_);
    active_ = active;
    flushing_ = false;
    activated_ = monotonic_now();
    if (active) {
      stream_started_ = false;
      passing_.clear();
      tags_.restart();
      settings_.mode = next_mode_;
      flush_seqnum_ = GST_SEQNUM_INVALID;
      restart();
      past_ = {};
    }
    wake();
  }
  if (!active)
    return gst_pad_stop_task(pad_) != FALSE;
  // Without a thread, GStreamer posts nothing, and blocks when the task has to stop.
  if (const std::optional<Failure> missing = missing_threads()) {
    post_error(owner_.element(), *missing);
    return false;
  }
  return start_task();
}

gboolean TextPad::activate_mode(GstPad *pad, GstObject *, GstPadMode mode, gboolean active) {
  return static_cast<gboolean>(mode == GST_PAD_MODE_PUSH && self_of(pad).activate(active != FALSE));
}

void TextPad::flush_start(GstEvent *event) {
  {
    const std::lock_guard lock(mutex_);
    if (!active_)
      return;
    flushing_ = true;
    wake();
  }
  gst_pad_push_event(pad_, gst_event_ref(event));
  gst_pad_pause_task(pad_);
}

void TextPad::flush_stop(GstEvent *event) {
  gboolean resets_time = TRUE;
  gst_event_parse_flush_stop(event, &resets_time);
  const GstClockTime base_time = gst_element_get_base_time(owner_.element());
  {
    const std::lock_guard lock(mutex_);
    if (!active_ || !flushing_)
      return;
  }
  gst_pad_push_event(pad_, gst_event_ref(event));
  {
    const std::lock_guard lock(mutex_);
    restart();
    flush_seqnum_ = gst_event_get_seqnum(event);
    flushing_ = false;
    if (resets_time != FALSE)
      clock_.expect_other_base_time(base_time);
  }
  start_task();
}

// A consumer that was linked before has lost the segment, and GStreamer does not send it again.
void TextPad::linked(GstPad *pad, GstPad *, gpointer) {
  TextPad &self = self_of(pad);
  self.former_peer_.set(nullptr);
  {
    const std::lock_guard lock(self.mutex_);
    self.output_.may_lead = true;
    self.output_.header_sent = false;
  }
  announce_latency(pad);
}

void TextPad::unlinked(GstPad *pad, GstPad *peer, gpointer) {
  self_of(pad).former_peer_.set(peer);
}

// A pad without a parent may have outlived its owner.
gboolean TextPad::event(GstPad *pad, GstObject *parent, GstEvent *event) {
  if (parent == nullptr) {
    gst_event_unref(event);
    return FALSE;
  }
  TextPad &self = self_of(pad);
  switch (GST_EVENT_TYPE(event)) {
    case GST_EVENT_LATENCY: {
      GstClockTime latency = GST_CLOCK_TIME_NONE;
      gst_event_parse_latency(event, &latency);
      self.set_pipeline_latency(latency);
      break;
    }
    case GST_EVENT_RECONFIGURE:  // the task checks the pad's flag
    case GST_EVENT_QOS:          // is about text; the audio cannot adapt
      gst_event_unref(event);
      return TRUE;
    case GST_EVENT_SEEK: {
      GstFormat format = GST_FORMAT_UNDEFINED;
      gst_event_parse_seek(event, nullptr, &format, nullptr, nullptr, nullptr, nullptr, nullptr);
      if (!is_common(format)) {
        gst_event_unref(event);
        return FALSE;
      }
      break;
    }
    default:
      break;
  }
  return static_cast<gboolean>(self.owner_.send_upstream(event));
}

// Upstream answers for its audio: only what text has in common with it may pass.
gboolean TextPad::query(GstPad *pad, GstObject *parent, GstQuery *query) {
  GstFormat format = GST_FORMAT_TIME;
  switch (GST_QUERY_TYPE(query)) {
    case GST_QUERY_LATENCY:
      return static_cast<gboolean>(parent != nullptr && self_of(pad).answer_latency(query));
    case GST_QUERY_POSITION:
      gst_query_parse_position(query, &format, nullptr);
      break;
    case GST_QUERY_DURATION:
      gst_query_parse_duration(query, &format, nullptr);
      break;
    case GST_QUERY_SEEKING:
      gst_query_parse_seeking(query, &format, nullptr, nullptr, nullptr);
      break;
    case GST_QUERY_SEGMENT:
      gst_query_parse_segment(query, nullptr, &format, nullptr, nullptr);
      break;
    case GST_QUERY_CONVERT:
      return FALSE;
    case GST_QUERY_FORMATS:
      gst_query_set_formats(query, 1, GST_FORMAT_TIME);
      return TRUE;
    default:
      break;
  }
  return static_cast<gboolean>(is_common(format) &&
                               gst_pad_query_default(pad, parent, query) != FALSE);
}

bool TextPad::answer_latency(GstQuery *query) {
  const std::optional<UpstreamLatency> upstream = owner_.upstream_latency();
  const bool synchronized = owner_.is_synchronized();
  UpstreamLatency answer;
  {
    const std::lock_guard lock(mutex_);
    answered_ = clock_.learn(upstream, synchronized, settings_);
    answer = *answered_;
  }
  GST_DEBUG_OBJECT(pad_, "latency: %s, %" GST_TIME_FORMAT, answer.live ? "live" : "not live",
                   GST_TIME_ARGS(answer.min));
  gst_query_set_latency(query, static_cast<gboolean>(answer.live), answer.min, answer.max);
  return true;
}

// A source that is not ready does not know whether it is live. When it does, the LATENCY queries
// that were answered before have to be repeated.
void TextPad::ask_upstream() {
  const std::optional<UpstreamLatency> upstream = owner_.upstream_latency();
  const bool synchronized = owner_.is_synchronized();
  {
    const std::lock_guard lock(mutex_);
    const UpstreamLatency latency = clock_.learn(upstream, synchronized, settings_);
    if (!answered_ || answered_ == latency)
      return;
    answered_.reset();
  }
  announce_latency(pad_);
}

}  // namespace assemblyai
