// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "element/text_clock.h"

namespace assemblyai {

namespace {

using std::chrono::milliseconds;

// So far ahead of what is rendered now: a textoverlay has the text when it needs it, just before it
// renders the next frame.
constexpr milliseconds kAhead{90};
// A live source pushes more often, and a file without a pause.
constexpr milliseconds kStarved{500};

nanoseconds duration_from(GstClockTime time) {
  return GST_CLOCK_TIME_IS_VALID(time) ? nanoseconds(time) : nanoseconds::zero();
}

}  // namespace

void TextClock::restart() {
  stream_.reset();
  sending_ = {};
  input_missing_since_.reset();
  due_ = {};
  upstream_known_ = false;
  clocked_ = false;
}

void TextClock::set_playing(bool playing) {
  playing_ = playing;
  stale_base_time_.reset();
  upstream_known_ = false;
}

void TextClock::follow(const StreamClock &stream, bool synchronized) {
  stream_ = stream;
  if (synchronized)
    stale_base_time_.reset();
}

UpstreamLatency TextClock::learn(const std::optional<UpstreamLatency> &upstream, bool synchronized,
                                 const TextSettings &settings) {
  upstream_known_ = upstream.has_value();
  upstream_ = upstream.value_or(upstream_);
  paced_ = upstream_.live || synchronized;
  if (!paced_)
    return upstream_;
  return {.live = true,
          .min = upstream_.min + static_cast<GstClockTime>(settings.latency().count())};
}

nanoseconds TextClock::latency(const TextSettings &settings) const {
  return GST_CLOCK_TIME_IS_VALID(pipeline_latency_)
             ? nanoseconds(pipeline_latency_)
             : duration_from(upstream_.min) + settings.latency();
}

// A flushed sink leaves PLAYING without a state change of the element.
bool TextClock::stands_still(const PipelineTime &now) const {
  return !playing_ || !now.is_playing || stale_base_time_ == now.base_time;
}

std::optional<nanoseconds> TextClock::running_time(const PipelineTime &now) const {
  if (stands_still(now) || !now.running_time)
    return std::nullopt;
  return stream_.value_or(StreamClock()).stream_time(*now.running_time);
}

bool TextClock::is_starving(nanoseconds monotonic) const {
  return paced_ && !clocked_ && playing_ && input_missing_since_ &&
         monotonic - *input_missing_since_ > kStarved;
}

nanoseconds TextClock::due(const PipelineTime &now, const TextSettings &settings,
                           bool input_has_begun) {
  return settings.at_once() ? rendered(now, latency(settings))
                            : decided(now, settings.decision_time(), input_has_begun);
}

// All that starts before has to be decided now.
nanoseconds TextClock::decided(const PipelineTime &now, nanoseconds decision_time,
                               bool input_has_begun) {
  const nanoseconds sent = sending_.at(now.monotonic - decision_time);
  if (!paced_)
    return sent;
  const bool waits = input_has_begun && !stream_ && !upstream_.live;  // for its time
  if (stands_still(now) || waits)
    return due_;
  const std::optional<nanoseconds> time = running_time(now);
  clocked_ = time && (upstream_.live || !stream_ || stream_->paces);
  due_ = clocked_ ? *time - duration_from(upstream_.min) - decision_time : sent;
  return due_;
}

// A frame of that time is rendered in a moment, whatever the pipeline's latency.
nanoseconds TextClock::rendered(const PipelineTime &now, nanoseconds latency) {
  const nanoseconds sent = sending_.at(now.monotonic - latency);
  if (stands_still(now))
    return due_;
  const std::optional<nanoseconds> time = running_time(now);
  clocked_ = time.has_value();
  due_ = (time ? *time - latency : sent) + kAhead;
  return due_;
}

}  // namespace assemblyai
