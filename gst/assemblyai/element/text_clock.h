// SPDX-License-Identifier: LGPL-2.1-or-later
// How far the text has to come now.

#pragma once

#include <gst/gst.h>

#include <chrono>
#include <optional>

#include "captions/sending_clock.h"
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

// What the pipeline says; asked for without a lock.
struct PipelineTime {
  nanoseconds monotonic{};
  std::optional<nanoseconds> running_time;  // by the clock
  GstClockTime base_time = GST_CLOCK_TIME_NONE;
  bool is_playing = false;  // the element
};

// Text is due by what paces the audio: the pipeline's clock (live sources, and others with sync),
// or the sending of it (the rest). No thread safety.
class TextClock {
 public:
  // Another output begins.
  void restart();
  void set_playing(bool playing);
  // The pipeline sets another base time after a flush: until then it plays nothing.
  void expect_other_base_time(GstClockTime stale) { stale_base_time_ = stale; }
  // How the clock and the stream belong together; synchronized: the audio has waited for the clock,
  // so the base time is set.
  void follow(const StreamClock &stream, bool synchronized);
  // The element has an input buffer, or waits for the next one since this moment.
  void input_held() { input_missing_since_.reset(); }
  void input_missing(nanoseconds since) { input_missing_since_ = since; }
  // The audio has got to the service, or past it, up to this running time.
  void reached(nanoseconds position, nanoseconds moment) { sending_.reached(position, moment); }
  // The configured latency of the pipeline.
  void set_pipeline_latency(GstClockTime latency) { pipeline_latency_ = latency; }

  bool knows_upstream() const { return upstream_known_; }
  // What there is to say of the latency, by what upstream says.
  UpstreamLatency learn(const std::optional<UpstreamLatency> &upstream, bool synchronized,
                        const TextSettings &settings);
  // That of the pipeline, as well as it is known.
  nanoseconds latency(const TextSettings &settings) const;

  // PAUSED, or not yet PLAYING again.
  bool stands_still(const PipelineTime &now) const;
  // Of the stream, while PLAYING.
  std::optional<nanoseconds> running_time(const PipelineTime &now) const;
  // No audio comes, and no clock says what is due.
  bool is_starving(nanoseconds monotonic) const;
  // The clock says what is due.
  bool is_clocked() const { return clocked_; }
  nanoseconds due(const PipelineTime &now, const TextSettings &settings, bool input_has_begun);

 private:
  nanoseconds decided(const PipelineTime &now, nanoseconds decision_time, bool input_has_begun);
  nanoseconds rendered(const PipelineTime &now, nanoseconds latency);

  std::optional<StreamClock> stream_;
  SendingClock sending_;
  UpstreamLatency upstream_;
  std::optional<nanoseconds> input_missing_since_;  // on the monotonic clock
  std::optional<GstClockTime> stale_base_time_;     // until the pipeline has set a new one
  GstClockTime pipeline_latency_ = GST_CLOCK_TIME_NONE;
  nanoseconds due_{};  // as told last
  bool playing_ = false;
  bool upstream_known_ = false;
  bool paced_ = false;  // by the pipeline's clock
  bool clocked_ = false;
};

}  // namespace assemblyai
