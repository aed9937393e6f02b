// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Given a message with a part that cannot be read, or without a type, decode() yields the rest.

#include "protocol/decode.h"

#include <iterator>

#include "protocol/decoded.h"
#include "protocol/samples.h"

using namespace assemblyai;
using namespace std::chrono_literals;

namespace {

// The type of the sample is changed to this; nullptr: removed.
std::string with_type(const std::string &name, const char *type) {
  const std::string told = "\"type\":\"";
  std::string frame = sample(name);
  std::size_t begin = frame.find(told);
  fail_unless(begin != std::string::npos, "%s", name.c_str());
  std::size_t end = frame.find('"', begin + told.size()) + 1;
  if (type != nullptr)
    return frame.replace(begin, end - begin, std::string("\"type\":") + type);
  if (frame[end] == ',')
    end++;
  else
    begin--;  // the comma before
  return frame.erase(begin, end - begin);
}

// The kind of the message, as the index of the type in ServerMessage.
std::size_t index_of(const std::string &frame) {
  const Result<ServerMessage> result = decode(frame);
  fail_unless(static_cast<bool>(result), "refused: %s", frame.c_str());
  return result->index();
}

bool has_type(const std::string &name) {
  return name != "error_without_type" && name != "unknown";
}

Word only_word(const std::string &fields) {
  const auto turn = decoded<Turn>(word_with(fields));
  fail_unless_equals_uint64(turn.words.size(), 1);
  return turn.words[0];
}

}  // namespace

GST_START_TEST(test_messages_are_recognised_without_a_type) {
  const std::string name = kSamples[__i__];
  if (!has_type(name))
    return;
  const std::size_t index = index_of(sample(name));
  for (const char *type : {static_cast<const char *>(nullptr), "null", "\"\"", "\" \"", "7", "{}"})
    fail_unless_equals_uint64(index_of(with_type(name, type)), index);
}
GST_END_TEST

GST_START_TEST(test_case_of_the_type_does_not_matter) {
  const std::string name = kSamples[__i__];
  if (!has_type(name))
    return;
  const std::string frame = sample(name);
  const std::size_t begin = frame.find("\"type\":\"") + 8;
  const std::string type = frame.substr(begin, frame.find('"', begin) - begin);
  for (const auto change : {g_ascii_strup, g_ascii_strdown}) {
    const Owned<char> changed(change(type.c_str(), -1));
    const std::string quoted = "\"" + std::string(changed.get()) + "\"";
    fail_unless_equals_uint64(index_of(with_type(name, quoted.c_str())), index_of(frame));
  }
}
GST_END_TEST

// A message that can be a Turn is no Error.
GST_START_TEST(test_a_withheld_turn_without_a_type_is_a_turn) {
  const auto turn = decoded<Turn>(with_type("turn_withheld", nullptr));
  expect_string(turn.error, "PII redaction failed");
}
GST_END_TEST

GST_START_TEST(test_an_unknown_type_counts_more_than_the_fields) {
  expect_string(decoded<UnknownMessage>(with_type("turn_pro_final", "\"Novelty\"")).type,
                "Novelty");
}
GST_END_TEST

namespace {

struct OrderCase {
  const char *json;
  std::int64_t order;
};

}  // namespace

static const OrderCase kOrders[] = {
    {"7", 7},        {"7.0", 7},   {"\"7\"", 7},    {"\"7.0\"", 7},
    {"-1", -1},      {"1.5", -1},  {"1e300", -1},   {"18446744073709551617", -1},
    {"\"one\"", -1}, {"null", -1}, {"\"0x7\"", -1}, {"\"nan\"", -1},
    {"\"\"", -1},    {"[7]", -1},  {"true", -1},    {"NaN", -1},
};

GST_START_TEST(test_the_order_of_a_turn_may_be_unknown) {
  const OrderCase &entry = kOrders[__i__];
  const auto turn = decoded<Turn>(std::string(R"({"type":"Turn","transcript":"x","turn_order":)") +
                                  entry.json + R"(,"end_of_turn":true})");
  fail_unless_equals_int64(turn.order, entry.order);
  fail_unless(turn.end_of_turn);
  expect_string(turn.transcript, "x");
}
GST_END_TEST

namespace {

struct TruthCase {
  const char *json;
  bool value;
};

}  // namespace

static const TruthCase kTruths[] = {
    {"true", true},   {"\"true\"", true},   {"\"TRUE\"", true}, {"1", true},     {"1.0", true},
    {"false", false}, {"\"False\"", false}, {"0", false},       {"null", false}, {"\"yes\"", false},
    {"2", false},     {"{}", false},        {"[]", false},
};

GST_START_TEST(test_truth_may_be_text_or_a_number) {
  const TruthCase &entry = kTruths[__i__];
  const auto turn = decoded<Turn>(
      std::string(R"({"type":"Turn","transcript":"x","turn_order":0,)") + R"("end_of_turn":)" +
      entry.json + R"(,"turn_is_formatted":)" + entry.json + "}");
  fail_unless_equals_int(turn.end_of_turn, entry.value);
  fail_unless_equals_int(turn.formatted, entry.value);
}
GST_END_TEST

namespace {

struct TimeCase {
  const char *json;
  milliseconds time;
};

}  // namespace

static const TimeCase kTimes[] = {
    {"150", 150ms},
    {"\"150\"", 150ms},
    {"\"150.4\"", 150ms},
    {"604800000", 168h},
    {"604800001", kUnknownTime},
    {"1e300", kUnknownTime},
    {"1e999", kUnknownTime},
    {"99999999999999999999", kUnknownTime},
    {"-1", kUnknownTime},
    {"-0.7", kUnknownTime},
    {"null", kUnknownTime},
    {"true", kUnknownTime},
    {"\"soon\"", kUnknownTime},
    {"\"150 ms\"", kUnknownTime},
    {"[1]", kUnknownTime},
    {"NaN", kUnknownTime},
    {"-Infinity", kUnknownTime},
    {"Infinity", kUnknownTime},
};

GST_START_TEST(test_a_word_without_a_time_keeps_its_text) {
  const TimeCase &entry = kTimes[__i__];
  const std::string time(entry.json);
  Word word = only_word(R"("text":"x","start":)" + time + R"(,"end":604800000)");
  expect_string(word.text, "x");
  fail_unless(word.start == entry.time && word.end == 168h);
  word = only_word(R"("text":"x","start":0,"end":)" + time);
  fail_unless(word.start == 0ms && word.end == entry.time);
  word = only_word(R"("text":"x")");
  fail_unless(word.start == kUnknownTime && word.end == kUnknownTime);
}
GST_END_TEST

GST_START_TEST(test_a_bad_word_leaves_the_others) {
  const auto turn = decoded<Turn>(turn_with(
      R"("transcript":"a b c d","words":[null,"a",{"text":"b","start":5,"end":9},[],{},)"
      R"({"text":null,"start":10,"end":11},{"text":12.5,"start":12,"end":13,"confidence":NaN}])"));
  std::string words;
  for (const Word &word : turn.words)
    words += '<' + word.text + '>';
  expect_string(words, "<a><b><><><12.5>");
  fail_unless(turn.words[1].start == 5ms && turn.words[3].start == 10ms);
  expect_string(turn.transcript, "a b c d");
}
GST_END_TEST

static const char *const kNoWords[] = {"null", "{}", "\"a b\"", "7", "[]", "[[]]", "false"};

GST_START_TEST(test_words_may_be_anything) {
  const auto turn =
      decoded<Turn>(turn_with(std::string(R"("transcript":"a b","words":)") + kNoWords[__i__]));
  fail_unless(turn.words.empty());
  expect_string(turn.transcript, "a b");
}
GST_END_TEST

GST_START_TEST(test_confidences_and_labels_are_read_as_far_as_possible) {
  for (const char *bad : {"\"high\"", "1.5", "-0.1", "NaN", "{}", "null"}) {
    const std::string fields = std::string(R"("text":"x","start":1,"end":2,"confidence":)") + bad +
                               R"(,"speaker_confidence":)" + bad;
    fail_unless(only_word(fields).confidence == 0);
    fail_unless(only_word(fields).speaker_confidence == std::nullopt);
  }
  const Word word = only_word(R"("text":"x","start":1,"end":2,"confidence":"0.5","speaker":3,)"
                              R"("word_is_final":"true")");
  fail_unless(word.confidence == 0.5 && word.is_final);
  expect_string(word.speaker, "3");
}
GST_END_TEST

// An empty text removes the reported text; an unreadable text does not.
GST_START_TEST(test_text_that_cannot_be_read_is_not_empty) {
  fail_if(decoded<Turn>(turn_with(R"("transcript":"","words":[])")).text_unknown);
  fail_if(decoded<Turn>(turn_with(R"("transcript":null,"error":"withheld")")).text_unknown);
  fail_if(decoded<Turn>(turn_with(R"("transcript":null,"utterance":"x")")).text_unknown);
  fail_if(decoded<Turn>(turn_with(R"("words":[{"text":"x"}])")).text_unknown);
  for (const char *bad : {"null", "{}", "[\"x\"]", "true"})
    fail_unless(
        decoded<Turn>(turn_with(std::string(R"("words":[],"transcript":)") + bad)).text_unknown);
}
GST_END_TEST

GST_START_TEST(test_a_bad_revision_leaves_the_others) {
  const auto revision = decoded<SpeakerRevision>(
      R"({"type":"SpeakerRevision","revisions":[7,{"words":[]},{"turn_order":null},)"
      R"({"turn_order":"3","speaker_label":1,"words":[{"text":"x"},{"text":"y","start":2}]}]})");
  fail_unless_equals_uint64(revision.revisions.size(), 1);
  fail_unless_equals_int64(revision.revisions[0].turn_order, 3);
  expect_string(revision.revisions[0].speaker_label, "1");
  fail_unless_equals_uint64(revision.revisions[0].words.size(), 2);
  fail_unless(decoded<SpeakerRevision>(R"({"revisions":[]})").revisions.empty());
}
GST_END_TEST

GST_START_TEST(test_other_messages_need_none_of_their_parts) {
  fail_unless(decoded<SpeechStarted>(R"({"type":"SpeechStarted","timestamp":"x"})").timestamp ==
              kUnknownTime);
  const auto beat = decoded<Heartbeat>(
      R"({"type":"Heartbeat","total_audio_received_ms":-5,"total_duration_ms":1e18,)"
      R"("realtime_factor":"1.5","max_speech_probability":7})");
  fail_unless(beat.total_audio_received == 0ms && beat.total_duration == 0ms);
  fail_unless(beat.realtime_factor == 1.5 && !beat.max_speech_probability);
  const auto answer = decoded<LlmGatewayResponse>(R"({"type":"LLMGatewayResponse","data":[1]})");
  fail_unless_equals_int64(answer.turn_order, kUnknownOrder);
  expect_string(answer.data, "[1]");
  const auto begin = decoded<Begin>(R"({"type":"Begin","id":12,"expires_at":"1790221526"})");
  expect_string(begin.id, "12");
  fail_unless_equals_int64(begin.expires_at, 1790221526);
  fail_unless_equals_int64(decoded<Begin>(R"({"type":"Begin","expires_at":-1})").expires_at, 0);
  const auto end = decoded<Termination>(
      R"({"type":"Termination","audio_duration_seconds":"6","session_duration_seconds":null})");
  fail_unless(end.audio_seconds == 6.0 && !end.session_seconds);
  fail_unless(decoded<ServerError>(R"({"error_code":"3007"})").code == 3007U);
}
GST_END_TEST

static Suite *decode_tolerant_suite() {
  Suite *suite = suite_create("decode_tolerant");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_messages_are_recognised_without_a_type, 0, std::ssize(kSamples));
  tcase_add_loop_test(tests, test_case_of_the_type_does_not_matter, 0, std::ssize(kSamples));
  tcase_add_test(tests, test_a_withheld_turn_without_a_type_is_a_turn);
  tcase_add_test(tests, test_an_unknown_type_counts_more_than_the_fields);
  tcase_add_loop_test(tests, test_the_order_of_a_turn_may_be_unknown, 0, std::ssize(kOrders));
  tcase_add_loop_test(tests, test_truth_may_be_text_or_a_number, 0, std::ssize(kTruths));
  tcase_add_loop_test(tests, test_a_word_without_a_time_keeps_its_text, 0, std::ssize(kTimes));
  tcase_add_test(tests, test_a_bad_word_leaves_the_others);
  tcase_add_loop_test(tests, test_words_may_be_anything, 0, std::ssize(kNoWords));
  tcase_add_test(tests, test_confidences_and_labels_are_read_as_far_as_possible);
  tcase_add_test(tests, test_text_that_cannot_be_read_is_not_empty);
  tcase_add_test(tests, test_a_bad_revision_leaves_the_others);
  tcase_add_test(tests, test_other_messages_need_none_of_their_parts);
  return suite;
}

CHECK_SUITE(decode_tolerant);
