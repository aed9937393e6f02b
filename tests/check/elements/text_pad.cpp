// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The text pad's contract: a header, then texts and gaps that follow one another from running time
// 0, whatever the network does.

#include <algorithm>

#include "support/check.h"
#include "support/text_pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

constexpr char kQuick[] = "latency=300 ";

struct EventDeleter {
  void operator()(GstEvent *event) const { gst_event_unref(event); }
};
using StickyEvent = std::unique_ptr<GstEvent, EventDeleter>;

StickyEvent sticky(const Pipeline &pipeline, const char *name, GstEventType type) {
  GstPad *pad = gst_element_get_static_pad(pipeline.sink(), name);
  StickyEvent event;
  // A pad keeps an event only when the element has taken it.
  const gint64 deadline = g_get_monotonic_time() + std::chrono::microseconds(kDeadline).count();
  while (!event && g_get_monotonic_time() < deadline) {
    event.reset(gst_pad_get_sticky_event(pad, type, 0));
    g_thread_yield();
  }
  gst_object_unref(pad);
  fail_unless(event != nullptr, "%s has no %s", name, gst_event_type_get_name(type));
  return event;
}

guint group_of(const Pipeline &pipeline, const char *pad) {
  guint group = GST_GROUP_ID_INVALID;
  fail_unless(
      gst_event_parse_group_id(sticky(pipeline, pad, GST_EVENT_STREAM_START).get(), &group));
  return group;
}

std::string stream_id_of(const Pipeline &pipeline, const char *pad) {
  const gchar *id = nullptr;
  gst_event_parse_stream_start(sticky(pipeline, pad, GST_EVENT_STREAM_START).get(), &id);
  return id;
}

// What a session meets, and how far its text must come all the same.
struct Phase {
  const char *name;
  testserver::Options options;
  const char *properties;
  bool ends = false;  // with an error
};

testserver::Options hanging() {
  return {.handshake = {.hang = true}};
}

testserver::Options silent() {
  testserver::Options options;
  options.engine = testserver::EngineKind::coded;  // a tone has no words
  return options;
}

const std::vector<Phase> kPhases{
    {"connecting", hanging(), ""},
    {"waiting for Begin", {.never_begin = true}, ""},
    {"streaming", {}, ""},
    {"a silent service", silent(), ""},
    {"a refused key", {.api_key = "another"}, "", true},
    {"no session", {.handshake = {.status = 503}}, "max-retries=0", true},
    {"between attempts", {.handshake = {.status = 503}}, "retry-delay-max=500"},
    {"a setting that is refused", {}, "vad-threshold=-0.5", true},
};

}  // namespace

GST_START_TEST(test_a_header_comes_first_and_eos_last) {
  const auto server = start_server();
  const Factory factory = factory_of(__i__);
  Pipeline pipeline(audio(20) + to_text_sink(factory, server->endpoint()));
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.set_state(GST_STATE_PLAYING);
  recorder.wait_for_eos();
  std::vector<std::string> events = recorder.events();
  // What may come in between, in words.
  std::erase_if(events, [](const std::string &name) { return name == "custom-downstream"; });
  // Upstream's tags may come after ours.
  events.erase(std::unique(events.begin(), events.end()), events.end());
  fail_unless(events ==
              std::vector<std::string>({"stream-start", "caps", "segment", "tag", "eos"}));
  fail_unless(!recorder.items().empty());
  assert_in_order(recorder);
}
GST_END_TEST

GST_START_TEST(test_the_stream_is_sparse_and_of_the_group_of_the_audio) {
  const auto server = start_server();
  Pipeline pipeline(kLive + to_text_sink(factory_of(__i__), server->endpoint()));
  std::vector<std::string> ids;
  for (int round = 0; round < 2; round++) {
    const PadRecorder recorder(pipeline, "sink", "src");
    pipeline.set_state(GST_STATE_PLAYING);
    wait_until(recorder, 0);
    fail_unless_equals_int(group_of(pipeline, "src"), group_of(pipeline, "sink"));
    fail_if(stream_id_of(pipeline, "src") == stream_id_of(pipeline, "sink"));
    GstStreamFlags flags = GST_STREAM_FLAG_NONE;
    gst_event_parse_stream_flags(sticky(pipeline, "src", GST_EVENT_STREAM_START).get(), &flags);
    fail_unless_equals_int(flags, GST_STREAM_FLAG_SPARSE);
    ids.push_back(stream_id_of(pipeline, "src"));
    pipeline.set_state(GST_STATE_READY);
    assert_in_order(recorder);
  }
}
GST_END_TEST

GST_START_TEST(test_the_language_is_told) {
  static const struct {
    const char *properties, *language;
  } kCases[] = {
      {"", "en"},
      {"language-code=de-AT", "de"},
      {"language-codes=<fr,en>", "fr"},
      {"language-code=de language-codes=<es>", "es"},
      {"language-code=multi", ""},
      {"language-detection=true", ""},
  };
  const auto server = start_server();
  Pipeline pipeline(kLive + to_text_sink(Factory::sink, server->endpoint(),
                                         std::string(kQuick) + kCases[__i__].properties));
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.set_state(GST_STATE_PLAYING);
  wait_until(recorder, 100 * GST_MSECOND);
  fail_unless_equals_text(recorder.language(), kCases[__i__].language);
}
GST_END_TEST

GST_START_TEST(test_a_detected_language_is_told) {
  testserver::Options options;
  options.scenario = R"({"turns": [
      {"text": "boa noite", "start": 100, "language": "pt-BR", "language_confidence": 0.9},
      {"text": "para si também", "start": 1600, "language": "pt", "language_confidence": 0.9}]})";
  const auto server = start_server(options);
  Pipeline pipeline(kLive + to_text_sink(Factory::sink, server->endpoint(),
                                         "latency=300 language-detection=true"));
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.set_state(GST_STATE_PLAYING);
  const auto finals = [&](std::size_t count) {
    return [&pipeline, count](const Heard &) {
      return pipeline.messages("assemblyai-turn").size() >= count;
    };
  };
  g_object_set(pipeline.sink(), "messages", 4 /* final */, nullptr);
  pipeline.wait_for(finals(1));
  wait_until(recorder, recorder.items().back().cue.end + 300 * GST_MSECOND);
  fail_unless_equals_text(recorder.language(), "pt");
  // A property that has nothing to do with it takes nothing back.
  g_object_set(pipeline.sink(), "max-lines", 3, nullptr);
  pipeline.wait_for(finals(2));
  wait_until(recorder, recorder.items().back().cue.end + 300 * GST_MSECOND);
  const std::vector<std::string> events = recorder.events();
  fail_unless_equals_int(std::count(events.begin(), events.end(), "tag"), 1);
}
GST_END_TEST

GST_START_TEST(test_gaps_come_before_any_data) {
  // Neither a key, nor a network, nor audio: but somebody may wait for text already.
  Pipeline pipeline("appsrc ! audio/x-raw,rate=16000,format=S16LE,channels=1 ! " +
                    to_text_sink(factory_of(__i__), kNowhere, "api-key=\"\""));
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.set_state(GST_STATE_PAUSED);
  wait_until(recorder, 40 * GST_MSECOND);
  assert_in_order(recorder);
  pipeline.set_state(GST_STATE_NULL);
  fail_unless(pipeline.heard().errors.empty());
}
GST_END_TEST

// Live, and a file at the clock's pace. (Without that text follows the sending, see below.)
GST_START_TEST(test_gaps_go_on_in_each_phase) {
  const Phase &phase = kPhases[static_cast<std::size_t>(__i__) / 3];
  const int way = __i__ % 3;
  const auto server = start_server(phase.options);
  Pipeline pipeline((way == 1 ? audio(-1) : kLive) +
                    to_text_sink(way == 2 ? Factory::transcriber : Factory::sink,
                                 server->endpoint(), kQuick + std::string(phase.properties)));
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.set_state(GST_STATE_PLAYING);
  if (phase.ends)
    pipeline.wait_for_error();
  wait_until(recorder, 1200 * GST_MSECOND);
  assert_in_order(recorder);
  fail_unless(recorder.items().size() >= 6, "%s: %zu", phase.name, recorder.items().size());
  fail_unless_equals_int(recorder.eos(), FALSE);
}
GST_END_TEST

GST_START_TEST(test_gaps_go_on_while_the_end_is_awaited) {
  const auto server = start_server({.terminate_answer = testserver::TerminateAnswer::silent});
  Pipeline pipeline(kLive + to_text_sink(factory_of(__i__), server->endpoint(), kQuick));
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-turn");
  gst_element_send_event(pipeline.element(), gst_event_new_eos());
  fail_unless(
      server->wait_for([](testserver::Server &s) { return s.session(0).terminated; }, kDeadline));
  wait_until(recorder, recorder.items().back().cue.end + GST_SECOND);
  fail_unless_equals_int(recorder.eos(), FALSE);
  assert_in_order(recorder);
}
GST_END_TEST

GST_START_TEST(test_a_pause_leaves_no_hole) {
  const auto server = start_server();
  Pipeline pipeline(kLive + to_text_sink(factory_of(__i__), server->endpoint(), kQuick));
  const PadRecorder recorder(pipeline, "sink", "src");
  GstClockTime end = 0;
  for (int round = 0; round < 3; round++) {
    pipeline.set_state(GST_STATE_PLAYING);
    end += 500 * GST_MSECOND;
    wait_until(recorder, end);
    pipeline.wait_for_state(GST_STATE_PAUSED);
  }
  assert_in_order(recorder);
  const std::vector<std::string> events = recorder.events();
  fail_unless_equals_int(std::count(events.begin(), events.end(), "stream-start"), 1);
}
GST_END_TEST

GST_START_TEST(test_nothing_comes_after_eos) {
  const auto server = start_server();
  Pipeline pipeline(audio(10) + to_text_sink(Factory::sink, server->endpoint(), kQuick));
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  fail_unless(recorder.eos());
  pipeline.dwell(300ms);
  pipeline.wait_for_state(GST_STATE_PAUSED);
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.dwell(200ms);
  assert_in_order(recorder);
}
GST_END_TEST

// Without a clock that paces the audio the text follows the sending of it: 20 s go out no faster
// than the service allows, and so come the gaps.
GST_START_TEST(test_unpaced_text_follows_the_sending) {
  const auto server = start_server(silent());
  const Factory factory = factory_of(__i__);
  Pipeline pipeline(audio(400) +
                    to_text_sink(factory, server->endpoint(),
                                 factory == Factory::sink ? "latency=300 sync=false" : kQuick));
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.set_state(GST_STATE_PLAYING);
  wait_until(recorder, 4 * GST_SECOND);
  const GstClockTime sent = pipeline.stat("audio-sent");
  const GstClockTime reached = recorder.items().back().cue.end;
  fail_unless(reached <= sent + 100 * GST_MSECOND, "%" GST_TIME_FORMAT " of %" GST_TIME_FORMAT,
              GST_TIME_ARGS(reached), GST_TIME_ARGS(sent));
  assert_in_order(recorder);
}
GST_END_TEST

// After the error the rest of a file is thrown away at once.
GST_START_TEST(test_unpaced_text_goes_on_after_the_error) {
  const auto server = start_server({.api_key = "another"});
  const Factory factory = factory_of(__i__);
  Pipeline pipeline(audio(200) +
                    to_text_sink(factory, server->endpoint(),
                                 factory == Factory::sink ? "latency=300 sync=false" : kQuick));
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_error();
  recorder.wait_for_eos();
  assert_in_order(recorder);
}
GST_END_TEST

static Suite *text_pad_suite() {
  Suite *suite = suite_create("text_pad");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_a_header_comes_first_and_eos_last, 0, 2);
  tcase_add_loop_test(tests, test_the_stream_is_sparse_and_of_the_group_of_the_audio, 0, 2);
  tcase_add_loop_test(tests, test_the_language_is_told, 0, 6);
  tcase_add_test(tests, test_a_detected_language_is_told);
  tcase_add_loop_test(tests, test_gaps_come_before_any_data, 0, 2);
  tcase_add_loop_test(tests, test_gaps_go_on_in_each_phase, 0,
                      3 * static_cast<int>(kPhases.size()));
  tcase_add_loop_test(tests, test_gaps_go_on_while_the_end_is_awaited, 0, 2);
  tcase_add_loop_test(tests, test_a_pause_leaves_no_hole, 0, 2);
  tcase_add_test(tests, test_nothing_comes_after_eos);
  tcase_add_loop_test(tests, test_unpaced_text_follows_the_sending, 0, 2);
  tcase_add_loop_test(tests, test_unpaced_text_goes_on_after_the_error, 0, 2);
  return suite;
}

CHECK_SUITE(text_pad);
