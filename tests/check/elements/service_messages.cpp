// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// What the service sends beside turns: revised speakers, answers of an LLM gateway,
// heartbeats, silence, warnings. Which are posted, and what is counted.

#include <map>

#include "support/check.h"
#include "support/pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

// Two turns, one word of each spoken by someone else than thought at first.
constexpr char kTurns[] = R"("turns":[
  {"words":[{"text":"yes","start":200,"end":500,"speaker":"A"},
            {"text":"no","start":500,"end":800,"speaker":"A","revised_speaker":"B"}],"end":1000},
  {"words":[{"text":"good","start":1500,"end":1800,"speaker":"A","revised_speaker":"C"}],
   "end":2000}])";

testserver::Options scenario(const std::string &text) {
  testserver::Options options;
  options.scenario = "{" + text + "}";
  return options;
}

std::string step(int at, const std::string &message) {
  return R"({"at":)" + std::to_string(at) + R"(,"do":"text","message":)" + message + "}";
}

// One of each kind.
testserver::Options one_of_each() {
  return scenario(
      kTurns + std::string(R"(,"steps":[{"at":2100,"do":"warning","code":77,"text":"Mind."},)") +
      step(2200, R"({"type":"LLMGatewayResponse","turn_order":1,"transcript":"Good.",)"
                 R"("data":{"choices":["ja"]}})") +
      "," +
      step(2300, R"({"type":"Heartbeat","total_audio_received_ms":2300,"total_duration_ms":2500,)"
                 R"("realtime_factor":0.92,"max_speech_probability":0.25})") +
      "," + step(2400, R"({"type":"Silence","start_ms":1000,"end_ms":1400})") + "]");
}

struct Run {
  std::unique_ptr<testserver::Server> server;
  TalkFile file{3s};
  Pipeline pipeline;

  explicit Run(testserver::Options options, const std::string &properties = "")
      : server(start_server(std::move(options))),
        pipeline(file_pipeline(
            file, *server,
            "sync=false extra-parameters=\"p,session_heartbeat=true\" " + properties)) {
    pipeline.set_state(GST_STATE_PLAYING);
    pipeline.wait_for_eos();
    fail_unless(pipeline.heard().errors.empty());
  }

  const GstStructure *only(const char *name) const {
    const auto found = pipeline.messages(name);
    fail_unless_equals_uint64(found.size(), 1);
    return found[0];
  }
};

const GstStructure *item(const GstStructure *structure, const char *field, guint index) {
  const GValue *array = gst_structure_get_value(structure, field);
  fail_unless(array != nullptr && gst_value_array_get_size(array) > index);
  return gst_value_get_structure(gst_value_array_get_value(array, index));
}

guint size_of(const GstStructure *structure, const char *field) {
  return gst_value_array_get_size(gst_structure_get_value(structure, field));
}

guint turn_of(const GstStructure *structure) {
  guint turn = 0;
  fail_unless(gst_structure_get_uint(structure, "turn", &turn), "no turn");
  return turn;
}

int order_of(const GstStructure *structure) {
  gint order = -1;
  fail_unless(gst_structure_get_int(structure, "turn-order", &order), "no turn-order");
  return order;
}

double double_field(const GstStructure *structure, const char *field) {
  gdouble number = 0;
  fail_unless(gst_structure_get_double(structure, field, &number), "%s is missing", field);
  return number;
}

}  // namespace

GST_START_TEST(test_revised_speakers_are_told_by_turn) {
  const Run run(scenario(kTurns), "speaker-labels=true");
  const GstStructure *revision = run.only("assemblyai-speaker-revision");
  fail_unless_equals_int(size_of(revision, "turns"), 2);
  const GstStructure *yes_no = item(revision, "turns", 0);
  fail_unless_equals_int(turn_of(yes_no), 0);
  fail_unless_equals_int(order_of(yes_no), 0);
  fail_unless_equals_text(string_field(yes_no, "speaker"), "A");
  fail_unless_equals_int(size_of(yes_no, "words"), 2);
  const GstStructure *no = item(yes_no, "words", 1);
  fail_unless_equals_text(string_field(no, "speaker"), "B");
  fail_unless_equals_uint64(time_field(no, "running-time"), 500 * GST_MSECOND);
  fail_unless_equals_uint64(end_time(no), 800 * GST_MSECOND);
  const GstStructure *good = item(revision, "turns", 1);
  fail_unless_equals_int(turn_of(good), 1);
  fail_unless_equals_text(string_field(good, "speaker"), "C");
}
GST_END_TEST

GST_START_TEST(test_numbers_of_revised_turns_count_on_over_sessions) {
  Run run(scenario(kTurns), "speaker-labels=true");
  fail_unless(
      gst_element_seek_simple(run.pipeline.element(), GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, 0));
  run.pipeline.wait_for([&](const Heard &) {
    return run.pipeline.messages("assemblyai-speaker-revision").size() == 2;
  });
  const GstStructure *again = run.pipeline.messages("assemblyai-speaker-revision")[1];
  for (guint i = 0; i < 2; i++) {
    fail_unless_equals_int(order_of(item(again, "turns", i)), static_cast<int>(i));
    fail_unless_equals_int(turn_of(item(again, "turns", i)), 2 + i);
  }
}
GST_END_TEST

GST_START_TEST(test_turns_that_were_not_reported_have_no_number) {
  const Run run(scenario(
      kTurns + std::string(R"(,"steps":[)") +
      step(1200, R"({"type":"SpeakerRevision","revisions":[)"
                 R"({"turn_order":7,"speaker_label":"UNKNOWN","words":[]}]})") +
      "," +
      step(1300, R"({"type":"LLMGatewayResponse","turn_order":7,"transcript":"?","data":{}})") +
      "]"));
  const GstStructure *turn = item(run.only("assemblyai-speaker-revision"), "turns", 0);
  const GstStructure *answer = run.only("assemblyai-llm-response");
  for (const GstStructure *structure : {turn, answer}) {
    fail_unless_equals_int(order_of(structure), 7);
    fail_if(gst_structure_has_field(structure, "turn"));
  }
  fail_if(gst_structure_has_field(turn, "speaker"));
  fail_unless_equals_int(size_of(turn, "words"), 0);
}
GST_END_TEST

GST_START_TEST(test_each_message_has_its_fields) {
  const Run run(one_of_each(), "speaker-labels=true");
  const GstStructure *warning = run.only("assemblyai-warning");
  fail_unless_equals_text(string_field(warning, "text"), "Mind.");
  gint code = 0;
  fail_unless(gst_structure_get_int(warning, "code", &code));
  fail_unless_equals_int(code, 77);

  const GstStructure *answer = run.only("assemblyai-llm-response");
  fail_unless_equals_int(turn_of(answer), 1);
  fail_unless_equals_int(order_of(answer), 1);
  fail_unless_equals_text(string_field(answer, "transcript"), "Good.");
  fail_unless_equals_text(string_field(answer, "json"), R"({"choices":["ja"]})");

  const GstStructure *heartbeat = run.only("assemblyai-heartbeat");
  fail_unless_equals_uint64(time_field(heartbeat, "audio-received"), 2300 * GST_MSECOND);
  fail_unless_equals_uint64(time_field(heartbeat, "session-duration"), 2500 * GST_MSECOND);
  fail_unless_equals_float(double_field(heartbeat, "realtime-factor"), 0.92);
  fail_unless_equals_float(double_field(heartbeat, "max-speech-probability"), 0.25);

  const GstStructure *silence = run.only("assemblyai-silence");
  fail_unless_equals_uint64(time_field(silence, "running-time"), 1000 * GST_MSECOND);
  fail_unless_equals_uint64(end_time(silence), 1400 * GST_MSECOND);
  fail_unless_equals_uint64(time_field(silence, "stream-time"), 1000 * GST_MSECOND);
  fail_unless_equals_uint64(time_field(silence, "stream-time") + time_field(silence, "duration"),
                            1400 * GST_MSECOND);
}
GST_END_TEST

// Each is posted with its flag, none without; all are counted in any case.
GST_START_TEST(test_flags_choose_and_stats_count) {
  static const std::map<std::string, std::string> kFlags{{"assemblyai-warning", "session"},
                                                         {"assemblyai-heartbeat", "session"},
                                                         {"assemblyai-silence", "speech"},
                                                         {"assemblyai-llm-response", "final"},
                                                         {"assemblyai-speaker-revision", "final"}};
  static constexpr const char *kChosen[] = {"session", "speech", "final", "partial", "raw"};
  const std::string chosen = kChosen[__i__];
  const Run run(one_of_each(), "speaker-labels=true messages=" + chosen);
  for (const auto &[name, flag] : kFlags)
    fail_unless_equals_uint64(run.pipeline.messages(name.c_str()).size(), flag == chosen ? 1 : 0);
  for (const char *counter : {"warnings", "heartbeats", "llm-responses", "speaker-revisions"})
    fail_unless(run.pipeline.stat(counter) == 1, "%s", counter);
  fail_unless_equals_uint64(run.pipeline.stat("silence"), 400 * GST_MSECOND);
  fail_unless_equals_float(double_field(run.pipeline.stats().get(), "realtime-factor"), 0.92);
}
GST_END_TEST

GST_START_TEST(test_silence_is_told_once) {
  static constexpr int kSilences[][2] = {{0, 500}, {0, 500}, {300, 800}, {100, 700}, {1000, 1200}};
  std::string steps;
  for (const auto &[start, end] : kSilences)
    steps += (steps.empty() ? "" : ",") +
             step(2000, R"({"type":"Silence","start_ms":)" + std::to_string(start) +
                            R"(,"end_ms":)" + std::to_string(end) + "}");
  const Run run(scenario(kTurns + std::string(R"(,"steps":[)") + steps + "]"));
  static constexpr int kTold[][2] = {{0, 500}, {500, 800}, {1000, 1200}};
  const auto told = run.pipeline.messages("assemblyai-silence");
  fail_unless_equals_uint64(told.size(), std::size(kTold));
  for (std::size_t i = 0; i < told.size(); i++) {
    fail_unless_equals_uint64(time_field(told[i], "running-time"), kTold[i][0] * GST_MSECOND);
    fail_unless_equals_uint64(end_time(told[i]), kTold[i][1] * GST_MSECOND);
  }
  fail_unless_equals_uint64(run.pipeline.stat("silence"), 1000 * GST_MSECOND);
}
GST_END_TEST

GST_START_TEST(test_heartbeats_and_silence_are_asked_for) {
  testserver::Options options = scenario(R"("turns":[{"text":"late","start":60000,"end":61000}])");
  options.heartbeat_interval = 50ms;
  const auto server = start_server(std::move(options));
  Pipeline pipeline(kLive + sink_text(*server,
                                      "extra-parameters=\"p,session_heartbeat=true,"
                                      "acknowledge_silence=true\""));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for([&](const Heard &) {
    return !pipeline.messages("assemblyai-heartbeat").empty() &&
           !pipeline.messages("assemblyai-silence").empty();
  });
  const GstStructure *silence = pipeline.messages("assemblyai-silence")[0];
  fail_unless_equals_uint64(end_time(silence) - time_field(silence, "running-time"), GST_SECOND);
}
GST_END_TEST

static Suite *service_messages_suite() {
  Suite *suite = suite_create("service_messages");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_revised_speakers_are_told_by_turn);
  tcase_add_test(tests, test_numbers_of_revised_turns_count_on_over_sessions);
  tcase_add_test(tests, test_turns_that_were_not_reported_have_no_number);
  tcase_add_test(tests, test_each_message_has_its_fields);
  tcase_add_loop_test(tests, test_flags_choose_and_stats_count, 0, 5);
  tcase_add_test(tests, test_silence_is_told_once);
  tcase_add_test(tests, test_heartbeats_and_silence_are_asked_for);
  return suite;
}

CHECK_SUITE(service_messages);
