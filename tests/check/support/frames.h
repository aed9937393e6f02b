// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The screen: frames at a sink, identified by their contents.

#pragma once

#include <gst/gst.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "support/cues.h"
#include "support/pipeline.h"

namespace testing {

// The bytes of a frame; shared by equal neighbours.
using Picture = std::shared_ptr<const std::string>;

struct Frame {
  Picture picture;
  GstClockTime start;  // running time
  GstClockTime end;
  GstClockTime rendered;  // running time of the clock when the frame was shown
};

// The frames that a fakesink renders from now on. With sync=true they are recorded when they are
// shown, not when they arrive.
class FrameRecorder {
 public:
  FrameRecorder(const Pipeline &pipeline, const char *fakesink);
  FrameRecorder(const FrameRecorder &) = delete;
  FrameRecorder &operator=(const FrameRecorder &) = delete;
  ~FrameRecorder();

  std::vector<Frame> frames() const;
  // Waits until the condition holds. Fails the test at the deadline.
  void wait_for(const std::function<bool(const std::vector<Frame> &)> &condition) const;

 private:
  class State;
  std::shared_ptr<State> state_;
  GstElement *sink_;
  gulong handler_;
};

// How a textoverlay shows text on black, for comparison.
class TextPictures {
 public:
  // Caps of the video before the overlay, with a width that is a multiple of 8, so that frames have
  // no padding. Properties of the overlay. Whether the texts are markup.
  enum class Format { utf8, markup };
  explicit TextPictures(std::string caps, std::string properties = kFont,
                        Format format = Format::utf8);

  // Rendered on first use. An empty text is black.
  Picture of(const std::string &text);
  bool shows(const Frame &frame, const std::string &text);

  // Identical on every machine that has the font.
  static constexpr char kFont[] = "font-desc=\"DejaVu Sans 12\"";

 private:
  Picture render(const std::string &text) const;

  std::string caps_;
  std::string properties_;
  Format format_;
  std::map<std::string, Picture> pictures_;
};

// A time range with the same contents.
struct Shown {
  std::string text;       // empty: no text
  bool known = true;      // whether it is one of the texts
  GstClockTime start;     // running time of the first frame
  GstClockTime end;       // of the last frame's end
  GstClockTime rendered;  // when the first frame was shown
};

// The contents of the frames in order: one of the texts, or nothing.
std::vector<Shown> shown(const std::vector<Frame> &frames, TextPictures &pictures,
                         const std::vector<std::string> &texts);

// For messages: one line each.
std::string description(const std::vector<Shown> &list);

}  // namespace testing
