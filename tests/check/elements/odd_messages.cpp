// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Messages of the service that are not as its documentation has them: what can be read of them
// reaches the bus and the text pad.

#include <sstream>

#include "support/check.h"
#include "support/text_pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

struct Step {
  int at = 0;  // milliseconds of audio
  std::string message;
};

// A service that says nothing but these messages.
testserver::Options says(const std::vector<Step> &steps) {
  testserver::Options options;
  options.empty_final = false;
  options.scenario = R"({"turns":[{"text":"late","start":600000,"word_ms":300}],"steps":[)";
  for (const Step &step : steps)
    options.scenario += (options.scenario.back() == '[' ? R"({"at":)" : R"(,{"at":)") +
                        std::to_string(step.at) + R"(,"do":"text","message":)" + step.message + "}";
  options.scenario += "]}";
  return options;
}

// Three seconds of audio through it.
struct Run {
  std::unique_ptr<testserver::Server> server;
  Pipeline pipeline;
  PadRecorder recorder{pipeline, "sink", "src"};

  explicit Run(const std::vector<Step> &steps, const std::string &properties = "")
      : server(start_server(says(steps))),
        pipeline(audio(62) + to_text_sink(Factory::transcriber, server->endpoint(),
                                          "text-mode=cues " + properties)) {
    pipeline.set_state(GST_STATE_PLAYING);
    pipeline.wait_for_eos();
    assert_in_order(recorder);
  }

  void assert_all_was_understood() const {
    fail_unless(pipeline.heard().warnings.empty(), "%s", pipeline.heard().warnings[0].c_str());
    fail_unless_equals_uint64(pipeline.stat("messages-undecodable"), 0);
  }
  // The text of all cues, on one line.
  std::string shown() const {
    std::string text;
    for (const Cue &cue : recorder.cues())
      text += (text.empty() ? "" : " ") + cue.text;
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
  }
};

std::string word(const std::string &fields) {
  return R"({"text":"evening",)" + fields + R"("confidence":1,"word_is_final":true})";
}

std::string final_turn(int order, const std::string &fields) {
  return R"({"type":"Turn","turn_order":)" + std::to_string(order) +
         R"(,"end_of_turn":true,"turn_is_formatted":true,)" + fields + "}";
}

constexpr char kGood[] = R"({"text":"Good","start":1000,"end":1300,"word_is_final":true})";

}  // namespace

GST_START_TEST(test_messages_without_a_type_are_understood) {
  const Run run(
      {{1500, R"({"timestamp":900,"confidence":0.9})"},
       {1600, std::string(R"({"turn_order":0,"end_of_turn":false,"transcript":"","words":[)") +
                  kGood + "]}"},
       {2000, std::string(R"({"turn_order":0,"end_of_turn":true,"turn_is_formatted":true,)") +
                  R"("transcript":"Good evening.","words":[)" + kGood + "," +
                  word(R"("start":1400,"end":1900,)") + "]}"},
       {2200, R"({"warning_code":7,"warning":"Mind."})"},
       {2300, R"({"type":null,"turn_order":0,"transcript":"x","data":{}})"},
       {2400, R"({"type":"silence","start_ms":2000,"end_ms":2400})"}});
  run.assert_all_was_understood();
  fail_unless_equals_text(run.pipeline.transcript(), "Good evening.");
  fail_unless_equals_text(run.shown(), "Good evening.");
  for (const char *name : {"assemblyai-speech-started", "assemblyai-warning",
                           "assemblyai-llm-response", "assemblyai-silence"})
    fail_unless_equals_uint64(run.pipeline.messages(name).size(), 1);
}
GST_END_TEST

static const char *const kBadTimes[] = {
    R"("start":null,"end":1900,)",
    R"("start":-5,"end":1900,)",
    R"("start":"1400","end":"1900",)",
    R"("start":"soon","end":{},)",
    "",
    R"("start":1400,)",
    R"("end":1900,)",
    R"("start":1e300,"end":1e300,)",
    R"("start":100000000,"end":100000001,)",
    R"("start":1900,"end":1400,)",
    R"("start":true,"end":[],"confidence":"high","speaker":7,)",
};

// A word without a usable time has one behind its neighbour, within the audio.
GST_START_TEST(test_a_word_without_a_time_is_not_lost) {
  const std::string words = std::string("[") + kGood + "," + word(kBadTimes[__i__]) + "]";
  const Run run({{2000, final_turn(0, R"("transcript":"Good evening.","words":)" + words)}});
  run.assert_all_was_understood();
  fail_unless_equals_text(run.pipeline.transcript(), "Good evening.");
  fail_unless_equals_text(run.shown(), "Good evening.");
  const auto heard = run.pipeline.words();
  fail_unless_equals_uint64(heard.size(), 2);
  fail_unless_equals_uint64(heard[0].start, 1000 * GST_MSECOND);
  fail_unless(heard[1].start >= heard[0].start && heard[1].start <= heard[1].end);
  fail_unless(heard[1].end <= 3100 * GST_MSECOND, "%" GST_TIME_FORMAT, GST_TIME_ARGS(heard[1].end));
  const Cue cue = run.recorder.cues()[0];
  fail_unless_equals_uint64(cue.start, 1000 * GST_MSECOND);
}
GST_END_TEST

static const char *const kBadTurns[] = {
    R"("transcript":"Good evening.","words":[])",
    R"("transcript":"Good evening.","words":null)",
    R"("transcript":"Good evening.")",
    R"("transcript":"Good evening.","words":{"0":"Good"})",
    R"("transcript":"Good evening.","words":["Good","evening."])",
    R"("transcript":"Good evening.","words":[null,7.5,[]])",
    R"("transcript":null,"words":["Good",{"text":"evening."}])",
    R"("transcript":{},"utterance":"Good evening.","words":[])",
    R"("transcript":"Good evening.","words":[{"text":null},{"text":{},"start":2000,"end":2400}])",
    R"("transcript":"Good evening.","words":[],"language_confidence":"x","speaker_label":[],)"
    R"("end_of_turn_confidence":{},"utterance":7,"turn_is_formatted":"yes")",
};

// A final without words is shown between what was said before and its arrival.
GST_START_TEST(test_a_final_with_bad_words_is_shown) {
  const Run run(
      {{1500, final_turn(0, std::string(R"("transcript":"Good","words":[)") + kGood + "]")},
       {2500, final_turn(1, kBadTurns[__i__])}});
  run.assert_all_was_understood();
  fail_unless_equals_text(run.pipeline.transcript(), "Good Good evening.");
  fail_unless_equals_text(run.shown(), "Good Good evening.");
  const GstStructure *turn = run.pipeline.messages("assemblyai-turn").back();
  fail_unless(time_field(turn, "running-time") >= 1300 * GST_MSECOND);
  fail_unless(time_field(turn, "running-time") < end_time(turn));
  const GstStructure *word =
      gst_value_get_structure(gst_value_array_get_value(gst_structure_get_value(turn, "words"), 1));
  fail_unless(__i__ == 8 || bool_field(word, "inferred"));
  fail_unless(__i__ == 8 || time_field(turn, "delay") == GST_CLOCK_TIME_NONE);
  fail_unless(end_time(turn) <= 3100 * GST_MSECOND);
}
GST_END_TEST

static const char *const kBadOrders[] = {
    R"("turn_order":"0","end_of_turn":"true")",
    R"("turn_order":null,"end_of_turn":1)",
    R"("turn_order":-1,"end_of_turn":true)",
    R"("turn_order":0.0,"end_of_turn":"TRUE")",
    R"("turn_order":1e300,"end_of_turn":true)",
    R"("end_of_turn":true)",
    R"("turn_order":0)",
};

GST_START_TEST(test_a_turn_with_a_bad_number_is_the_turn_in_progress) {
  const Run run(
      {{1500, R"({"type":"Turn","turn_order":0,"end_of_turn":false,"transcript":"good"})"},
       {2000, std::string(R"({"type":"Turn","transcript":"Good evening.",)") +
                  R"("turn_is_formatted":true,)" + kBadOrders[__i__] + "}"}});
  run.assert_all_was_understood();
  fail_unless_equals_text(run.pipeline.transcript(), "Good evening.");
  fail_unless_equals_text(run.shown(), "Good evening.");
}
GST_END_TEST

GST_START_TEST(test_a_final_that_cannot_be_read_keeps_the_text) {
  const Run run({{1500, std::string(R"({"type":"Turn","turn_order":0,"end_of_turn":false,)") +
                            R"("transcript":"good","words":[)" + kGood + "]}"},
                 {2000, final_turn(0, R"("transcript":null,"words":null)")}});
  fail_unless_equals_text(run.pipeline.transcript(), "good");
  fail_unless_equals_text(run.shown(), "good");
}
GST_END_TEST

GST_START_TEST(test_other_messages_lose_only_what_is_wrong) {
  const Run run(
      {{500, final_turn(0, R"("transcript":"Yes.","words":[])")},
       {600, R"({"type":"SpeechStarted","timestamp":null})"},
       {700, R"({"type":"SpeakerRevision","revisions":[{"words":[]},{"turn_order":0,)"
             R"("speaker_label":"B","words":[{"text":"Yes.","speaker":"B"}]}]})"},
       {800, R"({"type":"LLMGatewayResponse","turn_order":"?","data":{"a":1}})"},
       {900, R"({"type":"Heartbeat","total_audio_received_ms":-1,"realtime_factor":"x"})"}},
      "extra-parameters=\"p,session_heartbeat=true\"");
  run.assert_all_was_understood();
  const GstStructure *speech = run.pipeline.messages("assemblyai-speech-started").at(0);
  fail_unless_equals_uint64(time_field(speech, "running-time"), GST_CLOCK_TIME_NONE);
  const GstStructure *revision = run.pipeline.messages("assemblyai-speaker-revision").at(0);
  const GValue *turns = gst_structure_get_value(revision, "turns");
  fail_unless_equals_int(gst_value_array_get_size(turns), 1);
  const GstStructure *answer = run.pipeline.messages("assemblyai-llm-response").at(0);
  fail_if(gst_structure_has_field(answer, "turn-order"));
  fail_unless_equals_text(string_field(answer, "json"), R"({"a":1})");
  fail_unless(!run.pipeline.messages("assemblyai-heartbeat").empty());
}
GST_END_TEST

namespace {

// As whisper-rt says it.
std::vector<Step> whisper() {
  return {
      {1500,
       R"({"turn_order":0,"turn_is_formatted":false,"end_of_turn":true,"transcript":"buenos días",)"
       R"("words":[{"start":200,"end":596,"text":"buenos","confidence":0.0,"word_is_final":true},)"
       R"({"start":828,"end":1360,"text":"días","confidence":0.0,"word_is_final":true}],)"
       R"("utterance":"Buenos días.","language_code":"es","type":"Turn"})"},
      {2200, R"({"turn_order":1,"turn_is_formatted":false,"end_of_turn":true,)"
             R"("transcript":" silence  silence","words":[)"
             R"({"start":1500,"end":1538,"text":"","confidence":0.0,"word_is_final":true},)"
             R"({"start":1576,"end":2100,"text":"silence","confidence":0.0,"word_is_final":true}],)"
             R"("utterance":"[ Silence] [ Silence]","type":"Turn"})"},
      {3000,
       R"({"turn_order":2,"turn_is_formatted":false,"end_of_turn":true,"transcript":" music",)"
       R"("words":[{"start":2300,"end":2900,"text":"music","confidence":0.0,)"
       R"("word_is_final":true}],"utterance":"[Music]","type":"Turn"})"},
  };
}

}  // namespace

GST_START_TEST(test_whispers_text_is_formatted_and_its_sounds_are_in_brackets) {
  const bool shows = __i__ == 0;
  const Run run(whisper(), shows ? "" : "sound-tags=false");
  fail_unless_equals_text(run.pipeline.transcript(), "Buenos días. [Silence] [Silence] [Music]");
  fail_unless_equals_text(run.shown(), shows ? "Buenos días. [Music]" : "Buenos días.");
  fail_unless_equals_text(run.pipeline.words()[0].text, "Buenos");
}
GST_END_TEST

namespace {

// Two sentences with half a second between them, or one and nothing after it.
constexpr char kTwoTurns[] = R"({"turns":[
    {"text":"good evening","start":500,"word_ms":300,"formatted":"Good evening.","end":1300},
    {"text":"and welcome","start":1600,"word_ms":300,"formatted":"And welcome.","end":2400}]})";

std::size_t finals_of(const Pipeline &pipeline) {
  std::size_t count = 0;
  for (const GstStructure *turn : pipeline.messages("assemblyai-turn"))
    count += bool_field(turn, "final") ? 1 : 0;
  return count;
}

constexpr char kClassical[] = "speech-model=universal-streaming-english format-turns=true ";

}  // namespace

// The formatted text does not come: the turn ends all the same, long before EOS.
GST_START_TEST(test_an_unformatted_final_does_not_wait_for_ever) {
  testserver::Options options;
  options.scenario = kTwoTurns;
  options.hold_at = testserver::Moment::unformatted_final;
  const auto server = start_server(std::move(options));
  Pipeline pipeline(kLive + sink_text(*server, kClassical));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for([&](const Heard &) { return finals_of(pipeline) == 1; });
  fail_unless_equals_text(pipeline.transcript(), "good evening");
  // What comes after that is not told again.
  server->command("release");
  pipeline.wait_for([&](const Heard &) { return finals_of(pipeline) == 2; });
  fail_unless_equals_text(pipeline.transcript(), "good evening And welcome.");
}
GST_END_TEST

GST_START_TEST(test_a_formatted_final_after_the_next_partial_wins) {
  testserver::Options options;
  options.scenario = kTwoTurns;
  options.late_formatted = true;
  const auto server = start_server(std::move(options));
  Pipeline pipeline(audio(80) + to_text_sink(Factory::transcriber, server->endpoint(),
                                             std::string("text-mode=cues ") + kClassical));
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  fail_unless_equals_uint64(finals_of(pipeline), 2);
  fail_unless_equals_text(pipeline.transcript(), "Good evening. And welcome.");
  fail_unless_equals_text(recorder.cues().at(0).text, "Good evening.");
}
GST_END_TEST

static Suite *odd_messages_suite() {
  Suite *suite = suite_create("odd_messages");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_messages_without_a_type_are_understood);
  tcase_add_loop_test(tests, test_a_word_without_a_time_is_not_lost, 0, std::ssize(kBadTimes));
  tcase_add_loop_test(tests, test_a_final_with_bad_words_is_shown, 0, std::ssize(kBadTurns));
  tcase_add_loop_test(tests, test_a_turn_with_a_bad_number_is_the_turn_in_progress, 0,
                      std::ssize(kBadOrders));
  tcase_add_test(tests, test_a_final_that_cannot_be_read_keeps_the_text);
  tcase_add_test(tests, test_other_messages_lose_only_what_is_wrong);
  tcase_add_loop_test(tests, test_whispers_text_is_formatted_and_its_sounds_are_in_brackets, 0, 2);
  tcase_add_test(tests, test_an_unformatted_final_does_not_wait_for_ever);
  tcase_add_test(tests, test_a_formatted_final_after_the_next_partial_wins);
  return suite;
}

CHECK_SUITE(odd_messages);
