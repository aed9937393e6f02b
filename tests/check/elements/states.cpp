// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// State changes, flushes and reuse: what connects when, what ends how.

#include <algorithm>

#include <utility>

#include "support/check.h"
#include "support/event.h"
#include "support/pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

GST_START_TEST(test_paused_needs_neither_key_nor_network) {
  const auto server = start_server();
  const TalkFile file(1s);
  Pipeline pipeline("filesrc location=" + file.path() +
                    " ! wavparse ! assemblyaisink name=sink endpoint=" + server->endpoint());
  pipeline.wait_for_state(GST_STATE_PAUSED);
  fail_unless_equals_uint64(server->handshake_attempts(), 0);
  GstQuery *latency = gst_query_new_latency();
  fail_unless(gst_element_query(pipeline.element(), latency));
  gst_query_unref(latency);
  pipeline.drain_bus();
  fail_unless(pipeline.heard().errors.empty());
}
GST_END_TEST

GST_START_TEST(test_a_lone_element_answers_latency_in_paused) {
  GstElement *source = gst_element_factory_make("fakesrc", nullptr);
  GstElement *sink = gst_element_factory_make("assemblyaisink", nullptr);
  GstElement *bin = gst_pipeline_new(nullptr);
  g_object_set(source, "is-live", TRUE, nullptr);
  gst_bin_add_many(GST_BIN(bin), source, sink, nullptr);
  fail_unless(gst_element_link(source, sink));
  fail_unless(gst_element_set_state(bin, GST_STATE_PAUSED) != GST_STATE_CHANGE_FAILURE);
  gst_element_set_state(bin, GST_STATE_NULL);
  gst_object_unref(bin);
}
GST_END_TEST

// A microphone buffers 200 ms, and the captions beside it may have seconds of latency.
GST_START_TEST(test_a_source_that_cannot_wait_does_not_have_to) {
  const auto server = start_server();
  Pipeline pipeline(
      "appsrc name=source is-live=true format=time do-timestamp=true min-latency=0 "
      "max-latency=200000000 "
      "caps=audio/x-raw,format=S16LE,rate=16000,channels=1,layout=interleaved ! " +
      sink_text(*server));
  GstElement *source = gst_bin_get_by_name(GST_BIN(pipeline.element()), "source");
  pipeline.set_state(GST_STATE_PLAYING);
  GstFlowReturn flow = GST_FLOW_OK;
  GstBuffer *buffer = gst_buffer_new_allocate(nullptr, 1600, nullptr);
  g_signal_emit_by_name(source, "push-buffer", buffer, &flow);
  gst_buffer_unref(buffer);
  gst_object_unref(source);
  pipeline.wait_for_element_message("assemblyai-session-begin");
  GstQuery *query = gst_query_new_latency();
  fail_unless(gst_element_query(pipeline.sink(), query));
  gboolean live = FALSE;
  GstClockTime max = 0;
  gst_query_parse_latency(query, &live, nullptr, &max);
  gst_query_unref(query);
  fail_unless(live);
  fail_unless_equals_uint64(max, GST_CLOCK_TIME_NONE);
}
GST_END_TEST

GST_START_TEST(test_the_latency_of_the_pipeline_does_not_delay_the_audio) {
  const auto server = start_server();
  // A branch with a second of latency beside ours.
  Pipeline pipeline(std::string("audiotestsrc is-live=true samplesperbuffer=800 ! "
                                "audio/x-raw,rate=16000 ! tee name=t ! queue ! ") +
                    sink_text(*server) +
                    " t. ! queue min-threshold-time=1000000000 max-size-time=3000000000 "
                    "max-size-buffers=0 ! fakesink sync=true");
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for([&](const Heard &) { return pipeline.messages("assemblyai-turn").size() > 1; });
  GstQuery *query = gst_query_new_latency();
  fail_unless(gst_element_query(pipeline.element(), query));
  GstClockTime latency = 0;
  gst_query_parse_latency(query, nullptr, &latency, nullptr);
  gst_query_unref(query);
  fail_unless(latency >= GST_SECOND);
  // Delayed audio would arrive, and be reported, a second after its time.
  GstClock *clock = gst_element_get_clock(pipeline.element());
  const GstClockTime base = gst_element_get_base_time(pipeline.element());
  const GstClockTime now = gst_clock_get_time(clock) - base;
  const guint64 rendered = pipeline.stat("audio-sent") + pipeline.stat("audio-queued");
  gst_object_unref(clock);
  fail_unless(rendered + GST_SECOND * 9 / 10 > now, "%" GST_TIME_FORMAT " behind",
              GST_TIME_ARGS(now - rendered));
}
GST_END_TEST

GST_START_TEST(test_going_to_ready_sends_the_rest_and_terminates) {
  const auto server = start_server(coded_talk());
  const TalkFile file(5s);
  Pipeline pipeline(file_pipeline(file, *server));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-turn");
  pipeline.set_state(__i__ == 0 ? GST_STATE_READY : GST_STATE_NULL);
  wait_all_closed(*server);
  const testserver::ReceivedSession session = server->session(0);
  fail_unless(session.terminated);
  // What was rendered, from the beginning and to the last byte of a buffer.
  const std::vector<std::uint8_t> talk = talk_bytes(5s);
  const std::size_t got = std::min(session.audio.size(), talk.size());
  fail_unless(got >= 8000);
  assert_received(session, {talk.begin(),
                            talk.begin() + static_cast<std::ptrdiff_t>(pipeline.stat("audio-sent") *
                                                                       32000 / GST_SECOND)});
  pipeline.drain_bus();
  fail_unless(pipeline.heard().errors.empty());
}
GST_END_TEST

GST_START_TEST(test_eos_while_connecting_loses_nothing) {
  testserver::Options options = coded_talk();
  options.begin_delay = 300ms;
  const auto server = start_server(options);
  const TalkFile file(2s);
  Pipeline pipeline(file_pipeline(file, *server, "sync=false"));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  assert_received(server->session(0), talk_bytes(2s));
  fail_unless_equals_text(pipeline.transcript(), talk_text(2s));
}
GST_END_TEST

GST_START_TEST(test_an_error_elsewhere_still_terminates_the_session) {
  const auto server = start_server(coded_talk());
  Pipeline pipeline(std::string(kLive) + "identity error-after=40 ! " + sink_text(*server));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_error();
  pipeline.set_state(GST_STATE_NULL);
  wait_all_closed(*server);
  fail_unless(server->session(0).terminated);
  fail_unless(server->session(0).audio_bytes >= 38 * 1600);
}
GST_END_TEST

GST_START_TEST(test_pausing_keeps_the_session_and_its_words) {
  const auto server = start_server(coded_talk());
  const TalkFile file(3s);
  Pipeline pipeline(file_pipeline(file, *server));
  pipeline.set_state(GST_STATE_PLAYING);
  for (int i = 0; i < 3; i++) {
    pipeline.wait_for_element_message("assemblyai-turn");
    pipeline.wait_for_state(GST_STATE_PAUSED);
    fail_unless_equals_uint64(server->open_sessions(), 1);
    pipeline.set_state(GST_STATE_PLAYING);
  }
  pipeline.wait_for_eos();
  fail_unless_equals_uint64(server->session_count(), 1);
  assert_received(server->session(0), talk_bytes(3s));
  fail_unless_equals_text(pipeline.transcript(), talk_text(3s));
}
GST_END_TEST

GST_START_TEST(test_a_pipeline_can_be_used_again) {
  const auto server = start_server(coded_talk());
  const TalkFile file(1s);
  Pipeline pipeline(file_pipeline(file, *server, "sync=false"));
  for (std::size_t round = 0; round < 4; round++) {
    pipeline.set_state(GST_STATE_PLAYING);
    pipeline.wait_for(
        [&](const Heard &) { return pipeline.messages("assemblyai-session-end").size() > round; });
    pipeline.set_state(round % 2 == 0 ? GST_STATE_READY : GST_STATE_NULL);
    assert_received(server->session(round), talk_bytes(1s));
  }
  fail_unless_equals_uint64(server->session_count(), 4);
  wait_all_closed(*server);
}
GST_END_TEST

GST_START_TEST(test_a_flushing_seek_starts_a_new_session_with_the_new_audio) {
  const auto server = start_server(coded_talk());
  const TalkFile file(6s);
  Pipeline pipeline(file_pipeline(file, *server));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-turn");
  fail_unless(gst_element_seek_simple(
      pipeline.element(), GST_FORMAT_TIME,
      static_cast<GstSeekFlags>(GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_ACCURATE), 4 * GST_SECOND));
  pipeline.wait_for_eos();
  wait_all_closed(*server);
  fail_unless_equals_uint64(server->session_count(), 2);
  fail_unless(server->session(0).terminated);
  const std::vector<std::uint8_t> talk = talk_bytes(6s);
  assert_received(server->session(1), {talk.begin() + 4 * 32000, talk.end()});
  // Running time starts anew, stream time is the file's.
  const GstStructure *turn = pipeline.messages("assemblyai-turn").back();
  fail_unless(time_field(turn, "stream-time") >= 4 * GST_SECOND - 50 * GST_MSECOND);
  fail_unless(time_field(turn, "running-time") < 3 * GST_SECOND);
}
GST_END_TEST

GST_START_TEST(test_flushing_releases_a_pipeline_that_waits) {
  // A peer that accepts and never answers: the queue fills and render waits.
  testserver::Options options;
  options.never_begin = true;
  const auto server = start_server(options);
  const TalkFile file(5s);
  Pipeline pipeline(file_pipeline(file, *server, "sync=false max-backlog=1000"));
  pipeline.set_state(GST_STATE_PLAYING);
  fail_unless(
      server->wait_for([](testserver::Server &s) { return s.session_count() == 1; }, kDeadline));
  fail_unless(gst_element_seek_simple(pipeline.element(), GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, 0));
  pipeline.set_state(GST_STATE_NULL);
  wait_all_closed(*server);
}
GST_END_TEST

// Ends a pipeline in a phase that the server holds it in; nothing may take long,
// fail, or stay open.
GST_START_TEST(test_any_phase_can_be_left_at_once) {
  static const struct {
    const char *name;
    bool hang;
    bool never_begin;
    testserver::TerminateAnswer terminate;
    const char *until;
    bool eos;
  } kPhases[] = {
      {"connecting", true, false, testserver::TerminateAnswer::normal, nullptr, false},
      {"waiting for Begin", false, true, testserver::TerminateAnswer::normal, nullptr, false},
      {"streaming", false, false, testserver::TerminateAnswer::normal, "assemblyai-turn", false},
      {"draining", false, false, testserver::TerminateAnswer::silent, "assemblyai-turn", true},
  };
  const auto &phase = kPhases[__i__ / 2];
  testserver::Options options;
  options.proxied = true;
  options.never_begin = phase.never_begin;
  options.terminate_answer = phase.terminate;
  const auto server = start_server(options);
  server->proxy()->hang(phase.hang);
  Pipeline pipeline(std::string(kLive) + sink_text(*server));
  pipeline.set_state(GST_STATE_PLAYING);
  if (phase.until != nullptr)
    pipeline.wait_for_element_message(phase.until);
  else if (phase.hang)
    fail_unless(server->wait_for(
        [](testserver::Server &s) { return s.proxy()->open_connections() == 1; }, kDeadline));
  else
    fail_unless(
        server->wait_for([](testserver::Server &s) { return s.session_count() == 1; }, kDeadline));
  if (phase.eos) {
    gst_element_send_event(pipeline.element(), gst_event_new_eos());
    fail_unless(
        server->wait_for([](testserver::Server &s) { return s.session(0).terminated; }, kDeadline));
  }
  const gint64 begin = g_get_monotonic_time();
  pipeline.set_state(__i__ % 2 == 0 ? GST_STATE_NULL : GST_STATE_READY);
  const gint64 took = g_get_monotonic_time() - begin;
  // Far below any limit of the element (10 s), far above a busy machine's hiccups.
  fail_unless(took < 5 * G_USEC_PER_SEC, "%s: %d ms", phase.name, static_cast<int>(took / 1000));
  fail_unless(server->wait_for(
      [](testserver::Server &s) { return s.proxy()->open_connections() == 0; }, kDeadline));
  pipeline.drain_bus();
  fail_unless(pipeline.heard().errors.empty());
}
GST_END_TEST

GST_START_TEST(test_elements_can_be_destroyed_while_their_session_goes_on) {
  testserver::Options options;
  options.terminate_answer = testserver::TerminateAnswer::silent;
  const auto server = start_server(options);
  for (int i = 0; i < 10; i++) {
    Pipeline pipeline(std::string(kLive) + sink_text(*server));
    pipeline.set_state(GST_STATE_PLAYING);
    pipeline.wait_for_element_message("assemblyai-session-begin");
  }
  wait_all_closed(*server);
  for (std::size_t i = 0; i < server->session_count(); i++)
    fail_unless(server->session(i).terminated);
}
GST_END_TEST

// The last caption is cleared at EOS. The handler of that waits for a state change.
GST_START_TEST(test_a_notification_may_change_the_state) {
  const auto server = start_server(coded_talk());
  const TalkFile file(2s);
  Pipeline pipeline(file_pipeline(file, *server, "sync=false"));
  struct Seen {
    Event changed;
    bool had_text = false;
  } seen;
  g_signal_connect(pipeline.sink(), "notify::current-caption",
                   G_CALLBACK(+[](GstElement *sink, GParamSpec *, gpointer data) {
                     auto *self = static_cast<Seen *>(data);
                     gchar *text = nullptr;
                     g_object_get(sink, "current-caption", &text, nullptr);
                     const bool has_text = text != nullptr && *text != '\0';
                     g_free(text);
                     if (std::exchange(self->had_text, has_text) && !has_text) {
                       gst_element_set_locked_state(sink, TRUE);
                       gst_element_set_state(sink, GST_STATE_READY);
                       self->changed.set();
                     }
                   }),
                   &seen);
  pipeline.set_state(GST_STATE_PLAYING);
  fail_unless(seen.changed.wait());
  gst_element_set_locked_state(pipeline.sink(), FALSE);
  pipeline.set_state(GST_STATE_NULL);
}
GST_END_TEST

// A stream without a session yet has nothing to report of one.
GST_START_TEST(test_the_last_session_stays_known_after_a_flush) {
  const auto server = start_server(coded_talk());
  const TalkFile file(2s);
  Pipeline pipeline(file_pipeline(file, *server, "sync=false"));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-session-begin");
  server->change([](auto &options) { options.never_begin = true; });
  fail_unless(gst_element_seek_simple(pipeline.element(), GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, 0));
  fail_unless(server->wait_for([](testserver::Server &s) { return s.handshake_attempts() == 2; },
                               kDeadline));
  const Structure stats = pipeline.stats();
  fail_unless_equals_text(string_field(stats.get(), "session-id"), server->session(0).id);
}
GST_END_TEST

GST_START_TEST(test_a_sync_handler_may_stop_the_pipeline) {
  const auto server = start_server();
  Pipeline pipeline(std::string(kLive) + sink_text(*server));
  GstBus *bus = gst_element_get_bus(pipeline.element());
  // READY for the sink only, from the thread that posts: it must not wait for itself.
  gst_bus_set_sync_handler(
      bus,
      [](GstBus *, GstMessage *message, gpointer sink) {
        if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ELEMENT &&
            gst_message_has_name(message, "assemblyai-turn")) {
          gst_element_set_locked_state(GST_ELEMENT(sink), TRUE);
          gst_element_set_state(GST_ELEMENT(sink), GST_STATE_READY);
        }
        return GST_BUS_PASS;
      },
      pipeline.sink(), nullptr);
  gst_object_unref(bus);
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-turn");
  wait_all_closed(*server);
  fail_unless(server->session(0).terminated);
  gst_element_set_locked_state(pipeline.sink(), FALSE);
}
GST_END_TEST

GST_START_TEST(test_many_elements_share_one_thread) {
  const auto server = start_server();
  std::string description;
  for (int i = 0; i < 20; i++) {
    description +=
        std::string(kLive) +
        sink_text(*server).replace(0, std::string("assemblyaisink name=sink").size(),
                                   i == 0 ? "assemblyaisink name=sink" : "assemblyaisink") +
        " ";
  }
  Pipeline pipeline(description);
  pipeline.set_state(GST_STATE_PLAYING);
  // Audio has come: the element knows that its session has begun.
  fail_unless(server->wait_for(
      [](testserver::Server &s) {
        std::size_t streaming = 0;
        for (std::size_t i = 0; i < s.session_count(); i++)
          s.inspect(i, [&](const auto &session) { streaming += session.audio_bytes > 0; });
        return streaming == 20;
      },
      kDeadline));
  pipeline.wait_for_element_message("assemblyai-turn");
  pipeline.set_state(GST_STATE_NULL);
  wait_all_closed(*server);
  for (std::size_t i = 0; i < 20; i++)
    fail_unless(server->session(i).terminated);
}
GST_END_TEST

static Suite *states_suite() {
  Suite *suite = suite_create("states");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_paused_needs_neither_key_nor_network);
  tcase_add_test(tests, test_a_lone_element_answers_latency_in_paused);
  tcase_add_test(tests, test_a_source_that_cannot_wait_does_not_have_to);
  tcase_add_test(tests, test_the_latency_of_the_pipeline_does_not_delay_the_audio);
  tcase_add_loop_test(tests, test_going_to_ready_sends_the_rest_and_terminates, 0, 2);
  tcase_add_test(tests, test_eos_while_connecting_loses_nothing);
  tcase_add_test(tests, test_an_error_elsewhere_still_terminates_the_session);
  tcase_add_test(tests, test_pausing_keeps_the_session_and_its_words);
  tcase_add_test(tests, test_a_pipeline_can_be_used_again);
  tcase_add_test(tests, test_a_flushing_seek_starts_a_new_session_with_the_new_audio);
  tcase_add_test(tests, test_flushing_releases_a_pipeline_that_waits);
  tcase_add_loop_test(tests, test_any_phase_can_be_left_at_once, 0, 8);
  tcase_add_test(tests, test_elements_can_be_destroyed_while_their_session_goes_on);
  tcase_add_test(tests, test_a_notification_may_change_the_state);
  tcase_add_test(tests, test_the_last_session_stays_known_after_a_flush);
  tcase_add_test(tests, test_a_sync_handler_may_stop_the_pipeline);
  tcase_add_test(tests, test_many_elements_share_one_thread);
  return suite;
}

CHECK_SUITE(states);
