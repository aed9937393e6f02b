// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Given a text frame, decode() yields every field of the message, however the
// service chose to write it.

#include "protocol/decode.h"

#include <iterator>

#include "protocol/decoded.h"
#include "protocol/samples.h"

using namespace assemblyai;

namespace {

void expect_word(const Word &word, const char *text, int start, int end, double confidence,
                 bool is_final, const char *speaker = "") {
  expect_string(word.text, text);
  fail_unless_equals_int64(word.start.count(), start);
  fail_unless_equals_int64(word.end.count(), end);
  fail_unless_equals_float(word.confidence, confidence);
  fail_unless_equals_int(word.is_final, is_final);
  expect_string(word.speaker, speaker);
}

void expect_turn(const Turn &turn, int order, bool formatted, bool end, double confidence,
                 const char *transcript, const char *utterance, std::size_t words) {
  fail_unless_equals_int64(turn.order, order);
  fail_unless_equals_int(turn.formatted, formatted);
  fail_unless_equals_int(turn.end_of_turn, end);
  fail_unless_equals_float(turn.end_of_turn_confidence, confidence);
  expect_string(turn.transcript, transcript);
  expect_string(turn.utterance, utterance);
  fail_unless_equals_uint64(turn.words.size(), words);
}

}  // namespace

GST_START_TEST(test_begin_has_session_and_configuration) {
  const auto begin = decoded<Begin>(sample("begin"));
  expect_string(begin.id, "12c77068-02b3-4941-a960-275a65230e31");
  fail_unless_equals_int64(begin.expires_at, 1790221526);
  expect_string(begin.configuration.model, "universal-3-5-pro");
  expect_string(begin.configuration.mode, "balanced");
  expect_string(begin.configuration.api_version, "2025-05-12");
  expect_string(begin.configuration.domain, "");
  expect_string(begin.configuration.voice_focus, "");
  fail_unless(begin.configuration.speaker_labels == false);
  fail_unless(begin.configuration.redact_pii == false);
  fail_unless(begin.configuration.filter_profanity == false);
}
GST_END_TEST

GST_START_TEST(test_begin_of_an_older_service_has_no_configuration) {
  const auto begin = decoded<Begin>(sample("begin_without_configuration"));
  expect_string(begin.id, "de5d9927-73a6-4be8-b52d-b4c07be37e6b");
  fail_unless_equals_int64(begin.expires_at, 1759796682);
  expect_string(begin.configuration.model, "");
  fail_unless(begin.configuration.speaker_labels == std::nullopt);
  fail_unless(begin.configuration.redact_pii == std::nullopt);
  fail_unless(begin.configuration.filter_profanity == std::nullopt);
}
GST_END_TEST

GST_START_TEST(test_begin_echoes_what_is_switched_on) {
  const auto begin = decoded<Begin>(
      R"({"type":"Begin","configuration":{"domain":"medical-v1","voice_focus":"near-field",)"
      R"("speaker_labels":true,"redact_pii":true,"filter_profanity":true}})");
  expect_string(begin.id, "");
  fail_unless_equals_int64(begin.expires_at, 0);
  expect_string(begin.configuration.domain, "medical-v1");
  expect_string(begin.configuration.voice_focus, "near-field");
  fail_unless(begin.configuration.speaker_labels == true);
  fail_unless(begin.configuration.redact_pii == true);
  fail_unless(begin.configuration.filter_profanity == true);
}
GST_END_TEST

GST_START_TEST(test_speech_started_has_a_time) {
  const auto started = decoded<SpeechStarted>(sample("speech_started"));
  fail_unless_equals_int64(started.timestamp.count(), 1216);
  fail_unless_equals_float(started.confidence.value(), 0.987654);
  const auto bare = decoded<SpeechStarted>(R"({"type":"SpeechStarted","timestamp":7})");
  fail_unless(bare.confidence == std::nullopt);
}
GST_END_TEST

GST_START_TEST(test_streaming_turn_grows_word_by_word) {
  const auto first = decoded<Turn>(sample("turn_streaming_first_partial"));
  expect_turn(first, 0, true, false, 0.013648, "", "", 1);
  expect_word(first.words[0], "Hi", 2160, 2240, 0.959187, false);
  expect_string(turn_text(first), "Hi");

  const auto partial = decoded<Turn>(sample("turn_streaming_partial"));
  expect_turn(partial, 0, true, false, 0.000414, "Hi, my name is", "", 5);
  expect_word(partial.words[0], "Hi,", 2160, 2560, 0.868781, true);
  expect_word(partial.words[1], "my", 2560, 2560, 0.987536, true);
  expect_word(partial.words[2], "name", 2640, 2720, 0.999994, true);
  expect_word(partial.words[3], "is", 2720, 2720, 0.730668, true);
  expect_word(partial.words[4], "Son", 3280, 3360, 0.799996, false);
  expect_string(turn_text(partial), "Hi, my name is");

  const auto final = decoded<Turn>(sample("turn_streaming_final"));
  expect_turn(final, 0, true, true, 0.429525, "Hi, my name is Sonny.", "Hi, my name is Sonny.", 5);
  expect_word(final.words[4], "Sonny.", 3280, 3600, 0.663976, true);
}
GST_END_TEST

GST_START_TEST(test_utterance_may_come_before_the_end_of_the_turn) {
  const auto partial = decoded<Turn>(sample("turn_utterance_before_end"));
  expect_turn(partial, 1, true, false, 0.454477, "I am a voice", "I am a voice agent.", 5);
  expect_word(partial.words[4], "agent", 5920, 6080, 0.970552, false);
  const auto final = decoded<Turn>(sample("turn_final_after_utterance"));
  expect_turn(final, 1, true, true, 0.750889, "I am a voice agent.", "", 5);
  expect_word(final.words[4], "agent.", 5920, 6080, 0.970552, true);
}
GST_END_TEST

GST_START_TEST(test_classic_formatting_sends_two_finals) {
  const auto raw = decoded<Turn>(sample("turn_classic_unformatted"));
  expect_turn(raw, 0, false, true, 0.81, "hi my name is sonny", "hi my name is sonny", 5);
  expect_word(raw.words[4], "sonny", 3280, 3600, 0.663976, true);
  const auto formatted = decoded<Turn>(sample("turn_classic_formatted"));
  expect_turn(formatted, 0, true, true, 0.81, "Hi, my name is Sonny.", "", 5);
}
GST_END_TEST

GST_START_TEST(test_whisper_turn_has_language_and_empty_words) {
  const auto turn = decoded<Turn>(sample("turn_whisper"));
  expect_turn(turn, 0, false, true, 1, "buenos días", "Buenos días.", 2);
  expect_word(turn.words[0], "buenos", 1200, 2596, 0, true);
  expect_word(turn.words[1], "días", 2828, 3760, 0, true);
  expect_string(turn.language_code, "es");
  fail_unless_equals_float(turn.language_confidence.value(), 0.846999);

  const auto silence = decoded<Turn>(sample("turn_whisper_empty_word"));
  expect_turn(silence, 1, false, true, 1, " silence  silence", "[ Silence] [ Silence]", 2);
  expect_word(silence.words[0], "", 6300, 6338, 0, true);
  expect_word(silence.words[1], "silence", 6376, 6687, 0, true);
  expect_string(silence.language_code, "fr");
  fail_unless_equals_float(silence.language_confidence.value(), 0.480619);
}
GST_END_TEST

GST_START_TEST(test_pro_turn_is_transcribed_again_each_time) {
  const auto partial = decoded<Turn>(sample("turn_pro_partial"));
  expect_turn(partial, 0, false, false, 0, "My name is—", "", 3);
  expect_word(partial.words[2], "is—", 2531, 3067, 0.753325, false);
  const auto final = decoded<Turn>(sample("turn_pro_final"));
  expect_turn(final, 0, true, true, 1, "My name is Sonny.", "My name is Sonny.", 4);
  expect_word(final.words[3], "Sonny.", 3016, 4155, 0.316031, true);
  const auto formatted = decoded<Turn>(sample("turn_pro_formatted_partial"));
  expect_turn(formatted, 0, true, false, 0, "Harbor Point", "", 2);
  expect_word(formatted.words[0], "Harbor", 0, 428, 0.921459, false);
}
GST_END_TEST

GST_START_TEST(test_turn_has_speakers_and_language) {
  const auto turn = decoded<Turn>(sample("turn_speakers"));
  expect_turn(turn, 1, true, true, 1, "My name was Rupert Pennaise. I came",
              "My name was Rupert Pennaise. I came", 7);
  expect_word(turn.words[0], "My", 5488, 5570, 0.99321, true, "A");
  fail_unless_equals_float(turn.words[0].speaker_confidence.value(), 0.832652);
  expect_word(turn.words[5], "I", 8173, 8189, 0.996188, true, "PENDING");
  expect_string(turn.speaker_label, "A");
  fail_unless_equals_float(turn.speaker_confidence.value(), 0.594751);
  fail_unless(turn.language_confidence == std::nullopt);
  expect_string(turn.error, "");

  const auto hindi = decoded<Turn>(sample("turn_language"));
  expect_turn(hindi, 2, true, true, 1, "नमस्ते", "नमस्ते", 1);
  expect_string(hindi.language_code, "hi");
  fail_unless_equals_float(hindi.language_confidence.value(), 0.814682);
  expect_string(hindi.speaker_label, "");
  fail_unless(hindi.speaker_confidence == std::nullopt);
  fail_unless(hindi.words[0].speaker_confidence == std::nullopt);
}
GST_END_TEST

GST_START_TEST(test_turn_with_an_error_stays_a_turn) {
  const auto turn = decoded<Turn>(sample("turn_withheld"));
  expect_turn(turn, 4, true, true, 1, "", "", 0);
  expect_string(turn.error, "PII redaction failed");
  expect_string(turn_text(turn), "");
  expect_turn(decoded<Turn>(sample("turn_empty_final")), 3, false, true, 0, "", "", 0);
}
GST_END_TEST

GST_START_TEST(test_speaker_revision_lists_turns) {
  const auto revision = decoded<SpeakerRevision>(sample("speaker_revision"));
  fail_unless_equals_uint64(revision.revisions.size(), 2);
  fail_unless_equals_int64(revision.revisions[0].turn_order, 0);
  expect_string(revision.revisions[0].speaker_label, "A");
  expect_word(revision.revisions[0].words[0], "Paris", 32, 377, 0.833357, true, "A");
  fail_unless_equals_int64(revision.revisions[1].turn_order, 1);
  fail_unless_equals_uint64(revision.revisions[1].words.size(), 2);
  expect_word(revision.revisions[1].words[1], "I", 8173, 8189, 0.93811, true, "B");

  const auto brief = decoded<SpeakerRevision>(sample("speaker_revision_short_words"));
  fail_unless_equals_int64(brief.revisions[0].turn_order, 2);
  expect_string(brief.revisions[0].speaker_label, "");
  expect_word(brief.revisions[0].words[0], "Yes.", 14200, 14480, 0, false, "B");
}
GST_END_TEST

GST_START_TEST(test_heartbeat_and_silence_have_times) {
  const auto beat = decoded<Heartbeat>(sample("heartbeat"));
  fail_unless_equals_int64(beat.total_audio_received.count(), 9888);
  fail_unless_equals_int64(beat.total_duration.count(), 10096);
  fail_unless_equals_float(beat.realtime_factor, 0.9983);
  fail_unless_equals_float(beat.max_speech_probability.value(), 0.999999);
  const auto bare = decoded<Heartbeat>(R"({"type":"Heartbeat"})");
  fail_unless_equals_int64(bare.total_audio_received.count(), 0);
  fail_unless(bare.max_speech_probability == std::nullopt);

  const auto silence = decoded<Silence>(sample("silence"));
  fail_unless_equals_int64(silence.start.count(), 3000);
  fail_unless_equals_int64(silence.end.count(), 4000);
}
GST_END_TEST

GST_START_TEST(test_error_is_recognised_with_and_without_type) {
  const auto error = decoded<ServerError>(sample("error"));
  fail_unless_equals_int(static_cast<int>(error.code.value()), 3007);
  expect_string(error.text,
                "Input Duration Error: Input Duration Violation: 20.0 ms. "
                "Expected between 50 and 1000 ms");
  const auto old = decoded<ServerError>(sample("error_without_type"));
  fail_unless(old.code == std::nullopt);
  expect_string(old.text, "Not authorized");
  const auto object = decoded<ServerError>(
      R"({"error":{"message":"a \"b\"","list":[1,2.5,true,null,"x"]},"error_code":"no"})");
  fail_unless(object.code == std::nullopt);
  expect_string(object.text, R"({"message":"a \"b\"","list":[1,2.5,true,null,"x"]})");
  const auto wild = decoded<ServerError>(R"({"type":"Error","error_code":-5})");
  fail_unless(wild.code == std::nullopt);
  expect_string(wild.text, "");
}
GST_END_TEST

GST_START_TEST(test_warning_has_code_and_text) {
  const auto warning = decoded<Warning>(sample("warning"));
  fail_unless_equals_int(warning.code.value(), 0);
  expect_string(warning.text, "The domain is not supported for this language");
  const auto bare = decoded<Warning>(R"({"type":"Warning","warning_code":99999999999})");
  fail_unless(bare.code == std::nullopt);
}
GST_END_TEST

GST_START_TEST(test_llm_response_carries_its_data_as_json) {
  const auto response = decoded<LlmGatewayResponse>(sample("llm_gateway_response"));
  fail_unless_equals_int64(response.turn_order, 0);
  expect_string(response.transcript, "Hello world.");
  const std::string frame = sample("llm_gateway_response");
  const std::size_t begin = frame.find("{\"request_id\"");
  expect_string(response.data, frame.substr(begin, frame.rfind('}') - begin).c_str());

  const auto numbers = decoded<LlmGatewayResponse>(
      R"({"type":"LLMGatewayResponse","turn_order":3,"data":{"a":1e-5,"b":0.4,"c":"\u0001\n"}})");
  expect_string(numbers.data, R"({"a":1e-05,"b":0.4,"c":"\u0001\u000a"})");
}
GST_END_TEST

GST_START_TEST(test_termination_has_durations) {
  const auto end = decoded<Termination>(sample("termination"));
  fail_unless_equals_float(end.audio_seconds.value(), 69);
  fail_unless_equals_float(end.session_seconds.value(), 73);
  const auto bare = decoded<Termination>(
      R"({"type":"Termination","audio_duration_seconds":-1,"session_duration_seconds":1.5})");
  fail_unless(bare.audio_seconds == std::nullopt);
  fail_unless_equals_float(bare.session_seconds.value(), 1.5);
}
GST_END_TEST

GST_START_TEST(test_unknown_types_are_named) {
  expect_string(decoded<UnknownMessage>(sample("unknown")).type, "UpdateConfiguration");
  const auto odd = decoded<UnknownMessage>("{\"type\":\"a\\nb" + std::string(500, 'x') + "\"}");
  fail_unless(odd.type.starts_with("a bx"));
  fail_unless(odd.type.size() < 100);
}
GST_END_TEST

namespace {

struct TimeCase {
  const char *json;
  long milliseconds;
};

}  // namespace

static const TimeCase kTimes[] = {
    {"5", 5},
    {"5.0", 5},
    {"5.4", 5},
    {"5.6", 6},
    {"5e2", 500},
    {"-0.0", 0},
    {"604800000", 604800000},
    {"0", 0},
};

GST_START_TEST(test_times_may_be_integers_or_floats) {
  const TimeCase &entry = kTimes[__i__];
  const std::string time(entry.json);
  const auto turn =
      decoded<Turn>(word_with("\"text\":\"x\",\"start\":" + time + ",\"end\":" + time));
  fail_unless_equals_int64(turn.words[0].start.count(), entry.milliseconds);
  fail_unless_equals_int64(turn.words[0].end.count(), entry.milliseconds);
}
GST_END_TEST

GST_START_TEST(test_integers_may_be_written_as_floats) {
  const auto turn = decoded<Turn>(
      R"({"type":"Turn","turn_order":7.0,"end_of_turn":true,"end_of_turn_confidence":1,)"
      R"("speaker_confidence":0})");
  fail_unless_equals_int64(turn.order, 7);
  fail_unless_equals_float(turn.end_of_turn_confidence, 1);
  fail_unless_equals_float(turn.speaker_confidence.value(), 0);
}
GST_END_TEST

GST_START_TEST(test_end_before_start_is_moved_to_start) {
  const auto turn = decoded<Turn>(word_with(R"("text":"x","start":100,"end":90)"));
  expect_word(turn.words[0], "x", 100, 100, 0, false);
  const auto silence = decoded<Silence>(R"({"type":"Silence","start_ms":9,"end_ms":3})");
  fail_unless_equals_int64(silence.end.count(), 9);
}
GST_END_TEST

GST_START_TEST(test_unusable_optional_fields_count_as_missing) {
  const auto turn = decoded<Turn>(
      turn_with(R"("turn_is_formatted":null,"transcript":null,"utterance":[],"words":null,)"
                R"("end_of_turn_confidence":"high","language_code":[],"language_confidence":1e999,)"
                R"("speaker_label":{},"speaker_confidence":2,"error":null)"));
  expect_turn(turn, 0, false, false, 0, "", "", 0);
  expect_string(turn.language_code, "");
  fail_unless(turn.language_confidence == std::nullopt);
  expect_string(turn.speaker_label, "");
  fail_unless(turn.speaker_confidence == std::nullopt);
  expect_string(turn.error, "");
  const auto begin = decoded<Begin>(
      R"({"type":"Begin","id":{},"expires_at":99999999999999999999999,"configuration":[]})");
  expect_string(begin.id, "");
  fail_unless_equals_int64(begin.expires_at, 0);
}
GST_END_TEST

GST_START_TEST(test_unknown_fields_are_ignored) {
  const auto turn = decoded<Turn>(
      turn_with(R"("new":{"a":[1,{"b":null}]},"words":[{"text":"x","start":1,"end":2,"new":[]}])"));
  expect_word(turn.words[0], "x", 1, 2, 0, false);
}
GST_END_TEST

GST_START_TEST(test_last_of_duplicate_keys_counts) {
  const auto turn = decoded<Turn>(turn_with(R"("transcript":"a","transcript":"b")"));
  expect_string(turn.transcript, "b");
}
GST_END_TEST

namespace {

struct TextCase {
  const char *json;
  const char *text;
};

}  // namespace

static const TextCase kTexts[] = {
    {R"(a\u0000b)", "a\uFFFDb"},
    {R"(\ud800)", "\uFFFD"},
    {R"(\ud800x)", "\uFFFDx"},
    {R"(\udc00\u0041)", "\uFFFDA"},
    {R"(\ud800\ud83d\ude00)", "\uFFFD😀"},
    {R"(\ud83d\ude00)", "😀"},
    {R"(\ud800\\)", "\uFFFD\\"},
    {R"(\"\\\/\b\f\n\r\t)", "\"\\/\b\f\n\r\t"},
    {"caf\xE9", "caf\uFFFD"},
    {"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},
    {"\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
    {"[[[[//{{{/*", "[[[[//{{{/*"},
};

GST_START_TEST(test_strings_are_made_valid) {
  const TextCase &entry = kTexts[__i__];
  const auto turn = decoded<Turn>(turn_with("\"transcript\":\"" + std::string(entry.json) + '"'));
  expect_string(turn.transcript, entry.text);
}
GST_END_TEST

GST_START_TEST(test_raw_nul_is_replaced) {
  std::string frame = turn_with(R"("transcript":"a?b")");
  frame[frame.find('?')] = '\0';
  expect_string(decoded<Turn>(frame).transcript, "a\uFFFDb");
}
GST_END_TEST

GST_START_TEST(test_turn_text_falls_back_from_transcript_to_words) {
  Turn turn;
  expect_string(turn_text(turn), "");
  turn.words = {{.text = "one"}, {.text = ""}, {.text = "two"}};
  expect_string(turn_text(turn), "one two");
  turn.utterance = "One two.";
  expect_string(turn_text(turn), "One two.");
  turn.transcript = "one";
  expect_string(turn_text(turn), "one");
}
GST_END_TEST

static Suite *decode_suite() {
  Suite *suite = suite_create("decode");
  TCase *messages = tcase_create("messages");
  suite_add_tcase(suite, messages);
  tcase_add_test(messages, test_begin_has_session_and_configuration);
  tcase_add_test(messages, test_begin_of_an_older_service_has_no_configuration);
  tcase_add_test(messages, test_begin_echoes_what_is_switched_on);
  tcase_add_test(messages, test_speech_started_has_a_time);
  tcase_add_test(messages, test_streaming_turn_grows_word_by_word);
  tcase_add_test(messages, test_utterance_may_come_before_the_end_of_the_turn);
  tcase_add_test(messages, test_classic_formatting_sends_two_finals);
  tcase_add_test(messages, test_whisper_turn_has_language_and_empty_words);
  tcase_add_test(messages, test_pro_turn_is_transcribed_again_each_time);
  tcase_add_test(messages, test_turn_has_speakers_and_language);
  tcase_add_test(messages, test_turn_with_an_error_stays_a_turn);
  tcase_add_test(messages, test_speaker_revision_lists_turns);
  tcase_add_test(messages, test_heartbeat_and_silence_have_times);
  tcase_add_test(messages, test_error_is_recognised_with_and_without_type);
  tcase_add_test(messages, test_warning_has_code_and_text);
  tcase_add_test(messages, test_llm_response_carries_its_data_as_json);
  tcase_add_test(messages, test_termination_has_durations);
  tcase_add_test(messages, test_unknown_types_are_named);
  tcase_add_test(messages, test_turn_text_falls_back_from_transcript_to_words);

  TCase *tolerance = tcase_create("tolerance");
  suite_add_tcase(suite, tolerance);
  tcase_add_loop_test(tolerance, test_times_may_be_integers_or_floats, 0, std::ssize(kTimes));
  tcase_add_test(tolerance, test_integers_may_be_written_as_floats);
  tcase_add_test(tolerance, test_end_before_start_is_moved_to_start);
  tcase_add_test(tolerance, test_unusable_optional_fields_count_as_missing);
  tcase_add_test(tolerance, test_unknown_fields_are_ignored);
  tcase_add_test(tolerance, test_last_of_duplicate_keys_counts);
  tcase_add_loop_test(tolerance, test_strings_are_made_valid, 0, std::ssize(kTexts));
  tcase_add_test(tolerance, test_raw_nul_is_replaced);
  return suite;
}

CHECK_SUITE(decode);
