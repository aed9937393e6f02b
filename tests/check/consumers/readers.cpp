// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// What the tests of consumers rely on: cues are read back from files, texts are told apart on
// the screen, and a pad that breaks the contract is noticed. The texts come from an appsrc.

#include "support/check.h"
#include "support/child.h"
#include "support/cues.h"
#include "support/frames.h"
#include "support/pad_recorder.h"
#include "support/pipeline.h"
#include "support/requirements.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

constexpr char kText[] = "appsrc name=text format=time caps=text/x-raw,format=utf8 ! ";
constexpr char kVideo[] =
    "videotestsrc pattern=black num-buffers=50 ! video/x-raw,width=160,height=120,framerate=10/1";
constexpr char kPicture[] = "video/x-raw,format=I420,width=320,height=80,framerate=10/1";

GstBuffer *text_buffer(const Cue &cue) {
  GstBuffer *buffer = gst_buffer_new_allocate(nullptr, cue.text.size(), nullptr);
  gst_buffer_fill(buffer, 0, cue.text.data(), cue.text.size());
  GST_BUFFER_PTS(buffer) = cue.start;
  GST_BUFFER_DURATION(buffer) = cue.end - cue.start;
  return buffer;
}

// Feeds the appsrc and runs to the end.
void play(Pipeline &pipeline, const std::vector<Cue> &cues) {
  GstElement *source = gst_bin_get_by_name(GST_BIN(pipeline.element()), "text");
  GstFlowReturn result = GST_FLOW_OK;
  for (const Cue &cue : cues) {
    GstBuffer *buffer = text_buffer(cue);
    g_signal_emit_by_name(source, "push-buffer", buffer, &result);
    gst_buffer_unref(buffer);
  }
  g_signal_emit_by_name(source, "end-of-stream", &result);
  gst_object_unref(source);
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  fail_unless(pipeline.heard().errors.empty());
}

// The first begins at 0 for FFmpeg's sake.
std::vector<Cue> some_cues() {
  return {{"First", 0, GST_SECOND},
          {"a < b & c > d\nin \"two\" lines", 1500 * GST_MSECOND, 2 * GST_SECOND},
          {"Žluťoučký 日本", 2 * GST_SECOND, 3250 * GST_MSECOND}};
}

}  // namespace

GST_START_TEST(test_a_subtitle_file_is_read_back) {
  static constexpr std::pair<const char *, const char *> kKinds[] = {{"srtenc", "cues.srt"},
                                                                     {"webvttenc", "cues.vtt"}};
  const auto &[encoder, name] = kKinds[__i__];
  const TemporaryDirectory directory;
  Pipeline pipeline(kText + std::string(encoder) +
                    " ! filesink name=sink location=" + directory.file(name));
  play(pipeline, some_cues());
  assert_cues(read_cues(directory.file(name)), some_cues());
}
GST_END_TEST

GST_START_TEST(test_the_cues_of_a_movie_are_read_back) {
  static constexpr std::pair<const char *, const char *> kKinds[] = {{"matroskamux", "movie.mkv"},
                                                                     {"mp4mux", "movie.mp4"}};
  const auto &[muxer, name] = kKinds[__i__];
  const TemporaryDirectory directory;
  Pipeline pipeline(std::string(kVideo) + " ! x264enc tune=zerolatency ! h264parse ! mux.video_0 " +
                    kText + "taginject tags=language-code=fr ! mux.subtitle_0 " + muxer +
                    " name=mux ! filesink name=sink location=" + directory.file(name));
  play(pipeline, some_cues());
  assert_cues(read_cues(directory.file(name)), some_cues());
  assert_cues(probe_cues(directory.file(name)), some_cues());
  const std::vector<ProbedStream> streams = probe_streams(directory.file(name));
  fail_unless_equals_uint64(streams.size(), 2);
  fail_unless_equals_text(streams[0].type, "video");
  fail_unless_equals_text(streams[0].codec, "h264");
  fail_unless_equals_text(streams[1].type, "subtitle");
  fail_unless_equals_text(streams[1].language, __i__ == 0 ? "fre" : "fra");
}
GST_END_TEST

GST_START_TEST(test_the_pictures_of_a_broadcast_are_timed) {
  const TemporaryDirectory directory;
  Pipeline pipeline(std::string(kVideo) + " ! x264enc tune=zerolatency ! h264parse ! mux. " +
                    kText + "textrender ! videoconvert ! dvbsubenc ! mux. " +
                    "mpegtsmux name=mux ! filesink name=sink location=" + directory.file("dvb.ts"));
  play(pipeline, some_cues());
  // What ends the last picture would come with the next text or gap.
  assert_cues(probe_pictures(directory.file("dvb.ts")),
              {{"", 0, GST_SECOND},
               {"", 1500 * GST_MSECOND, 2 * GST_SECOND},
               {"", 2 * GST_SECOND, GST_CLOCK_TIME_NONE}});
}
GST_END_TEST

GST_START_TEST(test_texts_are_told_apart_on_the_screen) {
  TextPictures pictures(kPicture);
  Pipeline pipeline("videotestsrc pattern=black num-buffers=40 ! " + std::string(kPicture) +
                    " ! textoverlay name=overlay " + TextPictures::kFont +
                    " ! fakesink name=sink " + kText + "overlay.text_sink");
  const FrameRecorder recorder(pipeline, "sink");
  play(pipeline, some_cues());
  fail_unless_equals_uint64(recorder.frames().size(), 40);
  const std::vector<Cue> cues = some_cues();
  const std::vector<Shown> seen =
      shown(recorder.frames(), pictures, {cues[0].text, cues[1].text, "another"});
  std::vector<Cue> as_cues;
  for (const Shown &one : seen)
    as_cues.push_back({one.known ? one.text : "?", one.start, one.end});
  assert_cues(as_cues, {cues[0],
                        {"", GST_SECOND, 1500 * GST_MSECOND},
                        cues[1],
                        {"?", 2 * GST_SECOND, 3300 * GST_MSECOND},
                        {"", 3300 * GST_MSECOND, 4 * GST_SECOND}});
}
GST_END_TEST

GST_START_TEST(test_a_new_text_is_seen_when_it_is_shown) {
  TextPictures pictures(kPicture, TextPictures::kFont, TextPictures::Format::markup);
  const std::string before = "one <span alpha=\"60%\">&amp; two</span>", after = "one &amp; two";
  fail_if(*pictures.of(before) == *pictures.of(after));
  Pipeline pipeline("videotestsrc pattern=black is-live=true ! " + std::string(kPicture) +
                    " ! textoverlay name=overlay " + TextPictures::kFont +
                    " ! fakesink name=sink sync=true");
  const FrameRecorder recorder(pipeline, "sink");
  GstElement *overlay = gst_bin_get_by_name(GST_BIN(pipeline.element()), "overlay");
  g_object_set(overlay, "text", before.c_str(), nullptr);
  const auto last_shows = [&](const std::string &text) {
    return [&pictures, text](const std::vector<Frame> &frames) {
      return !frames.empty() && pictures.shows(frames.back(), text);
    };
  };
  pipeline.set_state(GST_STATE_PLAYING);
  recorder.wait_for(last_shows(before));
  const GstClockTime changed_at = gst_element_get_current_running_time(overlay);
  g_object_set(overlay, "text", after.c_str(), nullptr);
  recorder.wait_for(last_shows(after));
  gst_object_unref(overlay);

  const std::vector<Shown> seen = shown(recorder.frames(), pictures, {before, after});
  fail_unless_equals_uint64(seen.size(), 2);
  fail_unless_equals_text(seen[0].text, before);
  fail_unless_equals_text(seen[1].text, after);
  fail_unless(seen[1].rendered > changed_at && seen[1].rendered >= seen[1].start);
}
GST_END_TEST

GST_START_TEST(test_markup_becomes_the_text_that_is_shown) {
  fail_unless_equals_text(plain_text("<i>a</i> &lt;b&gt; &amp;amp;\nc").value(), "a <b> &amp;\nc");
  fail_if(plain_text("a & b").has_value());
  fail_if(plain_text("<i>a").has_value());
}
GST_END_TEST

namespace {

// A pad of its own and what is sent on it, step by step.
class Sender {
 public:
  Sender() : pad_(gst_pad_new("src", GST_PAD_SRC)), recorder_(pad_) {
    gst_pad_set_active(pad_, TRUE);
  }
  Sender(const Sender &) = delete;
  Sender &operator=(const Sender &) = delete;
  ~Sender() { gst_object_unref(pad_); }

  const PadRecorder &recorder() const { return recorder_; }

  Sender &event(GstEvent *event) {
    gst_pad_push_event(pad_, event);
    return *this;
  }
  Sender &start(const char *format = "utf8") {
    return event(gst_event_new_stream_start("text"))
        .event(gst_event_new_caps(
            gst_caps_new_simple("text/x-raw", "format", G_TYPE_STRING, format, nullptr)))
        .segment()
        .event(gst_event_new_tag(gst_tag_list_new(GST_TAG_LANGUAGE_CODE, "en", nullptr)));
  }
  Sender &segment() {
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    return event(gst_event_new_segment(&segment));
  }
  Sender &gap(int start_ms, int duration_ms, GstGapFlags flags = GST_GAP_FLAG_MISSING_DATA) {
    GstEvent *gap = gst_event_new_gap(static_cast<GstClockTime>(start_ms) * GST_MSECOND,
                                      static_cast<GstClockTime>(duration_ms) * GST_MSECOND);
    gst_event_set_gap_flags(gap, flags);
    return event(gap);
  }
  Sender &text(int start_ms, int duration_ms, const std::string &text) {
    const GstClockTime start = static_cast<GstClockTime>(start_ms) * GST_MSECOND;
    gst_pad_push(pad_, text_buffer({text, start,
                                    start + static_cast<GstClockTime>(duration_ms) * GST_MSECOND}));
    return *this;
  }
  Sender &flush() {
    return event(gst_event_new_flush_start()).event(gst_event_new_flush_stop(TRUE));
  }

 private:
  GstPad *pad_;
  PadRecorder recorder_;
};

struct Fault {
  const char *violation;
  void (*send)(Sender &);
};

const Fault kFaults[] = {
    {"comes before tag",
     [](Sender &s) {
       s.event(gst_event_new_stream_start("text"))
           .event(gst_event_new_caps(gst_caps_new_empty_simple("text/x-raw")))
           .segment()
           .gap(0, 10);
     }},
    {"has caps that are not text",
     [](Sender &s) {
       s.event(gst_event_new_stream_start("text"))
           .event(gst_event_new_caps(gst_caps_new_empty_simple("audio/x-raw")));
     }},
    {"begins at", [](Sender &s) { s.start().gap(100, 100); }},
    {"begins at", [](Sender &s) { s.start().gap(0, 100).text(50, 100, "early"); }},
    {"begins at", [](Sender &s) { s.start().text(0, 100, "a").gap(101, 100); }},
    {"begins at", [](Sender &s) { s.start().gap(0, 100).flush().segment().gap(100, 100); }},
    {"has no duration", [](Sender &s) { s.start().text(0, 0, "no time"); }},
    {"without MISSING_DATA", [](Sender &s) { s.start().gap(0, 100, GstGapFlags{}); }},
    {"is blank", [](Sender &s) { s.start().text(0, 100, ""); }},
    {"is blank", [](Sender &s) { s.start().text(0, 100, " \n\u00a0"); }},
    {"is not UTF-8", [](Sender &s) { s.start().text(0, 100, "\xff"); }},
    {"has a NUL", [](Sender &s) { s.start().text(0, 100, std::string("a\0b", 3)); }},
    {"has a control character", [](Sender &s) { s.start().text(0, 100, "a\r\nb"); }},
    {"has an empty line", [](Sender &s) { s.start().text(0, 100, "a\n"); }},
    {"has an empty line", [](Sender &s) { s.start().text(0, 100, "a\n\nb"); }},
    {"is not markup", [](Sender &s) { s.start("pango-markup").text(0, 100, "a & b"); }},
    {"comes after EOS", [](Sender &s) { s.start().event(gst_event_new_eos()).gap(0, 100); }},
};

}  // namespace

GST_START_TEST(test_what_breaks_the_contract_is_noticed) {
  const Fault &fault = kFaults[__i__];
  Sender sender;
  fault.send(sender);
  const std::string found = sender.recorder().violations();
  fail_unless(found.find(fault.violation) != std::string::npos, "%s: %s", fault.violation,
              found.c_str());
}
GST_END_TEST

GST_START_TEST(test_what_keeps_the_contract_is_recorded) {
  Sender sender;
  sender.start("pango-markup").gap(0, 100).text(100, 400, "a &amp; b\nc").text(500, 100, "d");
  sender.gap(600, 1000).flush().segment().gap(0, 100).event(gst_event_new_eos());
  const PadRecorder &recorder = sender.recorder();
  fail_unless_equals_text(recorder.violations(), "");
  fail_unless_equals_uint64(recorder.items().size(), 5);
  assert_cues(recorder.cues(), {{"a &amp; b\nc", 100 * GST_MSECOND, 500 * GST_MSECOND},
                                {"d", 500 * GST_MSECOND, 600 * GST_MSECOND}});
  fail_unless_equals_text(recorder.language(), "en");
  fail_unless(recorder.markup());
  fail_unless(recorder.eos());
  recorder.wait_for_eos();
}
GST_END_TEST

static Suite *readers_suite() {
  Suite *suite = suite_create("readers");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_a_subtitle_file_is_read_back, 0, 2);
  tcase_add_loop_test(tests, test_the_cues_of_a_movie_are_read_back, 0, 2);
  tcase_add_test(tests, test_the_pictures_of_a_broadcast_are_timed);
  tcase_add_test(tests, test_texts_are_told_apart_on_the_screen);
  tcase_add_test(tests, test_a_new_text_is_seen_when_it_is_shown);
  tcase_add_test(tests, test_markup_becomes_the_text_that_is_shown);
  tcase_add_loop_test(tests, test_what_breaks_the_contract_is_noticed, 0, G_N_ELEMENTS(kFaults));
  tcase_add_test(tests, test_what_keeps_the_contract_is_recorded);
  return suite;
}

CHECK_SUITE_NEEDS(readers, {"ffprobe"},
                  {"textoverlay", "textrender", "subparse", "srtenc", "webvttenc", "dvbsubenc",
                   "mpegtsmux", "h264parse", "x264enc", "matroskamux", "mp4mux", "taginject"});
