// SPDX-License-Identifier: LGPL-2.1-or-later
// The text pad's task: one step at a time, decided under the lock and done without it.

#include <algorithm>
#include <utility>

#include "captions/markup.h"
#include "element/debug.h"
#include "element/downstream_need.h"
#include "element/text_pad.h"

namespace assemblyai {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLiveMargin{40};
constexpr milliseconds kLeastChunk{20};
// Long enough for a first frame of video, too short to be in a word's way.
constexpr milliseconds kFirstGap{40};
// How long the header waits for the input's group.
constexpr milliseconds kGroupPatience{500};
// How often the task looks whether a pipeline that prerolls waits for it.
constexpr milliseconds kPrerollTick{5};
// Live sources give audio more often, and files at once.
constexpr milliseconds kStarved{500};
// Ends a gap that was sent ahead: a consumer takes the end of the last gap for where text is.
constexpr milliseconds kReturn{1};
// Downstream that stopped without a sign is tried again.
constexpr milliseconds kStopPatience{1000};

GstClockTime clock_time(nanoseconds time) {
  return static_cast<GstClockTime>(std::max<nanoseconds::rep>(time.count(), 0));
}

nanoseconds duration_from(GstClockTime time) {
  return GST_CLOCK_TIME_IS_VALID(time) ? nanoseconds(time) : nanoseconds::zero();
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

// The pipeline is where it is to be, not on its way to READY.
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
  return {.kind = TextItem::Kind::kGap, .start = start, .duration = end - start, .text = {}};
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
  Now now{.monotonic = std::chrono::microseconds(g_get_monotonic_time())};
  bool known = false;
  bool is_stopped = false;
  bool playing = false;
  std::optional<GstClockTime> stale;
  StreamClock clock;
  {
    const std::lock_guard lock(mutex_);
    clock = clock_.value_or(clock);
    known = upstream_known_;
    is_stopped = stopped_since_.has_value();
    playing = playing_;
    stale = stale_base_time_;
    now.starving = paced_ && !clocked_ && playing_ && input_missing_since_ &&
                   now.monotonic - *input_missing_since_ > kStarved;
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
  // A sink that was flushed is no longer in PLAYING, though nobody has taken it from there.
  now.stands_still =
      !playing || !is_playing(element) || stale == gst_element_get_base_time(element);
  const GstClockTime time = gst_element_get_current_running_time(element);
  if (!now.stands_still && GST_CLOCK_TIME_IS_VALID(time))
    now.running_time = clock.stream_time(nanoseconds(time));
  return now;
}

TextPad::Step TextPad::next_step(const Now &now) {
  const std::lock_guard lock(mutex_);
  awake_ = false;
  steps_++;
  if (!active_ || flushing_ || finished_)
    return {.kind = Step::Kind::kStop};
  busy_ = true;
  Step step = choose_step(now);
  if (step.kind == Step::Kind::kWait &&
      (now.starving || (now.prerolling && (now.stands_still || may_lead_))))
    step.wait = kPrerollTick;
  if (step.kind == Step::Kind::kItem)
    going_to_ = step.item.start + step.item.duration;
  return step;
}

TextPad::Step TextPad::choose_step(const Now &now) {
  if (retired_) {
    finished_ = !header_sent_;
    return {.kind = finished_ ? Step::Kind::kStop : Step::Kind::kEos};
  }
  if (!is_downstream_back(now))
    return eos_ ? Step{.kind = Step::Kind::kEos, .seqnum = *eos_} : Step{};
  if (!header_sent_) {
    if (!may_begin(now))
      return {};
    header_sent_ = true;
    return {.kind = Step::Kind::kHeader, .seqnum = seqnum_};
  }
  if (std::optional<Step> step = passing_step())
    return std::move(*step);
  if (language() != sent_language_) {
    sent_language_ = language();
    return {.kind = Step::Kind::kTags, .language = sent_language_};
  }
  if (!begun_)
    return first_gap(now);
  if (input_begin_ && *input_begin_ > position())
    return pass(*std::exchange(input_begin_, nanoseconds::min()) + kFirstGap);
  if (may_lead(now))
    return lead(now);
  if (!now.prerolling && std::exchange(lead_, {}) > position())
    return pass(position() + kReturn);
  return settings_.mode == TextMode::kRolling ? live_step(now) : cue_step(now);
}

// Unless it is us who flush, downstream has stopped alone. When it starts again it knows nothing
// of our stream. Before that nothing must reach it: a stream that begins would make a
// textoverlay that is on its way to READY take text again, for ever.
void TextPad::stop_downstream() {
  const std::lock_guard lock(mutex_);
  if (flushing_ || !active_)
    return;
  header_sent_ = false;
  stream_started_ = false;
  sent_language_.clear();
  passing_.drop_passing();
  stopped_since_ = std::chrono::microseconds(g_get_monotonic_time());
  peer_was_lost_ = false;
}

bool TextPad::is_downstream_back(const Now &now) {
  if (!stopped_since_)
    return true;
  peer_was_lost_ = peer_was_lost_ || now.peer_is_lost;
  const bool seems_well = now.is_steady && now.monotonic - *stopped_since_ > kStopPatience;
  if (now.peer_is_lost || (!peer_was_lost_ && !seems_well))
    return false;
  stopped_since_.reset();
  return true;
}

bool TextPad::may_begin(const Now &now) const {
  return group_ || eos_ || now.monotonic - activated_ >= kGroupPatience;
}

TextPad::Step TextPad::first_gap(const Now &now) {
  begun_ = true;
  if (!std::exchange(late_begin_, false))
    return pass(kFirstGap);
  input_begin_ = nanoseconds::min();
  const bool live = settings_.mode == TextMode::kRolling;
  const nanoseconds begin = std::max<nanoseconds>(live ? live_edge(now) : due(now), kFirstGap);
  schedule_ = Schedule(settings_.schedule(), begin);
  live_position_ = begin;
  return {.kind = Step::Kind::kItem, .item = gap({}, begin)};
}

// The end of all that has gone in order.
nanoseconds TextPad::position() const {
  return settings_.mode == TextMode::kRolling ? live_position_ : schedule_.position();
}

// Nobody says anything up to there.
TextPad::Step TextPad::pass(nanoseconds until) {
  if (settings_.mode != TextMode::kRolling)
    return {.kind = Step::Kind::kItem, .item = schedule_.pass(until)};
  return {.kind = Step::Kind::kItem, .item = gap(std::exchange(live_position_, until), until)};
}

// A pipeline that prerolls may wait for the text: a video that begins later than the audio, or an
// encoder behind an overlay that wants many pictures. What a consumer lets pass before the audio
// was heard has no captions. So it is when the queue of a picture that is ahead of the sound has
// stopped the source of both. While everything else plays, for a branch that is new, one picture
// has to do.
bool TextPad::may_lead(const Now &now) const {
  return now.needed && !eos_ &&
         (now.starving || (now.prerolling && (now.stands_still || may_lead_)));
}

// A gap that only says that no text has to be waited for: text may still come in its place.
// Consumers take it. An input that tells a wrong position only makes this slow.
TextPad::Step TextPad::lead(const Now &now) {
  const nanoseconds reach = std::max(lead_, position());
  if (*now.needed < reach && now.monotonic - led_at_ < kTick)
    return {};
  may_lead_ = false;
  led_at_ = now.monotonic;
  lead_ = std::max<nanoseconds>(*now.needed + kFirstGap, reach + kTick);
  GST_DEBUG_OBJECT(pad_, "text is not waited for up to %" GST_TIME_FORMAT,
                   GST_TIME_ARGS(clock_time(lead_)));
  return {.kind = Step::Kind::kItem, .item = gap(reach, lead_)};
}

// Up to where all must be decided now.
nanoseconds TextPad::due(const Now &now) {
  const nanoseconds time = settings_.decision_time();
  const nanoseconds sent = sending_clock_.at(now.monotonic - time);
  if (!paced_)
    return sent;
  const bool waits = input_begin_ && !clock_ && !upstream_.live;  // for its time
  if (now.stands_still || waits)
    return due_;
  clocked_ = now.running_time && (upstream_.live || !clock_ || clock_->paces);
  due_ = clocked_ ? *now.running_time - duration_from(upstream_.min) - time : sent;
  return due_;
}

TextPad::Step TextPad::cue_step(const Now &now) {
  // Gaps would go on for ever where each push takes until the next one is due.
  if (eos_ && schedule_.drained())
    return last_step();
  if (std::optional<TextItem> item = schedule_.next(due(now)))
    return {.kind = Step::Kind::kItem,
            .item = std::move(*item),
            .is_word = settings_.mode == TextMode::kWords};
  return {};
}

// A gap after the last text: there are consumers that take a text away with what comes next.
TextPad::Step TextPad::last_step() {
  if (showing_)
    return pass(position() + kTick);
  return {.kind = Step::Kind::kEos, .seqnum = *eos_};
}

// Stamped so that it is rendered a moment from now, whatever the latency of the pipeline:
// a frame of that time waits for it just before its own rendering.
nanoseconds TextPad::live_edge(const Now &now) {
  const nanoseconds latency = GST_CLOCK_TIME_IS_VALID(pipeline_latency_)
                                  ? nanoseconds(pipeline_latency_)
                                  : duration_from(upstream_.min) + settings_.latency();
  const nanoseconds sent = sending_clock_.at(now.monotonic - latency);
  return (now.running_time ? *now.running_time - latency : sent) + kLiveMargin + kTick;
}

TextPad::Step TextPad::live_step(const Now &now) {
  if (eos_)
    return finish_live();
  if (now.stands_still)
    return {};
  const nanoseconds edge = live_edge(now);
  return edge - live_position_ < kLeastChunk ? Step{} : live_chunk(edge);
}

TextPad::Step TextPad::live_chunk(nanoseconds end) {
  Step step{.kind = Step::Kind::kItem, .item = gap(live_position_, end), .markup = live_.markup};
  if (!live_.text.empty()) {
    step.item.kind = TextItem::Kind::kText;
    step.item.text = live_.text;
  }
  live_position_ = end;
  return step;
}

// The last words have just come: they stay for as long as they would have.
TextPad::Step TextPad::finish_live() {
  if (!live_.text.empty()) {
    Step step = live_chunk(live_position_ + std::max<nanoseconds>(live_.hold, kTick));
    live_ = {};
    return step;
  }
  return last_step();
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
    case Step::Kind::kTags:
      push_tags(step);
      break;
    case Step::Kind::kEvent:
      push_passing(step.event.get());
      break;
    case Step::Kind::kItem:
      push_item(step);
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
  GstEvent *event = gst_event_new_segment(&segment);
  if (seqnum != GST_SEQNUM_INVALID)
    gst_event_set_seqnum(event, seqnum);
  gst_pad_push_event(pad_, event);
  discont_ = true;
}

// Plain text where downstream takes it: markup only for those who ask.
void TextPad::negotiate() {
  gst_pad_check_reconfigure(pad_);
  const GstOwned<GstCaps> allowed(gst_pad_get_allowed_caps(pad_));
  const GstOwned<GstCaps> plain(
      gst_caps_new_simple("text/x-raw", "format", G_TYPE_STRING, "utf8", nullptr));
  markup_ = allowed && gst_caps_is_empty(allowed.get()) == FALSE &&
            gst_caps_can_intersect(allowed.get(), plain.get()) == FALSE;
  const GstOwned<GstCaps> chosen(gst_caps_new_simple("text/x-raw", "format", G_TYPE_STRING,
                                                     markup_ ? "pango-markup" : "utf8", nullptr));
  gst_pad_push_event(pad_, gst_event_new_caps(chosen.get()));
}

void TextPad::push_item(const Step &step) {
  if (gst_pad_needs_reconfigure(pad_) != FALSE)
    negotiate();
  switch (step.item.kind) {
    case TextItem::Kind::kGap: {
      GstEvent *event =
          gst_event_new_gap(clock_time(step.item.start), clock_time(step.item.duration));
      gst_event_set_gap_flags(event, GST_GAP_FLAG_MISSING_DATA);
      gst_pad_push_event(pad_, event);
      showing_ = false;
      break;
    }
    case TextItem::Kind::kText:
      showing_ = true;
      if (step.is_word)
        tell_upstream(step.item);
      push_text(step);
      break;
    case TextItem::Kind::kSpeakerChange:
      push_speaker(step.item.text);
      break;
    case TextItem::Kind::kFinalTranscript:
      push_final_transcript();
      break;
  }
}

void TextPad::push_text(const Step &step) {
  std::string text = step.item.text;
  if (markup_)
    text = step.markup.empty() ? escaped_markup(text) : step.markup;
  GstBuffer *buffer = gst_buffer_new_memdup(text.data(), text.size());
  GST_BUFFER_PTS(buffer) = clock_time(step.item.start);
  GST_BUFFER_DURATION(buffer) = clock_time(step.item.duration);
  if (std::exchange(discont_, false))
    GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DISCONT);
  take_flow(gst_pad_push(pad_, buffer));
}

void TextPad::push_eos(guint32 seqnum) {
  GstEvent *eos = gst_event_new_eos();
  if (seqnum != GST_SEQNUM_INVALID)
    gst_event_set_seqnum(eos, seqnum);
  gst_pad_push_event(pad_, eos);
  const std::lock_guard lock(mutex_);
  finished_ = true;
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
      return;  // nobody is interested any more
    finished_ = abandoned_;
    if (abandoned_)
      return;  // the end was not to wait for this text
  }
  owner_.text_failed(flow);
  push_eos(GST_SEQNUM_INVALID);
}

}  // namespace assemblyai
