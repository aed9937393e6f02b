// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The audio of the core: from buffers and gaps to a stream.

#include <utility>

#include "element/debug.h"
#include "element/element_core.h"
#include "element/errors.h"

#define GST_CAT_DEFAULT category()

namespace assemblyai {

namespace {

nanoseconds arrival_now() {
  return std::chrono::microseconds(g_get_monotonic_time());
}

GstClockTime duration_of(GstBuffer *buffer) {
  return GST_BUFFER_DURATION_IS_VALID(buffer) ? GST_BUFFER_DURATION(buffer) : 0;
}

}  // namespace

// With the lock held, while no streaming thread runs.
void ElementCore::forget_input() {
  gst_segment_init(&segment_, GST_FORMAT_UNDEFINED);
  source_ = {};
}

void ElementCore::arrived(GstClockTime position) {
  const std::lock_guard lock(mutex_);
  if (text_.pad != nullptr)
    text_.pad->input_held(true);
  if (source_.begin || segment_.format != GST_FORMAT_TIME)
    return;
  const GstClockTime time = gst_segment_to_running_time(
      &segment_, GST_FORMAT_TIME, GST_CLOCK_TIME_IS_VALID(position) ? position : segment_.start);
  if (!GST_CLOCK_TIME_IS_VALID(time))
    return;
  source_.begin = nanoseconds(time);
  if (text_.pad != nullptr)
    text_.pad->input_begins(*source_.begin);
}

GstFlowReturn ElementCore::render(GstBuffer *buffer) {
  GST_LOG_OBJECT(element(), "audio %" GST_PTR_FORMAT, buffer);
  restart_input();
  follow_clock(GST_BUFFER_PTS(buffer));
  const bool audible = is_negotiated() && is_at_normal_rate();
  GstFlowReturn flow = GST_FLOW_OK;
  if (audible)
    flow = take(input_.convert(buffer, segment_, arrival_now()));
  const GstClockTime end = GST_BUFFER_PTS_IS_VALID(buffer)
                               ? GST_BUFFER_PTS(buffer) + duration_of(buffer)
                               : input_.position();
  note_end(audible ? input_.position() : end);
  if (!audible || !has_session())
    pass(end);
  if (const Text text = this->text(); text.pad != nullptr)
    text.pad->input_held(false);
  return flow;
}

void ElementCore::note_end(GstClockTime position) {
  if (segment_.format != GST_FORMAT_TIME || !GST_CLOCK_TIME_IS_VALID(position))
    return;
  const GstClockTime time = gst_segment_to_running_time(&segment_, GST_FORMAT_TIME, position);
  if (!GST_CLOCK_TIME_IS_VALID(time))
    return;
  const std::lock_guard lock(mutex_);
  source_.end = nanoseconds(time);
}

GstFlowReturn ElementCore::gap(GstClockTime start, GstClockTime duration) {
  GST_LOG_OBJECT(element(), "gap of %" GST_TIME_FORMAT " at %" GST_TIME_FORMAT,
                 GST_TIME_ARGS(duration), GST_TIME_ARGS(start));
  restart_input();
  follow_clock(start);
  GstFlowReturn flow = GST_FLOW_OK;
  if (segment_.format == GST_FORMAT_TIME && is_at_normal_rate())
    flow = take(input_.gap(start, duration, segment_, arrival_now()));
  const GstClockTime end = GST_CLOCK_TIME_IS_VALID(duration) ? start + duration : start;
  note_end(end);
  pass(end);
  return flow;
}

// After a flush or READY no audio is missing before the first buffer.
void ElementCore::restart_input() {
  const std::lock_guard lock(mutex_);
  if (std::exchange(source_.is_new, false))
    input_.reset();
}

void ElementCore::follow_clock(GstClockTime position) {
  const GstSegment *clock = host_.clock_segment();
  StreamClock times;
  if (clock != nullptr && segment_.format == GST_FORMAT_TIME && GST_CLOCK_TIME_IS_VALID(position)) {
    const GstClockTime rendered = gst_segment_to_running_time(clock, GST_FORMAT_TIME, position);
    const GstClockTime meant = gst_segment_to_running_time(&segment_, GST_FORMAT_TIME, position);
    if (!GST_CLOCK_TIME_IS_VALID(rendered) || !GST_CLOCK_TIME_IS_VALID(meant))
      return;
    times = {.clock = nanoseconds(rendered),
             .stream = nanoseconds(meant),
             .rate = clock->rate / segment_.rate,
             .paces = !(is_overdue_ = is_overdue(rendered))};
  }
  const std::lock_guard lock(mutex_);
  source_.clock = times;
  if (text_.pad != nullptr)
    text_.pad->follow(times, host_.is_synchronized());
}

// Also until the backlog has been sent: by the clock, text would be due before its audio was sent.
bool ElementCore::is_overdue(GstClockTime running_time) {
  constexpr GstClockTime kOverdue = GST_SECOND;
  const GstClockTime now = gst_element_get_current_running_time(element());
  return (GST_CLOCK_TIME_IS_VALID(now) && now > running_time + kOverdue) ||
         (is_overdue_ && has_backlog());
}

double ElementCore::rate() const {
  const GstSegment *clock = host_.clock_segment();
  return clock != nullptr ? clock->rate : segment_.rate;
}

GstFlowReturn ElementCore::take(InputAudio input) {
  GstFlowReturn flow = GST_FLOW_OK;
  if (!input.silence.data.empty())
    GST_DEBUG_OBJECT(element(), "the audio has a hole, which is filled with %s of silence%s",
                     time_text(input.silence.data.size()).c_str(),
                     input.ends_turn ? " and ends the turn" : "");
  // Silence alone opens no session: it would be billed.
  if (!input.silence.data.empty())
    flow = push(std::move(input.silence), Content::kFilling);
  if (input.ends_turn)
    force_endpoint();
  if (flow == GST_FLOW_OK && !input.audio.data.empty())
    flow = push(std::move(input.audio), Content::kAudio);
  return flow;
}

GstFlowReturn ElementCore::push(AudioBlock block, Content content) {
  for (;;) {
    const Run run = content == Content::kAudio ? current_or_new() : current();
    if (!run.stream) {
      const std::lock_guard lock(mutex_);
      return closed_ && !failed_ ? GST_FLOW_FLUSHING : GST_FLOW_OK;
    }
    switch (run.stream->push(std::move(block), content)) {
      case PushResult::kAccepted:
        return GST_FLOW_OK;
      case PushResult::kInterrupted:
        if (const GstFlowReturn flow = host_.wait_for_playing(); flow != GST_FLOW_OK)
          return flow;
        break;
      case PushResult::kEnded:
        retire(run.stream);
        break;
    }
  }
}

// The service recognises speech at its normal pace only.
bool ElementCore::is_at_normal_rate() {
  const double rate = this->rate();
  if (rate == 1.0)
    return true;
  input_.reset();
  if (std::exchange(odd_rate_, true))
    return false;
  force_endpoint();
  const Owned<char> text(
      g_strdup_printf("Captions are paused at playback rate %g and resume at rate 1", rate));
  post_warning(element(), {.kind = FailureKind::kFormat, .message = text.get()});
  return false;
}

void ElementCore::new_segment(GstEvent *event) {
  {
    const std::lock_guard lock(mutex_);  // add_text_pad() reads the segment
    gst_event_copy_segment(event, &segment_);
  }
  input_.new_segment();
  odd_rate_ = false;
}

// Without a demuxer or parser upstream has no caps, or no time segment.
bool ElementCore::is_negotiated() {
  if (segment_.format == GST_FORMAT_TIME && gst_pad_has_current_caps(host_.sink_pad()) != FALSE)
    return true;
  refuse({.kind = FailureKind::kFormat,
          .message = "The input is not audio with caps and timestamps; add a demuxer or parser "
                     "such as wavparse, rawaudioparse or decodebin, then audioconvert and "
                     "audioresample, before the element"});
  return false;
}

}  // namespace assemblyai
