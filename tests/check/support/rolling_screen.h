// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Rolling captions on a live picture: a pipeline whose frames are inspected, and a service that
// sends the turns of the test.

#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "support/frames.h"
#include "support/pipeline.h"

namespace testing {

// A Turn message. The words are 300 ms apart, from the beginning of the audio on.
struct SaidTurn {
  int order = 0;
  std::vector<std::string> words;
  std::size_t stable = 0;  // the number of stable words at the beginning
  bool final = false;
};
std::string turn_json(const SaidTurn &turn);
std::vector<std::string> words_in(const std::string &text);

class RollingScreen {
 public:
  struct Options {
    int frame_rate = 25;
    std::string video_queue;     // properties of the queue between camera and overlay
    milliseconds set_latency{};  // with gst_pipeline_set_latency(); 0: the latency of the elements
    std::string text_path;       // between the element and the overlay, with its "!"
    bool linked = true;          // whether the text pad is linked
    std::string properties;      // of the element
    TextPictures::Format format = TextPictures::Format::utf8;
  };
  // Returns in PLAYING, with frames on the screen, after the service has received audio.
  explicit RollingScreen(const Options &options);
  RollingScreen(const RollingScreen &) = delete;
  RollingScreen &operator=(const RollingScreen &) = delete;
  ~RollingScreen();

  Pipeline &pipeline() { return pipeline_; }
  testserver::Server &server() { return *server_; }
  FrameRecorder &frames() { return *frames_; }
  // The pipeline's clock and latency.
  GstClockTime running_time() const;
  GstClockTime latency() const;
  void wait_for_session(std::size_t count = 1);

  void say(const SaidTurn &turn);
  // Waits until the newest frame on the screen shows the text.
  void wait_until_shown(const std::string &text);
  void wait_for_frames(std::size_t more);
  // The texts of the frames in order; each must be one of the known texts.
  std::vector<Shown> shown(const std::vector<std::string> &texts);

  // The values of current-caption, with the times of their changes.
  struct Caption {
    std::string text;
    GstClockTime at = GST_CLOCK_TIME_NONE;  // running time
  };
  std::vector<Caption> captions() const;
  void wait_for_caption(const std::string &text);

 private:
  struct State;

  const std::unique_ptr<testserver::Server> server_;
  Pipeline pipeline_;
  TextPictures pictures_;
  const std::unique_ptr<FrameRecorder> frames_;
  const std::shared_ptr<State> state_;
  gulong handler_;
  milliseconds set_latency_;
};

}  // namespace testing
