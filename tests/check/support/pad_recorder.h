// SPDX-License-Identifier: LGPL-2.1-or-later
// What a pad for captions sends.

#pragma once

#include <gst/gst.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "support/cues.h"
#include "support/pipeline.h"

namespace testing {

// Records what a pad sends, and judges whether a consumer of captions can live with it:
// stream-start, caps, segment, language, then texts and gaps that follow one another from running
// time 0, then EOS.
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
  std::string language() const;             // the last that was told
  bool markup() const;                      // what the caps said
  bool eos() const;
  // The longest time between two items.
  milliseconds longest_pause() const;

  // What was against the contract, one line each. A pad that has sent nothing is in order.
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
