// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Up to which running time output is due.

#pragma once

#include <gst/gst.h>

#include <chrono>
#include <optional>

#include "captions/sending_clock.h"
#include "element/text_settings.h"

namespace assemblyai {

// Upstream's answer to a LATENCY query.
struct UpstreamLatency {
  bool live = false;
  GstClockTime min = 0;
  GstClockTime max = GST_CLOCK_TIME_NONE;

  bool operator==(const UpstreamLatency &) const = default;
};

// Maps the clock's running time, at which sinks render, to the running time that the stream's
// segments give. They differ after an instant rate change and after a step.
struct StreamClock {
  nanoseconds clock{};
  nanoseconds stream{};
  double rate = 1.0;
  // False: audio arrives long after its time, as fast as the element takes it, because the
  // application has chosen the base time.
  bool paces = true;

  nanoseconds stream_time(nanoseconds clock_time) const {
    return stream + std::chrono::duration_cast<nanoseconds>((clock_time - clock) * rate);
  }
};

// What the pipeline answers; read without a lock.
struct PipelineTime {
  nanoseconds monotonic{};
  std::optional<nanoseconds> running_time;  // of the clock
  GstClockTime base_time = GST_CLOCK_TIME_NONE;
  bool is_playing = false;  // the element's state
};

// Output follows what paces the audio: the pipeline's clock (live sources, and others with sync),
// or the sending of the audio (the rest). No thread safety.
class TextClock {
 public:
  // Output begins again.
  void restart();
  void set_playing(bool playing);
  // After a flush that resets the time, the pipeline plays nothing until it has a new base time.
  void expect_other_base_time(GstClockTime stale) { stale_base_time_ = stale; }
  // synchronized: the audio has waited for the clock, so the base time is the new one.
  void follow(const StreamClock &stream, bool synchronized);
  // The element holds an input buffer, or has waited for the next one since then.
  void input_held() { input_missing_since_.reset(); }
  void input_missing(nanoseconds since) { input_missing_since_ = since; }
  // Audio up to this running time has been sent, or will not be sent.
  void reached(nanoseconds position, nanoseconds moment) { sending_.reached(position, moment); }
  // The configured latency of the pipeline.
  void set_pipeline_latency(GstClockTime latency) { pipeline_latency_ = latency; }

  bool knows_upstream() const { return upstream_known_; }
  // Takes upstream's answer; returns the pad's own.
  UpstreamLatency learn(const std::optional<UpstreamLatency> &upstream, bool synchronized,
                        const TextSettings &settings);
  // The pipeline's latency, as far as it is known.
  nanoseconds latency(const TextSettings &settings) const;

  // PAUSED, or not yet PLAYING again.
  bool stands_still(const PipelineTime &now) const;
  // The stream's, while PLAYING.
  std::optional<nanoseconds> running_time(const PipelineTime &now) const;
  // No audio arrives, and the clock does not say what is due.
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
  std::optional<nanoseconds> input_missing_since_;  // monotonic
  std::optional<GstClockTime> stale_base_time_;     // until the pipeline has set a new one
  GstClockTime pipeline_latency_ = GST_CLOCK_TIME_NONE;
  nanoseconds due_{};  // the last result
  bool playing_ = false;
  bool upstream_known_ = false;
  bool paced_ = false;  // by the pipeline's clock
  bool clocked_ = false;
};

}  // namespace assemblyai
