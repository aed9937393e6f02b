// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Captions in movies and broadcasts: what is read back from the files is what was sent at the
// times at which it was said, however the service does, and the programme is never held up.

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <memory>

#include "support/check.h"
#include "support/child.h"
#include "support/cues.h"
#include "support/pipeline.h"
#include "support/programme.h"
#include "support/requirements.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

// For a programme made with raw video: what waits for the captions is the latency and a cue.
constexpr char kBounded[] = "queue max-size-time=6000000000 max-size-buffers=0 max-size-bytes=0";
// Formats round, and Opus begins with 6.5 ms that are not heard.
constexpr GstClockTime kRounded = 10 * GST_MSECOND;
// Much more than a machine under load takes, and less than captions could hold up.
constexpr milliseconds kPatience{1000};

// The programme as a file, for a source.
class Movie {
 public:
  Movie() {
    Pipeline pipeline(
        "videotestsrc pattern=black num-buffers=70 ! "
        "video/x-raw,width=160,height=120,framerate=10/1 ! " +
        std::string(kEncoder) +
        "mux.video_0  audiotestsrc samplesperbuffer=800 num-buffers=140 ! "
        "audio/x-raw,rate=16000,channels=1 ! flacenc ! mux.audio_0  "
        "matroskamux name=mux ! filesink name=sink location=" +
        path());
    pipeline.set_state(GST_STATE_PLAYING);
    pipeline.wait_for_eos();
  }
  std::string path() const { return directory_.file("movie.mkv"); }

 private:
  TemporaryDirectory directory_;
};

// How much later than at their running times the buffers leave an element, at most.
class LongestDelay {
 public:
  LongestDelay(const Pipeline &pipeline, const char *element)
      : element_(gst_bin_get_by_name(GST_BIN(pipeline.element()), element)),
        pad_(gst_element_get_static_pad(element_, "src")),
        probe_(gst_pad_add_probe(
            pad_, GST_PAD_PROBE_TYPE_BUFFER,
            [](GstPad *, GstPadProbeInfo *info, gpointer self) {
              static_cast<LongestDelay *>(self)->pass(GST_PAD_PROBE_INFO_BUFFER(info));
              return GST_PAD_PROBE_OK;
            },
            this, nullptr)) {}
  LongestDelay(const LongestDelay &) = delete;
  LongestDelay &operator=(const LongestDelay &) = delete;
  ~LongestDelay() {
    gst_pad_remove_probe(pad_, probe_);
    gst_object_unref(pad_);
    gst_object_unref(element_);
  }

  milliseconds value() const { return milliseconds(longest_ms_); }

 private:
  void pass(GstBuffer *buffer) {
    if (GST_STATE(element_) != GST_STATE_PLAYING)
      return;  // there is no running time yet
    const GstClockTime time = running_time_of(pad_, buffer);
    const GstClockTimeDiff late =
        GST_CLOCK_DIFF(time, gst_element_get_current_running_time(element_));
    longest_ms_ = std::max<gint64>(longest_ms_, late / GstClockTimeDiff{GST_MSECOND});
  }

  GstElement *element_;
  GstPad *pad_;
  gulong probe_;
  std::atomic<gint64> longest_ms_{0};
};

std::string hold(const char *name) {
  return std::string(kHold) + " name=" + name + " ! ";
}

// Camera and microphone, with the queues that the muxer needs.
std::string live(const testserver::Server &server) {
  return kCamera + (kEncoder + hold("hold")) + "mux.video_0  " + kMicrophone +
         "tee name=audio  audio. ! opusenc ! " + hold("hold-audio") +
         "mux.audio_0  audio. ! queue ! " + sink_text(server) + " sink.src ! mux.subtitle_0  ";
}

std::string from_file(const testserver::Server &server, const Movie &movie,
                      const std::string &properties) {
  return "filesrc location=" + movie.path() + " ! matroskademux name=demux  demux.video_0 ! " +
         hold("hold") + "h264parse ! mux.video_0  demux.audio_0 ! flacparse ! flacdec ! " +
         "audioconvert ! audioresample ! tee name=audio  audio. ! " + hold("hold-audio") +
         "opusenc ! mux.audio_0  audio. ! queue ! " + sink_text(server, properties) +
         " sink.src ! mux.subtitle_0  ";
}

std::string broadcast(const testserver::Server &server) {
  return kCamera + (kEncoder + hold("hold")) + "mux.  " + kMicrophone +
         "tee name=audio  audio. ! lamemp3enc ! mpegaudioparse ! " + hold("hold-audio") +
         "mux.  audio. ! queue ! " + sink_text(server) +
         " sink.src ! textrender ! dvbsubenc ! mux.  mpegtsmux name=mux ! ";
}

// Burnt in, and as a track.
std::string everything(const testserver::Server &server) {
  return kCamera + (kBounded + std::string(" name=video ! overlay.video_sink  textoverlay ")) +
         "name=overlay ! " + kEncoder + "mux.video_0  " + kMicrophone +
         "tee name=audio  audio. ! " + kBounded + " name=sound ! opusenc ! mux.audio_0  " +
         "audio. ! queue ! " + sink_text(server) + " sink.src ! tee name=text  " +
         "text. ! queue ! overlay.text_sink  text. ! queue ! mux.subtitle_0  " +
         "matroskamux name=mux ! ";
}

void assert_streams(const std::string &path, const char *subtitles, const char *language) {
  const std::vector<ProbedStream> streams = probe_streams(path);
  fail_unless_equals_uint64(streams.size(), 3);
  fail_unless_equals_text(streams[0].type, "video");
  fail_unless_equals_text(streams[1].type, "audio");
  fail_unless_equals_text(streams[2].type, "subtitle");
  fail_unless_equals_text(streams[2].codec, subtitles);
  fail_unless_equals_text(streams[2].language, language);
}

void assert_lasts(const std::string &path, GstClockTime begin = 0) {
  for (const char type : {'v', 'a'}) {
    const GstClockTime end = probe_end(path, type) - begin;
    fail_unless(std::abs(GST_CLOCK_DIFF(kProgramme / 1ns, end)) <= 150 * GST_MSECOND,
                "%s: '%c' ends at %" GST_TIME_FORMAT, path.c_str(), type, GST_TIME_ARGS(end));
  }
}

void assert_within(milliseconds time, milliseconds limit) {
  fail_unless(time <= limit + kPatience, "%d ms", int(time.count()));
}

struct Format {
  const char *name;
  const char *muxer;
  const char *codec;
  const char *english, *french;
  bool has_running_times;  // no: all begins at 0
};
// Matroska and MP4 have different codes for French.
constexpr Format kFormats[] = {{"mkv", "matroskamux", "subrip", "eng", "fre", true},
                               {"mp4", "mp4mux", "mov_text", "eng", "fra", false}};

// Live sources begin late, on a busy machine much.
std::vector<Cue> seen_from(GstClockTime begin, std::vector<Cue> cues) {
  for (Cue &cue : cues) {
    cue.start -= begin;
    cue.end -= begin;
  }
  return cues;
}

void check_movie(const Production &production, const Format &format, const char *language) {
  const std::string &path = production.path();
  assert_streams(path, format.codec, language);
  assert_lasts(path);
  std::vector<Cue> sent = production.sent();
  const std::vector<Cue> from_begin = seen_from(production.begin_of_file(), sent);
  // GStreamer's readers count from the begin; that of MP4 leaves an empty track out.
  if (!sent.empty())
    assert_cues(read_cues(path), from_begin, kRounded);
  if (!format.has_running_times)
    sent = from_begin;
  std::vector<Cue> probed = probe_cues(path);
  // FFmpeg's end of the last cue of an MP4 file is wrong.
  if (format.name == std::string("mp4") && !probed.empty())
    probed.back().end = sent.back().end;
  assert_cues(probed, sent, kRounded);
}

// Pictures wait for their captions, and at most for the end of the one that is shown.
void make_movies(const std::string &name, const Format &format, const char *language,
                 const Description &description) {
  const TemporaryDirectory directory;
  const std::vector<Run> runs =
      prepare_runs(directory, name + format.name, [&](const testserver::Server &server) {
        return description(server) + format.muxer + " name=mux ! ";
      });
  std::vector<std::unique_ptr<LongestDelay>> delays;
  for (const Run &run : runs) {
    delays.push_back(std::make_unique<LongestDelay>(run.production->pipeline(), "hold"));
    run.production->start();
  }
  for (std::size_t i = 0; i < runs.size(); i++) {
    const Production &production = *runs[i].production;
    runs[i].finish();
    check_movie(production, format, language);
    assert_within(delays[i]->value(), kLatency + (production.sent().empty() ? 0ms : kLongestCue));
    assert_within(production.longest_wait(), kLatency);
  }
}

}  // namespace

GST_START_TEST(test_a_live_movie_has_its_captions) {
  const Format &format = kFormats[__i__];
  make_movies("live.", format, format.english, live);
}
GST_END_TEST

GST_START_TEST(test_a_movie_from_a_file_gets_its_captions) {
  const Format &format = kFormats[__i__];
  const Movie source;
  make_movies("file.", format, format.french, [&](const testserver::Server &server) {
    return from_file(server, source, "language-code=fr");
  });
}
GST_END_TEST

GST_START_TEST(test_a_broadcast_has_its_captions) {
  const TemporaryDirectory directory;
  const std::vector<Run> runs = prepare_runs(directory, "dvb.ts", broadcast);
  for (const Run &run : runs)
    run.production->start();
  for (const Run &run : runs) {
    run.finish();
    const std::string &path = run.production->path();
    assert_streams(path, "dvb_subtitle", "eng");
    std::vector<Cue> pictures = seen_from(run.production->first_picture(), run.production->sent());
    for (Cue &cue : pictures)
      cue.text.clear();
    assert_cues(probe_pictures(path), pictures, kRounded);
    if (!pictures.empty())
      assert_seen(path, Screen::video_and_pictures, pictures);
  }
}
GST_END_TEST

GST_START_TEST(test_captions_are_burnt_in_and_a_track) {
  const TemporaryDirectory directory;
  const std::vector<Run> runs = prepare_runs(directory, "all.mkv", everything);
  std::vector<std::unique_ptr<LongestDelay>> cameras;
  for (const Run &run : runs) {
    cameras.push_back(std::make_unique<LongestDelay>(run.production->pipeline(), "camera"));
    run.production->start();
  }
  for (std::size_t i = 0; i < runs.size(); i++) {
    runs[i].finish();
    check_movie(*runs[i].production, kFormats[0], "eng");
    assert_seen(runs[i].production->path(), Screen::video, runs[i].production->sent());
    assert_within(cameras[i]->value(), 0ms);
  }
}
GST_END_TEST

static Suite *muxers_suite() {
  Suite *suite = suite_create("muxers");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  const int formats = G_N_ELEMENTS(kFormats);
  tcase_add_loop_test(tests, test_a_live_movie_has_its_captions, 0, formats);
  tcase_add_loop_test(tests, test_a_movie_from_a_file_gets_its_captions, 0, formats);
  tcase_add_test(tests, test_a_broadcast_has_its_captions);
  tcase_add_test(tests, test_captions_are_burnt_in_and_a_track);
  return suite;
}

CHECK_SUITE_NEEDS(muxers, {"ffmpeg", "ffprobe"},
                  {"textoverlay", "textrender", "dvbsubenc", "mpegtsmux", "h264parse", "x264enc",
                   "matroskamux", "matroskademux", "mp4mux", "qtdemux", "opusenc", "lamemp3enc",
                   "flacenc", "flacdec"});
