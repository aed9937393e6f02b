// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A consumer of text that the test controls.

#pragma once

#include <gst/gst.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "support/pipeline.h"

namespace testing {

class TextConsumer {
 public:
  // Consumes the text of the pipeline's element, in place of the current consumer, in the current
  // state.
  explicit TextConsumer(const Pipeline &pipeline, const char *caps = "text/x-raw")
      : pad_(gst_pad_new("consumer", GST_PAD_SINK)) {
    gst_object_ref_sink(pad_);
    GstCaps *accepted = gst_caps_from_string(caps);
    GstPadTemplate *templ = gst_pad_template_new("sink", GST_PAD_SINK, GST_PAD_ALWAYS, accepted);
    g_object_set(pad_, "template", templ, nullptr);
    gst_object_unref(templ);
    gst_caps_unref(accepted);
    gst_pad_set_element_private(pad_, this);
    gst_pad_set_chain_function(pad_, chain);
    gst_pad_set_event_function(pad_, event);
    {
      const std::lock_guard lock(
          mutex_);  // for the thread sanitizer: the object is complete before other threads use it
    }
    gst_pad_set_active(pad_, TRUE);
    source_ = gst_element_get_static_pad(pipeline.sink(), "src");
    if (GstPad *peer = gst_pad_get_peer(source_)) {
      gst_pad_unlink(source_, peer);
      if (GstElement *element = gst_pad_get_parent_element(peer)) {
        // The end of the pipeline would wait for it.
        gst_bin_remove(GST_BIN(pipeline.element()), element);
        gst_element_set_state(element, GST_STATE_NULL);
        gst_object_unref(element);
      }
      gst_object_unref(peer);
    }
    fail_unless_equals_int(gst_pad_link(source_, pad_), GST_PAD_LINK_OK);
  }
  TextConsumer(const TextConsumer &) = delete;
  TextConsumer &operator=(const TextConsumer &) = delete;
  ~TextConsumer() {
    let_go();
    gst_pad_unlink(source_, pad_);
    gst_pad_set_active(pad_, FALSE);
    gst_object_unref(source_);
    gst_object_unref(pad_);
  }

  GstPad *pad() const { return pad_; }

  // The flow return for texts from now on.
  void answer(GstFlowReturn flow) {
    const std::lock_guard lock(mutex_);
    flow_ = flow;
  }
  // Blocks texts from now on, until let_go() or a flush.
  void hold() {
    const std::lock_guard lock(mutex_);
    holds_ = true;
  }
  void let_go() {
    const std::lock_guard lock(mutex_);
    holds_ = false;
    changed_.notify_all();
  }
  // Waits until a text is blocked.
  void wait_for_held() {
    wait([this] { return held_; });
  }
  void wait_for_texts(std::size_t count) {
    wait([this, count] { return texts_.size() >= count; });
  }
  void wait_for_event(const std::string &name) {
    wait([&] { return count_of(name) > 0; });
  }

  std::vector<std::string> texts() const {
    const std::lock_guard lock(mutex_);
    return texts_;
  }
  std::vector<std::string> events() const {
    const std::lock_guard lock(mutex_);
    return events_;
  }
  guint32 eos_seqnum() const {
    const std::lock_guard lock(mutex_);
    return eos_seqnum_;
  }

 private:
  template <typename Condition>
  void wait(const Condition &condition) {
    std::unique_lock lock(mutex_);
    fail_unless(changed_.wait_for(lock, kDeadline, condition), "%zu texts, %zu events",
                texts_.size(), events_.size());
  }
  std::ptrdiff_t count_of(const std::string &name) const {
    return std::count(events_.begin(), events_.end(), name);
  }

  static TextConsumer &self_of(GstPad *pad) {
    return *static_cast<TextConsumer *>(gst_pad_get_element_private(pad));
  }

  static GstFlowReturn chain(GstPad *pad, GstObject *, GstBuffer *buffer) {
    TextConsumer &self = self_of(pad);
    std::string text(gst_buffer_get_size(buffer), '\0');
    gst_buffer_extract(buffer, 0, text.data(), text.size());
    gst_buffer_unref(buffer);
    std::unique_lock lock(self.mutex_);
    self.texts_.push_back(text);
    self.held_ = self.holds_;
    self.changed_.notify_all();
    self.changed_.wait(lock, [&] { return !self.holds_ || self.flushing_; });
    self.held_ = false;
    return self.flushing_ ? GST_FLOW_FLUSHING : self.flow_;
  }

  static gboolean event(GstPad *pad, GstObject *, GstEvent *event) {
    TextConsumer &self = self_of(pad);
    {
      const std::lock_guard lock(self.mutex_);
      self.events_.emplace_back(GST_EVENT_TYPE_NAME(event));
      if (GST_EVENT_TYPE(event) == GST_EVENT_FLUSH_START)
        self.flushing_ = true;
      if (GST_EVENT_TYPE(event) == GST_EVENT_FLUSH_STOP)
        self.flushing_ = false;
      if (GST_EVENT_TYPE(event) == GST_EVENT_EOS)
        self.eos_seqnum_ = gst_event_get_seqnum(event);
      self.changed_.notify_all();
    }
    gst_event_unref(event);
    return TRUE;
  }

  GstPad *pad_;
  GstPad *source_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  GstFlowReturn flow_ = GST_FLOW_OK;
  bool holds_ = false;
  bool held_ = false;
  bool flushing_ = false;
  guint32 eos_seqnum_ = GST_SEQNUM_INVALID;
  std::vector<std::string> texts_;
  std::vector<std::string> events_;
};

}  // namespace testing
