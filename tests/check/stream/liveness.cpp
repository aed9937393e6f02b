// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Peers that vanish without closing, or accept no more data.

#include "support/session_fixture.h"

using namespace testing;
using Fixture = SessionFixture;

GST_START_TEST(test_a_peer_that_stops_answering_pings_is_dead_after_two_intervals) {
  Fixture f;
  f.stream();
  f.loop.advance(4s);
  f.peer->observer->on_alive();
  f.loop.advance(7999ms);
  fail_unless(f.recorder.ends.empty());
  f.loop.advance(1ms);
  fail_unless(f.failure().kind == FailureKind::kLost);
  fail_unless(f.failure().message.find("8 s") != std::string::npos);
  fail_unless_equals_int(f.recorder.ends[0].close_code, 1006);
  fail_unless(f.peer->gone());
}
GST_END_TEST

GST_START_TEST(test_a_peer_that_never_sent_anything_is_dead_too) {
  Fixture f;
  f.stream();
  f.loop.advance(7999ms);
  fail_unless(f.recorder.ends.empty());
  f.loop.advance(1ms);
  fail_unless(f.failure().kind == FailureKind::kLost);
  fail_if(f.session.liveness().traits().answers_pings);
}
GST_END_TEST

// Pings are answered all the time.
static void let_pass(Fixture &f, nanoseconds duration, bool sending) {
  for (nanoseconds passed{}; passed < duration; passed += 100ms) {
    f.loop.advance(100ms);
    if (f.peer->gone())
      return;
    f.peer->observer->on_alive();
    if (sending)
      f.send_audio(0);
  }
}

static void beat(Fixture &f) {
  f.peer->say(
      R"({"type":"Heartbeat","total_audio_received_ms":0,"total_duration_ms":0,"realtime_factor":1})");
}

GST_START_TEST(test_a_service_that_stops_its_heartbeats_is_dead) {
  Fixture f;
  f.stream();
  for (int i = 0; i < 3; i++) {
    let_pass(f, 5s, true);
    beat(f);
  }
  let_pass(f, 5s, true);
  // 4.9 s of these are over; three times 5 s from the first audio on.
  let_pass(f, 9900ms, true);
  fail_unless(f.recorder.ends.empty());
  let_pass(f, 200ms, true);
  fail_unless(f.failure().kind == FailureKind::kLost);
  fail_unless(f.failure().retry == Retry::kBackOff);
  fail_unless(f.failure().message.find("15 s") != std::string::npos);
  fail_unless(f.failure().detail.find("heartbeat") != std::string::npos);
}
GST_END_TEST

// Other messages count too; without audio no heartbeat is expected; and a service that has sent no
// heartbeat may send none.
GST_START_TEST(test_a_service_without_due_heartbeats_is_alive) {
  Fixture turns;
  turns.stream();
  Fixture paused;
  paused.stream();
  for (Fixture *f : {&turns, &paused}) {
    beat(*f);
    let_pass(*f, 5s, true);
    beat(*f);
    let_pass(*f, 1s, true);
  }
  for (int i = 0; i < 10; i++) {
    let_pass(turns, 14s, true);
    turns.peer->say(kTurn);
  }
  fail_unless(turns.recorder.ends.empty());
  let_pass(paused, 10min, false);
  let_pass(paused, 14s, true);
  fail_unless(paused.recorder.ends.empty());
  Fixture asked_for_none;
  asked_for_none.stream();
  beat(asked_for_none);
  let_pass(asked_for_none, 5s, true);
  asked_for_none.session.send(UpdateConfiguration{{{"session_heartbeat", false}}});
  beat(asked_for_none);  // it was in flight
  let_pass(asked_for_none, 10min, true);
  fail_unless(asked_for_none.recorder.ends.empty());
  Fixture silent;
  silent.stream();
  let_pass(silent, 10min, true);
  fail_unless(silent.recorder.ends.empty());
}
GST_END_TEST

// The interval is known after the first one, or from the session before.
GST_START_TEST(test_heartbeats_are_missed_early) {
  Fixture first;
  first.stream();
  let_pass(first, 5s, true);
  beat(first);
  let_pass(first, 15200ms, true);
  fail_unless(first.failure().detail.find("heartbeat") != std::string::npos);
  fail_unless(first.session.liveness().traits().heartbeat_interval == 5s);
  Fixture next({.heartbeat_interval = 5s});
  next.stream();
  let_pass(next, 14900ms, true);
  fail_unless(next.recorder.ends.empty());
  let_pass(next, 300ms, true);
  fail_unless(next.failure().detail.find("heartbeat") != std::string::npos);
  // The next service may send no heartbeats.
  fail_unless(next.session.liveness().traits().heartbeat_interval == 0s);
  Fixture unasked({.heartbeat_interval = 5s});
  unasked.info->request.parameters = {{"session_heartbeat", false}};
  unasked.stream();
  let_pass(unasked, 1min, true);
  fail_unless(unasked.recorder.ends.empty());
}
GST_END_TEST

// Here every three seconds, one of them late. Two ping intervals are eight seconds.
GST_START_TEST(test_heartbeats_may_be_late) {
  Fixture f;
  f.stream();
  for (const auto wait : {3s, 3s, 5s, 1s}) {
    let_pass(f, wait, true);
    beat(f);
  }
  let_pass(f, 10s, true);
  fail_unless(f.recorder.ends.empty());
}
GST_END_TEST

// The end of a session has its own limits.
GST_START_TEST(test_no_heartbeat_is_due_after_terminate) {
  Fixture f({}, 1min);
  f.stream();
  for (int i = 0; i < 2; i++) {
    beat(f);
    let_pass(f, 200ms, true);
  }
  f.session.finish();
  f.session.audio_done();
  let_pass(f, 50s, false);
  fail_unless(f.recorder.ends.empty());
}
GST_END_TEST

GST_START_TEST(test_a_peer_that_is_known_not_to_answer_pings_may_be_silent) {
  Fixture f({.answers_pings = false});
  f.stream();
  f.loop.advance(1h);
  fail_unless(f.recorder.ends.empty());
}
GST_END_TEST

// A message of a megabyte over a slow link, which delays the pongs.
GST_START_TEST(test_a_peer_whose_message_is_on_its_way_is_alive) {
  Fixture f;
  f.stream();
  f.send_audio(0);
  beat(f);
  for (int i = 0; i < 50; i++) {
    f.loop.advance(1s);
    f.send_audio(0);
    f.peer->sent += 22000;
  }
  fail_unless(f.recorder.ends.empty());
  f.peer->say(kTurn);
  f.loop.advance(16s);
  fail_unless(f.failure().kind == FailureKind::kLost);
}
GST_END_TEST

// The end of a message that would take hours is not awaited.
GST_START_TEST(test_a_peer_whose_message_drips_is_dead) {
  Fixture f;
  f.stream();
  for (int i = 0; i < 20 && f.recorder.ends.empty(); i++) {
    f.peer->sent += 500;
    f.loop.advance(1s);
  }
  fail_unless(f.failure().kind == FailureKind::kLost);
}
GST_END_TEST

// A peer that sends only a few bytes in this time counts as gone.
GST_START_TEST(test_a_peer_that_sends_next_to_nothing_is_dead) {
  Fixture f;
  f.stream();
  for (int i = 0; i < 8; i++) {
    fail_unless(f.recorder.ends.empty());
    f.peer->sent += 10;
    f.loop.advance(1s);
  }
  fail_unless(f.failure().kind == FailureKind::kLost);
}
GST_END_TEST

GST_START_TEST(test_a_peer_that_accepts_no_data_is_dead_after_two_intervals) {
  Fixture f({.answers_pings = false});
  f.stream();
  f.loop.advance(20s);
  f.peer->writable = false;
  fail_if(f.session.may_send());
  f.loop.advance(7999ms);
  fail_unless(f.recorder.ends.empty());
  f.loop.advance(8s);
  fail_unless(f.failure().kind == FailureKind::kLost);
}
GST_END_TEST

GST_START_TEST(test_a_peer_that_sends_but_reads_nothing_is_dead) {
  Fixture f;
  f.stream();
  f.peer->writable = false;
  fail_if(f.session.may_send());
  f.loop.advance(5s);
  f.peer->say(kTurn);
  fail_unless(f.recorder.ends.empty());
  f.loop.advance(3s);
  fail_unless(f.failure().detail.find("accepts no data") != std::string::npos);
}
GST_END_TEST

GST_START_TEST(test_a_peer_that_reads_slowly_is_alive) {
  Fixture f;
  f.stream();
  for (int i = 0; i < 20; i++) {
    f.peer->writable = false;
    fail_if(f.session.may_send());
    f.loop.advance(5s);
    f.peer->say(kTurn);
    f.peer->writable = true;
    fail_unless(f.session.may_send());
  }
  fail_unless(f.recorder.ends.empty());
}
GST_END_TEST

GST_START_TEST(test_a_delayed_loop_is_not_the_fault_of_the_peer) {
  Fixture f;
  f.stream();
  f.peer->observer->on_alive();
  f.loop.jump(30s);  // a debugger, a suspended machine
  fail_unless(f.recorder.ends.empty());
  f.loop.advance(3s);
  f.peer->observer->on_alive();
  f.loop.advance(7s);
  fail_unless(f.recorder.ends.empty());
}
GST_END_TEST

GST_START_TEST(test_pings_are_asked_for_in_whole_seconds) {
  ManualLoop loop;
  auto peer = std::make_shared<FakePeer>();
  SessionRecorder recorder;
  const ServiceSession session(loop, fake_factory(peer), {.keepalive_interval = 1500ms}, recorder);
  fail_unless(peer->options.keepalive_interval == 2s);
}
GST_END_TEST

static Suite *liveness_suite() {
  Suite *suite = suite_create("liveness");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_a_peer_that_stops_answering_pings_is_dead_after_two_intervals);
  tcase_add_test(tests, test_a_peer_that_never_sent_anything_is_dead_too);
  tcase_add_test(tests, test_a_service_that_stops_its_heartbeats_is_dead);
  tcase_add_test(tests, test_a_service_without_due_heartbeats_is_alive);
  tcase_add_test(tests, test_heartbeats_are_missed_early);
  tcase_add_test(tests, test_heartbeats_may_be_late);
  tcase_add_test(tests, test_no_heartbeat_is_due_after_terminate);
  tcase_add_test(tests, test_a_peer_that_is_known_not_to_answer_pings_may_be_silent);
  tcase_add_test(tests, test_a_peer_whose_message_is_on_its_way_is_alive);
  tcase_add_test(tests, test_a_peer_whose_message_drips_is_dead);
  tcase_add_test(tests, test_a_peer_that_sends_next_to_nothing_is_dead);
  tcase_add_test(tests, test_a_peer_that_accepts_no_data_is_dead_after_two_intervals);
  tcase_add_test(tests, test_a_peer_that_sends_but_reads_nothing_is_dead);
  tcase_add_test(tests, test_a_peer_that_reads_slowly_is_alive);
  tcase_add_test(tests, test_a_delayed_loop_is_not_the_fault_of_the_peer);
  tcase_add_test(tests, test_pings_are_asked_for_in_whole_seconds);
  return suite;
}

CHECK_SUITE(liveness);
