// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// One session with the service. The test controls network and clock.

#include "stream/service_session.h"

#include "support/session_fixture.h"

using namespace testing;
using Fixture = SessionFixture;

GST_START_TEST(test_a_session_begins_streams_and_terminates) {
  Fixture f;
  f.stream();
  fail_unless_equals_uint64(f.recorder.begins.size(), 1);
  fail_unless_equals_text(f.recorder.begins[0].id, "s1");
  fail_unless(f.session.may_send());
  f.send_audio(1600);
  f.peer->say(kTurn);
  fail_unless_equals_uint64(f.recorder.messages.size(), 1);
  f.session.finish();
  f.session.audio_done();
  fail_unless_equals_uint64(f.peer->texts.size(), 1);
  fail_unless_equals_text(f.peer->texts[0], R"({"type":"Terminate"})");
  f.peer->terminate();
  fail_unless(f.recorder.ends.empty());
  f.peer->close(1000);
  f.assert_ended_well();
  fail_unless_equals_uint64(f.recorder.ends[0].close_code, 1000);
  fail_unless(f.recorder.ends[0].termination->session_seconds == 4);
  fail_unless_equals_uint64(f.loop.pending_timers(), 0);
}
GST_END_TEST

GST_START_TEST(test_audio_waits_for_begin) {
  Fixture f;
  f.session.start();
  fail_if(f.session.may_send());
  f.peer->observer->on_opened();
  fail_if(f.session.may_send());
  f.peer->begin();
  fail_unless(f.session.may_send());
}
GST_END_TEST

GST_START_TEST(test_a_close_frame_that_never_comes_is_not_waited_for) {
  Fixture f;
  f.stream();
  f.session.finish();
  f.session.audio_done();
  f.peer->terminate();
  f.loop.advance(1s);
  f.assert_ended_well();
  fail_unless(f.peer->gone());
}
GST_END_TEST

GST_START_TEST(test_a_close_in_place_of_termination_is_an_end) {
  Fixture f;
  f.stream();
  f.session.finish();
  f.session.audio_done();
  f.peer->close(1000);
  f.assert_ended_well();
  fail_if(f.recorder.ends[0].termination.has_value());
}
GST_END_TEST

GST_START_TEST(test_a_broken_connection_while_terminating_is_a_failure) {
  Fixture f;
  f.stream();
  f.session.finish();
  f.session.audio_done();
  f.peer->close(1006);
  fail_unless(f.failure().kind == FailureKind::kLost);
}
GST_END_TEST

GST_START_TEST(test_preparing_has_a_limit_and_comes_too_late_after_it) {
  Fixture f;
  f.loop.hold_background = true;
  f.session.start();
  f.loop.advance(10s);
  fail_unless(f.failure().message.find("token handler") != std::string::npos);
  f.loop.release_background();
  fail_if(f.peer->opened);
  fail_unless_equals_int(f.recorder.connecting, 0);
}
GST_END_TEST

GST_START_TEST(test_preparing_can_be_left) {
  Fixture f;
  f.loop.hold_background = true;
  f.session.start();
  f.session.leave();
  f.assert_ended_well();
  f.loop.release_background();
  fail_if(f.peer->opened);
}
GST_END_TEST

GST_START_TEST(test_a_missing_thread_for_preparation_is_a_failure_after_the_call) {
  Fixture f;
  f.loop.no_background = Failure{.kind = FailureKind::kExhausted, .retry = Retry::kBackOff};
  f.session.start();
  fail_unless(f.recorder.ends.empty());
  f.loop.run();
  fail_unless(f.failure().kind == FailureKind::kExhausted);
  fail_unless_equals_int(f.recorder.connecting, 0);
}
GST_END_TEST

GST_START_TEST(test_preparation_may_end_after_the_session_was_destroyed) {
  ManualLoop loop;
  loop.hold_background = true;
  auto peer = std::make_shared<FakePeer>();
  SessionRecorder recorder;
  {
    ServiceSession session(loop, fake_factory(peer),
                           {.info = [] { return ConnectionInfo(); }, .connect_timeout = 1s},
                           recorder);
    session.start();
  }
  loop.release_background();
  fail_if(peer->opened);
}
GST_END_TEST

GST_START_TEST(test_connecting_has_a_limit) {
  Fixture f;
  f.session.start();
  f.loop.advance(9999ms);
  fail_unless(f.recorder.ends.empty());
  f.loop.advance(1ms);
  fail_unless(f.failure().kind == FailureKind::kConnect);
  fail_unless(f.failure().message.find("within 10 s") != std::string::npos);
  fail_unless(f.failure().message.find("still negotiating TLS") != std::string::npos);
  fail_unless(f.peer->gone());
}
GST_END_TEST

GST_START_TEST(test_every_way_out_of_an_open_session_terminates_it) {
  const std::vector<void (*)(Fixture &)> ways{
      [](Fixture &f) { f.loop.advance(10s); },
      [](Fixture &f) {
        f.peer->begin();
        f.session.finish();
        f.loop.advance(5s);
      },
      [](Fixture &f) {
        f.peer->begin();
        f.peer->writable = false;
        f.session.leave();
        f.loop.advance(5s);
      },
      [](Fixture &f) {
        f.peer->begin();
        f.peer->observer->on_alive();
        f.loop.advance(8s);
      },
  };
  for (const auto &way : ways) {
    Fixture f;
    f.session.start();
    f.peer->observer->on_opened();
    way(f);
    fail_unless(f.peer->gone());
    fail_unless((f.peer->texts == std::vector<std::string>{R"({"type":"Terminate"})"}));
  }
}
GST_END_TEST

GST_START_TEST(test_begin_has_the_same_limit) {
  Fixture f;
  f.session.start();
  f.loop.advance(6s);
  f.peer->observer->on_opened();
  f.loop.advance(4s);
  fail_unless(f.failure().kind == FailureKind::kConnect);
  fail_unless(f.failure().message.find("did not begin a session") != std::string::npos);
  fail_unless(f.peer->gone());
}
GST_END_TEST

GST_START_TEST(test_draining_has_a_limit_that_progress_renews) {
  Fixture f;
  f.stream();
  f.session.finish();
  for (int i = 0; i < 10; i++) {
    f.loop.advance(4s);
    f.peer->observer->on_alive();
    f.send_audio(1600);
  }
  fail_unless(f.recorder.ends.empty());
  f.session.audio_done();
  f.loop.advance(4999ms);
  fail_unless(f.recorder.ends.empty());
  f.loop.advance(1ms);
  fail_unless(f.failure().kind == FailureKind::kLost);
  fail_unless(f.failure().message.find("drain-timeout") != std::string::npos);
}
GST_END_TEST

// As long as turns arrive, more may follow. Heartbeats only show that the service is there.
GST_START_TEST(test_messages_after_terminate_renew_the_limit) {
  Fixture f({.heartbeat_interval = 30s});
  f.stream();
  f.session.finish();
  f.session.audio_done();
  for (int i = 0; i < 20; i++) {
    f.loop.advance(4s);
    f.peer->say(kTurn);
  }
  fail_unless(f.recorder.ends.empty());
  for (int i = 0; i < 4; i++) {
    f.loop.advance(1s);
    f.peer->say(R"({"type":"Heartbeat","total_audio_received_ms":1000})");
  }
  f.loop.advance(1s);
  fail_unless(f.failure().message.find("drain-timeout") != std::string::npos);
}
GST_END_TEST

// A revision of all words takes a minute over a slow link.
GST_START_TEST(test_a_part_of_a_message_renews_the_limit) {
  Fixture f;
  f.stream();
  f.session.finish();
  f.session.audio_done();
  f.loop.advance(4s);  // of five
  for (int i = 0; i < 60; i++) {
    fail_unless(f.recorder.ends.empty(), "after %d s", i);
    f.peer->sent += 22000;
    f.peer->observer->on_alive();
    f.loop.advance(1s);
  }
  f.peer->terminate();
  f.peer->close(1000);
  fail_if(f.recorder.ends[0].failure.has_value());
}
GST_END_TEST

GST_START_TEST(test_messages_that_bring_nothing_do_not_renew_the_limit) {
  Fixture f;
  f.stream();
  f.session.finish();
  f.session.audio_done();
  for (int i = 0; i < 60 && f.recorder.ends.empty(); i++) {
    f.peer->say(R"({"type":"Novelty"})");
    f.peer->say(R"({"type":"Silence","start":0,"end":0})");
    f.peer->say(R"({"type":"Warning","warning":"wait"})");
    f.peer->observer->on_alive();
    f.loop.advance(1s);
  }
  fail_unless(f.failure().message.find("drain-timeout") != std::string::npos);
}
GST_END_TEST

// A peer that reads slowly may answer pings all the time.
GST_START_TEST(test_messages_while_draining_renew_the_limit) {
  Fixture f;
  f.stream();
  f.session.finish();
  for (int i = 0; i < 10; i++) {
    f.loop.advance(4s);
    f.peer->say(kTurn);
  }
  fail_unless(f.recorder.ends.empty());
  f.send_audio(1600);
  f.session.audio_done();
  f.peer->terminate();
  f.peer->close(1000);
  f.assert_ended_well();
}
GST_END_TEST

// Secrets of the request and of updates.
GST_START_TEST(test_secrets_that_the_peer_quotes_are_not_passed_on) {
  Fixture f;
  ConnectionInfo info;
  info.request.redaction.add(Secret("s3cret-of-the-key"));
  f.info = info;
  f.stream();
  f.session.send(UpdateConfiguration{{{"my_token", std::string("s3cret-of-later")}}});
  f.peer->say("{ s3cret-of-the-key");
  f.peer->say(R"({"type":"Warning","warning":"s3cret-of-later"})");
  f.peer->observer->on_ended(
      {.close_code = 4001, .reason = "Not authorized: s3cret-of-the-key, s3cret-of-later"});
  const Failure &failure = f.failure();
  for (const std::string &text :
       {f.recorder.undecodable.at(0).detail, failure.message, failure.detail, failure.said,
        f.recorder.ends[0].reason, std::get<Warning>(f.recorder.messages.at(0)).text}) {
    fail_unless(text.find("***") != std::string::npos, "%s", text.c_str());
    fail_if(text.find("s3cret") != std::string::npos, "%s", text.c_str());
  }
}
GST_END_TEST

GST_START_TEST(test_an_error_message_ends_the_session_once) {
  Fixture f;
  f.stream();
  f.peer->say(
      R"({"type":"Error","error_code":3006,"error":"User Input Validation Error: Invalid 'x'"})");
  fail_unless(f.failure().kind == FailureKind::kSettings);
  fail_unless_equals_uint64(f.failure().close_code, 3006);
  fail_unless_equals_uint64(f.recorder.ends[0].close_code, 3006);
  fail_unless(f.peer->gone());
}
GST_END_TEST

GST_START_TEST(test_a_refusal_before_begin_is_reported_as_such) {
  Fixture f;
  f.session.start();
  f.peer->observer->on_opened();
  f.peer->say(
      R"({"type":"Error","error_code":1008,"error":"Unauthorized ServiceSession: Invalid API key"})");
  fail_unless(f.failure().kind == FailureKind::kUnauthorized);
  fail_if(f.recorder.ends[0].begun);
}
GST_END_TEST

GST_START_TEST(test_another_kind_of_service_is_recognized) {
  Fixture f;
  f.session.start();
  f.peer->observer->on_opened();
  f.peer->say("hello there");
  fail_unless(f.failure().kind == FailureKind::kProtocol);
  fail_unless(f.failure().message.find("endpoint") != std::string::npos);
}
GST_END_TEST

GST_START_TEST(test_a_begin_without_a_type_begins) {
  Fixture f;
  f.session.start();
  f.peer->observer->on_opened();
  f.peer->say(R"({"id":"s1","expires_at":"1790221526"})");
  fail_unless_equals_uint64(f.recorder.begins.size(), 1);
  fail_unless(f.recorder.ends.empty());
}
GST_END_TEST

GST_START_TEST(test_nonsense_in_mid_session_is_skipped) {
  Fixture f;
  f.stream();
  f.peer->say("{\"type\":\"Turn\"}");
  f.peer->say("nonsense");
  fail_unless_equals_uint64(f.recorder.undecodable.size(), 2);
  f.peer->say(kTurn);
  fail_unless_equals_uint64(f.recorder.messages.size(), 1);
  fail_unless(f.recorder.ends.empty());
  fail_unless_equals_int(f.recorder.frames, 4);
}
GST_END_TEST

GST_START_TEST(test_a_begin_after_the_end_is_ignored) {
  Fixture f;
  f.session.start();
  f.peer->observer->on_opened();
  f.peer->terminate();
  f.peer->begin();
  f.peer->close(1000);
  fail_unless(f.recorder.begins.empty());
  fail_if(f.recorder.ends[0].begun);
}
GST_END_TEST

GST_START_TEST(test_a_second_begin_is_ignored) {
  Fixture f;
  f.stream();
  f.peer->begin();
  fail_unless_equals_uint64(f.recorder.begins.size(), 1);
}
GST_END_TEST

GST_START_TEST(test_a_session_that_the_service_ends_is_a_failure) {
  Fixture f;
  f.stream();
  f.peer->terminate();
  f.peer->close(1000);
  fail_unless(f.recorder.ends[0].termination.has_value());
  fail_unless(f.failure().retry != Retry::kNever);
}
GST_END_TEST

GST_START_TEST(test_an_end_by_the_service_without_a_close_frame_is_a_failure_too) {
  Fixture f;
  f.stream();
  f.peer->terminate();
  f.loop.advance(1s);
  fail_unless(f.failure().retry != Retry::kNever);
  fail_unless(f.peer->gone());
  fail_unless(f.peer->texts.empty());
}
GST_END_TEST

GST_START_TEST(test_finish_before_begin_terminates_after_begin) {
  Fixture f;
  f.recorder.auto_done = true;
  f.session.start();
  f.session.finish();
  f.peer->observer->on_opened();
  f.peer->begin();
  fail_unless(f.session.state() == State::kTerminating);
  fail_unless_equals_uint64(f.peer->texts.size(), 1);
}
GST_END_TEST

GST_START_TEST(test_leaving_before_begin_cancels_without_failure) {
  for (const bool opened : {false, true}) {
    Fixture f;
    f.session.start();
    if (opened)
      f.peer->observer->on_opened();
    f.session.leave();
    f.assert_ended_well();
    fail_unless(f.peer->gone());
    // After the upgrade the service may bill the session.
    fail_unless_equals_uint64(f.peer->texts.size(), opened ? 1 : 0);
    fail_unless_equals_uint64(f.loop.pending_timers(), 0);
  }
}
GST_END_TEST

GST_START_TEST(test_leaving_a_session_terminates_it_and_does_not_wait) {
  Fixture f;
  f.recorder.auto_done = true;
  f.stream();
  f.session.leave();
  f.assert_ended_well();
  fail_unless_equals_uint64(f.peer->texts.size(), 1);
  fail_unless(f.peer->gone());
  fail_unless_equals_uint64(f.loop.pending_timers(), 0);
}
GST_END_TEST

GST_START_TEST(test_leaving_a_peer_that_does_not_read_has_a_limit) {
  Fixture f;
  f.stream();
  f.peer->writable = false;
  f.session.leave();
  fail_unless(f.recorder.ends.empty());
  f.loop.advance(5s);
  f.assert_ended_well();
  fail_unless(f.peer->gone());
}
GST_END_TEST

static Suite *service_session_suite() {
  Suite *suite = suite_create("service_session");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_a_session_begins_streams_and_terminates);
  tcase_add_test(tests, test_audio_waits_for_begin);
  tcase_add_test(tests, test_a_close_frame_that_never_comes_is_not_waited_for);
  tcase_add_test(tests, test_a_close_in_place_of_termination_is_an_end);
  tcase_add_test(tests, test_a_broken_connection_while_terminating_is_a_failure);
  tcase_add_test(tests, test_preparing_has_a_limit_and_comes_too_late_after_it);
  tcase_add_test(tests, test_preparing_can_be_left);
  tcase_add_test(tests, test_a_missing_thread_for_preparation_is_a_failure_after_the_call);
  tcase_add_test(tests, test_preparation_may_end_after_the_session_was_destroyed);
  tcase_add_test(tests, test_connecting_has_a_limit);
  tcase_add_test(tests, test_every_way_out_of_an_open_session_terminates_it);
  tcase_add_test(tests, test_begin_has_the_same_limit);
  tcase_add_test(tests, test_draining_has_a_limit_that_progress_renews);
  tcase_add_test(tests, test_messages_after_terminate_renew_the_limit);
  tcase_add_test(tests, test_a_part_of_a_message_renews_the_limit);
  tcase_add_test(tests, test_messages_that_bring_nothing_do_not_renew_the_limit);
  tcase_add_test(tests, test_messages_while_draining_renew_the_limit);
  tcase_add_test(tests, test_secrets_that_the_peer_quotes_are_not_passed_on);
  tcase_add_test(tests, test_an_error_message_ends_the_session_once);
  tcase_add_test(tests, test_a_refusal_before_begin_is_reported_as_such);
  tcase_add_test(tests, test_another_kind_of_service_is_recognized);
  tcase_add_test(tests, test_a_begin_without_a_type_begins);
  tcase_add_test(tests, test_nonsense_in_mid_session_is_skipped);
  tcase_add_test(tests, test_a_begin_after_the_end_is_ignored);
  tcase_add_test(tests, test_a_second_begin_is_ignored);
  tcase_add_test(tests, test_a_session_that_the_service_ends_is_a_failure);
  tcase_add_test(tests, test_an_end_by_the_service_without_a_close_frame_is_a_failure_too);
  tcase_add_test(tests, test_finish_before_begin_terminates_after_begin);
  tcase_add_test(tests, test_leaving_before_begin_cancels_without_failure);
  tcase_add_test(tests, test_leaving_a_session_terminates_it_and_does_not_wait);
  tcase_add_test(tests, test_leaving_a_peer_that_does_not_read_has_a_limit);
  return suite;
}

CHECK_SUITE(service_session);
