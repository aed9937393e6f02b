// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// What upstream says in band and the text's stream says too: it waits for the text that belongs
// before it.

#pragma once

#include <gst/gst.h>

#include <chrono>
#include <deque>

#include "element/gst_ptr.h"

namespace assemblyai {

bool is_sticky(const GstEvent *event);
bool is_serialized(const GstEvent *event);

// Whether an event of the audio's stream is one of the text's as well. The text has a stream,
// caps, a segment, gaps and an end of its own.
bool concerns_text(const GstEvent *event);

// Tags without those of the audio's coding; nullptr when none is left.
GstOwned<GstTagList> tags_of_text(const GstTagList *tags);

// No thread safety: it belongs to a lock.
class PassingEvents {
 public:
  // Takes the event. It follows all text that begins before this running time.
  void add(GstEvent *event, std::chrono::nanoseconds at);
  // The next one whose turn has come, when text has got there, or nullptr.
  GstOwned<GstEvent> next(std::chrono::nanoseconds position);
  // A flush: what is sticky stays, and belongs to what follows.
  void flush();
  // Nobody takes them now. What is sticky stays.
  void drop_passing();
  void clear() { waiting_.clear(); }

 private:
  struct Waiting {
    GstOwned<GstEvent> event;
    std::chrono::nanoseconds at{};
  };
  std::deque<Waiting> waiting_;
};

}  // namespace assemblyai
