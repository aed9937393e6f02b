// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Streams without audio for a while: an open session is billed. The test controls network and
// clock.

#include "support/numbered_stream.h"

using namespace testing;

GST_START_TEST(test_no_audio_ends_the_session_and_the_next_opens_another) {
  StreamOptions options = patient_options();
  options.idle_timeout = 5s;
  NumberedStream f(std::move(options));
  f.stream();
  f.session->push(block(100), Content::kAudio);
  f.loop->advance(4s);
  // Audio that fills a gap does not count.
  fail_unless(f.session->push(block(kChunk), Content::kFilling) == PushResult::kAccepted);
  f.loop->advance(1s);
  fail_unless_equals_uint64(f.peer->texts.size(), 1);
  f.peer->say(spoken(0, true, 100, "Bye."));
  f.peer->terminate();
  f.peer->close(1000);
  f.loop->run();
  fail_unless_equals_text(f.recorder->states(), "connecting connected idle");
  fail_unless_equals_text(f.session->stats().state, "idle");
  fail_unless(f.session->idle());
  fail_unless_equals_uint64(f.recorder->session_ends.size(), 1);
  f.session->push(block(kChunk), Content::kFilling);
  f.loop->advance(1h);
  fail_unless_equals_int(f.peer->transports, 1);
  const std::size_t before = f.sent();
  f.say(50ms);
  fail_if(f.session->idle());
  fail_unless_equals_int(f.peer->transports, 2);
  f.open();
  fail_unless_equals_uint64(f.sent(), before + 1);
  f.peer->say(spoken(0, true, 0, "Hello."));
  fail_unless_equals_text(f.told(1), "1=Hello.");
  fail_unless(f.recorder->ends.empty());
}
GST_END_TEST

GST_START_TEST(test_a_session_that_ended_idle_was_healthy) {
  StreamOptions options = patient_options();
  options.idle_timeout = 5s;
  NumberedStream f(std::move(options));
  f.stream();
  f.peer->close(1006);
  f.loop->advance(1s);
  f.open();
  f.loop->advance(5s);
  f.peer->terminate();
  f.peer->close(1000);
  f.loop->run();
  f.say(50ms);
  fail_unless_equals_int(static_cast<int>(f.recorder->connections.back().attempt), 1);
  f.open();
  f.peer->close(1006);
  fail_unless(f.recorder->connections.back().is_new);
  fail_unless_equals_uint64(f.session->stats().reconnects, 1);
}
GST_END_TEST

// Each session would be billed.
GST_START_TEST(test_losses_of_idle_sessions_have_a_limit) {
  const bool breaks = __i__ == 0;  // or times out
  StreamOptions options = patient_options();
  options.idle_timeout = 5s;
  options.drain_timeout = 3s;
  options.retry = {.shortest = 100ms, .longest = 100ms};
  NumberedStream f(std::move(options));
  f.stream();
  int sessions = 0;
  for (; sessions < 20 && !f.session->idle(); sessions++) {
    f.loop->advance(5s);
    if (breaks)
      f.peer->close(1006);
    f.loop->advance(4s);
    if (!f.session->idle())
      f.open();
  }
  fail_unless_equals_int(sessions, 4);
  fail_unless(f.recorder->lost > 0);
  fail_unless(f.recorder->ends.empty());
  f.say(50ms);
  fail_if(f.session->idle());
}
GST_END_TEST

// Speech that this session does not report is reported by another one.
GST_START_TEST(test_unreported_words_of_an_idle_session_are_resent) {
  StreamOptions options = patient_options();
  options.idle_timeout = 5s;
  options.drain_timeout = 3s;
  NumberedStream f(std::move(options));
  f.stream();
  f.loop->advance(10s);  // no response to Terminate yet
  f.open();
  f.loop->advance(6s);
  f.peer->say(spoken(0, true, 100, "At last."));
  f.peer->terminate();
  f.peer->close(1000);
  f.loop->run();
  fail_unless(f.session->idle());
  fail_unless_equals_text(f.told(0), "0=At last.");
  fail_unless_equals_uint64(f.recorder->lost, 0);
}
GST_END_TEST

GST_START_TEST(test_a_turn_is_not_forced_to_end_without_a_session) {
  StreamOptions options = patient_options();
  options.idle_timeout = 5s;
  NumberedStream f(std::move(options));
  f.stream();
  f.loop->advance(5s);
  f.peer->terminate();
  f.peer->close(1000);
  f.loop->run();
  fail_unless(f.session->force_endpoint());
  f.say(50ms);
  f.open();
  fail_unless_equals_text(f.peer->texts.back(), R"({"type":"Terminate"})");
}
GST_END_TEST

GST_START_TEST(test_audio_that_comes_while_idling_begins_is_not_lost) {
  StreamOptions options = patient_options();
  options.idle_timeout = 5s;
  NumberedStream f(std::move(options));
  f.stream();
  f.loop->advance(5s);
  const std::size_t before = f.sent();
  f.say(500ms);
  fail_unless_equals_uint64(f.sent(), before);
  f.peer->terminate();
  f.peer->close(1000);
  f.loop->run();
  fail_unless_equals_int(f.peer->transports, 2);
  f.open();
  fail_unless_equals_uint64(f.sent(), before + 10);
}
GST_END_TEST

GST_START_TEST(test_the_end_of_an_idle_stream_is_at_once) {
  StreamOptions options = patient_options();
  options.idle_timeout = 5s;
  NumberedStream f(std::move(options));
  f.stream();
  f.loop->advance(5s);
  f.peer->terminate();
  f.peer->close(1000);
  f.loop->run();
  f.session->finish();
  f.loop->run();
  fail_unless(f.session->wait_end() == WaitResult::kEnded);
  fail_if(f.recorder->ends[0].has_value());
}
GST_END_TEST

GST_START_TEST(test_after_an_inactivity_timeout_the_next_audio_connects) {
  NumberedStream f;
  f.stream();
  f.peer->say(spoken(0, false, 100, "and"));
  f.peer->say(R"({"type":"Heartbeat","total_audio_received_ms":1000,"total_duration_ms":1000,)"
              R"("realtime_factor":1,"max_speech_probability":0})");
  f.loop->advance(10s);
  f.peer->say(R"({"type":"Error","error_code":3006,"error":"Session terminated due to inactivity: )"
              R"(No messages received for 5 seconds"})");
  f.loop->advance(1h);
  fail_unless_equals_text(f.recorder->states(), "connecting connected idle");
  fail_unless_equals_text(f.told(1), "0=and");
  f.say(50ms);
  fail_unless_equals_int(f.peer->transports, 2);
}
GST_END_TEST

static Suite *idle_suite() {
  Suite *suite = suite_create("idle");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_no_audio_ends_the_session_and_the_next_opens_another);
  tcase_add_test(tests, test_a_session_that_ended_idle_was_healthy);
  tcase_add_loop_test(tests, test_losses_of_idle_sessions_have_a_limit, 0, 2);
  tcase_add_test(tests, test_unreported_words_of_an_idle_session_are_resent);
  tcase_add_test(tests, test_a_turn_is_not_forced_to_end_without_a_session);
  tcase_add_test(tests, test_audio_that_comes_while_idling_begins_is_not_lost);
  tcase_add_test(tests, test_the_end_of_an_idle_stream_is_at_once);
  tcase_add_test(tests, test_after_an_inactivity_timeout_the_next_audio_connects);
  return suite;
}

CHECK_SUITE(idle);
