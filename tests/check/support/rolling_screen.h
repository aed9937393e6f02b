// SPDX-License-Identifier: LGPL-2.1-or-later
// Rolling captions on a live picture: a pipeline to be looked at, and a service that says what the
// test tells it to.

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
  std::size_t stable = 0;  // so many of them, the first ones
  bool final = false;
};
std::string turn_json(const SaidTurn &turn);
std::vector<std::string> words_in(const std::string &text);

class RollingScreen {
 public:
  struct Options {
    int frame_rate = 25;
    std::string video_queue;     // properties of the queue between camera and overlay
    milliseconds set_latency{};  // with gst_pipeline_set_latency(); 0: as the elements say
    std::string text_path;       // between the element and the overlay, with its "!"
    bool linked = true;          // the text pad is
    std::string properties;      // of the element
    TextPictures::Format format = TextPictures::Format::utf8;
  };
  // Plays when it returns, with frames on the screen, and the service has heard audio.
  explicit RollingScreen(const Options &options);
  RollingScreen(const RollingScreen &) = delete;
  RollingScreen &operator=(const RollingScreen &) = delete;
  ~RollingScreen();

  Pipeline &pipeline() { return pipeline_; }
  testserver::Server &server() { return *server_; }
  FrameRecorder &frames() { return *frames_; }
  // What the pipeline's clock and the latency say.
  GstClockTime running_time() const;
  GstClockTime latency() const;
  void wait_for_session(std::size_t count = 1);

  void say(const SaidTurn &turn);
  // Until the newest frame on the screen shows the text.
  void wait_until_shown(const std::string &text);
  void wait_for_frames(std::size_t more);
  // What the frames showed, one after the other; all must be one of the texts.
  std::vector<Shown> shown(const std::vector<std::string> &texts);

  // What current-caption was, and when it became so.
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
