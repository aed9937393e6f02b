// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Pipelines that get ready: whatever their running time is then and however long it takes, text
// holds up nothing, and every cue is at the time of its words.

#include <atomic>
#include <cmath>

#include "support/burn_in.h"
#include "support/check.h"
#include "support/cues.h"
#include "support/pad_recorder.h"
#include "support/requirements.h"
#include "support/slow_branch.h"
#include "support/text_pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

// Nothing that waits for text would get ready before the deadline.
constexpr char kPatient[] = "latency=60000";
constexpr milliseconds kTalk = 7000ms;  // two sentences

std::string pictures(const char *properties, int count) {
  return "videotestsrc pattern=black " + std::string(properties) +
         " num-buffers=" + std::to_string(count) + " ! " + kPicture + " ! ";
}

struct Consumer {
  const char *name;
  const char *source;   // of the text, behind the element
  const char *picture;  // behind the video
  const char *file;     // that it writes
};
constexpr Consumer kConsumers[] = {
    {"overlay", "overlay.text_sink ", "textoverlay name=overlay ! fakesink name=screen sync=true ",
     nullptr},
    {"matroska", "mux.subtitle_0 ",
     "identity name=slow ! mux.video_0 matroskamux name=mux ! filesink location=", "text.mkv"},
    {"mp4", "mux.subtitle_0 ",
     "x264enc tune=zerolatency ! identity name=slow ! mux.video_0 mp4mux name=mux ! "
     "filesink location=",
     "text.mp4"},
};
constexpr int kConsumerCount = G_N_ELEMENTS(kConsumers);

std::string consumed(const Consumer &consumer, const std::string &video,
                     const TemporaryDirectory &directory) {
  return consumer.source + video + consumer.picture +
         (consumer.file != nullptr ? directory.file(consumer.file) : "");
}

// The first words of the cues, where the talk has them: the tolerance is a chunk.
void assert_at_its_words(const std::vector<Cue> &cues, std::size_t least) {
  fail_unless(cues.size() >= least, "%s", description(cues).c_str());
  for (const Cue &cue : cues) {
    const std::string first = cue.text.substr(0, cue.text.find_first_of(" \n.,"));
    bool found = false;
    for (std::size_t i = 0; i < 200 && !found; i++) {
      const testserver::TalkWord word = testserver::talk_word(i);
      const GstClockTime start = ms_time(word.start_ms);
      found = g_ascii_strncasecmp(word.formatted.c_str(), first.c_str(), first.size()) == 0 &&
              std::abs(GST_CLOCK_DIFF(start, cue.start)) <= 51 * GST_MSECOND;
    }
    fail_unless(found, "\"%s\" is at %" GST_TIME_FORMAT, cue.text.c_str(),
                GST_TIME_ARGS(cue.start));
  }
}

}  // namespace

GST_START_TEST(test_a_live_pipeline_whose_running_time_is_long) {
  const TemporaryDirectory directory;
  const Consumer &consumer = kConsumers[__i__ % kConsumerCount];
  const auto server = start_server();
  Pipeline pipeline(
      kLive + captioner_text(factory_of(__i__ / kConsumerCount), server->endpoint(), kPatient) +
      consumed(consumer, pictures("is-live=true", -1), directory));
  begin_an_hour_late(pipeline);
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.wait_for_state(GST_STATE_PLAYING);
  recorder.wait_for(
      [](const auto &items) { return !items.empty() && items.back().cue.end > 3600 * GST_SECOND; });
  assert_in_order(recorder);
}
GST_END_TEST

// Nothing waits for its time there: the clock does not tell what is due.
GST_START_TEST(test_a_file_whose_time_was_long_ago) {
  const TemporaryDirectory directory;
  const Consumer &consumer = kConsumers[__i__];
  const auto server = start_server(coded_talk());
  const TalkFile file(kTalk);
  Pipeline pipeline(file_pipeline(file, *server) + " sink.src ! " +
                    consumed(consumer, pictures("", 175), directory));
  begin_an_hour_late(pipeline);
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  assert_in_order(recorder);
  assert_at_its_words(recorder.cues(), 2);
  fail_unless(pipeline.heard().warnings.empty(), "%s", pipeline.heard().warnings[0].c_str());
}
GST_END_TEST

// It is behind at first only: what tells when text is due changes once all has been sent.
GST_START_TEST(test_a_file_that_catches_up) {
  const auto server = start_server(coded_talk());
  const TalkFile file(14s);
  Pipeline pipeline(file_pipeline(file, *server) + " sink.src ! fakesink");
  begin_late(pipeline, 6s);
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for([](const Heard &heard) { return heard.eos; }, 14s + kDeadline);
  assert_in_order(recorder);
  assert_at_its_words(recorder.cues(), 4);
  fail_unless(pipeline.heard().warnings.empty(), "%s", pipeline.heard().warnings[0].c_str());
}
GST_END_TEST

// Its queue is full before the clock has come to its begin, and stops the source of both.
GST_START_TEST(test_a_picture_that_keeps_the_sound_away) {
  const auto server = start_server(coded_talk());
  const Movie movie(5s);
  Pipeline pipeline("filesrc location=" + movie.path() +
                    " ! matroskademux name=movie movie.video_0 ! queue max-size-buffers=25 ! "
                    "textoverlay name=overlay ! fakesink name=screen sync=true "
                    "movie.audio_0 ! queue max-size-buffers=5 ! audioconvert ! audioresample ! " +
                    sink_text(*server) + " sink.src ! overlay.text_sink");
  GstElement *overlay = gst_bin_get_by_name(GST_BIN(pipeline.element()), "overlay");
  GstPad *picture = gst_element_get_static_pad(overlay, "video_sink");
  gst_pad_set_offset(picture, 6 * GST_SECOND);
  gst_object_unref(picture);
  gst_object_unref(overlay);
  const FrameRecorder screen(pipeline, "screen");
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for([](const Heard &heard) { return heard.eos; }, 2 * kDeadline);
  fail_unless_equals_uint64(screen.frames().size(), frame_count(5s));
}
GST_END_TEST

namespace {

// A flush from the input of a queue on. While it lasts the source must not meet it: it would stop.
class Flush {
 public:
  Flush(const Pipeline &pipeline, const char *queue) {
    GstElement *element = gst_bin_get_by_name(GST_BIN(pipeline.element()), queue);
    input_ = gst_element_get_static_pad(element, "sink");
    source_ = gst_pad_get_peer(input_);
    gst_object_unref(element);
    const auto drop = [](GstPad *, GstPadProbeInfo *, gpointer self) {
      static_cast<Flush *>(self)->drops_ = true;
      return GST_PAD_PROBE_DROP;
    };
    probe_ = gst_pad_add_probe(source_, GST_PAD_PROBE_TYPE_BUFFER, drop, this, nullptr);
    poll_until([this] { return drops_.load(); });
    gst_pad_send_event(input_, gst_event_new_flush_start());
  }
  void stop(bool resets_time) {
    GstEvent *segment = gst_pad_get_sticky_event(source_, GST_EVENT_SEGMENT, 0);
    gst_pad_send_event(input_, gst_event_new_flush_stop(resets_time));
    gst_pad_send_event(input_, segment);
  }
  Flush(const Flush &) = delete;
  Flush &operator=(const Flush &) = delete;
  ~Flush() {
    gst_pad_remove_probe(source_, probe_);
    gst_object_unref(source_);
    gst_object_unref(input_);
  }

 private:
  GstPad *input_;
  GstPad *source_;
  gulong probe_;
  std::atomic<bool> drops_{false};
};

}  // namespace

GST_START_TEST(test_a_flush_that_lets_the_running_time_go_on) {
  const auto server = start_server();
  Pipeline pipeline(
      kLive + std::string("queue name=sound ! ") +
      captioner_text(Factory::sink, server->endpoint(), kPatient) +
      consumed(kConsumers[0],
               pictures("is-live=true", -1) + "queue name=picture leaky=downstream ! ", {}));
  begin_an_hour_late(pipeline);
  pipeline.wait_for_state(GST_STATE_PLAYING);
  {
    Flush picture(pipeline, "picture");
    Flush sound(pipeline, "sound");
    picture.stop(false);
    sound.stop(false);
  }
  pipeline.wait_for_state(GST_STATE_PLAYING);
}
GST_END_TEST

// The picture begins later than the sound: by what is between, the text has to come so far.
GST_START_TEST(test_a_picture_that_begins_later_than_the_sound) {
  static constexpr const char *kBetween[] = {
      "identity ! overlay.text_sink ", "queue ! overlay.text_sink ",
      "tee name=t t. ! queue ! fakesink async=false t. ! queue ! overlay.text_sink "};
  static constexpr const char *kOffsets[] = {"timestamp-offset=6000000000",
                                             "timestamp-offset=86400000000000"};
  const TalkFile file(kTalk);
  Consumer consumer = kConsumers[0];
  consumer.source = kBetween[__i__ / 2];
  Pipeline pipeline(file_pipeline(file, *start_server(coded_talk()), kPatient) + " sink.src ! " +
                    consumed(consumer, pictures(kOffsets[__i__ % 2], 250), {}));
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.wait_for_state(GST_STATE_PAUSED);
  pipeline.wait_for_state(GST_STATE_PLAYING);
  assert_in_order(recorder);
}
GST_END_TEST

GST_START_TEST(test_an_encoder_that_wants_many_pictures) {
  const TemporaryDirectory directory;
  const TalkFile file(kTalk);
  Pipeline pipeline(file_pipeline(file, *start_server(coded_talk()), kPatient) +
                    " sink.src ! overlay.text_sink " + pictures("", 175) +
                    "textoverlay name=overlay ! x264enc ! matroskamux ! filesink location=" +
                    directory.file("burnt.mkv"));
  pipeline.wait_for_state(GST_STATE_PAUSED);
}
GST_END_TEST

// Cues are in the files at the times of their words, however long the video takes.
GST_START_TEST(test_a_preroll_that_takes_long) {
  const TemporaryDirectory directory;
  const Consumer &consumer = kConsumers[1 + __i__ % 2];
  const bool seeks = __i__ / 4 % 2 == 1;
  const auto server = start_server(coded_talk());
  const TalkFile file(kTalk);
  const std::string source = "filesrc location=" + file.path() + " ! wavparse ! ";
  Pipeline pipeline(source +
                    captioner_text(factory_of(__i__ / 2), server->endpoint(),
                                   seeks ? "text-mode=words" : "text-mode=cues") +
                    consumed(consumer, pictures("", 175), directory));
  const PadRecorder recorder(pipeline, "sink", "src");
  SlowBranch slow(pipeline);
  slow.hold();
  pipeline.set_state(GST_STATE_PAUSED);
  recorder.wait_for([](const auto &items) { return !items.empty(); });
  pipeline.dwell(1500ms);
  slow.let_go();
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  assert_in_order(recorder);
  assert_at_its_words(recorder.cues(), 2);
  assert_at_its_words(read_cues(directory.file(consumer.file)), 2);
  fail_unless_equals_uint64(pipeline.stat("texts-late"), 0);
}
GST_END_TEST

GST_START_TEST(test_a_seek_after_which_preroll_takes_long) {
  const auto server = start_server(coded_talk());
  const TalkFile file(kTalk);
  Pipeline pipeline(file_pipeline(file, *server) + " sink.src ! " +
                    consumed(kConsumers[0], pictures("", 175) + "identity name=slow ! ", {}));
  const PadRecorder recorder(pipeline, "sink", "src");
  SlowBranch slow(pipeline);
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-turn");
  slow.hold();
  fail_unless(gst_element_seek_simple(pipeline.element(), GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, 0));
  pipeline.dwell(1500ms);
  const std::size_t before = recorder.cues().size();
  slow.let_go();
  pipeline.wait_for_eos();
  assert_in_order(recorder);
  std::vector<Cue> cues = recorder.cues();
  cues.erase(cues.begin(), cues.begin() + static_cast<std::ptrdiff_t>(before));
  assert_at_its_words(cues, 2);
  fail_unless_equals_uint64(pipeline.stat("texts-late"), 0);
}
GST_END_TEST

static Suite *preroll_suite() {
  Suite *suite = suite_create("preroll");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_a_live_pipeline_whose_running_time_is_long, 0,
                      2 * kConsumerCount);
  tcase_add_loop_test(tests, test_a_file_whose_time_was_long_ago, 0, kConsumerCount);
  tcase_add_test(tests, test_a_file_that_catches_up);
  tcase_add_test(tests, test_a_picture_that_keeps_the_sound_away);
  tcase_add_test(tests, test_a_flush_that_lets_the_running_time_go_on);
  tcase_add_loop_test(tests, test_a_picture_that_begins_later_than_the_sound, 0, 6);
  tcase_add_test(tests, test_an_encoder_that_wants_many_pictures);
  tcase_add_loop_test(tests, test_a_preroll_that_takes_long, 0, 8);
  tcase_add_test(tests, test_a_seek_after_which_preroll_takes_long);
  return suite;
}

CHECK_SUITE_NEEDS(preroll, {},
                  {"textoverlay", "matroskamux", "matroskademux", "mp4mux", "qtdemux", "x264enc"});
