// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Serialized events of the audio that also belong to the text: they wait for the text before them.

#pragma once

#include <gst/gst.h>

#include <chrono>
#include <deque>

#include "element/gst_ptr.h"

namespace assemblyai {

bool is_sticky(const GstEvent *event);
bool is_serialized(const GstEvent *event);

// Whether an event of the audio's stream also belongs to the text. The text has its own stream,
// caps, segment, gaps and EOS.
bool concerns_text(const GstEvent *event);

// The tags without those of the audio's codec; nullptr if none is left.
GstOwned<GstTagList> tags_of_text(const GstTagList *tags);

// No thread safety: a lock of the owner guards it.
class PassingEvents {
 public:
  // Takes the event. It follows all text that begins before this running time.
  void add(GstEvent *event, std::chrono::nanoseconds at);
  // The next event that is due when text has reached this time, or nullptr.
  GstOwned<GstEvent> next(std::chrono::nanoseconds position);
  // A flush: sticky events stay, and are sent before the following text.
  void flush();
  // Downstream takes no events now. Sticky ones stay.
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
