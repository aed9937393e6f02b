// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Text keeps to the time of the stream when the clock of the pipeline does not, and what is added
// to a pipeline, or taken out of it, does not hold up the picture.

#include <cmath>

#include "support/burn_in.h"
#include "support/check.h"
#include "support/pad_recorder.h"
#include "support/requirements.h"
#include "support/text_pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

constexpr milliseconds kShortLatency = 1000ms;
constexpr char kShort[] = "latency=1000";
constexpr milliseconds kWord = 350ms;

// The longest time between two pictures on the screen.
milliseconds longest_pause(const std::vector<Frame> &frames) {
  GstClockTime longest = 0;
  for (std::size_t i = 1; i < frames.size(); i++)
    if (frames[i].rendered > frames[i - 1].rendered)
      longest = std::max(longest, frames[i].rendered - frames[i - 1].rendered);
  return milliseconds(longest / GST_MSECOND);
}

// Each cue from a time on begins with a word of the talk, at its time.
std::size_t assert_in_place(const std::vector<Cue> &cues, GstClockTime from) {
  std::size_t count = 0;
  for (const Cue &cue : cues) {
    if (cue.start < from)
      continue;
    count++;
    const std::string first = cue.text.substr(0, cue.text.find_first_of(" \n.,"));
    std::size_t word = 0;
    while (word < 200 &&
           ms_time(testserver::talk_word(word).start_ms) + 51 * GST_MSECOND < cue.start)
      word++;
    fail_unless(std::abs(GST_CLOCK_DIFF(ms_time(testserver::talk_word(word).start_ms),
                                        cue.start)) <= 51 * GST_MSECOND &&
                    g_ascii_strncasecmp(testserver::talk_word(word).formatted.c_str(),
                                        first.c_str(), first.size()) == 0,
                "%s", description(cues).c_str());
  }
  return count;
}

std::string movie_with_captions(const Movie &movie, const testserver::Server &server) {
  return "filesrc location=" + movie.path() + " ! matroskademux name=movie movie.video_0 ! " +
         overlay_text() + "movie.audio_0 ! queue ! audioconvert ! audioresample ! " +
         sink_text(server, kShort);
}

void wait_for_position(const Pipeline &pipeline, milliseconds time) {
  poll_until([&] {
    gint64 position = 0;
    return gst_element_query_position(pipeline.element(), GST_FORMAT_TIME, &position) &&
           std::chrono::nanoseconds(position) > time;
  });
}

void change_rate(const Pipeline &pipeline, double rate) {
  fail_unless(gst_element_seek(pipeline.element(), rate, GST_FORMAT_TIME,
                               GST_SEEK_FLAG_INSTANT_RATE_CHANGE, GST_SEEK_TYPE_NONE, 0,
                               GST_SEEK_TYPE_NONE, 0));
}

}  // namespace

// The running time of the clock and that of the stream are seconds apart then.
GST_START_TEST(test_an_instant_change_of_the_rate) {
  const auto server = start_server(coded_talk());
  const Movie movie(21s);
  Pipeline pipeline(movie_with_captions(movie, *server));
  const FrameRecorder screen(pipeline, "screen");
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.set_state(GST_STATE_PLAYING);
  wait_for_position(pipeline, 3s);
  change_rate(pipeline, 2.0);
  wait_for_position(pipeline, 9s);
  change_rate(pipeline, 1.0);
  pipeline.wait_for([](const Heard &heard) { return heard.eos; }, 21s + kDeadline);
  assert_in_order(recorder);
  fail_unless_equals_uint64(screen.frames().size(), frame_count(21s));
  fail_unless(longest_pause(screen.frames()) < kShortLatency + 1s, "%d ms",
              int(longest_pause(screen.frames()).count()));
  // The sentence in which it changed back may lack its begin.
  fail_unless(assert_in_place(recorder.cues(), 14 * GST_SECOND) >= 2);
}
GST_END_TEST

GST_START_TEST(test_a_step) {
  const auto server = start_server(coded_talk());
  const Movie movie(16s);
  Pipeline pipeline(movie_with_captions(movie, *server));
  const FrameRecorder screen(pipeline, "screen");
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.set_state(GST_STATE_PLAYING);
  wait_for_position(pipeline, 3s);
  fail_unless(gst_element_send_event(
      pipeline.element(),
      gst_event_new_step(GST_FORMAT_TIME, 2 * GST_SECOND, 1.0, __i__ == 0, FALSE)));
  pipeline.wait_for([](const Heard &heard) { return heard.eos; }, 16s + kDeadline);
  assert_in_order(recorder);
  fail_unless(longest_pause(screen.frames()) < kShortLatency + 1s, "%d ms",
              int(longest_pause(screen.frames()).count()));
  fail_unless(assert_in_place(recorder.cues(), 9 * GST_SECOND) >= 1);
}
GST_END_TEST

GST_START_TEST(test_a_pipeline_without_a_clock) {
  const auto server = start_server(coded_talk());
  const TalkFile file(7s);
  Pipeline pipeline(file_pipeline(file, *server, kShort) + " sink.src ! fakesink");
  gst_pipeline_use_clock(GST_PIPELINE(pipeline.element()), nullptr);
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  pipeline.drain_bus();
  fail_unless(pipeline.heard().warnings.empty(), "%s", pipeline.heard().warnings[0].c_str());
  assert_in_order(recorder);
  fail_unless(assert_in_place(recorder.cues(), 0) >= 2);
}
GST_END_TEST

namespace {

// A live programme, with an overlay or without.
struct LiveProgramme {
  static constexpr char kCamera[] =
      "videotestsrc is-live=true pattern=black ! "
      "video/x-raw,format=I420,width=320,height=80,framerate=25/1 ! ";

  explicit LiveProgramme(const std::string &rest)
      : server(start_server()),
        pipeline(kLive + sink_text(*server, kShort) + " " + kCamera + rest) {}

  GstPad *request() {
    GstPadTemplate *templ =
        gst_element_class_get_pad_template(GST_ELEMENT_GET_CLASS(pipeline.sink()), "src");
    return gst_element_request_pad(pipeline.sink(), templ, nullptr, nullptr);
  }
  GstPad *pad_of(const char *element, const char *name) const {
    GstElement *found = gst_bin_get_by_name(GST_BIN(pipeline.element()), element);
    GstPad *pad = gst_element_get_static_pad(found, name);
    gst_object_unref(found);
    return pad;
  }

  std::unique_ptr<testserver::Server> server;
  Pipeline pipeline;
};

std::size_t captions_in(const std::vector<Frame> &frames, std::size_t from) {
  TextPictures black(kPicture);
  std::size_t count = 0;
  for (std::size_t i = from; i < frames.size(); i++)
    count += !black.shows(frames[i], "");
  return count;
}

}  // namespace

// By then the running time is long. The branch has a captioner of its own, or the pad of one that
// has long played.
GST_START_TEST(test_a_branch_that_is_added_late) {
  const bool has_captioner = __i__ == 0;
  const auto server = start_server();
  Pipeline pipeline(std::string(kLive) + "tee name=sound ! queue ! " + sink_text(*server, kShort) +
                    " " + LiveProgramme::kCamera +
                    "tee name=camera ! queue leaky=downstream ! fakesink");
  begin_an_hour_late(pipeline);
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-turn");
  const std::string captioner =
      "queue name=sound-in leaky=downstream ! assemblyaisink name=second endpoint=" +
      server->endpoint() + " api-key=" + kKey + " second.src ! overlay.text_sink ";
  GError *error = nullptr;
  GstElement *branch = gst_parse_bin_from_description(
      (std::string(has_captioner ? captioner : "") +
       "queue leaky=downstream name=camera-in ! textoverlay name=overlay ! fakesink name=screen")
          .c_str(),
      FALSE, &error);
  fail_unless(error == nullptr);
  // What the branch takes of the pipeline: from an element's new pad to one of its own.
  std::vector<GstPad *> inputs;
  const auto take = [&](const char *element, const char *pad) {
    GstElement *found = gst_bin_get_by_name(GST_BIN(branch), element);
    GstPad *target = gst_element_get_static_pad(found, pad);
    inputs.push_back(gst_ghost_pad_new(nullptr, target));
    gst_element_add_pad(branch, inputs.back());
    gst_object_unref(target);
    gst_object_unref(found);
  };
  has_captioner ? take("sound-in", "sink") : take("overlay", "text_sink");
  take("camera-in", "sink");
  gst_bin_add(GST_BIN(pipeline.element()), branch);
  gst_element_sync_state_with_parent(branch);
  const char *sources[] = {has_captioner ? "sound" : "sink", "camera"};
  for (std::size_t i = 0; i < inputs.size(); i++) {
    GstElement *source = gst_bin_get_by_name(GST_BIN(pipeline.element()), sources[i]);
    GstPad *pad =
        gst_element_request_pad_simple(source, i == 0 && !has_captioner ? "src" : "src_%u");
    fail_unless_equals_int(gst_pad_link(pad, inputs[i]), GST_PAD_LINK_OK);
    gst_object_unref(pad);
    gst_object_unref(source);
  }
  pipeline.wait_for_state(GST_STATE_PLAYING);
}
GST_END_TEST

// Linked or not: a picture that waits for text gets to know that none comes. The one after the
// first would wait for a minute.
GST_START_TEST(test_the_picture_goes_on_when_the_text_is_taken_away) {
  LiveProgramme live(
      "textoverlay name=overlay ! fakesink name=screen sink.src ! overlay.text_sink");
  g_object_set(live.pipeline.sink(), "latency", 60000, nullptr);
  const FrameRecorder screen(live.pipeline, "screen");
  GstPad *overlay = live.pad_of("overlay", "text_sink");
  live.pipeline.wait_for_state(GST_STATE_PLAYING);
  for (int round = 0; round < 3; round++) {
    GstPad *text = gst_pad_get_peer(overlay);
    live.pipeline.wait_for_element_message("assemblyai-turn");
    if (__i__ == 1)
      gst_pad_unlink(text, overlay);
    gst_element_release_request_pad(live.pipeline.sink(), text);
    gst_object_unref(text);
    const std::size_t count = screen.frames().size();
    screen.wait_for([&](const auto &frames) { return frames.size() > count + 10; });
    text = live.request();
    fail_unless_equals_int(gst_pad_link(text, overlay), GST_PAD_LINK_OK);
    gst_object_unref(text);
  }
  gst_object_unref(overlay);
}
GST_END_TEST

GST_START_TEST(test_text_that_is_linked_again) {
  LiveProgramme live(overlay_text());
  const FrameRecorder screen(live.pipeline, "screen");
  GstPad *overlay = live.pad_of("overlay", "text_sink");
  live.pipeline.set_state(GST_STATE_PLAYING);
  std::size_t count = 0;
  for (int round = 0; round < 4; round++) {
    screen.wait_for([&](const auto &frames) { return captions_in(frames, count) > 0; });
    GstPad *text = gst_pad_get_peer(overlay);
    gst_pad_unlink(text, overlay);
    live.pipeline.dwell(300ms);
    count = screen.frames().size();
    fail_unless_equals_int(gst_pad_link(text, overlay), GST_PAD_LINK_OK);
    gst_object_unref(text);
  }
  screen.wait_for([&](const auto &frames) { return frames.size() > count + 50; });
  gst_object_unref(overlay);
}
GST_END_TEST

// What a muxer has written stays, and it goes on without the text.
GST_START_TEST(test_a_muxer_goes_on_when_the_text_is_taken_away) {
  static constexpr const char *kMuxers[] = {"matroskamux", "mp4mux"};
  const TemporaryDirectory directory;
  const std::string path = directory.file(__i__ == 0 ? "movie.mkv" : "movie.mp4");
  LiveProgramme live("x264enc tune=zerolatency ! mux.video_0 sink.src ! mux.subtitle_0 " +
                     std::string(kMuxers[__i__]) + " name=mux ! filesink location=" + path);
  const PadRecorder recorder(live.pipeline, "sink", "src");
  live.pipeline.set_state(GST_STATE_PLAYING);
  recorder.wait_for([](const auto &items) {
    return std::any_of(items.begin(), items.end(), [](const auto &item) { return !item.gap; }) &&
           items.back().gap;
  });
  GstPad *text = gst_element_get_static_pad(live.pipeline.sink(), "src");
  gst_element_release_request_pad(live.pipeline.sink(), text);
  gst_object_unref(text);
  live.pipeline.dwell(1s);
  gst_element_send_event(live.pipeline.element(), gst_event_new_eos());
  live.pipeline.wait_for_eos();
  fail_unless(read_cues(path).size() == recorder.cues().size());
  fail_unless(probe_end(path, 'v') > recorder.items().back().cue.end + 500 * GST_MSECOND);
}
GST_END_TEST

static Suite *stream_time_suite() {
  Suite *suite = suite_create("stream_time");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_an_instant_change_of_the_rate);
  tcase_add_loop_test(tests, test_a_step, 0, 2);
  tcase_add_test(tests, test_a_pipeline_without_a_clock);
  tcase_add_loop_test(tests, test_a_branch_that_is_added_late, 0, 2);
  tcase_add_loop_test(tests, test_the_picture_goes_on_when_the_text_is_taken_away, 0, 2);
  tcase_add_test(tests, test_text_that_is_linked_again);
  tcase_add_loop_test(tests, test_a_muxer_goes_on_when_the_text_is_taken_away, 0, 2);
  return suite;
}

CHECK_SUITE_NEEDS(stream_time, {"ffprobe"},
                  {"textoverlay", "matroskamux", "matroskademux", "mp4mux", "qtdemux", "x264enc"});
