// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A short programme: its recognized text, its expected captions, and pipelines that make files of
// it.

#pragma once

#include <gst/gst.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server.h"
#include "support/child.h"
#include "support/cues.h"
#include "support/pad_recorder.h"
#include "support/pipeline.h"

namespace testing {

// The behaviour of the service.
enum class Service {
  healthy,
  slow,      // everything is two seconds late, including the start
  silent,    // no speech is recognized
  dropping,  // the connection is lost in mid-sentence
};

inline constexpr milliseconds kProgramme{7000};
// The element's latency, and the longest of the cues.
inline constexpr milliseconds kLatency{4000}, kLongestCue{1500};

// The parts of a launch line that make the programme.
inline constexpr char kCamera[] =
    "videotestsrc name=camera pattern=black is-live=true num-buffers=70 ! "
    "video/x-raw,width=160,height=120,framerate=10/1 ! ";
inline constexpr char kMicrophone[] =
    "audiotestsrc is-live=true samplesperbuffer=800 num-buffers=140 ! "
    "audio/x-raw,rate=16000,channels=1 ! ";
inline constexpr char kEncoder[] = "x264enc tune=zerolatency ! h264parse ! ";
// A queue for data that waits for its captions: as large as needed.
inline constexpr char kHold[] = "queue max-size-time=0 max-size-buffers=0 max-size-bytes=0";

// In the pad's segment.
GstClockTime running_time_of(GstPad *pad, GstBuffer *buffer);

// A pipeline that makes a file. The element with the text pad is named "sink", a muxer "mux".
class Production {
 public:
  // The description lacks the filesink.
  Production(const std::string &description, std::string path);

  void start() { pipeline_.set_state(GST_STATE_PLAYING); }
  // Waits for the end. No error is on the bus, and the pad has kept its contract.
  void finish(std::size_t errors = 0);

  const std::string &path() const { return path_; }
  const Pipeline &pipeline() const { return pipeline_; }
  // The texts as a reader of the format decodes them.
  std::vector<Cue> sent() const;
  // The running time of the first sound: a live source on a busy machine starts late.
  GstClockTime begin() const { return begin_; }
  // The origin of the readers' times: the running time of the first picture or sound in the file.
  GstClockTime begin_of_file() const;
  GstClockTime first_picture() const { return first_picture_; }
  std::string sent_text() const;  // on one line
  bool ends_with_gap() const;
  // The longest time without data at the position of a text or gap.
  milliseconds longest_wait() const;

 private:
  using Time = std::atomic<GstClockTime>;
  void watch_muxer();
  static GstPadProbeReturn note_first(GstPad *pad, GstPadProbeInfo *info, gpointer self);

  std::string path_;
  Pipeline pipeline_;
  PadRecorder recorder_;
  Time begin_{GST_CLOCK_TIME_NONE}, first_picture_{GST_CLOCK_TIME_NONE},
      first_sound_{GST_CLOCK_TIME_NONE};
};

// One for each behaviour of the service.
struct Run {
  Service service;
  std::unique_ptr<testserver::Server> server;
  std::unique_ptr<Production> production;

  // Waits for the end. The sent text is as expected, with every word of the final turns.
  void finish() const;
};
// The names of their files end with the name.
using Description = std::function<std::string(const testserver::Server &)>;
std::vector<Run> prepare_runs(const TemporaryDirectory &directory, const std::string &name,
                              const Description &description);

// The output of FFmpeg for a file whose video is kCamera's, which is black: the screen has contents
// while there is a cue, and otherwise none.
enum class Screen { video, video_and_pictures };
void assert_seen(const std::string &path, Screen screen, const std::vector<Cue> &cues);

}  // namespace testing
