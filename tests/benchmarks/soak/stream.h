// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A pipeline that hears the talk without end and keeps nothing of it: what it gets of the bus and
// of the text pad is counted off at once.

#pragma once

#include <gst/gst.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "soak/words.h"

namespace testing {

class SoakStream {
 public:
  // Live: with captions on the text pad. Not live: as fast as the service takes it.
  SoakStream(const std::string &endpoint, bool live);
  SoakStream(const SoakStream &) = delete;
  SoakStream &operator=(const SoakStream &) = delete;
  ~SoakStream();

  // Reads the bus for a moment.
  void read_bus(GstClockTime time);
  // No more audio. What was said until now has to come.
  void end() { ending_ = true; }
  bool ended() const { return eos_ || !error_.empty(); }

  std::size_t words() const { return bus_words_.count(); }
  std::size_t shown_words() const;
  double said_seconds() const { return static_cast<double>(said_ms_) / 1000; }
  std::size_t losses() const { return losses_; }
  // What went wrong; empty: every word came once. To be asked at the end.
  std::string fault() const;

 private:
  static void on_need_data(GstElement *source, guint, gpointer self);
  static void on_text(GstElement *, GstBuffer *text, GstPad *, gpointer self);
  void take(const GstStructure &message);
  void take_turn(const GstStructure &turn);
  std::string fault_of(const char *where, const WordCount &words) const;

  const bool live_;
  GstElement *pipeline_ = nullptr;
  GstBus *bus_ = nullptr;
  std::atomic<bool> ending_ = false;
  std::atomic<std::int64_t> said_ms_ = 0;
  WordCount bus_words_;
  mutable std::mutex mutex_;  // guards what follows: texts come on a thread of their own
  WordCount shown_words_;

  std::size_t losses_ = 0;        // of connections
  std::uint64_t lost_audio_ = 0;  // messages
  bool eos_ = false;
  std::string error_;
};

}  // namespace testing
