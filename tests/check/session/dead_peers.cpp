// SPDX-License-Identifier: LGPL-2.1-or-later
// Peers that vanish without a word, or take no more data.

#include "support/connection_fixture.h"

using namespace testing;
using Fixture = ConnectionFixture;

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

GST_START_TEST(test_a_peer_of_which_nothing_was_ever_heard_is_dead_too) {
  Fixture f;
  f.stream();
  f.loop.advance(7999ms);
  fail_unless(f.recorder.ends.empty());
  f.loop.advance(1ms);
  fail_unless(f.failure().kind == FailureKind::kLost);
  fail_unless(f.recorder.ends[0].fell_silent);
  fail_if(f.recorder.ends[0].has_answered);
}
GST_END_TEST

GST_START_TEST(test_a_peer_that_is_known_not_to_answer_pings_may_be_silent) {
  Fixture f(false);
  f.stream();
  f.loop.advance(1h);
  fail_unless(f.recorder.ends.empty());
}
GST_END_TEST

GST_START_TEST(test_a_peer_that_takes_no_data_is_dead_after_two_intervals) {
  Fixture f(false);
  f.stream();
  f.loop.advance(20s);
  f.peer->writable = false;
  fail_if(f.connection.may_send());
  f.loop.advance(7999ms);
  fail_unless(f.recorder.ends.empty());
  f.loop.advance(8s);
  fail_unless(f.failure().kind == FailureKind::kLost);
}
GST_END_TEST

GST_START_TEST(test_a_peer_that_speaks_but_reads_nothing_is_dead) {
  Fixture f;
  f.stream();
  f.peer->writable = false;
  fail_if(f.connection.may_send());
  f.loop.advance(5s);
  f.peer->say(kTurn);
  fail_unless(f.recorder.ends.empty());
  f.loop.advance(3s);
  fail_unless(f.failure().detail.find("takes no more data") != std::string::npos);
}
GST_END_TEST

GST_START_TEST(test_a_peer_that_reads_slowly_is_alive) {
  Fixture f;
  f.stream();
  for (int i = 0; i < 20; i++) {
    f.peer->writable = false;
    fail_if(f.connection.may_send());
    f.loop.advance(5s);
    f.peer->say(kTurn);
    f.peer->writable = true;
    fail_unless(f.connection.may_send());
  }
  fail_unless(f.recorder.ends.empty());
}
GST_END_TEST

GST_START_TEST(test_a_loop_that_was_held_up_blames_nobody) {
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
  ConnectionRecorder recorder;
  const Connection connection(loop, fake_factory(peer), {.keepalive_interval = 1500ms}, recorder);
  fail_unless(peer->options.keepalive_interval == 2s);
}
GST_END_TEST

static Suite *dead_peers_suite() {
  Suite *suite = suite_create("dead_peers");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_a_peer_that_stops_answering_pings_is_dead_after_two_intervals);
  tcase_add_test(tests, test_a_peer_of_which_nothing_was_ever_heard_is_dead_too);
  tcase_add_test(tests, test_a_peer_that_is_known_not_to_answer_pings_may_be_silent);
  tcase_add_test(tests, test_a_peer_that_takes_no_data_is_dead_after_two_intervals);
  tcase_add_test(tests, test_a_peer_that_speaks_but_reads_nothing_is_dead);
  tcase_add_test(tests, test_a_peer_that_reads_slowly_is_alive);
  tcase_add_test(tests, test_a_loop_that_was_held_up_blames_nobody);
  tcase_add_test(tests, test_pings_are_asked_for_in_whole_seconds);
  return suite;
}

GST_CHECK_MAIN(dead_peers)
