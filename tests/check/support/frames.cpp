// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "support/frames.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace testing {

namespace {

// Converts a time in the pad's segment to running time.
GstClockTime running_time(GstPad *pad, GstClockTime time) {
  GstEvent *event = gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0);
  fail_unless(event != nullptr);
  const GstSegment *segment = nullptr;
  gst_event_parse_segment(event, &segment);
  const GstClockTime result = gst_segment_to_running_time(segment, GST_FORMAT_TIME, time);
  gst_event_unref(event);
  return result;
}

Picture picture_of(GstBuffer *buffer, const Picture &before) {
  std::string bytes(gst_buffer_get_size(buffer), '\0');
  gst_buffer_extract(buffer, 0, bytes.data(), bytes.size());
  return before != nullptr && *before == bytes
             ? before
             : std::make_shared<const std::string>(std::move(bytes));
}

}  // namespace

class FrameRecorder::State {
 public:
  void take(GstElement *sink, GstBuffer *buffer, GstPad *pad);

  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  std::vector<Frame> frames;
};

void FrameRecorder::State::take(GstElement *sink, GstBuffer *buffer, GstPad *pad) {
  Frame frame{nullptr, running_time(pad, GST_BUFFER_PTS(buffer)), GST_CLOCK_TIME_NONE,
              gst_element_get_current_running_time(sink)};
  if (GST_BUFFER_DURATION_IS_VALID(buffer))
    frame.end = frame.start + GST_BUFFER_DURATION(buffer);
  const std::lock_guard lock(mutex);
  frame.picture = picture_of(buffer, frames.empty() ? nullptr : frames.back().picture);
  frames.push_back(std::move(frame));
  changed.notify_all();
}

FrameRecorder::FrameRecorder(const Pipeline &pipeline, const char *fakesink)
    : state_(std::make_shared<State>()),
      sink_(gst_bin_get_by_name(GST_BIN(pipeline.element()), fakesink)) {
  fail_unless(sink_ != nullptr, "no element %s", fakesink);
  using Shared = std::shared_ptr<State>;
  const auto take = +[](GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer data) {
    (*static_cast<Shared *>(data))->take(sink, buffer, pad);
  };
  const auto release = +[](gpointer data, GClosure *) { delete static_cast<Shared *>(data); };
  g_object_set(sink_, "signal-handoffs", TRUE, nullptr);
  // A handler that runs while it is disconnected keeps its data alive.
  handler_ = g_signal_connect_data(sink_, "handoff", G_CALLBACK(take), new Shared(state_), release,
                                   G_CONNECT_DEFAULT);
}

FrameRecorder::~FrameRecorder() {
  g_signal_handler_disconnect(sink_, handler_);
  {
    const std::lock_guard lock(state_->mutex);  // a handler may still be running
  }
  gst_object_unref(sink_);
}

std::vector<Frame> FrameRecorder::frames() const {
  const std::lock_guard lock(state_->mutex);
  return state_->frames;
}

void FrameRecorder::wait_for(
    const std::function<bool(const std::vector<Frame> &)> &condition) const {
  std::unique_lock lock(state_->mutex);
  const bool holds =
      state_->changed.wait_for(lock, kDeadline, [&] { return condition(state_->frames); });
  fail_unless(holds, "the deadline is over after %zu frames", state_->frames.size());
}

TextPictures::TextPictures(std::string caps, std::string properties, Format format)
    : caps_(std::move(caps)), properties_(std::move(properties)), format_(format) {}

Picture TextPictures::of(const std::string &text) {
  Picture &picture = pictures_[text];
  if (picture == nullptr)
    picture = render(text);
  return picture;
}

bool TextPictures::shows(const Frame &frame, const std::string &text) {
  const Picture picture = of(text);
  return frame.picture == picture || *frame.picture == *picture;
}

Picture TextPictures::render(const std::string &text) const {
  Pipeline pipeline("videotestsrc pattern=black num-buffers=1 ! " + caps_ +
                    " ! textoverlay name=overlay " + properties_ + " ! fakesink name=sink");
  GstElement *overlay = gst_bin_get_by_name(GST_BIN(pipeline.element()), "overlay");
  // The property is always markup.
  gchar *escaped = g_markup_escape_text(text.c_str(), -1);
  g_object_set(overlay, "text", format_ == Format::utf8 ? escaped : text.c_str(), nullptr);
  g_free(escaped);
  gst_object_unref(overlay);
  const FrameRecorder recorder(pipeline, "sink");
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  return recorder.frames().at(0).picture;
}

std::vector<Shown> shown(const std::vector<Frame> &frames, TextPictures &pictures,
                         const std::vector<std::string> &texts) {
  std::vector<Shown> list;
  Picture last;
  for (const Frame &frame : frames) {
    if (frame.picture != last) {
      const auto found = std::find_if(texts.begin(), texts.end(), [&](const std::string &text) {
        return pictures.shows(frame, text);
      });
      const bool known = found != texts.end() || pictures.shows(frame, "");
      list.push_back(
          {found != texts.end() ? *found : "", known, frame.start, frame.end, frame.rendered});
      last = frame.picture;
    }
    list.back().end = frame.end;
  }
  return list;
}

std::string description(const std::vector<Shown> &list) {
  std::vector<Cue> cues;
  for (const Shown &one : list)
    cues.push_back({one.known ? one.text : "(something else)", one.start, one.end});
  return description(cues);
}

}  // namespace testing
