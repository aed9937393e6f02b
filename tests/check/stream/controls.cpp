// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Messages between audio and turns: changed parameters, forced endpoints, other messages of the
// service, and the connection settings.

#include "stream/control_queue.h"
#include "support/stream_fixture.h"

using namespace testing;

GST_START_TEST(test_changes_made_together_are_one_message_in_stream_order) {
  StreamFixture f;
  f.begin();
  f.push(kChunk);
  fail_unless(f.session->update({{"prompt", std::string("a")}, {"min_turn_silence", 1L}}));
  fail_unless(f.session->update({{"prompt", std::string("b")}, {"vad_threshold", 0.5}}));
  f.push(kChunk);
  fail_unless(f.peer->texts.empty());
  f.loop->advance(ControlQueue::kCollect);
  fail_unless((
      f.peer->texts ==
      std::vector<std::string>{
          R"({"type":"UpdateConfiguration","min_turn_silence":1,"prompt":"b","vad_threshold":0.5})"}));
  fail_unless((f.peer->order == std::vector<char>{'a', 't', 'a'}));
}
GST_END_TEST

GST_START_TEST(test_a_change_without_audio_is_sent_after_a_moment) {
  StreamFixture f;
  f.begin();
  f.session->update({{"prompt", std::string("a")}});
  f.loop->advance(ControlQueue::kCollect - 1ms);
  fail_unless(f.peer->texts.empty());
  f.loop->advance(2ms);
  fail_unless_equals_uint64(f.peer->texts.size(), 1);
}
GST_END_TEST

GST_START_TEST(test_changes_wait_for_the_audio_before_them_and_for_begin) {
  StreamFixture f;
  f.push(kChunk * 2);
  f.session->update({{"prompt", std::string("a")}});
  f.push(kChunk);
  fail_unless(f.peer->texts.empty());
  f.begin();
  f.loop->advance(1s);
  fail_unless((f.peer->order == std::vector<char>{'a', 'a', 't', 'a'}));
}
GST_END_TEST

GST_START_TEST(test_values_that_the_service_has_are_not_sent_again) {
  StreamFixture f(quick_options(), []() -> Result<ConnectionInfo> {
    return info_with({{"prompt", std::string("a")}});
  });
  f.begin();
  f.session->update(
      {{"prompt", std::string("a")}, {"keyterms_prompt", std::vector<std::string>()}});
  f.loop->advance(1s);
  fail_unless(f.peer->texts.empty());
  f.session->update({{"prompt", std::string()}});
  f.loop->advance(1s);
  f.session->update({{"prompt", std::string()}});
  f.loop->advance(1s);
  fail_unless(
      (f.peer->texts == std::vector<std::string>{R"({"type":"UpdateConfiguration","prompt":""})"}));
}
GST_END_TEST

GST_START_TEST(test_an_endpoint_is_forced_after_the_audio_that_has_come) {
  StreamFixture f;
  f.begin();
  f.push(kChunk);
  fail_unless(f.session->force_endpoint());
  f.loop->run();
  fail_unless((f.peer->texts == std::vector<std::string>{R"({"type":"ForceEndpoint"})"}));
  f.peer->close(1006);
  fail_if(f.session->force_endpoint());
  fail_if(f.session->update({{"prompt", std::string("a")}}));
}
GST_END_TEST

GST_START_TEST(test_formatting_switched_on_in_mid_session_is_waited_for) {
  StreamFixture f(quick_options(), []() -> Result<ConnectionInfo> {
    return info_with({{"speech_model", std::string("universal-streaming-english")}});
  });
  f.begin();
  f.session->update({{"format_turns", true}});
  f.loop->advance(1s);
  f.peer->say(turn_json(0, true, false, "hello"));
  fail_unless_equals_uint64(f.session->stats().finals, 0);
  f.peer->say(turn_json(0, true, true, "Hello."));
  fail_unless_equals_uint64(f.session->stats().finals, 1);
}
GST_END_TEST

GST_START_TEST(test_other_messages_of_the_service_are_counted_and_passed_on) {
  StreamFixture f(quick_options(), []() -> Result<ConnectionInfo> {
    return info_with({{"session_heartbeat", true}});
  });
  f.begin();
  f.peer->say(R"({"type":"Warning","warning_code":1,"warning":"careful"})");
  f.peer->say(R"({"type":"SpeakerRevision","revisions":[]})");
  f.peer->say(R"({"type":"LLMGatewayResponse","turn_order":0,"transcript":"t","data":{}})");
  f.peer->say(R"({"type":"Heartbeat","total_audio_received_ms":1,"total_duration_ms":2,)"
              R"("realtime_factor":0.5,"max_speech_probability":0})");
  f.peer->say(R"({"type":"Silence","start_ms":0,"end_ms":1000})");
  f.peer->say(R"({"type":"Silence","start_ms":500,"end_ms":1500})");
  f.peer->say(R"({"type":"Silence","start_ms":500,"end_ms":1500})");
  const StreamStats stats = f.session->stats();
  fail_unless_equals_uint64(stats.warnings, 1);
  fail_unless_equals_uint64(stats.speaker_revisions, 1);
  fail_unless_equals_uint64(stats.llm_responses, 1);
  fail_unless_equals_uint64(stats.heartbeats, 1);
  fail_unless(stats.realtime_factor == 0.5);
  fail_unless(stats.silence == 1500ms);
  fail_unless_equals_int(f.recorder->messages, 6);
}
GST_END_TEST

GST_START_TEST(test_a_missing_connection_info_is_the_only_report) {
  StreamFixture f(quick_options(), []() -> Result<ConnectionInfo> {
    return Failure{.kind = FailureKind::kSettings, .message = "No key"};
  });
  fail_unless_equals_uint64(f.recorder->ends.size(), 1);
  fail_unless_equals_text(f.recorder->ends[0]->message, "No key");
  fail_unless_equals_text(f.recorder->states(), "lost");
  fail_if(f.peer->opened);
}
GST_END_TEST

GST_START_TEST(test_a_mode_does_not_reset_explicit_parameters) {
  StreamFixture f(quick_options(), []() -> Result<ConnectionInfo> {
    return info_with({{"min_turn_silence", std::int64_t{300}}, {"mode", std::string("balanced")}});
  });
  f.begin();
  f.session->update({{"mode", std::string("min_latency")}});
  f.loop->advance(1s);
  f.session->update({{"mode", std::string("min_latency")}});
  f.loop->advance(1s);
  const std::string told =
      R"({"type":"UpdateConfiguration","min_turn_silence":300,"mode":"min_latency"})";
  fail_unless((f.peer->texts == std::vector<std::string>{told, told}));
}
GST_END_TEST

GST_START_TEST(test_an_agent_context_that_is_repeated_is_sent_twice) {
  StreamFixture f;
  f.begin();
  for (int i = 0; i < 2; i++) {
    f.session->update({{"agent_context", std::string("Yes.")}});
    f.loop->advance(1s);
  }
  fail_unless_equals_uint64(f.peer->texts.size(), 2);
}
GST_END_TEST

GST_START_TEST(test_a_change_that_was_withdrawn_is_not_sent) {
  StreamFixture f;
  f.begin();
  f.session->update({{"vad_threshold", 0.5}});
  f.session->withdraw("vad_threshold");
  f.loop->advance(1s);
  fail_unless(f.peer->texts.empty());
}
GST_END_TEST

// For example a sync handler that flushes.
GST_START_TEST(test_a_session_may_be_left_from_within_a_report) {
  auto loop = std::make_shared<ManualLoop>();
  auto peer = std::make_shared<FakePeer>();
  auto recorder = std::make_shared<Recorder>();
  const auto session = std::make_shared<Stream>(quick_options(), no_parameters, loop,
                                                fake_factory(peer), callbacks_of(recorder));
  recorder->when_connecting = [&] { session->leave(Rest::kDiscard); };
  session->start();
  loop->run();
  fail_unless(peer->gone());
  fail_unless(session->ended());
  fail_unless_equals_text(recorder->states(), "connecting");
}
GST_END_TEST

// During the session, and before the next one.
GST_START_TEST(test_a_session_may_be_left_while_a_change_is_reverted) {
  const bool is_opening = __i__ == 1;
  auto asked = std::make_shared<ParameterSet>();
  StreamOptions options = quick_options();
  options.retry.most_retries = -1;
  StreamFixture f(std::move(options),
                  [asked]() -> Result<ConnectionInfo> { return info_with(*asked); });
  f.begin();
  *asked = {{"mode", std::string("bad")}};
  if (is_opening) {
    f.peer->close(1006);
    f.loop->advance(1s);
    f.peer->observer->on_opened();
  } else {
    f.session->update(*asked);
    f.loop->advance(1s);
  }
  f.recorder->when_refused = [&] { f.session->leave(Rest::kDiscard); };
  f.peer->say(R"({"type":"Error","error_code":3006,"error":"Invalid 'mode': x"})");
  f.loop->advance(10s);
  fail_unless_equals_uint64(f.recorder->refused.size(), 1);
  fail_unless(f.session->ended());
  fail_unless(f.recorder->ends.empty());  // there is no listener any more
}
GST_END_TEST

static Suite *controls_suite() {
  Suite *suite = suite_create("controls");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_changes_made_together_are_one_message_in_stream_order);
  tcase_add_test(tests, test_a_change_without_audio_is_sent_after_a_moment);
  tcase_add_test(tests, test_changes_wait_for_the_audio_before_them_and_for_begin);
  tcase_add_test(tests, test_values_that_the_service_has_are_not_sent_again);
  tcase_add_test(tests, test_an_endpoint_is_forced_after_the_audio_that_has_come);
  tcase_add_test(tests, test_formatting_switched_on_in_mid_session_is_waited_for);
  tcase_add_test(tests, test_other_messages_of_the_service_are_counted_and_passed_on);
  tcase_add_test(tests, test_a_missing_connection_info_is_the_only_report);
  tcase_add_test(tests, test_a_mode_does_not_reset_explicit_parameters);
  tcase_add_test(tests, test_an_agent_context_that_is_repeated_is_sent_twice);
  tcase_add_test(tests, test_a_change_that_was_withdrawn_is_not_sent);
  tcase_add_test(tests, test_a_session_may_be_left_from_within_a_report);
  tcase_add_loop_test(tests, test_a_session_may_be_left_while_a_change_is_reverted, 0, 2);
  return suite;
}

CHECK_SUITE(controls);
