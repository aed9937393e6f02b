// SPDX-License-Identifier: LGPL-2.1-or-later
// A short programme: what the local server hears in it, the captions that it ought to have, and
// pipelines that make files of it.

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

// How the service does.
enum class Service {
  healthy,
  slow,      // everything comes two seconds later, the beginning too
  silent,    // it hears nothing
  dropping,  // the connection is lost in mid-sentence
};

inline constexpr milliseconds kProgramme{7000};
// The element's latency, and the longest of the cues.
inline constexpr milliseconds kLatency{4000}, kLongestCue{1500};

// What makes the programme: parts of a launch line.
inline constexpr char kCamera[] =
    "videotestsrc name=camera pattern=black is-live=true num-buffers=70 ! "
    "video/x-raw,width=160,height=120,framerate=10/1 ! ";
inline constexpr char kMicrophone[] =
    "audiotestsrc is-live=true samplesperbuffer=800 num-buffers=140 ! "
    "audio/x-raw,rate=16000,channels=1 ! ";
inline constexpr char kEncoder[] = "x264enc tune=zerolatency ! h264parse ! ";
// Holds what has to wait for its captions: as much as it takes.
inline constexpr char kHold[] = "queue max-size-time=0 max-size-buffers=0 max-size-bytes=0";

// By the segment that the pad has.
GstClockTime running_time_of(GstPad *pad, GstBuffer *buffer);

// A pipeline that makes a file. The element with the text pad is named "sink", a muxer "mux".
class Production {
 public:
  // The description lacks the filesink.
  Production(const std::string &description, std::string path);

  void start() { pipeline_.set_state(GST_STATE_PLAYING); }
  // Waits for the end. An error is on the bus, or none, and the pad has kept its contract.
  void finish(std::size_t errors = 0);

  const std::string &path() const { return path_; }
  const Pipeline &pipeline() const { return pipeline_; }
  // The texts as a reader understands them, whatever the format.
  std::vector<Cue> sent() const;
  // Running time of the first sound that is heard: a live source on a busy machine begins late.
  GstClockTime begin() const { return begin_; }
  // What readers count from: the running time of the first picture or sound in the file.
  GstClockTime begin_of_file() const;
  GstClockTime first_picture() const { return first_picture_; }
  std::string sent_text() const;  // on one line
  bool ends_with_gap() const;
  // For how long the place of a text or gap has been without it, at most.
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

// One for each way in which the service can do.
struct Run {
  Service service;
  std::unique_ptr<testserver::Server> server;
  std::unique_ptr<Production> production;

  // Waits for the end. What was sent is what ought to be, with every word of the final turns.
  void finish() const;
};
// Their files' names end with the name.
using Description = std::function<std::string(const testserver::Server &)>;
std::vector<Run> prepare_runs(const TemporaryDirectory &directory, const std::string &name,
                              const Description &description);

// What FFmpeg shows of a file whose video is kCamera's, and so black: there is something on the
// screen while there is a cue, and else nothing.
enum class Screen { video, video_and_pictures };
void assert_seen(const std::string &path, Screen screen, const std::vector<Cue> &cues);

}  // namespace testing
