// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A session is changed before it expires, and a stream ends even if its session is lost at the end.
// The test controls network and clock.

#include "support/numbered_stream.h"

using namespace testing;

namespace {

constexpr std::int64_t kLifetime = 400;  // seconds: the next session is opened 60 before, the
                                         // change happens 15 before at the latest

constexpr char kTermination[] =
    R"({"type":"Termination","audio_duration_seconds":3,"session_duration_seconds":4})";

// Two connections at a time: the peer is the newest.
struct Change : NumberedStream {
  explicit Change(const ConnectionInfoSource &info = no_parameters)
      : NumberedStream(roomy_options(), info) {
    peer->observer->on_opened();
    old = peer->observer;
    peer->say(R"({"type":"Begin","id":"first","expires_at":)" +
              std::to_string(loop->wall_clock().count() + kLifetime) + "}");
    loop->run();
  }
  void say_old(const std::string &text) {
    old->on_text(text);
    loop->run();
  }
  void end_old() {
    say_old(kTermination);
    old->on_ended({.close_code = 1000});
    loop->run();
  }
  void begin_second() {
    peer->observer->on_opened();
    peer->say(R"({"type":"Begin","id":"second","expires_at":0})");
    loop->run();
  }

  static StreamOptions roomy_options() {
    StreamOptions options = patient_options();
    options.max_backlog = 60s;
    return options;
  }

  TransportObserver *old = nullptr;
};

}  // namespace

GST_START_TEST(test_a_session_is_changed_at_the_end_of_a_turn) {
  Change f;
  f.say(338s);
  fail_unless_equals_int(f.peer->transports, 1);
  f.say_old(spoken(0, false, 337500, "in time"));
  f.say(3s);
  fail_unless_equals_int(f.peer->transports, 2);
  f.begin_second();
  f.say(1s);
  fail_unless(f.peer->texts.empty());
  fail_unless_equals_int(f.recorder->switches, 1);
  f.say_old(spoken(0, true, 339000, "In time."));
  // The old session is terminated, and its last turns are awaited, before the other gets audio.
  fail_unless_equals_uint64(f.peer->texts.size(), 1);
  const std::size_t before = f.sent();
  f.say(300ms);
  fail_unless_equals_uint64(f.sent(), before);
  f.end_old();
  fail_unless_equals_int(f.recorder->switches, 2);
  fail_unless_equals_uint64(f.recorder->session_ends.size(), 1);
  // From a little before 339.9 s.
  fail_unless_equals_int(f.sent_since(before).front(), 339650 / 50 % 251);
  fail_unless(f.recorder->ends.empty());
  fail_unless_equals_text(f.recorder->states(), "connecting connected connecting connected");
  fail_unless_equals_uint64(f.session->stats().sessions, 2);
}
GST_END_TEST

GST_START_TEST(test_in_silence_it_is_changed_at_once) {
  Change f;
  f.say(341s);
  f.begin_second();
  fail_unless_equals_uint64(f.peer->texts.size(), 1);
  f.end_old();
  fail_unless_equals_int(f.recorder->switches, 2);
}
GST_END_TEST

// Cuts between the words with the longest pause near the end; the next session gets the rest.
GST_START_TEST(test_speech_without_pauses_is_cut_between_words) {
  Change f;
  f.say(341s);
  f.say_old(spoken(0, false, 340000, "on and on"));
  f.begin_second();
  f.say(43s);
  fail_unless(f.peer->texts.empty());
  f.say(1s);
  fail_unless_equals_uint64(f.peer->texts.size(), 1);  // at 385 s
  const std::size_t before = f.sent();
  f.say_old(R"({"type":"Turn","turn_order":0,"turn_is_formatted":true,"end_of_turn":true,)"
            R"("transcript":"One, two three fo","end_of_turn_confidence":1,"words":[)"
            R"({"text":"One,","start":381000,"end":381800,"confidence":1,"word_is_final":true},)"
            R"({"text":"two","start":383000,"end":383500,"confidence":1,"word_is_final":true},)"
            R"({"text":"three","start":384000,"end":384700,"confidence":1,"word_is_final":true},)"
            R"({"text":"fo","start":384800,"end":385000,"confidence":1,"word_is_final":true}]})");
  fail_unless_equals_text(f.told(1), "0=One,");
  f.end_old();
  // "One," ends at 381.8 s.
  fail_unless_equals_int(f.sent_since(before).front(), 381550 / 50 % 251);
  f.say(2s);
  f.peer->say(spoken(0, true, 1450, "two three four."));
  fail_unless_equals_text(f.told(2), "1=two three four.");
}
GST_END_TEST

GST_START_TEST(test_a_turn_of_one_word_is_left_to_the_next_session) {
  Change f;
  f.say(341s);
  f.say_old(spoken(0, false, 340600, "on"));
  f.begin_second();
  f.say(44s);
  f.say_old(spoken(0, true, 384600, "On"));
  fail_unless_equals_uint64(f.recorder->turns.size(), 1);
  f.end_old();
  f.say(1s);
  f.peer->say(spoken(0, true, 1000, "Onwards."));
  fail_unless_equals_text(f.told(1), "0=Onwards.");
}
GST_END_TEST

// The next session was requested with the values of that time.
GST_START_TEST(test_the_next_session_gets_the_changes_since_its_request) {
  const bool is_lost = __i__ == 1;
  Change f;
  f.say(341s);
  f.say_old(spoken(0, false, 340600, "in the middle"));
  f.begin_second();
  f.session->update({{"vad_threshold", 0.5}});
  f.say(1s);
  const std::string update = R"({"type":"UpdateConfiguration","vad_threshold":0.5})";
  fail_unless((f.peer->texts == std::vector{update}));
  if (is_lost) {
    f.old->on_ended({.close_code = 1006});
    f.loop->run();
  } else {
    f.say_old(spoken(0, true, 340600, "In the middle."));
    f.end_old();
  }
  fail_unless_equals_int(f.recorder->switches, 2);
  fail_unless_equals_text(f.peer->texts.back(), update);
  fail_unless_equals_uint64(f.peer->texts.size(), is_lost ? 2 : 3);
}
GST_END_TEST

// The sent audio was processed, although there is no final turn of it.
GST_START_TEST(test_silence_is_not_resent_to_the_next_session) {
  Change f;
  f.say(341s);
  f.begin_second();
  const std::size_t before = f.sent();
  f.end_old();
  f.loop->advance(20s);  // more audio than is sent at once would have been sent by now
  // For a word that may be incomplete.
  fail_unless(f.sent() - before <= 3250 / 50);
  fail_unless(f.sent() - before >= 3000 / 50);
}
GST_END_TEST

// The final of one turn is in flight when the change is due, and the next turn has begun.
GST_START_TEST(test_the_turn_that_is_cut_is_the_one_in_flight) {
  Change f;
  f.say(341s);
  f.say_old(spoken(0, false, 340000, "on and on"));
  f.begin_second();
  f.say(44s);
  f.say_old(spoken(0, true, 383000, "On."));  // to 383.4 s
  f.say_old(spoken(1, true, 384100, "next inter"));
  fail_unless_equals_text(f.told(1), "0=On.");
  fail_unless_equals_text(f.told(2), "1=next");
}
GST_END_TEST

GST_START_TEST(test_a_failed_attempt_for_the_next_session_is_reported) {
  Change f;
  f.say(341s);
  f.peer->observer->on_opened();
  f.peer->say(R"({"type":"Error","error_code":1008,"error":"Unauthorized Connection: disabled"})");
  const ConnectionReport &report = f.recorder->connections.back();
  fail_unless(report.state == ConnectionReport::State::kReconnecting);
  fail_unless(report.is_new && report.delay == 10s);
  fail_unless(report.reason.find("disabled") != std::string::npos);
  fail_unless(f.recorder->ends.empty());
}
GST_END_TEST

// The session in use continues.
GST_START_TEST(test_a_setting_that_the_next_session_refuses_is_reverted) {
  auto asked = std::make_shared<ParameterSet>();
  Change f([asked]() -> Result<ConnectionInfo> { return info_with(*asked); });
  *asked = {{"speech_model", std::string("none")}};
  f.recorder->when_refused = [asked] { asked->clear(); };
  f.say(341s);
  f.peer->observer->on_opened();
  f.peer->say(R"({"type":"Error","error_code":3006,"error":"Invalid 'speech_model': x"})");
  fail_unless_equals_uint64(f.recorder->refused.size(), 1);
  fail_unless_equals_text(f.recorder->refused[0][0].parameter, "speech_model");
  fail_if(f.recorder->connections.back().is_new);  // it was reported already
  f.say(10s);
  f.begin_second();
  fail_unless(f.recorder->ends.empty());
}
GST_END_TEST

GST_START_TEST(test_a_session_lost_beside_the_next_is_no_outage) {
  Change f;
  f.say(341s);
  f.say_old(spoken(0, false, 340600, "in the middle"));
  f.begin_second();
  f.old->on_ended({.close_code = 1006});
  f.loop->run();
  fail_unless_equals_int(f.recorder->switches, 2);
  f.peer->say(spoken(0, true, 600, "In the middle of it."));
  fail_unless_equals_text(f.told(1), "0=In the middle of it.");
}
GST_END_TEST

GST_START_TEST(test_the_loss_of_both_sessions_is_reported) {
  Change f;
  f.say(341s);
  f.say_old(spoken(0, false, 340600, "in the middle"));
  f.begin_second();
  f.old->on_ended({.close_code = 1006});
  f.loop->run();
  f.peer->close(1006);
  f.loop->run();
  const ConnectionReport &report = f.recorder->connections.back();
  fail_unless(report.state == ConnectionReport::State::kReconnecting);
  fail_unless(report.is_new);
}
GST_END_TEST

// The old session never answers Terminate, and the next one is gone by then. The stream continues.
GST_START_TEST(test_an_old_session_that_does_not_end_is_replaced) {
  Change f;
  f.say(341s);
  f.say_old(spoken(0, false, 340600, "in the middle"));
  f.begin_second();
  f.say_old(spoken(0, true, 340600, "In the middle."));
  f.peer->close(1011);
  f.loop->advance(5s);  // drain-timeout
  fail_unless(f.recorder->ends.empty());
  fail_unless(f.recorder->connections.back().state == ConnectionReport::State::kReconnecting);
  f.loop->advance(1s);
  f.begin_second();
  fail_unless_equals_int(f.recorder->switches, 2);
}
GST_END_TEST

GST_START_TEST(test_a_loss_while_the_next_session_is_opened_is_reported) {
  Change f;
  f.say(341s);
  f.say_old(spoken(0, false, 340600, "in the middle"));
  f.old->on_ended({.close_code = 1006});
  f.loop->run();
  const ConnectionReport &report = f.recorder->connections.back();
  fail_unless(report.state == ConnectionReport::State::kReconnecting);
  fail_unless(report.is_new && report.delay == 0s && !report.reason.empty());
  f.begin_second();
  fail_unless_equals_int(f.recorder->switches, 2);
}
GST_END_TEST

GST_START_TEST(test_the_next_session_may_take_several_attempts) {
  Change f;
  f.say(341s);
  f.say_old(spoken(0, false, 340600, "in the middle"));
  f.peer->close(1011);
  f.say(9s);
  fail_unless_equals_int(f.peer->transports, 2);
  f.say(1s);
  fail_unless_equals_int(f.peer->transports, 3);
  // The first session continues until then, and is lost like any other if necessary.
  f.peer->close(1011);
  f.say(1s);
  f.say_old(R"({"type":"Error","error_code":3008,"error":"Session Expired"})");
  f.loop->advance(1ms);
  fail_unless_equals_text(f.recorder->states(),
                          "connecting connected connecting reconnecting connecting reconnecting "
                          "reconnecting connecting");
  f.begin_second();
  f.peer->say(spoken(0, true, 600, "In the middle of it."));
  fail_unless_equals_text(f.told(1), "0=In the middle of it.");
}
GST_END_TEST

GST_START_TEST(test_the_wall_clock_may_be_wrong) {
  static constexpr std::int64_t kExpiry[] = {0, 1, -5, 1LL << 62};
  NumberedStream f;
  f.peer->observer->on_opened();
  f.peer->say(R"({"type":"Begin","id":"s","expires_at":)" + std::to_string(kExpiry[__i__]) + "}");
  f.loop->advance(2h + 58min + 59s);
  fail_unless_equals_int(f.peer->transports, 1);
  f.loop->advance(1s);
  fail_unless_equals_int(f.peer->transports, 2);
}
GST_END_TEST

GST_START_TEST(test_the_end_of_the_stream_comes_before_a_change) {
  Change f;
  f.say(341s);
  f.say_old(spoken(0, false, 340600, "in the middle"));
  f.begin_second();
  f.session->finish();
  f.loop->run();
  // Both are terminated; the test waits for the turns of the first.
  fail_unless_equals_uint64(f.peer->texts.size(), 2);
  fail_unless(f.recorder->ends.empty());
  f.say_old(spoken(0, true, 340600, "In the end."));
  f.end_old();
  fail_unless_equals_text(f.told(1), "0=In the end.");
  fail_unless_equals_uint64(f.recorder->session_ends.size(), 2);
  fail_unless_equals_uint64(f.recorder->ends.size(), 1);
  fail_if(f.recorder->ends[0].has_value());
}
GST_END_TEST

GST_START_TEST(test_the_last_words_are_reported_after_a_loss) {
  NumberedStream f;
  f.stream();
  f.session->finish();
  f.loop->run();
  f.peer->close(1006);
  f.loop->advance(1s);
  f.open();
  fail_unless_equals_uint64(f.peer->texts.size(), 2);
  f.peer->say(spoken(0, true, 100, "Bye."));
  f.peer->terminate();
  f.peer->close(1000);
  fail_unless_equals_text(f.told(0), "0=Bye.");
  fail_if(f.recorder->ends[0].has_value());
}
GST_END_TEST

GST_START_TEST(test_a_turn_without_its_final_keeps_its_text_at_the_end) {
  NumberedStream f;
  f.stream();
  f.peer->say(spoken(0, false, 100, "bye"));
  f.session->finish();
  f.loop->run();
  f.peer->terminate();
  f.peer->close(1000);
  fail_unless_equals_text(f.told(1), "0=bye");
}
GST_END_TEST

// The session did not confirm that this was all, so the text reported before the loss becomes
// final.
GST_START_TEST(test_an_interrupted_turn_keeps_its_text_without_a_termination) {
  NumberedStream f;
  f.stream();
  f.peer->say(spoken(0, false, 100, "good evening"));
  f.peer->close(1006);
  f.loop->advance(1s);
  f.open();
  f.peer->say(spoken(0, false, 100, "good evening"));
  f.session->finish();
  f.loop->run();
  f.peer->close(1000);
  fail_unless_equals_text(f.told(1), "0=good evening");
  fail_if(f.recorder->ends[0].has_value());
}
GST_END_TEST

GST_START_TEST(test_an_outage_at_the_end_has_a_limit) {
  NumberedStream f;
  f.stream();
  f.peer->say(spoken(0, false, 100, "good"));
  const bool finished_before = __i__ == 0;
  if (finished_before)
    f.session->finish();
  f.loop->run();
  f.peer->close(1006);
  if (!finished_before) {
    f.loop->advance(500ms);
    f.session->finish();
  }
  f.loop->advance(4999ms);
  fail_unless(f.recorder->ends.empty());
  f.loop->advance(1ms);
  fail_unless_equals_uint64(f.recorder->ends.size(), 1);
  fail_unless(f.recorder->ends[0]->kind == FailureKind::kLost);
  fail_unless_equals_text(f.told(1), "0=good");
  fail_unless_equals_uint64(f.loop->pending_timers(), 0);
}
GST_END_TEST

// The next retry may be scheduled much later.
GST_START_TEST(test_the_end_of_the_stream_tries_again_at_once) {
  StreamOptions options = patient_options();
  options.retry.shortest = 60s;
  options.retry.longest = 60s;
  NumberedStream f(std::move(options));
  f.stream();
  f.peer->close(1006);
  fail_unless_equals_int(f.peer->transports, 1);
  f.session->finish();
  f.loop->run();
  fail_unless_equals_int(f.peer->transports, 2);
  f.open();
  f.peer->terminate();
  f.peer->close(1000);
  fail_if(f.recorder->ends[0].has_value());
}
GST_END_TEST

GST_START_TEST(test_losses_at_the_end_have_a_limit) {
  StreamOptions options = patient_options();
  options.retry = {.shortest = 10ms, .longest = 10ms};
  NumberedStream f(std::move(options));
  f.stream();
  f.session->finish();
  f.loop->run();
  for (int i = 0; i < 4; i++) {
    fail_unless(f.recorder->ends.empty());
    f.peer->close(1006);
    f.loop->advance(10ms);
    if (f.recorder->ends.empty())
      f.open();
  }
  fail_unless_equals_uint64(f.recorder->ends.size(), 1);
}
GST_END_TEST

GST_START_TEST(test_leaving_in_an_outage_is_at_once) {
  NumberedStream f;
  f.stream();
  f.peer->close(1006);
  f.session->leave(Rest::kSend);
  f.loop->run();
  fail_unless(f.session->ended());
  fail_unless_equals_uint64(f.loop->pending_timers(), 0);
  fail_unless(f.recorder->ends.empty());
}
GST_END_TEST

GST_START_TEST(test_leaving_beside_a_change_terminates_both) {
  Change f;
  f.say(341s);
  f.say_old(spoken(0, false, 340600, "in the middle"));
  f.begin_second();
  f.session->leave(Rest::kSend);
  f.loop->run();
  fail_unless(f.session->ended());
  fail_unless_equals_uint64(f.peer->texts.size(), 2);
  fail_unless_equals_uint64(f.loop->pending_timers(), 0);
}
GST_END_TEST

// The next session ends while the one in use is being finished.
GST_START_TEST(test_a_session_may_be_left_from_the_end_of_the_next_one) {
  Change f;
  f.say(341s);
  f.say_old(spoken(0, false, 340600, "in the middle"));
  f.begin_second();
  f.recorder->when_session_ends = [&] { f.session->leave(Rest::kSend); };
  f.session->finish();
  f.loop->run();
  fail_unless(f.session->ended());
  fail_unless_equals_uint64(f.recorder->session_ends.size(), 1);
  fail_unless_equals_uint64(f.peer->texts.size(), 2);
  fail_unless_equals_uint64(f.loop->pending_timers(), 0);
}
GST_END_TEST

GST_START_TEST(test_speech_without_text_is_reported_once) {
  NumberedStream f;
  f.open();
  const auto beat = [&](int seconds, double speech) {
    f.peer->say(R"({"type":"Heartbeat","total_audio_received_ms":)" +
                std::to_string(seconds * 1000) +
                R"(,"total_duration_ms":2,"realtime_factor":1,"max_speech_probability":)" +
                std::to_string(speech) + "}");
  };
  for (int seconds = 0; seconds < 100; seconds += 5)
    beat(seconds, seconds == 50 ? 0.1 : 0.9);
  fail_unless_equals_int(f.recorder->deaf, 1);
  f.peer->say(spoken(0, true, 100, "At last."));
  for (int seconds = 100; seconds <= 130; seconds += 5)
    beat(seconds, 0.9);
  fail_unless_equals_int(f.recorder->deaf, 2);
}
GST_END_TEST

static Suite *rollover_suite() {
  Suite *suite = suite_create("rollover");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_a_session_is_changed_at_the_end_of_a_turn);
  tcase_add_test(tests, test_in_silence_it_is_changed_at_once);
  tcase_add_test(tests, test_speech_without_pauses_is_cut_between_words);
  tcase_add_test(tests, test_a_turn_of_one_word_is_left_to_the_next_session);
  tcase_add_loop_test(tests, test_the_next_session_gets_the_changes_since_its_request, 0, 2);
  tcase_add_test(tests, test_silence_is_not_resent_to_the_next_session);
  tcase_add_test(tests, test_the_turn_that_is_cut_is_the_one_in_flight);
  tcase_add_test(tests, test_a_failed_attempt_for_the_next_session_is_reported);
  tcase_add_test(tests, test_a_setting_that_the_next_session_refuses_is_reverted);
  tcase_add_test(tests, test_a_session_lost_beside_the_next_is_no_outage);
  tcase_add_test(tests, test_the_loss_of_both_sessions_is_reported);
  tcase_add_test(tests, test_an_old_session_that_does_not_end_is_replaced);
  tcase_add_test(tests, test_a_loss_while_the_next_session_is_opened_is_reported);
  tcase_add_test(tests, test_the_next_session_may_take_several_attempts);
  tcase_add_loop_test(tests, test_the_wall_clock_may_be_wrong, 0, 4);
  tcase_add_test(tests, test_the_end_of_the_stream_comes_before_a_change);
  tcase_add_test(tests, test_the_last_words_are_reported_after_a_loss);
  tcase_add_test(tests, test_a_turn_without_its_final_keeps_its_text_at_the_end);
  tcase_add_test(tests, test_an_interrupted_turn_keeps_its_text_without_a_termination);
  tcase_add_loop_test(tests, test_an_outage_at_the_end_has_a_limit, 0, 2);
  tcase_add_test(tests, test_the_end_of_the_stream_tries_again_at_once);
  tcase_add_test(tests, test_losses_at_the_end_have_a_limit);
  tcase_add_test(tests, test_leaving_in_an_outage_is_at_once);
  tcase_add_test(tests, test_leaving_beside_a_change_terminates_both);
  tcase_add_test(tests, test_a_session_may_be_left_from_the_end_of_the_next_one);
  tcase_add_test(tests, test_speech_without_text_is_reported_once);
  return suite;
}

CHECK_SUITE(rollover);
