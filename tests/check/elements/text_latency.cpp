// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// What the text pad says of its latency, and that others who wait for text get ready with it.

#include <algorithm>
#include <atomic>

#include "support/check.h"
#include "support/requirements.h"
#include "support/text_pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

struct Latency {
  bool live = false;
  GstClockTime min = 0;
  GstClockTime max = 0;
};

Latency latency_of(GstElement *sink) {
  GstPad *pad = gst_element_get_static_pad(sink, "src");
  GstQuery *query = gst_query_new_latency();
  fail_unless(gst_pad_query(pad, query));
  Latency latency;
  gboolean live = FALSE;
  gst_query_parse_latency(query, &live, &latency.min, &latency.max);
  latency.live = live != FALSE;
  gst_query_unref(query);
  gst_object_unref(pad);
  return latency;
}

// What the source says, as soon as it has negotiated.
GstClockTime wait_for_upstream(GstElement *sink) {
  GstPad *pad = gst_element_get_static_pad(sink, "sink");
  GstQuery *query = gst_query_new_latency();
  poll_until([&] { return gst_pad_peer_query(pad, query) != FALSE; });
  GstClockTime min = 0;
  gst_query_parse_latency(query, nullptr, &min, nullptr);
  gst_query_unref(query);
  gst_object_unref(pad);
  return min;
}

GstClockTime latency_of_pipeline(const Pipeline &pipeline) {
  GstQuery *query = gst_query_new_latency();
  fail_unless(gst_element_query(pipeline.element(), query));
  GstClockTime min = GST_CLOCK_TIME_NONE;
  gst_query_parse_latency(query, nullptr, &min, nullptr);
  gst_query_unref(query);
  return min;
}

// Counts the LATENCY messages of the element.
struct LatencyMessages {
  explicit LatencyMessages(const Pipeline &pipeline)
      : bus(gst_element_get_bus(pipeline.element())) {
    gst_bus_set_sync_handler(bus, count_message, this, nullptr);
  }
  ~LatencyMessages() {
    gst_bus_set_sync_handler(bus, nullptr, nullptr, nullptr);
    gst_object_unref(bus);
  }
  LatencyMessages(const LatencyMessages &) = delete;
  LatencyMessages &operator=(const LatencyMessages &) = delete;

  static GstBusSyncReply count_message(GstBus *, GstMessage *message, gpointer data) {
    const bool ours = GST_IS_ELEMENT(GST_MESSAGE_SRC(message)) &&
                      g_str_equal(GST_OBJECT_NAME(GST_MESSAGE_SRC(message)), "sink");
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_LATENCY && ours)
      static_cast<LatencyMessages *>(data)->count++;
    return GST_BUS_PASS;
  }

  GstBus *bus;
  std::atomic<int> count{0};
};

// A programme with captions.
std::string programme(const std::string &audio_source, Factory factory, const std::string &endpoint,
                      const std::string &properties = "") {
  return "videotestsrc ! video/x-raw,width=64,height=48,framerate=25/1 ! "
         "textoverlay name=overlay ! fakesink name=screen sync=true " +
         audio_source + captioner_text(factory, endpoint, properties) + "overlay.text_sink";
}

// Video that begins later than the audio.
void drop_frames_before(const Pipeline &pipeline, GstClockTime time) {
  GstElement *overlay = gst_bin_get_by_name(GST_BIN(pipeline.element()), "overlay");
  GstPad *pad = gst_element_get_static_pad(overlay, "video_sink");
  gst_pad_add_probe(
      pad, GST_PAD_PROBE_TYPE_BUFFER,
      [](GstPad *, GstPadProbeInfo *info, gpointer first) {
        const bool early = GST_BUFFER_PTS(gst_pad_probe_info_get_buffer(info)) <
                           *static_cast<GstClockTime *>(first);
        return early ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
      },
      new GstClockTime(time), [](gpointer first) { delete static_cast<GstClockTime *>(first); });
  gst_object_unref(pad);
  gst_object_unref(overlay);
}

GstClockTime position_of(const Pipeline &pipeline, const char *element) {
  GstElement *found = gst_bin_get_by_name(GST_BIN(pipeline.element()), element);
  gint64 position = -1;
  const gboolean known = gst_element_query_position(found, GST_FORMAT_TIME, &position);
  gst_object_unref(found);
  return known ? static_cast<GstClockTime>(position) : 0;
}

}  // namespace

GST_START_TEST(test_latency_is_told_before_any_data) {
  static const struct {
    const char *source, *properties;
    bool transcriber, live;
    GstClockTime own;
  } kCases[] = {
      {kLive, "", false, true, 4000},
      {kLive, "latency=1500", false, true, 1500},
      {kLive, "transcribe-latency=1700", false, true, 1700},
      {kLive, "latency=1500 text-mode=rolling", false, true, 100},
      {kLive, "latency=200", false, true, 200},
      {kLive, "", true, true, 4000},
      {kLive, "text-mode=rolling", true, true, 100},
      {"audiotestsrc ! ", "latency=1500", false, true, 1500},
      {"audiotestsrc ! ", "latency=1500 sync=false", false, false, 0},
      {"audiotestsrc ! ", "latency=1500", true, false, 0},
  };
  const auto &test = kCases[__i__];
  Pipeline pipeline(test.source +
                    to_text_sink(test.transcriber ? Factory::transcriber : Factory::sink, kNowhere,
                                 test.properties));
  for (const GstState state : {GST_STATE_NULL, GST_STATE_READY, GST_STATE_PAUSED}) {
    pipeline.set_state(state);
    latency_of(pipeline.sink());
  }
  const GstClockTime upstream = wait_for_upstream(pipeline.sink());
  const Latency latency = latency_of(pipeline.sink());
  fail_unless_equals_int(latency.live, test.live);
  fail_unless_equals_uint64(latency.min, test.own * GST_MSECOND + upstream);
  if (test.live)
    fail_unless_equals_uint64(latency.max, GST_CLOCK_TIME_NONE);
}
GST_END_TEST

GST_START_TEST(test_latency_is_told_when_upstream_says_nothing) {
  GstElement *element =
      gst_element_factory_make(__i__ == 0 ? "assemblyaisink" : "assemblyaitranscriber", nullptr);
  gst_object_ref_sink(element);
  GstPad *pad = __i__ == 0 ? gst_element_request_pad_simple(element, "src") : nullptr;
  const Latency latency = latency_of(element);
  // Paced by the clock, or by nothing.
  fail_unless_equals_int(latency.live, __i__ == 0);
  fail_unless_equals_uint64(latency.min, __i__ == 0 ? 4 * GST_SECOND : 0);
  if (pad != nullptr) {
    gst_element_release_request_pad(element, pad);
    gst_object_unref(pad);
  }
  gst_object_unref(element);
}
GST_END_TEST

GST_START_TEST(test_text_that_nobody_takes_costs_no_latency) {
  static const char *const kConsumers[] = {"", "sink. ! fakesink name=text sync=true async=false",
                                           "sink. ! fakesink name=text sync=true async=false"};
  Pipeline pipeline(std::string(kLive) + "assemblyaisink name=sink latency=1500 endpoint=" +
                    kNowhere + " api-key=k " + kConsumers[__i__]);
  if (__i__ == 2) {  // requested, not linked
    GstPad *pad = gst_element_get_static_pad(pipeline.sink(), "src");
    GstPad *peer = gst_pad_get_peer(pad);
    fail_unless(gst_pad_unlink(pad, peer));
    gst_object_unref(peer);
    gst_object_unref(pad);
  }
  pipeline.set_state(GST_STATE_PAUSED);
  if (__i__ > 0)
    wait_for_upstream(pipeline.sink());
  const GstClockTime latency = latency_of_pipeline(pipeline);
  if (__i__ == 1)
    fail_unless(latency >= 1550 * GST_MSECOND);
  else
    fail_unless(latency < 200 * GST_MSECOND, "%" GST_TIME_FORMAT, GST_TIME_ARGS(latency));
}
GST_END_TEST

GST_START_TEST(test_another_latency_is_announced_under_both_names) {
  Pipeline pipeline(kLive + to_text_sink(factory_of(__i__), kNowhere));
  std::vector<std::string> notified;
  g_signal_connect(pipeline.sink(), "notify",
                   G_CALLBACK(+[](GObject *, GParamSpec *spec, gpointer names) {
                     static_cast<std::vector<std::string> *>(names)->emplace_back(spec->name);
                   }),
                   &notified);
  const LatencyMessages messages(pipeline);
  for (const char *name : {"latency", "transcribe-latency"}) {
    notified.clear();
    const int before = messages.count;
    g_object_set(pipeline.sink(), name, *name == 'l' ? 700 : 900, nullptr);
    fail_unless_equals_int(messages.count, before + 1);
    for (const char *wanted : {"latency", "transcribe-latency"})
      fail_unless_equals_int(std::count(notified.begin(), notified.end(), wanted), 1);
    guint latency = 0;
    g_object_get(pipeline.sink(), *name == 'l' ? "transcribe-latency" : "latency", &latency,
                 nullptr);
    fail_unless_equals_int(latency, *name == 'l' ? 700 : 900);
  }
  const int before = messages.count;
  g_object_set(pipeline.sink(), "latency", 900, nullptr);
  fail_unless_equals_int(messages.count, before);
}
GST_END_TEST

// The event of the pipeline reaches upstream, but the audio goes out as it comes.
GST_START_TEST(test_the_latency_of_the_captions_does_not_delay_the_audio) {
  const auto server = start_server();
  Pipeline pipeline(std::string("audiotestsrc name=source is-live=true samplesperbuffer=800 ! "
                                "audio/x-raw,rate=16000 ! ") +
                    to_text_sink(factory_of(__i__), server->endpoint(), "latency=30000"));
  std::atomic<bool> heard{false};
  GstElement *source = gst_bin_get_by_name(GST_BIN(pipeline.element()), "source");
  GstPad *pad = gst_element_get_static_pad(source, "src");
  gst_pad_add_probe(
      pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM,
      [](GstPad *, GstPadProbeInfo *info, gpointer flag) {
        GstEvent *event = gst_pad_probe_info_get_event(info);
        GstClockTime latency = 0;
        if (GST_EVENT_TYPE(event) == GST_EVENT_LATENCY) {
          gst_event_parse_latency(event, &latency);
          if (latency >= 30 * GST_SECOND)
            static_cast<std::atomic<bool> *>(flag)->store(true);
        }
        return GST_PAD_PROBE_OK;
      },
      &heard, nullptr);
  GstElement *text = gst_bin_get_by_name(GST_BIN(pipeline.element()), "text");
  g_object_set(text, "sync", TRUE, nullptr);
  gst_object_unref(text);
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-turn");
  gst_bin_recalculate_latency(
      GST_BIN(pipeline.element()));  // as applications do when they are told to
  fail_unless(heard);
  gst_object_unref(pad);
  gst_object_unref(source);
}
GST_END_TEST

// The video waits for text before the first frame is there to be shown.
GST_START_TEST(test_a_programme_gets_ready) {
  static const GstClockTime kFirstFrames[] = {0, 500 * GST_MSECOND, 3 * GST_SECOND};
  const TalkFile file(1s);
  Pipeline pipeline(programme("filesrc location=" + file.path() + " ! wavparse ! ",
                              factory_of(__i__ / 3), kNowhere));
  drop_frames_before(pipeline, kFirstFrames[__i__ % 3]);
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.wait_for_state(GST_STATE_PAUSED);
  assert_in_order(recorder);
}
GST_END_TEST

// A file that takes long to come is nothing for the captions to run ahead of.
GST_START_TEST(test_text_does_not_run_ahead_of_audio_that_is_missing) {
  Pipeline pipeline("appsrc ! audio/x-raw,rate=16000,format=S16LE,channels=1 ! " +
                    captioner_text(Factory::sink, kNowhere) + "queue ! " + kTextSink);
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.set_state(GST_STATE_PAUSED);
  pipeline.dwell(2s);
  fail_unless_equals_uint64(recorder.items().size(), 1);
}
GST_END_TEST

// And again after a seek.
GST_START_TEST(test_a_programme_gets_ready_after_a_seek) {
  static const GstClockTime kFirstFrames[] = {0, 500 * GST_MSECOND, 2 * GST_SECOND};
  const bool paused = __i__ >= 3;
  const auto server = start_server(coded_talk());
  const TalkFile file(6s);
  Pipeline pipeline(programme("filesrc location=" + file.path() + " ! wavparse ! ", Factory::sink,
                              server->endpoint(), "latency=600"));
  drop_frames_before(pipeline, kFirstFrames[__i__ % 3]);
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.wait_for_state(GST_STATE_PAUSED);
  if (!paused) {
    pipeline.set_state(GST_STATE_PLAYING);
    pipeline.wait_for_element_message("assemblyai-turn");
  }
  fail_unless(gst_element_seek_simple(
      pipeline.element(), GST_FORMAT_TIME,
      static_cast<GstSeekFlags>(GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_ACCURATE), 0));
  pipeline.wait_for_state(GST_STATE_PLAYING);
  poll_until(
      [&] { return position_of(pipeline, "screen") >= kFirstFrames[__i__ % 3] + GST_SECOND; });
  assert_in_order(recorder);
}
GST_END_TEST

static Suite *text_latency_suite() {
  Suite *suite = suite_create("text_latency");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_latency_is_told_before_any_data, 0, 10);
  tcase_add_loop_test(tests, test_latency_is_told_when_upstream_says_nothing, 0, 2);
  tcase_add_loop_test(tests, test_text_that_nobody_takes_costs_no_latency, 0, 3);
  tcase_add_loop_test(tests, test_another_latency_is_announced_under_both_names, 0, 2);
  tcase_add_loop_test(tests, test_the_latency_of_the_captions_does_not_delay_the_audio, 0, 2);
  tcase_add_test(tests, test_text_does_not_run_ahead_of_audio_that_is_missing);
  if (!machine_has({}, {"textoverlay"}))
    return suite;
  tcase_add_loop_test(tests, test_a_programme_gets_ready, 0, 6);
  tcase_add_loop_test(tests, test_a_programme_gets_ready_after_a_seek, 0, 6);
  return suite;
}

CHECK_SUITE(text_latency);
