// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Nothing of a pipeline stays when it is gone, however its session ended: checked
// with GStreamer's leaks tracer, which the environment of this test turns on.

#include "support/check.h"
#include "support/text_pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

void count_line(GstDebugCategory *, GstDebugLevel, const gchar *, const gchar *, gint, GObject *,
                GstDebugMessage *message, gpointer count) {
  const gchar *text = gst_debug_message_get(message);
  if (text != nullptr && g_str_has_prefix(text, "object-alive"))
    ++*static_cast<guint *>(count);
}

// Live objects and mini objects, by the tracer's log. (Its list of them drops
// references that it does not own, in 1.22.)
guint live_objects() {
  guint count = 0;
  GList *tracers = gst_tracing_get_active_tracers();
  fail_unless(tracers != nullptr, "GST_TRACERS=leaks is not set");
  gst_debug_remove_log_function(gst_debug_log_default);
  gst_debug_set_threshold_for_name("GST_TRACER", GST_LEVEL_TRACE);
  gst_debug_add_log_function(count_line, &count, nullptr);
  g_signal_emit_by_name(tracers->data, "log-live-objects");
  gst_debug_remove_log_function(count_line);
  g_list_free_full(tracers, gst_object_unref);
  return count;
}

// The I/O thread may hold a message a moment longer.
void wait_for_live_objects(guint most) {
  const gint64 end = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;
  while (live_objects() > most && g_get_monotonic_time() < end)
    g_thread_yield();
  fail_unless(live_objects() <= most, "%u live objects, not %u", live_objects(), most);
}

void end_by_eos() {
  const auto server = start_server();
  const TalkFile file(500ms);
  Pipeline pipeline(file_pipeline(file, *server, "sync=false"));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
}

void end_by_stop() {
  const auto server = start_server();
  Pipeline pipeline("audiotestsrc is-live=true ! audio/x-raw,rate=16000 ! " + sink_text(*server));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-turn");
}

void end_by_error() {
  testserver::Options options;
  options.refusal = {1008, "Unauthorized Connection: Invalid API key"};
  const auto server = start_server(options);
  const TalkFile file(500ms);
  Pipeline pipeline(file_pipeline(file, *server));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_error();
}

void end_while_connecting() {
  testserver::Options options;
  options.never_begin = true;
  const auto server = start_server(options);
  Pipeline pipeline("audiotestsrc is-live=true ! audio/x-raw,rate=16000 ! " + sink_text(*server));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-connection");
}

void end_by_flush() {
  const auto server = start_server();
  const TalkFile file(3s);
  Pipeline pipeline(file_pipeline(file, *server));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-turn");
  gst_element_seek_simple(pipeline.element(), GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, GST_SECOND);
  pipeline.wait_for_element_message("assemblyai-session-begin");
}

void end_of_text(Factory factory) {
  const auto server = start_server();
  const TalkFile file(2s);
  Pipeline pipeline("filesrc location=" + file.path() + " ! wavparse ! " +
                    to_text_sink(factory, server->endpoint(), "latency=300"));
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.set_state(GST_STATE_PLAYING);
  recorder.wait_for_eos();
}

void end_of_text_of_a_sink() {
  end_of_text(Factory::sink);
}

void end_of_text_of_a_transcriber() {
  end_of_text(Factory::transcriber);
}

// Pads are released, and one is left to the element.
void end_with_text_pads() {
  const auto server = start_server();
  Pipeline pipeline(kLive + sink_text(*server));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-turn");
  for (int i = 0; i < 4; i++) {
    GstPad *pad = gst_element_request_pad_simple(pipeline.sink(), "src");
    wait_until(PadRecorder(pad), 0);
    if (i < 3)
      gst_element_release_request_pad(pipeline.sink(), pad);
    gst_object_unref(pad);
  }
}

constexpr void (*kWays[])() = {end_by_eos,
                               end_by_stop,
                               end_by_error,
                               end_while_connecting,
                               end_by_flush,
                               end_of_text_of_a_sink,
                               end_of_text_of_a_transcriber,
                               end_with_text_pads};

}  // namespace

GST_START_TEST(test_the_tracer_sees_what_is_alive) {
  const guint before = live_objects();
  GstElement *element = gst_element_factory_make("assemblyaisink", nullptr);
  fail_unless(live_objects() > before);
  gst_object_unref(element);
}
GST_END_TEST

GST_START_TEST(test_nothing_stays_of_a_pipeline) {
  // The first time loads plugins, pad templates and caps that stay.
  kWays[__i__]();
  const guint before = live_objects();
  for (int round = 0; round < 3; round++)
    kWays[__i__]();
  wait_for_live_objects(before);
}
GST_END_TEST

static Suite *leaks_suite() {
  Suite *suite = suite_create("leaks");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_the_tracer_sees_what_is_alive);
  tcase_add_loop_test(tests, test_nothing_stays_of_a_pipeline, 0,
                      static_cast<int>(std::size(kWays)));
  return suite;
}

CHECK_SUITE(leaks);
