// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Captions of the text pad, burnt into black frames by a textoverlay.

#pragma once

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "support/child.h"
#include "support/cues.h"
#include "support/frames.h"
#include "support/pipeline.h"

namespace testing {

inline constexpr GstClockTime kFrameDuration = 40 * GST_MSECOND;
inline constexpr milliseconds kDefaultLatency{4000};
// The server stops for this long; a busy machine delays it for less.
inline constexpr GstClockTime kStall = GST_SECOND;
// The size from the documentation for a latency of 4 s.
inline constexpr char kQueue[] =
    "queue max-size-time=5000000000 max-size-buffers=0 max-size-bytes=0 ! ";
inline constexpr char kPicture[] = "video/x-raw,format=I420,width=320,height=80,framerate=25/1";

inline GstClockTime ms_time(std::int64_t ms) {
  return static_cast<GstClockTime>(ms) * GST_MSECOND;
}

constexpr std::size_t frame_count(milliseconds duration) {
  return static_cast<std::size_t>(duration / milliseconds(40));
}

// A turn of a script, which fits into one cue.
struct Sentence {
  int start_ms;
  int word_ms;
  int words;
  std::string text;
  std::string shown = text;  // divided into lines

  int end_ms() const { return start_ms + words * word_ms; }
  // At least for the second that is needed to read it.
  Cue cue() const {
    return {shown, ms_time(start_ms), ms_time(std::max(end_ms(), start_ms + 1000))};
  }
};

inline std::vector<Cue> cues_of(const std::vector<Sentence> &sentences) {
  std::vector<Cue> cues;
  for (const Sentence &sentence : sentences)
    cues.push_back(sentence.cue());
  return cues;
}

// How long after their ends the service knows words, and whole turns.
struct Delay {
  milliseconds words{200};
  milliseconds turns{400};
};
inline constexpr Delay kSlow{milliseconds(2000), milliseconds(2200)};

// steps: of the scenario, as JSON.
inline testserver::Options script(const std::vector<Sentence> &sentences, const Delay &delay = {},
                                  const std::string &steps = "") {
  std::string turns;
  for (const Sentence &sentence : sentences)
    turns += (turns.empty() ? "" : ", ") + ("{\"start\": " + std::to_string(sentence.start_ms)) +
             ", \"word_ms\": " + std::to_string(sentence.word_ms) + ", \"text\": \"" +
             sentence.text + "\", \"formatted\": \"" + sentence.text + "\"}";
  testserver::Options options;
  options.scenario = "{\"recognition_delay_ms\": " + std::to_string(delay.words.count()) +
                     ", \"end_of_turn_silence_ms\": " + std::to_string(delay.turns.count()) +
                     ", \"turns\": [" + turns + "], \"steps\": [" + steps + "]}";
  return options;
}

// The server, the pipeline, and what is on its screen.
class BurnIn {
 public:
  BurnIn(std::unique_ptr<testserver::Server> started, const std::string &description);
  BurnIn(const BurnIn &) = delete;
  BurnIn &operator=(const BurnIn &) = delete;
  ~BurnIn();

  // The cues of a script, by the positions of their sound, at the running times of that sound: a
  // live source starts late, and continues late after a pause.
  std::vector<Cue> in_time(std::vector<Cue> cues) const;

  const std::unique_ptr<testserver::Server> server;
  Pipeline pipeline;
  const FrameRecorder screen;

 private:
  GstClockTime time_of(GstClockTime position) const;

  GstPad *pad_;
  gulong probe_;
  mutable std::mutex mutex_;
  std::vector<GstClockTime> sounds_;  // running times of the live source's buffers
};

inline constexpr GstClockTime kSoundDuration = 50 * GST_MSECOND;
// Smaller gaps are ignored.
inline constexpr GstClockTime kGlitch = 10 * GST_MSECOND;

inline BurnIn::BurnIn(std::unique_ptr<testserver::Server> started, const std::string &description)
    : server(std::move(started)),
      pipeline(description),
      screen(pipeline, "screen"),
      pad_(gst_element_get_static_pad(pipeline.sink(), "sink")) {
  const auto note = +[](GstPad *, GstPadProbeInfo *info, gpointer data) {
    auto *self = static_cast<BurnIn *>(data);
    const std::lock_guard lock(self->mutex_);
    self->sounds_.push_back(GST_BUFFER_PTS(GST_PAD_PROBE_INFO_BUFFER(info)));
    return GST_PAD_PROBE_OK;
  };
  probe_ = gst_pad_add_probe(pad_, GST_PAD_PROBE_TYPE_BUFFER, note, this, nullptr);
}

inline BurnIn::~BurnIn() {
  gst_element_set_state(pipeline.element(), GST_STATE_NULL);
  gst_pad_remove_probe(pad_, probe_);
  gst_object_unref(pad_);
}

// The count of the service: missing audio counts as silence.
inline GstClockTime BurnIn::time_of(GstClockTime position) const {
  const std::lock_guard lock(mutex_);
  GstClockTime heard = 0;
  for (std::size_t i = 0; i < sounds_.size(); i++) {
    if (i > 0 && sounds_[i] > sounds_[i - 1] + kSoundDuration + kGlitch)
      heard += sounds_[i] - sounds_[i - 1] - kSoundDuration;
    if (heard + kSoundDuration >= position)
      return sounds_[i] + position - heard;
    heard += kSoundDuration;
  }
  fail_unless(false, "there was no sound at %" GST_TIME_FORMAT, GST_TIME_ARGS(position));
  return GST_CLOCK_TIME_NONE;
}

inline std::vector<Cue> BurnIn::in_time(std::vector<Cue> cues) const {
  for (Cue &cue : cues) {
    cue.start = time_of(cue.start);
    cue.end = time_of(cue.end);
  }
  return cues;
}

// The element's pad is linked to the overlay, and that to the screen; the video comes from the
// queue.
inline std::string overlay_text() {
  return std::string(kQueue) + "textoverlay name=overlay " + TextPictures::kFont +
         " ! fakesink name=screen sync=true sink.src ! overlay.text_sink ";
}

inline std::unique_ptr<BurnIn> live_burn_in(const testserver::Options &options,
                                            milliseconds duration,
                                            const std::string &properties = "") {
  auto server = start_server(options);
  const std::string description =
      "audiotestsrc is-live=true samplesperbuffer=800 num-buffers=" +
      std::to_string(duration / milliseconds(50)) + " ! audio/x-raw,rate=16000 ! " +
      sink_text(*server, properties) + " videotestsrc is-live=true pattern=black num-buffers=" +
      std::to_string(frame_count(duration)) + " ! " + kPicture + " ! " + overlay_text();
  return std::make_unique<BurnIn>(std::move(server), description);
}

// A movie with the talk in it, and black frames.
class Movie {
 public:
  explicit Movie(milliseconds duration) {
    const TalkFile talk(duration);
    Pipeline pipeline(
        "matroskamux name=mux ! filesink name=sink location=" + path() +
        " videotestsrc pattern=black num-buffers=" + std::to_string(frame_count(duration)) + " ! " +
        kPicture + " ! mux.video_0 filesrc location=" + talk.path() +
        " ! wavparse ! queue ! mux.audio_0");
    pipeline.set_state(GST_STATE_PLAYING);
    pipeline.wait_for_eos();
  }
  std::string path() const { return directory_.file("movie.mkv"); }

 private:
  TemporaryDirectory directory_;
};

// With the sound played on a loudspeaker.
inline std::unique_ptr<BurnIn> movie_burn_in(const Movie &movie,
                                             const testserver::Options &options = coded_talk()) {
  auto server = start_server(options);
  const std::string description =
      "filesrc location=" + movie.path() + " ! matroskademux name=movie movie.video_0 ! " +
      overlay_text() + "movie.audio_0 ! tee name=sound sound. ! " + kQueue +
      "fakesink name=loudspeaker sync=true sound. ! queue ! audioconvert ! audioresample ! " +
      sink_text(*server);
  return std::make_unique<BurnIn>(std::move(server), description);
}

// The sentences of the talk in a range. Each fits into a line.
inline std::vector<Cue> talk_cues(std::size_t from, std::size_t to) {
  constexpr std::size_t kWords = 8;
  std::vector<Cue> cues;
  for (std::size_t sentence = from; sentence < to; sentence++) {
    Cue cue;
    for (std::size_t word = sentence * kWords; word < (sentence + 1) * kWords; word++)
      cue.text += (cue.text.empty() ? "" : " ") + testserver::talk_word(word).formatted;
    cue.start = ms_time(testserver::talk_word(sentence * kWords).start_ms);
    cue.end = ms_time(testserver::talk_word(sentence * kWords + kWords - 1).end_ms);
    cues.push_back(cue);
  }
  return cues;
}

// Every frame was shown at its time.
inline void assert_in_time(const std::vector<Frame> &frames,
                           milliseconds latency = kDefaultLatency) {
  const GstClockTime bound = ms_time(latency.count()) + kStall;
  for (const Frame &frame : frames)
    fail_unless(frame.rendered <= frame.start + bound,
                "the frame of %" GST_TIME_FORMAT " was shown at %" GST_TIME_FORMAT,
                GST_TIME_ARGS(frame.start), GST_TIME_ARGS(frame.rendered));
}

// All frames are there, in order: the video never stood still.
inline void assert_steady(const std::vector<Frame> &frames, milliseconds duration,
                          milliseconds latency = kDefaultLatency) {
  fail_unless_equals_uint64(frames.size(), frame_count(duration));
  for (std::size_t i = 0; i < frames.size(); i++) {
    // A live source starts late.
    const GstClockTime due = frames[0].start + i * kFrameDuration;
    fail_unless(due < kStall + i * kFrameDuration);
    fail_unless_equals_clocktime(frames[i].start, due);
  }
  assert_in_time(frames, latency);
}

// The text on the screen, without the pauses; unknown text is marked.
inline std::vector<Cue> seen(const std::vector<Frame> &frames,
                             const std::vector<std::string> &texts) {
  TextPictures pictures(kPicture);
  std::vector<Cue> list;
  for (const Shown &one : shown(frames, pictures, texts)) {
    if (!one.known || !one.text.empty())
      list.push_back({one.known ? one.text : "(something else)", one.start, one.end});
  }
  return list;
}

// Each cue was on the frames of its time, and on no other frames.
inline void assert_seen(const std::vector<Frame> &frames, const std::vector<Cue> &cues) {
  std::vector<std::string> texts;
  for (const Cue &cue : cues)
    texts.push_back(cue.text);
  assert_cues(seen(frames, texts), cues, 50 * GST_MSECOND);
}

}  // namespace testing
