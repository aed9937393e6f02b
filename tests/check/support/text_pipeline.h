// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Pipelines with a text pad, of either element.

#pragma once

#include <string>

#include "support/pad_recorder.h"
#include "support/pipeline.h"

namespace testing {

// For the numbers of loop tests.
enum class Factory { sink, transcriber };
inline Factory factory_of(int number) {
  return number % 2 == 0 ? Factory::sink : Factory::transcriber;
}

// The element, named "sink", with an unlinked text pad: the description of the consumer is
// appended.
inline std::string captioner_text(Factory factory, const std::string &endpoint,
                                  const std::string &properties = "") {
  const std::string settings =
      " name=sink endpoint=" + endpoint + " api-key=" + kKey + " " + properties;
  return factory == Factory::sink ? "assemblyaisink" + settings + " sink.src ! "
                                  : "assemblyaitranscriber" + settings + " ! ";
}

// Accepts everything and waits for nothing.
inline constexpr char kTextSink[] = "fakesink name=text sync=false async=false ";

inline std::string to_text_sink(Factory factory, const std::string &endpoint,
                                const std::string &properties = "") {
  return captioner_text(factory, endpoint, properties) + kTextSink;
}

// Audio that is read as fast as it is accepted, not played.
inline std::string audio(int buffers) {
  return "audiotestsrc samplesperbuffer=800 num-buffers=" + std::to_string(buffers) +
         " ! audio/x-raw,rate=16000 ! ";
}

// No server listens there.
inline constexpr char kNowhere[] = "ws://127.0.0.1:1/v3/ws";

// The output of the pad has reached this running time.
inline void wait_until(const PadRecorder &recorder, GstClockTime time) {
  recorder.wait_for([time](const std::vector<PadRecorder::Item> &items) {
    return !items.empty() && items.back().cue.end >= time;
  });
}

inline void assert_in_order(const PadRecorder &recorder) {
  const std::string violations = recorder.violations();
  fail_unless(violations.empty(), "%s", violations.c_str());
}

// For pipelines on a shared clock: with a base time in the past.
inline void begin_late(const Pipeline &pipeline, std::chrono::seconds by) {
  GstClock *clock = gst_system_clock_obtain();
  gst_pipeline_use_clock(GST_PIPELINE(pipeline.element()), clock);
  gst_element_set_start_time(pipeline.element(), GST_CLOCK_TIME_NONE);
  gst_element_set_base_time(
      pipeline.element(),
      gst_clock_get_time(clock) - static_cast<GstClockTime>(by.count()) * GST_SECOND);
  gst_object_unref(clock);
}

inline void begin_an_hour_late(const Pipeline &pipeline) {
  begin_late(pipeline, std::chrono::hours(1));
}

}  // namespace testing
