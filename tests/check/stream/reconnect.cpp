// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// From one session to the next: lost, idle and expiring sessions. The test controls network and
// clock.

#include "support/numbered_stream.h"

using namespace testing;

namespace {

void assert_counts_on(const std::vector<int> &numbers, int begin, int end) {
  fail_unless_equals_int(numbers.front(), begin);
  fail_unless_equals_int(numbers.back(), end);
  fail_unless_equals_int(static_cast<int>(numbers.size()), end - begin + 1);
}

}  // namespace

GST_START_TEST(test_audio_since_the_last_final_turn_is_sent_again) {
  NumberedStream f;
  f.open();
  f.say(4s);
  f.peer->say(spoken(0, true, 1000, "Good evening."));  // to 1.9 s
  f.peer->say(spoken(1, false, 3000, "and"));
  f.peer->close(1006);
  f.say(500ms);
  const std::size_t before = f.sent();
  f.loop->advance(1s);
  f.open();
  // From 250 ms before the end of that turn.
  assert_counts_on(f.sent_since(before), 1650 / 50, 89);
  fail_unless_equals_text(f.recorder->states(),
                          "connecting connected reconnecting connecting connected");
  fail_unless(f.recorder->connections[2].is_new);
  fail_unless_equals_int(f.recorder->switches, 2);
  fail_unless_equals_uint64(f.session->stats().audio_resent_bytes, bytes_of(4s - 1650ms));
  fail_unless_equals_uint64(f.session->stats().audio_sent_bytes, bytes_of(4500ms));
  fail_unless(f.recorder->ends.empty());
}
GST_END_TEST

GST_START_TEST(test_an_interrupted_turn_is_reported_again_without_repetition) {
  NumberedStream f;
  f.open();
  f.say(4s);
  f.peer->say(spoken(0, true, 1000, "Good evening."));
  f.peer->say(spoken(1, false, 3000, "and welcome"));
  f.peer->close(1006);
  f.loop->advance(1s);
  f.open();
  // The audio began at 1.65 s. The word at its beginning was reported, and so was a partial.
  f.peer->say(spoken(0, false, 0, "evening."));
  f.peer->say(spoken(1, false, 1350, "and"));
  f.peer->say(spoken(1, false, 1350, "and welcome"));
  fail_unless_equals_uint64(f.recorder->turns.size(), 2);
  f.peer->say(spoken(1, false, 1350, "and welcome back"));
  fail_unless_equals_uint64(f.recorder->turns.size(), 3);
  fail_unless_equals_text(f.told(1), "1:and welcome");
  fail_unless_equals_text(f.told(2), "1:and welcome back");
  f.peer->say(spoken(1, true, 1350, "And welcome back."));
  fail_unless_equals_text(f.told(3), "1=And welcome back.");
  f.peer->say(spoken(2, true, 2900, "Next."));
  fail_unless_equals_text(f.told(4), "2=Next.");
}
GST_END_TEST

// The time of the next session is unknown; the text is complete.
GST_START_TEST(test_a_held_final_is_final_when_its_session_is_lost) {
  NumberedStream f(patient_options(), []() -> Result<ConnectionInfo> {
    return info_with(
        {{"speech_model", std::string("universal-streaming-english")}, {"format_turns", true}});
  });
  f.open();
  f.say(2s);
  f.peer->say(spoken(0, true, 500, "good evening", false));
  f.peer->say(spoken(1, false, 1500, "and"));
  fail_unless_equals_text(f.told(0), "0:good evening");
  f.peer->close(1006);
  fail_unless_equals_text(f.told(2), "0=good evening");
  const std::size_t before = f.sent();
  f.loop->advance(1s);
  f.open();
  // "evening" ends at 1.4 s.
  fail_unless_equals_int(f.sent_since(before).front(), 1150 / 50);
  f.peer->say(spoken(0, true, 350, "And welcome."));
  fail_unless_equals_text(f.told(3), "1=And welcome.");
  fail_unless_equals_uint64(f.session->stats().finals, 2);
}
GST_END_TEST

// A long silence need not be resent.
GST_START_TEST(test_processed_silence_is_not_resent) {
  NumberedStream f;
  f.open();
  f.say(20s);
  f.peer->say(R"({"type":"Heartbeat","total_audio_received_ms":20000,"total_duration_ms":2,)"
              R"("realtime_factor":1})");
  f.say(2s);
  f.peer->close(1006);
  const std::size_t before = f.sent();
  f.loop->advance(1s);
  f.open();
  f.loop->advance(20s);
  const std::vector<int> again = f.sent_since(before);
  fail_unless(again.front() >= 14000 / 50 - 251 && again.front() <= 15000 / 50 - 251, "%d",
              again.front());
}
GST_END_TEST

GST_START_TEST(test_only_the_last_change_in_an_outage_is_sent) {
  auto asked = std::make_shared<ParameterSet>();
  NumberedStream f(patient_options(),
                   [asked]() -> Result<ConnectionInfo> { return info_with(*asked); });
  f.stream();
  f.peer->close(1006);
  const auto set = [&](const char *prompt) {
    f.session->update({{"prompt", std::string(prompt)}});
    f.loop->advance(30ms);
  };
  set("wrong");
  f.session->update({{"agent_context", std::string("Yes.")}});
  set("one");
  *asked = {{"prompt", std::string("one")}};
  f.loop->advance(1s);
  set("two");
  set("three");
  f.open();
  f.loop->advance(1s);
  fail_unless((f.peer->texts == std::vector<std::string>{
                                    R"({"type":"UpdateConfiguration","prompt":"three"})",
                                    R"({"type":"UpdateConfiguration","agent_context":"Yes."})"}));
}
GST_END_TEST

GST_START_TEST(test_a_turn_that_was_forced_to_end_is_forced_again) {
  NumberedStream f;
  f.open();
  f.say(2s);
  f.session->force_endpoint();
  f.say(1s);
  fail_unless_equals_uint64(f.peer->texts.size(), 1);
  f.peer->close(1006);
  const std::size_t before = f.peer->order.size();
  f.loop->advance(1s);
  f.open();
  const std::string order(f.peer->order.begin() + static_cast<std::ptrdiff_t>(before),
                          f.peer->order.end());
  fail_unless_equals_text(order, std::string(40, 'a') + "t" + std::string(20, 'a'));
}
GST_END_TEST

GST_START_TEST(test_a_lost_part_of_a_turn_keeps_its_last_text) {
  StreamOptions options = patient_options();
  options.max_backlog = 3s;
  options.overflow = Overflow::kDropOldest;
  NumberedStream f(std::move(options));
  f.open();
  f.say(2s);
  f.peer->say(spoken(0, false, 500, "good evening"));
  f.peer->close(1006);
  f.say(2500ms);
  f.loop->advance(1s);
  // The reported text ends at 1.4 s: its audio would have been resent from 1.15 s on, and is
  // dropped first. That is less than the excess of 1.5 s, and a loss is at least a second.
  fail_unless_equals_uint64(f.recorder->lost, bytes_of(1s));
  fail_unless_equals_int(f.recorder->lost_reports, 1);
  f.loop->advance(2s);
  f.open();
  fail_unless_equals_text(f.told(1), "0=good evening");
  f.peer->say(spoken(0, true, 500, "And welcome."));
  fail_unless_equals_text(f.told(2), "1=And welcome.");
}
GST_END_TEST

// Audio that was sent and forgotten before its turn is final is no loss; it becomes one when the
// connection is lost.
GST_START_TEST(test_a_turn_longer_than_the_backlog) {
  StreamOptions options = patient_options();
  options.max_backlog = 2s;
  NumberedStream f(std::move(options));
  f.open();
  f.say(5s);
  f.peer->say(spoken(0, false, 500, "one two three"));  // to 1.9 s
  fail_unless_equals_uint64(f.recorder->lost, 0);
  f.peer->close(1006);
  fail_unless_equals_text(f.told(1), "0=one two three");
  f.loop->advance(2s);
  fail_unless_equals_uint64(f.session->stats().audio_dropped_bytes, bytes_of(5s - 2s - 1900ms));
  fail_unless_equals_uint64(f.recorder->lost, bytes_of(5s - 2s - 1900ms));
}
GST_END_TEST

// Two losses before the turn is reported again: as much is resent as after one.
GST_START_TEST(test_a_second_loss_resends_as_much) {
  NumberedStream f;
  f.open();
  f.say(10s);
  f.peer->say(spoken(0, true, 8600, "Good."));         // to 9 s
  f.peer->say(spoken(1, false, 8200, "evening all"));  // the words overlap
  std::size_t before = 0;
  std::vector<int> begins;
  for (int i = 0; i < 2; i++) {
    f.peer->close(1006);
    before = f.sent();
    f.loop->advance(2s);
    f.open();
    begins.push_back(f.sent_since(before).front());
  }
  fail_unless_equals_int(begins[0], begins[1]);
  fail_unless_equals_int(begins[0], 7950 / 50);
}
GST_END_TEST

// The peer responds, but receives no audio.
GST_START_TEST(test_a_service_that_does_not_count_audio_is_not_dead) {
  StreamOptions options = patient_options();
  options.keepalive_interval = 1s;
  NumberedStream f(options);
  f.stream();
  for (int i = 0; i < 10; i++) {
    f.peer->say(R"({"type":"Heartbeat","realtime_factor":1})");
    f.say(1s);
  }
  fail_unless_equals_text(f.recorder->states(), "connecting connected");
}
GST_END_TEST

// The first session showed the interval.
GST_START_TEST(test_heartbeats_are_missed_from_the_begin_of_the_next_session) {
  StreamOptions options = patient_options();
  options.keepalive_interval = 1s;
  NumberedStream f(options);
  f.open();
  for (int i = 0; i < 3; i++) {
    f.say(1s);
    f.peer->say(R"({"type":"Heartbeat","realtime_factor":1})");
  }
  f.peer->close(1006);
  f.loop->advance(1s);
  f.open();
  const std::string before = "connecting connected reconnecting connecting connected";
  for (int i = 0; i < 58 && f.recorder->states() == before; i++) {
    f.peer->observer->on_alive();  // pings get pongs
    f.say(50ms);
  }
  fail_unless_equals_text(f.recorder->states(), before);
  for (int i = 0; i < 10 && f.recorder->states() == before; i++) {
    f.peer->observer->on_alive();
    f.say(50ms);
  }
  fail_unless_equals_text(f.recorder->states(), before + " reconnecting");
}
GST_END_TEST

GST_START_TEST(test_heartbeats_without_progress_are_a_lost_connection) {
  StreamOptions options = patient_options();
  options.keepalive_interval = 1s;
  NumberedStream f(options);
  f.stream();
  const auto heartbeat = [&](int received_ms) {
    f.peer->say(R"({"type":"Heartbeat","total_audio_received_ms":)" + std::to_string(received_ms) +
                R"(,"total_duration_ms":1,"realtime_factor":1,"max_speech_probability":0})");
    f.loop->run();
  };
  for (int i = 1; i < 10; i++) {
    heartbeat(i * 1000);
    f.say(1s);
  }
  for (int i = 0; i < 60; i++) {
    heartbeat(9000);  // a second is in flight
    f.loop->advance(1s);
  }
  fail_unless_equals_text(f.recorder->states(), "connecting connected");
  for (int i = 0; i < 3; i++) {
    f.say(500ms);
    heartbeat(9000);
  }
  fail_unless_equals_text(f.recorder->states(), "connecting connected");
  f.say(500ms);
  heartbeat(9000);
  fail_unless_equals_text(f.recorder->states(), "connecting connected reconnecting");
}
GST_END_TEST

// The ends of its words are unknown, so a second is resent.
GST_START_TEST(test_audio_at_the_end_of_a_turn_without_words_is_sent_again) {
  NumberedStream f;
  f.open();
  f.say(3s);
  f.peer->say(turn_json(0, true, true, "Good evening."));
  f.peer->close(1006);
  const std::size_t before = f.sent();
  f.loop->advance(1s);
  f.open();
  fail_unless_equals_int(f.sent_since(before).front(), 1750 / 50);
}
GST_END_TEST

// An unreadable count does not affect the connection.
GST_START_TEST(test_heartbeats_with_an_unusable_count_are_signs_of_life) {
  StreamOptions options = patient_options();
  options.keepalive_interval = 1s;
  NumberedStream f(options);
  f.stream();
  for (const char *count : {"1000", "-1", "1e300", "null", "\"x\"", "{}", "-1", "null"}) {
    f.peer->say(R"({"type":"Heartbeat","total_audio_received_ms":)" + std::string(count) + "}");
    f.say(1s);
  }
  fail_unless_equals_text(f.recorder->states(), "connecting connected");
  fail_unless_equals_int(f.recorder->undecodable, 0);
}
GST_END_TEST

static Suite *reconnect_suite() {
  Suite *suite = suite_create("reconnect");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_audio_since_the_last_final_turn_is_sent_again);
  tcase_add_test(tests, test_an_interrupted_turn_is_reported_again_without_repetition);
  tcase_add_test(tests, test_a_held_final_is_final_when_its_session_is_lost);
  tcase_add_test(tests, test_processed_silence_is_not_resent);
  tcase_add_test(tests, test_only_the_last_change_in_an_outage_is_sent);
  tcase_add_test(tests, test_a_turn_that_was_forced_to_end_is_forced_again);
  tcase_add_test(tests, test_a_lost_part_of_a_turn_keeps_its_last_text);
  tcase_add_test(tests, test_a_turn_longer_than_the_backlog);
  tcase_add_test(tests, test_a_second_loss_resends_as_much);
  tcase_add_test(tests, test_a_service_that_does_not_count_audio_is_not_dead);
  tcase_add_test(tests, test_heartbeats_are_missed_from_the_begin_of_the_next_session);
  tcase_add_test(tests, test_heartbeats_without_progress_are_a_lost_connection);
  tcase_add_test(tests, test_audio_at_the_end_of_a_turn_without_words_is_sent_again);
  tcase_add_test(tests, test_heartbeats_with_an_unusable_count_are_signs_of_life);
  return suite;
}

CHECK_SUITE(reconnect);
