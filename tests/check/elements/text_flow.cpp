// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// What consumers answer, and what they ask for: refusals, other consumers, flushes, events.

#include <algorithm>
#include <atomic>

#include "support/check.h"
#include "support/requirements.h"
#include "support/text_consumer.h"
#include "support/text_pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

// A caption every second or so.
constexpr char kOften[] = "latency=300 max-cue-duration=600 min-cue-duration=100 ";

std::size_t count_of(const std::vector<std::string> &list, const std::string &item) {
  return static_cast<std::size_t>(std::count(list.begin(), list.end(), item));
}

std::string kind_of(const Pipeline &pipeline) {
  const Heard &heard = pipeline.heard();
  return std::string(g_quark_to_string(heard.error_codes.at(0)->domain)) + " " +
         std::to_string(heard.error_codes[0]->code);
}

GstPad *source_pad(const Pipeline &pipeline, const char *name) {
  GstElement *element = gst_bin_get_by_name(GST_BIN(pipeline.element()), name);
  GstPad *pad = gst_element_get_static_pad(element, "src");
  gst_object_unref(element);
  return pad;
}

void refuse_seeks(const Pipeline &pipeline, const char *name) {
  GstPad *pad = source_pad(pipeline, name);
  gst_pad_set_event_function(pad, [](GstPad *refusing, GstObject *parent, GstEvent *event) {
    if (GST_EVENT_TYPE(event) != GST_EVENT_SEEK)
      return gst_pad_event_default(refusing, parent, event);
    gst_event_unref(event);
    return gboolean{FALSE};
  });
  gst_object_unref(pad);
}

}  // namespace

// Nobody, somebody who has had enough, somebody who flushes: none is an error, and text goes on as
// soon as it is taken.
GST_START_TEST(test_refusals_that_are_no_errors) {
  static const GstFlowReturn kFlows[] = {GST_FLOW_NOT_LINKED, GST_FLOW_EOS, GST_FLOW_FLUSHING};
  const auto server = start_server();
  Pipeline pipeline(kLive + to_text_sink(factory_of(__i__ / 3), server->endpoint(), kOften));
  const PadRecorder recorder(pipeline, "sink", "src");
  TextConsumer consumer(pipeline);
  consumer.answer(kFlows[__i__ % 3]);
  pipeline.set_state(GST_STATE_PLAYING);
  consumer.wait_for_texts(2);
  consumer.answer(GST_FLOW_OK);
  consumer.wait_for_texts(4);
  pipeline.drain_bus();
  fail_unless(pipeline.heard().errors.empty());
  fail_unless_equals_uint64(server->open_sessions(), 1);
  assert_in_order(recorder);
}
GST_END_TEST

// By the convention for flow errors: one message of the element's, and the end of the stream.
GST_START_TEST(test_refusals_that_are_errors) {
  static const GstFlowReturn kFlows[] = {GST_FLOW_ERROR, GST_FLOW_NOT_NEGOTIATED};
  const GstFlowReturn flow = kFlows[__i__ % 2];
  const auto server = start_server();
  Pipeline pipeline(kLive + to_text_sink(factory_of(__i__ / 2), server->endpoint(), kOften));
  TextConsumer consumer(pipeline);
  consumer.answer(flow);
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_error();
  fail_unless_equals_text(kind_of(pipeline), std::string("gst-stream-error-quark ") +
                                                 std::to_string(GST_STREAM_ERROR_FAILED));
  const std::string debug = pipeline.heard().debugs[0];
  fail_unless(debug.find(gst_flow_get_name(flow)) != std::string::npos, "%s", debug.c_str());
  consumer.wait_for_event("eos");
  fail_unless_equals_uint64(consumer.texts().size(), 1);
  // Nobody pays for text that nobody takes.
  wait_all_closed(*server);
  fail_unless(server->session(0).terminated);
  // Upstream goes on, and ends as always.
  gst_element_send_event(pipeline.element(), gst_event_new_eos());
  if (factory_of(__i__ / 2) == Factory::sink)
    pipeline.wait_for_eos();
  pipeline.drain_bus();
  fail_unless_equals_uint64(pipeline.heard().errors.size(), 1);
  fail_unless_equals_uint64(server->session_count(), 1);
  // READY forgets it.
  consumer.answer(GST_FLOW_OK);
  pipeline.set_state(GST_STATE_READY);
  pipeline.set_state(GST_STATE_PLAYING);
  consumer.wait_for_texts(3);
}
GST_END_TEST

GST_START_TEST(test_another_consumer_gets_a_header_and_data) {
  const auto server = start_server();
  Pipeline pipeline(kLive + to_text_sink(factory_of(__i__), server->endpoint(), kOften));
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.set_state(GST_STATE_PLAYING);
  wait_until(recorder, 500 * GST_MSECOND);
  for (int round = 0; round < 3; round++) {
    TextConsumer consumer(pipeline);
    consumer.wait_for_texts(1);
    std::vector<std::string> events = consumer.events();
    events.resize(4);
    fail_unless(events == std::vector<std::string>({"stream-start", "caps", "segment", "tag"}));
  }
  assert_in_order(recorder);
}
GST_END_TEST

GST_START_TEST(test_markup_for_those_who_take_nothing_else) {
  testserver::Options options;
  options.scenario = R"({"turns": [{"words": [
      {"text": "<b>", "start": 300, "end": 500}, {"text": "R&D", "start": 500, "end": 800}],
      "formatted": "<b> R&D"}], "repeat_ms": 1000})";
  const auto server = start_server(options);
  Pipeline pipeline(kLive + to_text_sink(Factory::sink, server->endpoint(), "latency=2000"));
  const PadRecorder recorder(pipeline, "sink", "src");
  TextConsumer plain(pipeline);
  pipeline.set_state(GST_STATE_PLAYING);
  plain.wait_for_texts(1);
  fail_unless_equals_int(recorder.markup(), FALSE);
  fail_unless_equals_text(plain.texts()[0], "<b> R&D");
  {
    TextConsumer markup(pipeline, "text/x-raw,format=pango-markup");
    markup.wait_for_texts(1);
    fail_unless_equals_int(recorder.markup(), TRUE);
    fail_unless_equals_text(markup.texts()[0], "&lt;b&gt; R&amp;D");
  }
  TextConsumer both(pipeline, "text/x-raw,format={ pango-markup, utf8 }");
  both.wait_for_texts(1);
  fail_unless_equals_text(both.texts()[0], "<b> R&D");
  assert_in_order(recorder);
}
GST_END_TEST

// A seek comes by every way there is; the audio's source hears of it once, and its answer is
// everybody's.
GST_START_TEST(test_a_seek_goes_upstream_once) {
  const auto server = start_server(coded_talk());
  const TalkFile file(6s);
  const Factory factory = factory_of(__i__);
  const bool seekable = __i__ < 2;
  const std::string source = seekable
                                 ? "filesrc location=" + file.path() + " ! wavparse"
                                 : "audiotestsrc ! audio/x-raw,rate=16000 ! identity name=refuses";
  Pipeline pipeline(source + " ! identity name=before ! " +
                    to_text_sink(factory, server->endpoint(), "latency=300"));
  if (!seekable)
    refuse_seeks(pipeline, "refuses");
  TextConsumer consumer(pipeline);
  std::atomic<int> seeks{0};
  GstPad *pad = source_pad(pipeline, "before");
  gst_pad_add_probe(
      pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM,
      [](GstPad *, GstPadProbeInfo *info, gpointer count) {
        if (GST_EVENT_TYPE(gst_pad_probe_info_get_event(info)) == GST_EVENT_SEEK)
          ++*static_cast<std::atomic<int> *>(count);
        return GST_PAD_PROBE_OK;
      },
      &seeks, nullptr);
  pipeline.set_state(GST_STATE_PLAYING);
  if (seekable)
    consumer.wait_for_texts(1);
  else
    consumer.wait_for_event("segment");
  for (int round = 1; round <= 2; round++) {
    GstEvent *seek = gst_event_new_seek(1.0, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH,
                                        GST_SEEK_TYPE_SET, GST_SECOND, GST_SEEK_TYPE_NONE, 0);
    if (factory == Factory::sink)
      fail_unless_equals_int(gst_element_send_event(pipeline.sink(), gst_event_ref(seek)),
                             seekable);
    fail_unless_equals_int(gst_pad_push_event(consumer.pad(), gst_event_ref(seek)), seekable);
    fail_unless_equals_int(gst_pad_push_event(consumer.pad(), seek), seekable);
    fail_unless_equals_int(seeks, round);
  }
  gst_object_unref(pad);
}
GST_END_TEST

GST_START_TEST(test_quality_of_text_does_not_concern_the_audio) {
  const auto server = start_server();
  Pipeline pipeline(kLive + to_text_sink(factory_of(__i__), server->endpoint(), kOften));
  const PadRecorder recorder(pipeline, "sink", "src");
  TextConsumer consumer(pipeline);
  std::atomic<int> came{0};
  GstPad *pad = gst_element_get_static_pad(pipeline.sink(), "sink");
  gst_pad_add_probe(
      pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM,
      [](GstPad *, GstPadProbeInfo *info, gpointer count) {
        const GstEventType type = GST_EVENT_TYPE(gst_pad_probe_info_get_event(info));
        if (type == GST_EVENT_QOS || type == GST_EVENT_RECONFIGURE)
          ++*static_cast<std::atomic<int> *>(count);
        return GST_PAD_PROBE_OK;
      },
      &came, nullptr);
  pipeline.set_state(GST_STATE_PLAYING);
  consumer.wait_for_texts(1);
  came = 0;
  fail_unless(gst_pad_push_event(consumer.pad(),
                                 gst_event_new_qos(GST_QOS_TYPE_UNDERFLOW, 2.0, 100, GST_SECOND)));
  fail_unless(gst_pad_push_event(consumer.pad(), gst_event_new_reconfigure()));
  consumer.wait_for_texts(3);
  fail_unless_equals_int(came, 0);
  fail_unless(count_of(consumer.events(), "stream-start") == 1);
  assert_in_order(recorder);
  gst_object_unref(pad);
}
GST_END_TEST

// Downstream goes away for a while, alone: after it there is a header again.
GST_START_TEST(test_a_consumer_that_restarts_gets_a_header) {
  const auto server = start_server();
  Pipeline pipeline(kLive + to_text_sink(factory_of(__i__), server->endpoint(), kOften));
  const PadRecorder recorder(pipeline, "sink", "src");
  TextConsumer consumer(pipeline);
  pipeline.set_state(GST_STATE_PLAYING);
  consumer.wait_for_texts(1);
  gst_pad_set_active(consumer.pad(), FALSE);
  // Some texts find nobody.
  const std::size_t turns = pipeline.messages("assemblyai-turn").size();
  pipeline.wait_for(
      [&](const Heard &) { return pipeline.messages("assemblyai-turn").size() > turns + 5; });
  gst_pad_set_active(consumer.pad(), TRUE);
  consumer.wait_for_texts(3);
  fail_unless(count_of(consumer.events(), "segment") >= 2);
  pipeline.drain_bus();
  fail_unless(pipeline.heard().errors.empty());
}
GST_END_TEST

// A textoverlay on its way to READY refuses text, but takes it again when a stream begins, and
// then keeps it for ever.
GST_START_TEST(test_an_overlay_that_stops_is_left_alone) {
  const auto server = start_server();
  std::vector<std::unique_ptr<Pipeline>> pipelines;
  for (int i = 0; i < 12; i++) {
    pipelines.push_back(std::make_unique<Pipeline>(
        kLive +
        captioner_text(factory_of(__i__), server->endpoint(), "text-mode=words latency=8000") +
        "overlay.text_sink "
        "videotestsrc is-live=true ! video/x-raw,width=32,height=32,framerate=25/1 ! "
        "queue max-size-time=9000000000 max-size-buffers=0 max-size-bytes=0 ! "
        "textoverlay name=overlay ! fakesink sync=true"));
    pipelines.back()->set_state(GST_STATE_PLAYING);
  }
  // Words wait one behind the other.
  for (const auto &pipeline : pipelines)
    pipeline->wait_for([&](const Heard &) { return !pipeline->transcript().empty(); });
  for (const auto &pipeline : pipelines)
    pipeline->set_state(GST_STATE_NULL);
}
GST_END_TEST

static Suite *text_flow_suite() {
  Suite *suite = suite_create("text_flow");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_refusals_that_are_no_errors, 0, 6);
  tcase_add_loop_test(tests, test_refusals_that_are_errors, 0, 4);
  tcase_add_loop_test(tests, test_another_consumer_gets_a_header_and_data, 0, 2);
  tcase_add_test(tests, test_markup_for_those_who_take_nothing_else);
  tcase_add_loop_test(tests, test_a_seek_goes_upstream_once, 0, 4);
  tcase_add_loop_test(tests, test_quality_of_text_does_not_concern_the_audio, 0, 2);
  tcase_add_loop_test(tests, test_a_consumer_that_restarts_gets_a_header, 0, 2);
  tcase_add_loop_test(tests, test_an_overlay_that_stops_is_left_alone, 0, 2);
  return suite;
}

CHECK_SUITE_NEEDS(text_flow, {}, {"textoverlay"});
