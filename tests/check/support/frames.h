// SPDX-License-Identifier: LGPL-2.1-or-later
// What is on the screen: frames at a sink, told apart by what they show.

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
  GstClockTime rendered;  // running time of the clock when it was shown
};

// The frames that a fakesink renders, from now on. With sync=true they are taken when they
// are shown, not when they arrive.
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
  // Caps of the video before the overlay, with a width that is a multiple of 8: frames have no
  // padding then. Properties of the overlay. The texts are markup, or not.
  enum class Format { utf8, markup };
  explicit TextPictures(std::string caps, std::string properties = kFont,
                        Format format = Format::utf8);

  // Rendered when it is first asked for. An empty text: black.
  Picture of(const std::string &text);
  bool shows(const Frame &frame, const std::string &text);

  // The same on every machine that has the font.
  static constexpr char kFont[] = "font-desc=\"DejaVu Sans 12\"";

 private:
  Picture render(const std::string &text) const;

  std::string caps_;
  std::string properties_;
  Format format_;
  std::map<std::string, Picture> pictures_;
};

// A time for which the same is shown.
struct Shown {
  std::string text;       // empty: nothing
  bool known = true;      // whether it is one of the texts at all
  GstClockTime start;     // running time of the first frame
  GstClockTime end;       // of the last frame's end
  GstClockTime rendered;  // when the first frame was shown
};

// What the frames show, one after the other: one of the texts, or nothing.
std::vector<Shown> shown(const std::vector<Frame> &frames, TextPictures &pictures,
                         const std::vector<std::string> &texts);

// For messages: one line each.
std::string description(const std::vector<Shown> &list);

}  // namespace testing
