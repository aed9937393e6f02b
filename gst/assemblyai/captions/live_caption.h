// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "captions/layout.h"
#include "captions/schedule.h"
#include "captions/words.h"

namespace assemblyai {

struct LiveOptions {
  CueOptions cue;
  bool settled_only = false;  // unsettled words are not shown
};

// The caption as it grows: what people read while it is spoken.
//
// Lines fill up from the left and are not wrapped again once the next line has begun,
// unless a correction makes one too long; beyond max_lines the oldest line goes. A new
// turn, and a new speaker, begin a new line. Text that does not change any more stays for as
// long as reading takes (15 columns a second, within min_duration and max_duration), then
// all goes. Unless it changes nothing stays longer than max_duration.
//
// Time is any clock that runs. No thread safety.
class LiveCaption {
 public:
  explicit LiveCaption(LiveOptions options) : options_(std::move(options)) {}

  // For what is laid out from now on.
  void set_options(LiveOptions options);

  void report(const CaptionTurn &turn, nanoseconds now);
  // Takes away what was there long enough.
  void advance(nanoseconds now);
  void clear();

  // When advance() will change something; nothing when there is no caption.
  std::optional<nanoseconds> clears_at() const;

  // Lines parted by line feeds; empty when there is nothing to show.
  const std::string &text() const { return text_; }
  // The same as Pango markup, with unsettled words set apart.
  const std::string &markup() const { return markup_; }

 private:
  LiveOptions options_;
  std::string text_;
  std::string markup_;
};

}  // namespace assemblyai
