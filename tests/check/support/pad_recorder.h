// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The output of a caption pad.

#pragma once

#include <gst/gst.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "support/cues.h"
#include "support/pipeline.h"

namespace testing {

// Records the output of a pad, and checks that a consumer of captions can use it: stream-start,
// caps, segment, language, then texts and gaps that follow each other from running time 0, then
// EOS.
class PadRecorder {
 public:
  struct Item {
    bool gap = false;
    Cue cue;                                     // running times
    GstClockTime sent_at = GST_CLOCK_TIME_NONE;  // running time of the element's clock
    gint64 monotonic = 0;                        // the same in g_get_monotonic_time()
  };

  explicit PadRecorder(GstPad *pad);
  // The static pad of an element of a pipeline.
  PadRecorder(const Pipeline &pipeline, const char *element, const char *pad);
  PadRecorder(const PadRecorder &) = delete;
  PadRecorder &operator=(const PadRecorder &) = delete;
  ~PadRecorder();

  std::vector<Item> items() const;
  std::vector<Cue> cues() const;            // without the gaps
  std::vector<std::string> events() const;  // the types of all events but gaps, in order
  std::string language() const;             // of the last event
  bool markup() const;                      // of the caps
  bool eos() const;
  // The longest time between two items.
  milliseconds longest_pause() const;

  // Violations of the contract, one line each. A pad that has sent nothing is valid.
  std::string violations() const;

  // Waits until the condition holds. Fails the test at the deadline.
  void wait_for(const std::function<bool(const std::vector<Item> &)> &condition) const;
  void wait_for_eos() const;

 private:
  class State;
  std::shared_ptr<State> state_;
  GstPad *pad_;
  gulong probe_;
};

}  // namespace testing
