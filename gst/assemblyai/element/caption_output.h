// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <gst/gst.h>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "captions/rolling_caption.h"
#include "captions/timeline.h"
#include "element/gst_ptr.h"
#include "element/text_pad.h"
#include "element/text_settings.h"
#include "protocol/turn_tracker.h"

namespace assemblyai {

// From what a session reports to what is shown: on the text pad, if there is one, and in
// `current-caption`. It measures how late text comes. One for an element, which a session
// in the background may outlive.
class CaptionOutput {
 public:
  explicit CaptionOutput(GstElement *element) : element_(element) {}

  // Any thread.
  void configure(const TextSettings &settings);
  // The pad that owns the text pad; nothing: none.
  void set_pad(Ref<GstPad> pad, TextPad *text);
  std::string current_caption() const;  // escaped for Pango markup
  guint max_observed_delay_ms() const { return max_delay_ms_; }
  // Nothing is shown any more, and what sessions before still say is not either.
  void clear();
  // On the way from READY: what was observed is forgotten.
  void reset();
  void set_playing(bool playing);
  // What a session needs to be heard: it is worth nothing after clear().
  std::uint64_t epoch() const;

  // The session's thread. now is the monotonic time.
  void turn(const TurnReport &report, const Timeline &timeline, nanoseconds now,
            std::uint64_t epoch);
  // Turns in flight are told anew, perhaps divided differently.
  void retell(std::uint64_t epoch);
  void audio_sent(nanoseconds until);
  // Takes away what has been shown long enough.
  void advance(nanoseconds now);
  // When advance() may have something to do; nothing when there is no caption.
  std::optional<nanoseconds> clears_in(nanoseconds now) const;

 private:
  // The text pad, for a moment.
  struct Pad {
    Ref<GstPad> owner;
    TextPad *text = nullptr;
  };
  Pad pad() const;
  bool shows_sounds() const;
  nanoseconds time_played(nanoseconds from, nanoseconds until) const;
  // With the lock held: the monotonic time without pauses. Captions are read on it.
  nanoseconds played(nanoseconds now) const;
  void observe(const TurnReport &report, const Timeline &timeline, nanoseconds now);
  void advise(nanoseconds delay);
  void show();
  void notify(const char *property);

  WeakRef<GstElement> element_;
  std::atomic<guint> max_delay_ms_{0};

  // Guards all below; for a few lines each. The pad is called without it.
  mutable std::mutex mutex_;
  TextSettings settings_;
  RollingCaption rolling_{TextOptions{}};
  std::string shown_;  // current-caption, not escaped
  std::uint64_t epoch_ = 0;
  Pad pad_;
  std::uint64_t observed_turn_ = 0;
  std::size_t observed_words_ = 0;  // of that turn
  guint advised_latency_ms_ = 0;
  // The last pause, on the monotonic clock; without an end while it lasts.
  std::optional<nanoseconds> paused_at_;
  std::optional<nanoseconds> resumed_at_;
  nanoseconds paused_{};  // the pauses before it, in all
};

}  // namespace assemblyai
