// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <gst/gst.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "base/task_queue.h"
#include "captions/rolling_caption.h"
#include "element/gst_ptr.h"
#include "element/text_pad.h"
#include "element/text_settings.h"
#include "protocol/turn_tracker.h"

namespace assemblyai {

// Passes reported turns to the text pad, if there is one, and shows them in `current-caption`.
// Measures how late text arrives. An element has one; a session that ends in the background may
// outlive the element.
class CaptionOutput : public std::enable_shared_from_this<CaptionOutput> {
 public:
  // Notifications of properties run on the queue: an application may block in them.
  CaptionOutput(GstElement *element, std::shared_ptr<TaskQueue> queue)
      : element_(element), queue_(std::move(queue)) {}

  // Any thread.
  void configure(const TextSettings &settings);
  // The GstPad that owns the text pad. nullptr: there is none.
  void set_pad(Ref<GstPad> pad, TextPad *text);
  std::string current_caption() const;  // escaped for Pango markup
  guint max_observed_delay_ms() const { return max_delay_ms_; }
  // Clears what is shown, and ignores what earlier sessions still report.
  void clear();
  // READY to PAUSED: also forgets the measurements.
  void reset();
  void set_playing(bool playing);
  // A session passes it with its reports. They are ignored after clear().
  std::uint64_t epoch() const;

  // On the queue of events. now is the monotonic time.
  void turn(const TurnReport &report, nanoseconds now, std::uint64_t epoch);
  // See TextSource.
  void retell(std::uint64_t epoch);
  void audio_sent(nanoseconds until);
  // Clears a caption that has been shown long enough.
  void advance(nanoseconds now);
  // When to call advance(); nothing if there is no caption.
  std::optional<nanoseconds> clears_in(nanoseconds now) const;

 private:
  // Keeps the text pad alive during a call.
  struct Pad {
    Ref<GstPad> owner;
    TextPad *text = nullptr;
  };
  Pad pad() const;
  bool shows_sounds() const;
  nanoseconds time_played(nanoseconds from, nanoseconds until) const;
  // With the lock held: the monotonic time without pauses, which is the caption's clock.
  nanoseconds played(nanoseconds now) const;
  void observe(const TurnReport &report, nanoseconds now);
  void advise(nanoseconds delay);
  void show();
  void notify(const char *property);

  WeakRef<GstElement> element_;
  const std::shared_ptr<TaskQueue> queue_;
  std::atomic<guint> max_delay_ms_{0};

  // Guards all members below, for a few lines at a time. Not held while calling the pad.
  mutable std::mutex mutex_;
  TextSettings settings_;
  RollingCaption rolling_{TextOptions{}};
  std::string shown_;  // current-caption, not escaped
  std::uint64_t epoch_ = 0;
  Pad pad_;
  std::uint64_t observed_turn_ = 0;
  std::size_t observed_words_ = 0;  // of that turn
  guint advised_latency_ms_ = 0;
  // The last pause; monotonic.
  std::optional<nanoseconds> paused_at_;
  std::optional<nanoseconds> resumed_at_;
  nanoseconds paused_{};  // the sum of the pauses before
};

}  // namespace assemblyai
