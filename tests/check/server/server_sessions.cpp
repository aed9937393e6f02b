// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The local server keeps its part of the protocol: sessions that go well.

#include "raw_client.h"

#include "expect.h"

using servertest::field;
using servertest::kDeadline;
using servertest::RawClient;
using servertest::start;
using servertest::Strings;
using testserver::Finals;
using testserver::Milliseconds;
using testserver::Options;
using testserver::Server;

namespace {

std::string joined(const Strings &words) {
  std::string text;
  for (const std::string &word : words)
    text += (text.empty() ? "" : " ") + word;
  return text;
}

Strings split(const std::string &text) {
  Strings words(1);
  for (char c : text) {
    if (c == ' ')
      words.emplace_back();
    else
      words.back() += c;
  }
  return words;
}

void terminate(RawClient *client) {
  client->send_text(R"({"type":"Terminate"})");
  fail_unless(client->wait_closed());
}

}  // namespace

GST_START_TEST(test_begin_tells_the_configuration) {
  auto server = start();
  RawClient client;
  fail_unless(client.connect(server->endpoint() + "?speech_model=u3-rt-pro&speaker_labels=True"));
  fail_unless(client.wait_type("Begin"));
  std::string begin = client.texts.front();
  EXPECT_NUMBER(field(begin, "id").size(), 36);
  std::string configuration = field(begin, "configuration");
  EXPECT_TEXT(field(configuration, "model"), "u3-rt-pro");
  EXPECT_TEXT(field(configuration, "mode"), "balanced");
  EXPECT_TEXT(field(configuration, "api_version"), "2025-05-12");
  EXPECT_TEXT(field(configuration, "speaker_labels"), "true");
  EXPECT_TEXT(field(configuration, "domain"), "null");
  EXPECT_NUMBER(server->open_sessions(), 1);
  terminate(&client);
  fail_unless(server->wait_for([](Server &s) { return s.open_sessions() == 0; }, kDeadline));
}
GST_END_TEST

GST_START_TEST(test_a_session_runs_from_begin_to_termination) {
  auto server = start();
  RawClient client;
  fail_unless(client.connect(server->endpoint() + "?speech_model=u3-rt-pro&sample_rate=16000"));
  client.send_silence(7000);
  terminate(&client);
  EXPECT_TEXT(field(client.texts.front(), "type"), "Begin");
  EXPECT_TEXT(field(client.texts[1], "type"), "SpeechStarted");
  std::string last = client.texts.back();
  EXPECT_TEXT(field(last, "type"), "Termination");
  EXPECT_TEXT(field(last, "audio_duration_seconds"), "7");
  EXPECT_NUMBER(client.close_code, 1000);
  EXPECT_TEXT(client.close_reason, "Session Ended");
  Strings finals = client.transcripts(true);
  EXPECT_NUMBER(finals.size(), 2);
  EXPECT_TEXT(joined(finals), joined(testserver::expected_words(7000, true)));
  EXPECT_NUMBER(client.transcripts(false).size(), 16);

  fail_unless(server->wait_for([](Server &s) { return s.session(0).closed; }, kDeadline));
  auto seen = server->session(0);
  fail_unless(seen.began && seen.terminated && seen.closed && !seen.audio_after_terminate);
  EXPECT_NUMBER(seen.audio.size(), 7000 * 32);
  EXPECT_NUMBER(seen.message_sizes.size(), 70);
  EXPECT_TEXT(seen.query["speech_model"], "u3-rt-pro");
  EXPECT_TEXT(seen.headers["authorization"], "secret");
  EXPECT_NUMBER(seen.close_code_sent, 1000);
}
GST_END_TEST

GST_START_TEST(test_words_of_u3_partials_are_not_final_until_the_turn_is) {
  auto server = start();
  RawClient client;
  fail_unless(client.connect(server->endpoint() + "?speech_model=universal-3-5-pro"));
  client.send_silence(3500);
  terminate(&client);
  Strings turns = client.of_type("Turn");
  EXPECT_NUMBER(turns.size(), 9);
  EXPECT_TEXT(field(turns[0], "transcript"), "Ban");
  fail_unless(turns[3].find("\"word_is_final\":true") == std::string::npos);
  fail_unless(turns[8].find("\"word_is_final\":false") == std::string::npos);
  EXPECT_TEXT(field(turns[8], "utterance"), field(turns[8], "transcript"));
  EXPECT_TEXT(field(turns[8], "end_of_turn_confidence"), "1");
}
GST_END_TEST

GST_START_TEST(test_universal_streaming_partials_hold_final_words_only) {
  auto server = start();
  RawClient client;
  fail_unless(client.connect(server->endpoint() + "?speech_model=universal-streaming-english"));
  client.send_silence(3500);
  terminate(&client);
  fail_unless(client.of_type("SpeechStarted").empty());
  Strings partials = client.transcripts(false);
  EXPECT_TEXT(partials[0], "");
  EXPECT_TEXT(partials[2], "ban ken");
  Strings finals = client.transcripts(true);
  // One unformatted final, and the empty one that answers Terminate.
  EXPECT_NUMBER(finals.size(), 2);
  EXPECT_TEXT(finals[0], joined(testserver::expected_words(3500, false)));
  EXPECT_TEXT(finals[1], "");
}
GST_END_TEST

GST_START_TEST(test_format_turns_gives_two_finals) {
  auto server = start();
  RawClient client;
  fail_unless(client.connect(server->endpoint() +
                             "?speech_model=universal-streaming-english&format_turns=true"));
  client.send_silence(3500);
  terminate(&client);
  Strings finals = client.transcripts(true);
  EXPECT_TEXT(finals[0], joined(testserver::expected_words(3500, false)));
  EXPECT_TEXT(finals[1], joined(testserver::expected_words(3500, true)));
  Strings turns = client.of_type("Turn");
  EXPECT_TEXT(field(turns[8], "turn_is_formatted"), "false");
  EXPECT_TEXT(field(turns[9], "turn_is_formatted"), "true");
  EXPECT_TEXT(field(turns[9], "turn_order"), "0");
}
GST_END_TEST

GST_START_TEST(test_a_late_formatted_final_follows_the_next_turns_first_message) {
  Options options;
  options.late_formatted = true;
  auto server = start(options);
  RawClient client;
  fail_unless(client.connect(server->endpoint() +
                             "?speech_model=universal-streaming-english&format_turns=true"));
  client.send_silence(7000);
  terminate(&client);
  Strings turns = client.of_type("Turn");
  EXPECT_TEXT(field(turns[8], "end_of_turn"), "true");
  EXPECT_TEXT(field(turns[9], "turn_order"), "1");
  EXPECT_TEXT(field(turns[10], "turn_order"), "0");
  EXPECT_TEXT(field(turns[10], "turn_is_formatted"), "true");
}
GST_END_TEST

GST_START_TEST(test_the_final_behaviour_can_be_chosen) {
  Options options;
  options.finals = Finals::unformatted;
  auto server = start(options);
  RawClient client;
  fail_unless(client.connect(server->endpoint() + "?speech_model=u3-rt-pro"));
  client.send_silence(3500);
  terminate(&client);
  Strings finals = client.transcripts(true);
  EXPECT_NUMBER(finals.size(), 1);
  EXPECT_TEXT(finals[0], joined(testserver::expected_words(3500, false)));
}
GST_END_TEST

GST_START_TEST(test_force_endpoint_ends_the_turn_and_the_rest_is_the_next) {
  auto server = start();
  RawClient client;
  fail_unless(client.connect(server->endpoint()));
  client.send_text(R"({"type":"ForceEndpoint"})");  // nothing heard: no answer
  client.send_silence(1000);
  client.send_text(R"({"type":"ForceEndpoint"})");
  client.send_silence(2500);
  terminate(&client);
  Strings finals = client.transcripts(true);
  EXPECT_NUMBER(finals.size(), 2);
  EXPECT_NUMBER(split(finals[0]).size(), 2);
  EXPECT_TEXT(joined(finals), joined(testserver::expected_words(3500, true)));
}
GST_END_TEST

GST_START_TEST(test_the_script_depends_on_the_audio_alone) {
  auto server = start();
  Strings reference;
  for (int chunk_ms : {50, 70, 140, 1000}) {
    RawClient client;
    fail_unless(client.connect(server->endpoint() + "?speech_model=u3-rt-pro"));
    client.send_silence(7000, chunk_ms);
    terminate(&client);
    Strings turns = client.of_type("Turn");
    if (reference.empty())
      reference = turns;
    fail_unless(turns == reference, "differs with chunks of %d ms", chunk_ms);
  }
}
GST_END_TEST

GST_START_TEST(test_the_coded_engine_hears_what_is_sent) {
  Options options;
  options.engine = testserver::EngineKind::coded;
  auto server = start(options);
  RawClient client;
  fail_unless(client.connect(server->endpoint()));
  // From the middle of the talk's second sentence; then the first again.
  client.send_samples(testserver::coded_audio(5000, 7000));
  client.send_samples(testserver::coded_audio(0, 3500));
  terminate(&client);
  Strings middle = testserver::expected_words(7000, true);
  Strings again = testserver::expected_words(3500, true);
  middle.erase(middle.begin(), middle.begin() + 12);
  Strings finals = client.transcripts(true);
  EXPECT_NUMBER(finals.size(), 2);
  EXPECT_TEXT(finals[0], joined(middle));
  EXPECT_TEXT(finals[1], joined(again));
}
GST_END_TEST

GST_START_TEST(test_update_configuration_changes_the_session) {
  auto server = start();
  RawClient client;
  fail_unless(client.connect(server->endpoint() + "?speech_model=universal-streaming-english"));
  client.send_text(R"({"type":"UpdateConfiguration","format_turns":true,"keyterms_prompt":["A"]})");
  client.send_silence(3500);
  terminate(&client);
  EXPECT_NUMBER(client.transcripts(true).size(), 3);
}
GST_END_TEST

GST_START_TEST(test_heartbeats_and_silences_are_sent_when_asked_for) {
  Options options;
  options.heartbeat_interval = Milliseconds(20);
  options.scenario = R"({"turns":[{"text":"late","start":5000}]})";
  auto server = start(options);
  RawClient client;
  fail_unless(
      client.connect(server->endpoint() + "?session_heartbeat=true&acknowledge_silence=true"));
  client.send_silence(3000);
  fail_unless(client.wait_type("Heartbeat"));
  fail_unless(client.wait([&] { return client.of_type("Silence").size() == 3; }));
  fail_unless(client.wait([&] {
    return field(client.of_type("Heartbeat").back(), "total_audio_received_ms") == "3000";
  }));
  terminate(&client);
}
GST_END_TEST

GST_START_TEST(test_a_scenario_has_speakers_revisions_and_redaction) {
  Options options;
  options.scenario = R"({"turns":[{"words":[
      {"text":"my","start":100,"end":300,"speaker":"A"},
      {"text":"name","start":300,"end":500,"speaker":"A"},
      {"text":"rupert","start":500,"end":900,"speaker":"A","revised_speaker":"B",
       "pii":"person_name"}],
      "formatted":"My name Rupert.","language":"de"}]})";
  auto server = start(options);
  RawClient client;
  fail_unless(client.connect(
      server->endpoint() +
      "?speaker_labels=true&redact_pii=true&redact_pii_sub=entity_name&language_detection=true"));
  client.send_silence(2000);
  terminate(&client);
  fail_unless(client.transcripts(false).empty());  // redaction switches partials off
  EXPECT_TEXT(client.transcripts(true)[0], "My name [PERSON_NAME]");
  std::string final = client.of_type("Turn")[0];
  EXPECT_TEXT(field(final, "speaker_label"), "A");
  EXPECT_TEXT(field(final, "language_code"), "de");
  std::string revision = client.of_type("SpeakerRevision")[0];
  fail_unless(revision.find("\"speaker\":\"B\"") != std::string::npos);
  EXPECT_TEXT(field(client.texts.back(), "type"), "Termination");
}
GST_END_TEST

GST_START_TEST(test_a_scenario_may_revise_partials_and_repeat) {
  Options options;
  options.scenario = R"({"repeat_ms":2000,"turns":[{"text":"two words","start":100,"word_ms":400,
      "end":1400,"formatted":"2 words, in all.",
      "partials":[{"at":300,"text":"too"},{"at":700,"text":"to words"}]}]})";
  auto server = start(options);
  RawClient client;
  fail_unless(client.connect(server->endpoint()));
  client.send_silence(4000);
  terminate(&client);
  fail_unless(client.transcripts(false) == Strings({"Too", "To words", "Too", "To words"}));
  fail_unless(client.transcripts(true) == Strings({"2 words, in all.", "2 words, in all."}));
  std::string repeated = client.of_type("Turn").back();
  fail_unless(repeated.find("\"start\":2100") != std::string::npos);
}
GST_END_TEST

// As the times of Universal-3, from the turn's begin to 450 ms before what has been heard.
GST_START_TEST(test_word_times_may_be_spread_over_the_turn) {
  Options options;
  options.word_times = testserver::WordTimes::spread;
  options.scenario = R"({"turns":[{"text":"abcd ab","start":1000,"word_ms":400,"end":2690,
      "partials":[{"at":2070,"text":"abcd ab"}]}]})";
  auto server = start(options);
  RawClient client;
  fail_unless(client.connect(server->endpoint()));
  client.send_silence(4000);
  terminate(&client);
  const Strings turns = client.of_type("Turn");
  fail_unless(turns.size() >= 2);
  // 620 and 1240 ms for 6.2 characters.
  fail_unless(turns[0].find(R"("start":1000,"end":1400)") != std::string::npos, "%s",
              turns[0].c_str());
  fail_unless(turns[0].find(R"("start":1420,"end":1620)") != std::string::npos);
  // With a full stop it is 7.2.
  fail_unless(turns[1].find(R"("start":1000,"end":1689)") != std::string::npos, "%s",
              turns[1].c_str());
  fail_unless(turns[1].find(R"("start":1723,"end":2240)") != std::string::npos);
}
GST_END_TEST

GST_START_TEST(test_partials_may_be_few) {
  Options options;
  options.partial_interval = testserver::Milliseconds(1200);
  options.scenario =
      R"({"turns":[{"text":"one two three four five six","start":0,"word_ms":500}]})";
  auto server = start(options);
  RawClient client;
  fail_unless(client.connect(server->endpoint()));
  client.send_silence(4000);
  terminate(&client);
  fail_unless(client.transcripts(false) == Strings({"One", "One two three four"}));
}
GST_END_TEST

GST_START_TEST(test_a_wrong_scenario_is_refused_at_the_start) {
  const char *const kWrong[] = {"[]",
                                "{",
                                "{}{}",
                                "{/**/}",
                                R"({"turns":[{"text":"\ud800"}]})",
                                R"({"turns":[{}]})",
                                R"({"turns":[7]})",
                                R"({"steps":[{"at":1,"do":"dance"}]})",
                                R"({"turns":[{"words":[{"start":1}]}]})"};
  for (const char *scenario : kWrong) {
    Options options;
    options.scenario = scenario;
    std::string error;
    fail_unless(Server::start(options, &error) == nullptr, "%s", scenario);
    fail_unless(!error.empty());
  }
}
GST_END_TEST

static Suite *server_sessions_suite(void) {
  Suite *suite = suite_create("server sessions");
  TCase *sessions = tcase_create("sessions");
  suite_add_tcase(suite, sessions);
  tcase_add_test(sessions, test_begin_tells_the_configuration);
  tcase_add_test(sessions, test_a_session_runs_from_begin_to_termination);
  tcase_add_test(sessions, test_words_of_u3_partials_are_not_final_until_the_turn_is);
  tcase_add_test(sessions, test_universal_streaming_partials_hold_final_words_only);
  tcase_add_test(sessions, test_format_turns_gives_two_finals);
  tcase_add_test(sessions, test_a_late_formatted_final_follows_the_next_turns_first_message);
  tcase_add_test(sessions, test_the_final_behaviour_can_be_chosen);
  tcase_add_test(sessions, test_force_endpoint_ends_the_turn_and_the_rest_is_the_next);
  tcase_add_test(sessions, test_the_script_depends_on_the_audio_alone);
  tcase_add_test(sessions, test_the_coded_engine_hears_what_is_sent);
  tcase_add_test(sessions, test_update_configuration_changes_the_session);
  tcase_add_test(sessions, test_heartbeats_and_silences_are_sent_when_asked_for);
  tcase_add_test(sessions, test_a_scenario_has_speakers_revisions_and_redaction);
  tcase_add_test(sessions, test_a_scenario_may_revise_partials_and_repeat);
  tcase_add_test(sessions, test_word_times_may_be_spread_over_the_turn);
  tcase_add_test(sessions, test_partials_may_be_few);
  tcase_add_test(sessions, test_a_wrong_scenario_is_refused_at_the_start);
  return suite;
}

CHECK_SUITE(server_sessions);
