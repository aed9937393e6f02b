// SPDX-License-Identifier: LGPL-2.1-or-later
// From one session to the next: lost ones, idle ones, ones that expire. Network and clock
// are played by hand.

#include "support/stream_fixture.h"

using namespace testing;

namespace {

void assert_counts_on(const std::vector<int> &numbers, int begin, int end) {
  fail_unless_equals_int(numbers.front(), begin);
  fail_unless_equals_int(numbers.back(), end);
  fail_unless_equals_int(static_cast<int>(numbers.size()), end - begin + 1);
}

const std::pair<unsigned, const char *> kRefusals[] = {
    {1008, "Unauthorized Connection: Incorrect padding"},
    {1008, "Unauthorized Connection: Invalid API key"},
    {4001, "Not authorized"},
    {4002, "Insufficient funds"},
    {3006, "User Input Validation Error: Invalid 'mode'"},
    {3007, "Input Duration Error: 20.0 ms"},
};

}  // namespace

GST_START_TEST(test_audio_since_the_last_final_turn_is_sent_again) {
  Stream f;
  f.open();
  f.say(4s);
  f.peer->say(spoken(0, true, 1000, "Good evening."));  // to 1.9 s
  f.peer->say(spoken(1, false, 3000, "and"));
  f.peer->close(1006);
  f.say(500ms);
  const std::size_t before = f.sent();
  f.loop->advance(1s);
  f.open();
  // From 250 ms before the end of that turn on.
  assert_counts_on(f.sent_since(before), 1650 / 50, 89);
  fail_unless_equals_text(f.recorder->states(),
                          "connecting connected reconnecting connecting connected");
  fail_unless(f.recorder->connections[2].is_new);
  fail_unless_equals_int(f.recorder->switches, 2);
  fail_unless_equals_uint64(f.recorder->oldest_told, 1);
  fail_unless_equals_uint64(f.session->stats().audio_resent_bytes, bytes_of(4s - 1650ms));
  fail_unless_equals_uint64(f.session->stats().audio_sent_bytes, bytes_of(4500ms));
  fail_unless(f.recorder->ends.empty());
}
GST_END_TEST

GST_START_TEST(test_an_interrupted_turn_is_told_anew_and_not_twice) {
  Stream f;
  f.open();
  f.say(4s);
  f.peer->say(spoken(0, true, 1000, "Good evening."));
  f.peer->say(spoken(1, false, 3000, "and welcome"));
  f.peer->close(1006);
  f.loop->advance(1s);
  f.open();
  // Its audio began at 1.65 s. The word at its begin was told, and a partial as well.
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

// Nobody knows when there will be a session again; the text is whole.
GST_START_TEST(test_a_held_final_is_final_when_its_session_is_lost) {
  Stream f(patient_options(), []() -> Result<Target> {
    return target_with(
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

// A long silence does not have to be heard again.
GST_START_TEST(test_silence_that_was_heard_out_is_not_sent_again) {
  Stream f;
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

GST_START_TEST(test_delays_grow_and_start_anew_after_a_while) {
  SessionOptions options = patient_options();
  options.keepalive_interval = 0s;
  Stream f(std::move(options));
  f.stream();
  nanoseconds least = 500ms;
  for (int i = 0; i < 6; i++) {
    f.peer->close(1011);
    const ConnectionReport &report = f.recorder->connections.back();
    fail_unless(report.state == ConnectionReport::State::kReconnecting);
    fail_unless(report.is_new == (i == 0));
    fail_unless_equals_int(static_cast<int>(report.attempt), i + 2);
    fail_unless(report.delay >= least && report.delay <= 2 * least);
    least = std::min<nanoseconds>(2 * least, 4s);
    f.loop->advance(report.delay);
    f.open();
    f.say(1s);
  }
  f.say(30s);
  f.peer->close(1011);
  fail_unless(f.recorder->connections.back().is_new);
  fail_unless(f.recorder->connections.back().delay <= 1s);
  fail_unless_equals_uint64(f.session->stats().reconnects, 6);
}
GST_END_TEST

// Sessions that the service ends early, each of which brought some more text.
GST_START_TEST(test_a_session_that_brought_text_was_a_good_one) {
  SessionOptions options = patient_options();
  options.retry.most_retries = 2;
  Stream f(std::move(options));
  f.open();
  for (int i = 0; i < 8; i++) {
    const bool is_final = i % 2 == 0;
    f.say(5s);
    // Where that is in the audio of this session: it began with what the turn before left open.
    const std::int64_t sent_ms = static_cast<std::int64_t>(f.sent() - f.sent_before) * 50;
    f.peer->say(spoken(0, is_final, sent_ms - 1000, "good evening"));
    f.peer->close(1011);
    fail_unless(f.recorder->ends.empty(), "session %d", i);
    const ConnectionReport &report = f.recorder->connections.back();
    fail_unless(report.is_new == (i == 0));
    fail_unless_equals_int(static_cast<int>(report.attempt), 2);
    fail_unless(report.delay <= 1s);
    f.loop->advance(report.delay);
    f.open();
  }
}
GST_END_TEST

// The same words again and again are no progress.
GST_START_TEST(test_a_session_that_tells_nothing_new_was_no_good_one) {
  Stream f;
  f.open();
  for (int i = 0; i < 4; i++) {
    f.say(2s);
    f.peer->say(spoken(0, false, 200, "good evening"));
    f.peer->close(1011);
    f.loop->advance(8s);
    f.open();
  }
  fail_unless_equals_int(static_cast<int>(f.recorder->connections.back().attempt), 5);
}
GST_END_TEST

GST_START_TEST(test_a_verdict_at_first_ends_at_once) {
  Stream f;
  f.refuse(1008, "Unauthorized Connection: Invalid API key");
  fail_unless_equals_uint64(f.recorder->ends.size(), 1);
  fail_unless(f.recorder->ends[0]->kind == FailureKind::kUnauthorized);
  fail_unless_equals_text(f.recorder->states(), "connecting lost");
}
GST_END_TEST

// A good key is refused now and then: who has been accepted asks again, and does not ask for ever.
GST_START_TEST(test_who_was_accepted_is_refused_for_good_only_in_the_end) {
  const auto &[code, text] = kRefusals[__i__];
  Stream f;
  f.stream();
  for (unsigned i = 0; i < Backoff::kMostRefusals; i++) {
    f.refuse(code, text);
    fail_unless(f.recorder->ends.empty(), "attempt %u", i);
    f.loop->advance(8s);
  }
  f.refuse(code, text);
  fail_unless_equals_uint64(f.recorder->ends.size(), 1);
  fail_unless(f.recorder->ends[0]->message.find(text) != std::string::npos);
  fail_unless_equals_uint64(f.session->stats().reconnects, Backoff::kMostRefusals);
}
GST_END_TEST

GST_START_TEST(test_refusals_are_counted_anew_after_a_good_session) {
  SessionOptions options = patient_options();
  options.overflow = Overflow::kDropOldest;
  Stream f(std::move(options));
  f.stream();
  for (unsigned i = 0; i <= Backoff::kMostRefusals; i++) {
    f.refuse(1008, "Unauthorized Connection: Invalid API key");
    f.loop->advance(8s);
    f.open();
    f.say(31s);
    fail_unless(f.recorder->ends.empty(), "refusal %u", i);
  }
}
GST_END_TEST

GST_START_TEST(test_what_is_no_verdict_is_asked_again_at_first) {
  Stream f;
  for (unsigned i = 0; i < Backoff::kMostFirstRefusals; i++) {
    f.refuse(1008, "Unauthorized Connection: Incorrect padding");
    fail_unless(f.recorder->ends.empty(), "attempt %u", i);
    f.loop->advance(8s);
  }
  f.refuse(1008, "Unauthorized Connection: Incorrect padding");
  fail_unless_equals_uint64(f.recorder->ends.size(), 1);
  fail_unless(f.recorder->ends[0]->message.ends_with("Unauthorized Connection: Incorrect padding"));
}
GST_END_TEST

GST_START_TEST(test_retries_may_be_limited) {
  SessionOptions options = patient_options();
  options.retry.most_retries = 2;
  Stream f(std::move(options));
  for (int i = 0; i < 3; i++) {
    fail_unless(f.recorder->ends.empty());
    f.peer->close(1006);
    f.loop->advance(8s);
  }
  fail_unless_equals_uint64(f.recorder->ends.size(), 1);
  fail_unless(f.recorder->ends[0]->retry == Retry::kBackOff);
  fail_unless_equals_uint64(f.session->stats().reconnects, 2);
}
GST_END_TEST

GST_START_TEST(test_a_name_that_does_not_exist_is_tried_again_only_if_it_did) {
  const Failure unknown{.kind = FailureKind::kNotFound, .retry = Retry::kOnceKnown};
  Stream f;
  f.peer->observer->on_ended({.failure = unknown});
  fail_unless_equals_uint64(f.recorder->ends.size(), 1);

  Stream known;
  known.stream();
  known.peer->close(1006);
  known.loop->advance(1s);
  known.peer->observer->on_ended({.failure = unknown});
  fail_unless(known.recorder->ends.empty());
}
GST_END_TEST

GST_START_TEST(test_the_service_may_ask_for_patience_within_reason) {
  const struct {
    std::chrono::seconds asked;
    nanoseconds least;
    nanoseconds most;
  } kCases[] = {{20s, 20s, 20s}, {0s, 500ms, 1s}, {1'000'000s, 1h, 1h}};
  const auto &test = kCases[__i__];
  Stream f;
  f.peer->observer->on_ended({.failure = Failure{.kind = FailureKind::kConnect,
                                                 .retry = Retry::kBackOff,
                                                 .http_status = 503,
                                                 .retry_after = test.asked}});
  const nanoseconds delay = f.recorder->connections.back().delay;
  fail_unless(delay >= test.least && delay <= test.most);
}
GST_END_TEST

GST_START_TEST(test_a_service_without_room_is_left_alone_for_the_longest_delay) {
  Stream f;
  f.peer->observer->on_opened();
  f.peer->say(R"({"type":"Error","error_code":3009,"error":"Too many concurrent sessions"})");
  const nanoseconds delay = f.recorder->connections.back().delay;
  fail_unless(delay >= 12s && delay <= 24s);
}
GST_END_TEST

GST_START_TEST(test_an_expired_token_needs_another_one) {
  const bool has_another = __i__ == 1;
  Stream f(patient_options(), [=]() -> Result<Target> {
    Target target;
    target.has_new_token = has_another;
    return target;
  });
  f.peer->observer->on_opened();
  f.peer->say(R"({"type":"Error","error_code":1008,)"
              R"("error":"Unauthorized Connection: Signature has expired"})");
  fail_unless(f.recorder->ends.empty() == has_another);
}
GST_END_TEST

// What was set and changed again meanwhile is not told, what the next session was asked for is
// not told again, and each context counts.
GST_START_TEST(test_only_the_last_of_what_was_changed_in_an_outage_is_told) {
  auto asked = std::make_shared<ParameterSet>();
  Stream f(patient_options(), [asked]() -> Result<Target> { return target_with(*asked); });
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
  Stream f;
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

GST_START_TEST(test_what_is_lost_of_a_turn_keeps_its_last_text) {
  SessionOptions options = patient_options();
  options.max_backlog = 3s;
  options.overflow = Overflow::kDropOldest;
  Stream f(std::move(options));
  f.open();
  f.say(2s);
  f.peer->say(spoken(0, false, 500, "good evening"));
  f.peer->close(1006);
  f.say(2500ms);
  f.loop->advance(1s);
  // What was told reaches to 1.4 s, and 1.5 s are gone. The first message was not known to
  // be told, and from 1.15 s on it would have been sent again.
  fail_unless_equals_uint64(f.recorder->lost, bytes_of(50ms + 350ms));
  f.loop->advance(2s);
  f.open();
  fail_unless_equals_text(f.told(1), "0=good evening");
  f.peer->say(spoken(0, true, 500, "And welcome."));
  fail_unless_equals_text(f.told(2), "1=And welcome.");
}
GST_END_TEST

// Audio that was sent, and is forgotten before its turn is final, is no loss; it is one when
// the connection breaks.
GST_START_TEST(test_a_turn_longer_than_the_backlog) {
  SessionOptions options = patient_options();
  options.max_backlog = 2s;
  Stream f(std::move(options));
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

// Two losses before the turn is told anew: as much as after one.
GST_START_TEST(test_a_second_loss_goes_back_as_far) {
  Stream f;
  f.open();
  f.say(10s);
  f.peer->say(spoken(0, true, 8600, "Good."));         // to 9 s
  f.peer->say(spoken(1, false, 8200, "evening all"));  // edges reach into one another
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

// Something answers, but the audio does not get there.
GST_START_TEST(test_a_service_that_does_not_count_is_not_blamed) {
  SessionOptions options = patient_options();
  options.keepalive_interval = 1s;
  Stream f(options);
  f.stream();
  for (int i = 0; i < 10; i++) {
    f.peer->say(R"({"type":"Heartbeat","realtime_factor":1})");
    f.say(1s);
  }
  fail_unless_equals_text(f.recorder->states(), "connecting connected");
}
GST_END_TEST

// The first session taught how often they come.
GST_START_TEST(test_heartbeats_are_missed_from_the_begin_of_the_next_session) {
  SessionOptions options = patient_options();
  options.keepalive_interval = 1s;
  Stream f(options);
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
    f.peer->observer->on_alive();  // pings are answered
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
  SessionOptions options = patient_options();
  options.keepalive_interval = 1s;
  Stream f(options);
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
    heartbeat(9000);  // a second is on the way
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

// Nobody knows where its words end, so a second is heard again.
GST_START_TEST(test_audio_at_the_end_of_a_turn_without_words_is_sent_again) {
  Stream f;
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

// A count that cannot be read says nothing of the connection.
GST_START_TEST(test_heartbeats_with_an_unusable_count_are_signs_of_life) {
  SessionOptions options = patient_options();
  options.keepalive_interval = 1s;
  Stream f(options);
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
  tcase_add_test(tests, test_an_interrupted_turn_is_told_anew_and_not_twice);
  tcase_add_test(tests, test_a_held_final_is_final_when_its_session_is_lost);
  tcase_add_test(tests, test_silence_that_was_heard_out_is_not_sent_again);
  tcase_add_test(tests, test_delays_grow_and_start_anew_after_a_while);
  tcase_add_test(tests, test_a_session_that_brought_text_was_a_good_one);
  tcase_add_test(tests, test_a_session_that_tells_nothing_new_was_no_good_one);
  tcase_add_test(tests, test_a_verdict_at_first_ends_at_once);
  tcase_add_loop_test(tests, test_who_was_accepted_is_refused_for_good_only_in_the_end, 0,
                      std::ssize(kRefusals));
  tcase_add_test(tests, test_refusals_are_counted_anew_after_a_good_session);
  tcase_add_test(tests, test_what_is_no_verdict_is_asked_again_at_first);
  tcase_add_test(tests, test_retries_may_be_limited);
  tcase_add_test(tests, test_a_name_that_does_not_exist_is_tried_again_only_if_it_did);
  tcase_add_loop_test(tests, test_the_service_may_ask_for_patience_within_reason, 0, 3);
  tcase_add_test(tests, test_a_service_without_room_is_left_alone_for_the_longest_delay);
  tcase_add_loop_test(tests, test_an_expired_token_needs_another_one, 0, 2);
  tcase_add_test(tests, test_only_the_last_of_what_was_changed_in_an_outage_is_told);
  tcase_add_test(tests, test_a_turn_that_was_forced_to_end_is_forced_again);
  tcase_add_test(tests, test_what_is_lost_of_a_turn_keeps_its_last_text);
  tcase_add_test(tests, test_a_turn_longer_than_the_backlog);
  tcase_add_test(tests, test_a_second_loss_goes_back_as_far);
  tcase_add_test(tests, test_a_service_that_does_not_count_is_not_blamed);
  tcase_add_test(tests, test_heartbeats_are_missed_from_the_begin_of_the_next_session);
  tcase_add_test(tests, test_heartbeats_without_progress_are_a_lost_connection);
  tcase_add_test(tests, test_audio_at_the_end_of_a_turn_without_words_is_sent_again);
  tcase_add_test(tests, test_heartbeats_with_an_unusable_count_are_signs_of_life);
  return suite;
}

GST_CHECK_MAIN(reconnect)
