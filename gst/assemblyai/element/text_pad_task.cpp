// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The text pad's task: each step is chosen with the lock held and performed without it.

#include <algorithm>
#include <utility>

#include "captions/markup.h"
#include "element/debug.h"
#include "element/downstream_need.h"
#include "element/text_pad.h"
#include "protocol/text.h"

#define GST_CAT_DEFAULT gst_assemblyai_text_debug

namespace assemblyai {

namespace {

using std::chrono::milliseconds;

// Long enough for a first video frame, too short to delay a word.
constexpr milliseconds kFirstGap{40};
// How long the header waits for the input's group.
constexpr milliseconds kGroupPatience{500};
// How often the task checks whether a prerolling pipeline waits for it.
constexpr milliseconds kPrerollTick{5};
// A consumer takes the end of the last gap for the position of the text: this gap moves it back.
constexpr milliseconds kReturn{1};
// Characters of a text.
constexpr std::size_t kMostLogged = 500;
// Downstream has stopped without a visible reason: push again after this time.
constexpr milliseconds kStopPatience{1000};

GstClockTime clock_time(nanoseconds time) {
  return static_cast<GstClockTime>(std::max<nanoseconds::rep>(time.count(), 0));
}

Ref<GstElement> pipeline_of(GstElement *element) {
  Ref<GstElement> top = retain(element);
  while (GstObject *parent = gst_object_get_parent(GST_OBJECT(top.get())))
    top = adopt(GST_ELEMENT(parent));
  return top;
}

bool is_getting_ready(GstElement *element) {
  return gst_element_get_state(element, nullptr, nullptr, 0) == GST_STATE_CHANGE_ASYNC;
}

bool is_playing(GstElement *element) {
  GstState state = GST_STATE_NULL;
  gst_element_get_state(element, &state, nullptr, 0);
  return state == GST_STATE_PLAYING;
}

// The pipeline is not changing its state, to READY for example.
bool is_settled(GstElement *element) {
  GstState pending = GST_STATE_NULL;
  gst_element_get_state(pipeline_of(element).get(), nullptr, &pending, 0);
  return pending == GST_STATE_VOID_PENDING;
}

bool has_lost_peer(GstPad *pad) {
  const Ref<GstPad> peer = adopt(gst_pad_get_peer(pad));
  return peer && (!GST_PAD_IS_ACTIVE(peer.get()) || GST_PAD_IS_FLUSHING(peer.get()));
}

TextItem gap(nanoseconds start, nanoseconds end) {
  return {.kind = TextItem::Kind::kGap, .start = start, .duration = end - start};
}

}  // namespace

void TextPad::run(gpointer data) {
  auto *self = static_cast<TextPad *>(data);
  const Step step = self->next_step(self->now());
  self->perform(step);
  const std::lock_guard lock(self->mutex_);
  self->busy_ = false;
  self->changed_.notify_all();
}

TextPad::Now TextPad::now() {
  Now now{.time = {.monotonic = std::chrono::microseconds(g_get_monotonic_time())}};
  bool known = false;
  bool is_stopped = false;
  {
    const std::lock_guard lock(mutex_);
    known = clock_.knows_upstream();
    is_stopped = output_.stopped_since.has_value();
    now.starving = clock_.is_starving(now.time.monotonic);
  }
  if (!known)
    ask_upstream();
  GstElement *element = owner_.element();
  if (is_stopped) {
    now.is_steady = is_settled(element);
    now.peer_is_lost = has_lost_peer(pad_);
  }
  now.prerolling = is_getting_ready(pipeline_of(element).get());
  if (now.prerolling || now.starving)
    now.needed = needed_downstream(pad_);
  now.time.is_playing = is_playing(element);
  now.time.base_time = gst_element_get_base_time(element);
  const GstClockTime time = gst_element_get_current_running_time(element);
  if (GST_CLOCK_TIME_IS_VALID(time))
    now.time.running_time = nanoseconds(time);
  return now;
}

TextPad::Step TextPad::next_step(const Now &now) {
  const std::lock_guard lock(mutex_);
  awake_ = false;
  steps_++;
  if (!active_ || flushing_ || output_.finished)
    return {.kind = Step::Kind::kStop};
  busy_ = true;
  Step step = choose_step(now);
  if (step.kind == Step::Kind::kWait && is_waited_for(now))
    step.wait = kPrerollTick;
  if (step.kind == Step::Kind::kItem) {
    output_.end = step.item.start + step.item.duration;
    if (step.item.kind == TextItem::Kind::kText || step.item.kind == TextItem::Kind::kGap)
      output_.showing = step.item.kind == TextItem::Kind::kText;
  }
  return step;
}

TextPad::Step TextPad::choose_step(const Now &now) {
  if (retired_) {
    output_.finished = !output_.header_sent;
    return {.kind = output_.finished ? Step::Kind::kStop : Step::Kind::kEos};
  }
  if (!is_downstream_back(now))
    return output_.eos ? Step{.kind = Step::Kind::kEos, .seqnum = *output_.eos} : Step{};
  if (!output_.header_sent) {
    if (!may_begin(now))
      return {};
    output_.header_sent = true;
    return {.kind = Step::Kind::kHeader, .seqnum = flush_seqnum_};
  }
  if (std::optional<Step> step = passing_step())
    return std::move(*step);
  if (GstOwned<GstEvent> tags = tags_.news())
    return {.kind = Step::Kind::kEvent, .event = std::move(tags)};
  if (!output_.begun)
    return first_gap(now);
  if (output_.input_begin && *output_.input_begin > position())
    return pass(*std::exchange(output_.input_begin, nanoseconds::min()) + kFirstGap);
  if (may_lead(now))
    return lead(now);
  if (!now.prerolling && std::exchange(output_.lead, {}) > position())
    return pass(position() + kReturn);
  return text_step(now);
}

// Downstream has stopped by itself, unless the pad flushes. When it starts again it needs the whole
// header. Until then nothing may be pushed: a new stream would make a textoverlay on its way to
// READY accept text again and block for ever.
void TextPad::stop_downstream() {
  const std::lock_guard lock(mutex_);
  if (flushing_ || !active_)
    return;
  stream_started_ = false;
  tags_.forget_sent();
  passing_.drop_passing();
  output_.header_sent = false;
  output_.stopped_since = std::chrono::microseconds(g_get_monotonic_time());
  output_.peer_was_lost = false;
}

bool TextPad::is_downstream_back(const Now &now) {
  if (!output_.stopped_since)
    return true;
  output_.peer_was_lost = output_.peer_was_lost || now.peer_is_lost;
  const bool seems_well =
      now.is_steady && now.time.monotonic - *output_.stopped_since > kStopPatience;
  if (now.peer_is_lost || (!output_.peer_was_lost && !seems_well))
    return false;
  output_.stopped_since.reset();
  return true;
}

bool TextPad::may_begin(const Now &now) const {
  return group_ || output_.eos || now.time.monotonic - activated_ >= kGroupPatience;
}

TextPad::Step TextPad::first_gap(const Now &now) {
  output_.begun = true;
  if (!std::exchange(late_begin_, false))
    return pass(kFirstGap);
  output_.input_begin = nanoseconds::min();
  const nanoseconds begin = std::max<nanoseconds>(due(now), kFirstGap);
  output_.source->begin(begin);
  return {.kind = Step::Kind::kItem, .item = gap({}, begin)};
}

// A gap: nothing is said up to there.
TextPad::Step TextPad::pass(nanoseconds until) {
  return {.kind = Step::Kind::kItem, .item = output_.source->pass(until)};
}

bool TextPad::is_waited_for(const Now &now) const {
  return now.starving || (now.prerolling && (clock_.stands_still(now.time) || output_.may_lead));
}

// A prerolling pipeline may wait for the text: when video begins later than audio, or when an
// encoder behind an overlay needs many frames. The same happens when a full video queue stops the
// source of both video and audio. Frames that pass before their audio was heard have no captions.
// While the rest of the pipeline plays, a new branch gets one frame.
bool TextPad::may_lead(const Now &now) const {
  return now.needed && !output_.eos && is_waited_for(now);
}

// A gap that only tells consumers not to wait: they still take text in its place. An input that
// answers a wrong position only makes this slow.
TextPad::Step TextPad::lead(const Now &now) {
  const nanoseconds reach = std::max(output_.lead, position());
  if (*now.needed < reach && now.time.monotonic - output_.led_at < kTick)
    return {};
  output_.may_lead = false;
  output_.led_at = now.time.monotonic;
  output_.lead = std::max<nanoseconds>(*now.needed + kFirstGap, reach + kTick);
  GST_DEBUG_OBJECT(pad_, "sending a gap ahead, up to %" GST_TIME_FORMAT,
                   GST_TIME_ARGS(clock_time(output_.lead)));
  return {.kind = Step::Kind::kItem, .item = gap(reach, output_.lead)};
}

nanoseconds TextPad::due(const Now &now) {
  return clock_.due(now.time, settings_, output_.input_begin.has_value());
}

TextPad::Step TextPad::text_step(const Now &now) {
  // No more gaps: with a consumer that blocks each push until the next gap is due, they never end.
  if (output_.eos && output_.source->drained())
    return last_step();
  if (std::optional<TextItem> item = output_.source->next(due(now)))
    return {.kind = Step::Kind::kItem, .item = std::move(*item)};
  return {};
}

// Some consumers remove a text only when the next item arrives, so a gap follows the last text.
TextPad::Step TextPad::last_step() {
  if (output_.showing)
    return pass(position() + kTick);
  return {.kind = Step::Kind::kEos, .seqnum = *output_.eos};
}

void TextPad::wait(nanoseconds time) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, time, [this] { return awake_; });
}

void TextPad::perform(const Step &step) {
  switch (step.kind) {
    case Step::Kind::kWait:
      wait(step.wait);
      break;
    case Step::Kind::kStop:
      gst_pad_pause_task(pad_);
      break;
    case Step::Kind::kHeader:
      push_header(step.seqnum);
      break;
    case Step::Kind::kEvent:
      gst_pad_push_event(pad_, gst_event_ref(step.event.get()));
      break;
    case Step::Kind::kItem:
      push_item(step.item);
      break;
    case Step::Kind::kEos:
      push_eos(step.seqnum);
      break;
  }
}

void TextPad::push_header(guint32 seqnum) {
  if (!std::exchange(stream_started_, true)) {
    guint group = GST_GROUP_ID_INVALID;
    {
      const std::lock_guard lock(mutex_);
      group = group_.value_or(GST_GROUP_ID_INVALID);
    }
    gst_pad_push_event(pad_, stream_start(group));
  }
  negotiate();
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  GST_DEBUG_OBJECT(pad_, "pushing %" GST_SEGMENT_FORMAT, &segment);
  GstEvent *event = gst_event_new_segment(&segment);
  if (seqnum != GST_SEQNUM_INVALID)
    gst_event_set_seqnum(event, seqnum);
  gst_pad_push_event(pad_, event);
  discont_ = true;
}

// Plain text, unless downstream accepts only markup.
void TextPad::negotiate() {
  gst_pad_check_reconfigure(pad_);
  const GstOwned<GstCaps> allowed(gst_pad_get_allowed_caps(pad_));
  const GstOwned<GstCaps> plain(
      gst_caps_new_simple("text/x-raw", "format", G_TYPE_STRING, "utf8", nullptr));
  markup_ = allowed && gst_caps_is_empty(allowed.get()) == FALSE &&
            gst_caps_can_intersect(allowed.get(), plain.get()) == FALSE;
  const GstOwned<GstCaps> chosen(gst_caps_new_simple("text/x-raw", "format", G_TYPE_STRING,
                                                     markup_ ? "pango-markup" : "utf8", nullptr));
  GST_DEBUG_OBJECT(pad_, "pushing %" GST_PTR_FORMAT, chosen.get());
  gst_pad_push_event(pad_, gst_event_new_caps(chosen.get()));
}

void TextPad::push_item(const TextItem &item) {
  if (gst_pad_needs_reconfigure(pad_) != FALSE)
    negotiate();
  switch (item.kind) {
    case TextItem::Kind::kGap: {
      GST_LOG_OBJECT(pad_, "pushing a gap of %" GST_TIME_FORMAT " at %" GST_TIME_FORMAT,
                     GST_TIME_ARGS(clock_time(item.duration)),
                     GST_TIME_ARGS(clock_time(item.start)));
      GstEvent *event = gst_event_new_gap(clock_time(item.start), clock_time(item.duration));
      gst_event_set_gap_flags(event, GST_GAP_FLAG_MISSING_DATA);
      gst_pad_push_event(pad_, event);
      break;
    }
    case TextItem::Kind::kText:
      if (item.is_word)
        tell_upstream(item);
      push_text(item);
      break;
    case TextItem::Kind::kSpeakerChange:
      push_speaker(item.text);
      break;
    case TextItem::Kind::kFinalTranscript:
      push_final_transcript();
      break;
  }
}

void TextPad::push_text(const TextItem &item) {
  std::string text = item.text;
  if (markup_)
    text = item.markup.empty() ? escaped_markup(text) : item.markup;
  GST_DEBUG_OBJECT(pad_, "pushing text for %" GST_TIME_FORMAT " at %" GST_TIME_FORMAT ": %s",
                   GST_TIME_ARGS(clock_time(item.duration)), GST_TIME_ARGS(clock_time(item.start)),
                   printable(text, kMostLogged).c_str());
  GstBuffer *buffer = gst_buffer_new_memdup(text.data(), text.size());
  GST_BUFFER_PTS(buffer) = clock_time(item.start);
  GST_BUFFER_DURATION(buffer) = clock_time(item.duration);
  if (std::exchange(discont_, false))
    GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DISCONT);
  take_flow(gst_pad_push(pad_, buffer));
}

void TextPad::push_eos(guint32 seqnum) {
  GST_DEBUG_OBJECT(pad_, "pushing EOS");
  GstEvent *eos = gst_event_new_eos();
  if (seqnum != GST_SEQNUM_INVALID)
    gst_event_set_seqnum(eos, seqnum);
  gst_pad_push_event(pad_, eos);
  const std::lock_guard lock(mutex_);
  output_.finished = true;
  wake();
}

void TextPad::take_flow(GstFlowReturn flow) {
  switch (flow) {
    case GST_FLOW_OK:
    case GST_FLOW_NOT_LINKED:
    case GST_FLOW_EOS:
      return;
    case GST_FLOW_FLUSHING:
      stop_downstream();
      return;
    default:
      break;
  }
  GST_WARNING_OBJECT(pad_, "pushing failed: %s", gst_flow_get_name(flow));
  {
    const std::lock_guard lock(mutex_);
    if (!active_)
      return;
    output_.finished = output_.abandoned;
    if (output_.abandoned)
      return;  // wait_finished() has given up on this push
  }
  owner_.text_failed(flow);
  push_eos(GST_SEQNUM_INVALID);
}

}  // namespace assemblyai
