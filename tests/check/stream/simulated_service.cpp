// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The simulated service itself: its recognition, its rules, and each of its faults.

#include "stream/simulated_client.h"

using namespace testing;
using Kind = Fault::Kind;

GST_START_TEST(test_recognizes_the_talk_and_ends_the_session) {
  Client client;
  client.begin();
  client.talk(30s);
  client.terminate();
  client.wait(2s);
  client.check_heard(30000);
  const std::vector<Heard> words = client.heard();
  for (std::size_t i = 0; i < words.size(); i++) {
    fail_unless_equals_int64(words[i].start_ms, testserver::talk_word(i).start_ms);
    fail_unless_equals_int64(words[i].end_ms, testserver::talk_word(i).end_ms);
  }
  fail_unless_equals_int(client.count("Termination"), 1);
  client.check_ended(1000);
  fail_unless_equals_int(static_cast<int>(client.counters().terminated), 1);
  fail_unless(client.counters().billed_seconds > 30 && client.counters().billed_seconds < 32);
  fail_unless(client.counters().violations.empty());
}
GST_END_TEST

GST_START_TEST(test_recognizes_later_than_it_receives_audio) {
  Client client;
  client.begin();
  client.talk(500ms);
  fail_unless_equals_int(client.count("Turn"), 0);
  client.talk(400ms);
  fail_unless_equals_int(client.count("Turn"), 1);
  client.terminate();
  client.wait(450ms);
  fail_unless(client.heard().empty());
  client.wait(1s);
  client.check_heard(900);
}
GST_END_TEST

GST_START_TEST(test_the_query_and_updates_configure_it) {
  Client client({}, "speech_model=universal-streaming-english&format_turns=true");
  client.begin();
  client.talk(5s);
  fail_unless_equals_uint64(client.heard().size(), 16);  // unformatted and formatted
  client.say(R"({"type":"UpdateConfiguration","format_turns":false})");
  client.say(R"({"type":"ForceEndpoint"})");
  client.talk(1s);
  fail_unless(client.heard().size() > 16);
  fail_unless(client.counters().violations.empty());
}
GST_END_TEST

GST_START_TEST(test_pads_turns) {
  Client client({.pads_turns = true});
  client.begin();
  client.talk(60s);
  std::int64_t early_ms = 0;
  std::int64_t late_ms = 0;
  const std::vector<Heard> words = client.heard();
  fail_unless(words.size() > 100);
  for (std::size_t i = 0; i < words.size(); i++) {
    const testserver::TalkWord said = testserver::talk_word(i);
    fail_unless(words[i].start_ms >= 0);
    early_ms = std::max(early_ms, said.start_ms - words[i].start_ms);
    late_ms = std::max(late_ms, words[i].end_ms - said.end_ms);
  }
  fail_unless(early_ms > 500 && early_ms <= 1000);
  fail_unless(late_ms >= 240 && late_ms <= 450);  // it detected the end of the turn after 400 ms
}
GST_END_TEST

GST_START_TEST(test_heartbeats_if_asked) {
  Client silent;
  silent.begin();
  silent.wait(20s);
  fail_unless_equals_int(silent.count("Heartbeat"), 0);
  Client client({}, "session_heartbeat=true");
  client.begin();
  client.wait(20s);
  fail_unless_equals_int(client.count("Heartbeat"), 4);
  fail_unless_equals_int(client.pongs, 4);
}
GST_END_TEST

GST_START_TEST(test_refuses_wrong_chunks) {
  Client client;
  client.begin();
  client.send(40000);
  client.wait(1s);
  client.check_ended(3007);
  fail_unless_equals_uint64(client.counters().violations.size(), 1);
}
GST_END_TEST

GST_START_TEST(test_refuses_audio_far_ahead) {
  SimulatedBehaviour behaviour;
  behaviour.options.max_ahead_seconds = 5;
  behaviour.options.real_time = 1.25;
  Client client(behaviour);
  client.begin();
  for (int i = 0; i < 5 + 1250; i++) {
    if (i >= 5)
      client.wait(800ms);
    client.send(32000);
  }
  fail_unless(client.ends.empty());
  client.send(32000);
  client.wait(1s);
  client.check_ended(3007);
}
GST_END_TEST

GST_START_TEST(test_a_session_has_a_longest_duration) {
  SimulatedBehaviour behaviour;
  behaviour.options.max_session = 60s;
  Client client(behaviour);
  client.begin();
  client.talk(70s);
  client.check_ended(3008);
  fail_unless_equals_int(client.count("Error"), 1);
}
GST_END_TEST

GST_START_TEST(test_notes_violations_of_the_protocol) {
  Client client;
  client.terminate();  // before the upgrade: it is not received
  client.wait(250ms);
  client.send(1600);
  fail_unless(!client.counters().violations.empty());
  Client again;
  again.begin();
  again.terminate();
  again.send(1600);
  fail_unless(!again.counters().violations.empty());
  Client gone;
  gone.begin();
  gone.hang_up();
  fail_unless_equals_int(static_cast<int>(gone.counters().abandoned), 1);
  fail_unless_equals_int(static_cast<int>(gone.counters().open), 0);
}
GST_END_TEST

GST_START_TEST(test_connections_end) {
  Client lost;
  lost.begin();
  lost.talk(10s);
  lost.inject({.kind = Kind::kLoss});
  const std::size_t texts = lost.texts.size();
  lost.wait(10s);
  lost.check_ended(1006);
  fail_unless_equals_uint64(lost.texts.size(), texts);
  lost.hang_up();
  fail_unless_equals_int(static_cast<int>(lost.counters().abandoned), 0);

  Client closed;
  closed.begin();
  closed.inject({.kind = Kind::kClose, .code = 1012});
  closed.wait(1ms);
  closed.check_ended(1012);

  Client failed;
  failed.begin();
  failed.inject({.kind = Kind::kError, .code = 3005, .text = "oh"});
  failed.wait(1ms);
  failed.check_ended(3005);
  fail_unless_equals_int(failed.count("Error"), 1);
}
GST_END_TEST

GST_START_TEST(test_a_stall_recovers) {
  Client client;
  client.begin();
  client.talk(10s);
  client.inject({.kind = Kind::kStall, .duration = 1500ms});
  const std::size_t texts = client.texts.size();
  client.talk(1400ms);
  fail_unless_equals_uint64(client.texts.size(), texts);
  client.talk(9750ms);
  client.terminate();
  client.wait(2s);
  client.check_heard(21150);
  fail_unless_equals_int(client.writables, 0);
}
GST_END_TEST

GST_START_TEST(test_a_stalled_connection_accepts_a_limited_amount) {
  Client client;
  client.begin();
  client.inject({.kind = Kind::kStall, .duration = 10s});
  client.talk(9s);
  fail_unless(!client.transport().writable());
  fail_unless_equals_int(client.pongs, 0);
  client.talk(2s);
  fail_unless_equals_int(client.writables, 1);
  fail_unless(client.transport().writable());
  client.inject({.kind = Kind::kStall, .duration = Fault::kForEver});
  client.talk(5s);
  client.wait(1h);
  fail_unless(!client.transport().writable());
  fail_unless(client.ends.empty());
  client.hang_up();
  fail_unless_equals_int(static_cast<int>(client.counters().abandoned), 0);
}
GST_END_TEST

GST_START_TEST(test_a_mute_service_sends_its_messages_later) {
  Client client({}, "session_heartbeat=true");
  client.begin();
  client.talk(10s);
  client.inject({.kind = Kind::kMute, .duration = 20s});
  const std::size_t texts = client.texts.size();
  const int pongs = client.pongs;
  client.talk(19s);
  fail_unless_equals_uint64(client.texts.size(), texts);
  fail_unless(client.pongs > pongs);
  client.talk(1s);
  client.terminate();
  client.wait(2s);
  client.check_heard(30000);
}
GST_END_TEST

GST_START_TEST(test_a_deaf_service_recognizes_no_words) {
  Client client({}, "session_heartbeat=true");
  client.begin();
  client.inject({.kind = Kind::kDeaf, .duration = 60s});
  client.talk(50s);
  fail_unless_equals_int(client.count("Turn"), 0);
  fail_unless(has(client.texts.back(), "\"max_speech_probability\":0.99"));
}
GST_END_TEST

GST_START_TEST(test_turns_come_late_twice_or_swapped) {
  Client late;
  late.begin();
  late.inject({.kind = Kind::kLate, .duration = 3s});
  late.talk(3s);
  fail_unless_equals_int(late.count("Turn"), 0);
  late.talk(1s);
  fail_unless(late.count("Turn") > 0);

  Client twice;
  twice.begin();
  twice.inject({.kind = Kind::kDuplicate});
  twice.talk(900ms);
  fail_unless_equals_int(twice.count("Turn"), 2);
  fail_unless_equals_text(twice.texts[twice.texts.size() - 1], twice.texts[twice.texts.size() - 2]);

  Client swapped;
  swapped.begin();
  swapped.inject({.kind = Kind::kSwap});
  swapped.talk(1300ms);
  fail_unless_equals_int(swapped.count("Turn"), 2);
  fail_unless(swapped.texts.back().size() < swapped.texts[swapped.texts.size() - 2].size());
}
GST_END_TEST

GST_START_TEST(test_terminate_is_not_always_answered) {
  Client no_termination;
  no_termination.begin();
  no_termination.inject({.kind = Kind::kNoTermination});
  no_termination.terminate();
  no_termination.wait(2s);
  fail_unless_equals_int(no_termination.count("Termination"), 0);
  no_termination.check_ended(1000);

  Client silent;
  silent.begin();
  silent.inject({.kind = Kind::kSilentEnd});
  silent.terminate();
  silent.wait(1h);
  fail_unless(silent.ends.empty());
}
GST_END_TEST

GST_START_TEST(test_connections_that_are_refused) {
  Client client;
  client.inject({.kind = Kind::kRefuse});
  client.inject({.kind = Kind::kHttp, .code = 503, .duration = 7s});
  client.inject({.kind = Kind::kNoBegin});
  client.inject({.kind = Kind::kNext, .code = 3009, .text = "Too many concurrent sessions"});
  client.wait(1s);
  fail_unless(client.ends.at(0).failure.has_value());
  client.connect();
  client.wait(1s);
  fail_unless_equals_int(static_cast<int>(client.ends.at(1).failure->http_status), 503);
  client.connect();
  client.wait(1h);
  fail_unless_equals_uint64(client.ends.size(), 2);
  fail_unless(client.texts.empty());
  client.connect();
  client.wait(1s);
  fail_unless_equals_int(static_cast<int>(client.ends.at(2).close_code), 3009);
  client.connect();
  client.begin();
  fail_unless_equals_int(static_cast<int>(client.counters().attempts), 5);
}
GST_END_TEST

GST_START_TEST(test_an_outage_is_for_all) {
  Client client;
  client.begin();
  client.inject({.kind = Kind::kOutage, .duration = 20s});
  fail_unless_equals_uint64(client.ends.size(), 1);
  client.connect();
  client.wait(1s);
  fail_unless_equals_uint64(client.ends.size(), 2);
  client.wait(20s);
  client.connect();
  client.wait(1s);
  fail_unless_equals_int(static_cast<int>(client.counters().begun), 2);
}
GST_END_TEST

GST_START_TEST(test_the_transport_may_go_in_any_call) {
  Client client;
  client.begin();
  client.when_text = [&client] { client.hang_up(); };
  client.inject({.kind = Kind::kError, .code = 3005, .text = "oh"});
  client.talk(1s);
  fail_unless(client.ends.empty());
  fail_unless_equals_int(static_cast<int>(client.counters().open), 0);
}
GST_END_TEST

GST_START_TEST(test_random_faults_can_be_replayed) {
  std::vector<std::string> before;
  for (int round = 0; round < 2; round++) {
    Client client;
    client.service().disturb(7, 10s);
    for (unsigned i = 0; i < tries(360); i++) {
      client.talk(10s);
      if (client.service().connections() == 0)
        client.connect();
    }
    fail_unless(client.faults().size() > tries(250) && client.faults().size() < tries(500));
    if (round > 0)
      fail_unless(client.faults() == before);
    before = client.faults();
    client.service().calm();
    client.wait(1h);
    fail_unless_equals_uint64(client.faults().size(), before.size());
  }
}
GST_END_TEST

static Suite *simulated_service_suite() {
  Suite *suite = suite_create("simulated_service");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_recognizes_the_talk_and_ends_the_session);
  tcase_add_test(tests, test_recognizes_later_than_it_receives_audio);
  tcase_add_test(tests, test_the_query_and_updates_configure_it);
  tcase_add_test(tests, test_pads_turns);
  tcase_add_test(tests, test_heartbeats_if_asked);
  tcase_add_test(tests, test_refuses_wrong_chunks);
  tcase_add_test(tests, test_refuses_audio_far_ahead);
  tcase_add_test(tests, test_a_session_has_a_longest_duration);
  tcase_add_test(tests, test_notes_violations_of_the_protocol);
  tcase_add_test(tests, test_connections_end);
  tcase_add_test(tests, test_a_stall_recovers);
  tcase_add_test(tests, test_a_stalled_connection_accepts_a_limited_amount);
  tcase_add_test(tests, test_a_mute_service_sends_its_messages_later);
  tcase_add_test(tests, test_a_deaf_service_recognizes_no_words);
  tcase_add_test(tests, test_turns_come_late_twice_or_swapped);
  tcase_add_test(tests, test_terminate_is_not_always_answered);
  tcase_add_test(tests, test_connections_that_are_refused);
  tcase_add_test(tests, test_an_outage_is_for_all);
  tcase_add_test(tests, test_the_transport_may_go_in_any_call);
  tcase_add_test(tests, test_random_faults_can_be_replayed);
  return suite;
}

CHECK_SUITE(simulated_service);
