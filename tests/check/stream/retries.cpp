// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// When and how often a failure is retried. The test controls network and clock.

#include "support/numbered_stream.h"

using namespace testing;

namespace {

const std::pair<unsigned, const char *> kRefusals[] = {
    {1008, "Unauthorized Connection: Incorrect padding"},
    {1008, "Unauthorized Connection: Invalid API key"},
    {4001, "Not authorized"},
    {4002, "Insufficient funds"},
    {3006, "User Input Validation Error: Invalid 'mode'"},
    {3007, "Input Duration Error: 20.0 ms"},
};

}  // namespace

GST_START_TEST(test_delays_grow_and_reset_after_a_while) {
  StreamOptions options = patient_options();
  options.keepalive_interval = 0s;
  NumberedStream f(std::move(options));
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

// Sessions that the service ends early, each after some new text.
GST_START_TEST(test_a_session_with_new_text_resets_the_delay) {
  StreamOptions options = patient_options();
  options.retry.most_retries = 2;
  NumberedStream f(std::move(options));
  f.open();
  for (int i = 0; i < 8; i++) {
    const bool is_final = i % 2 == 0;
    f.say(5s);
    // The position in the audio of this session, which began with the unfinished part of the turn
    // before.
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

// Repeating the same words is no progress.
GST_START_TEST(test_a_session_without_new_text_does_not_reset_the_delay) {
  NumberedStream f;
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

GST_START_TEST(test_a_verdict_before_the_first_session_is_final_at_once) {
  NumberedStream f;
  f.refuse(1008, "Unauthorized Connection: Invalid API key");
  fail_unless_equals_uint64(f.recorder->ends.size(), 1);
  fail_unless(f.recorder->ends[0]->kind == FailureKind::kUnauthorized);
  fail_unless_equals_text(f.recorder->states(), "connecting lost");
}
GST_END_TEST

// A valid key is refused occasionally: after a first session it is retried, with a limit.
GST_START_TEST(test_a_verdict_after_a_session_is_final_after_some_retries) {
  const auto &[code, text] = kRefusals[__i__];
  NumberedStream f;
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

GST_START_TEST(test_the_count_of_refusals_restarts_after_a_healthy_session) {
  StreamOptions options = patient_options();
  options.overflow = Overflow::kDropOldest;
  NumberedStream f(std::move(options));
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

GST_START_TEST(test_unclear_refusals_are_retried_before_the_first_session) {
  NumberedStream f;
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
  StreamOptions options = patient_options();
  options.retry.most_retries = 2;
  NumberedStream f(std::move(options));
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

// A portal or a maintenance page may respond in place of the service for hours.
GST_START_TEST(test_another_kind_of_service_is_final_only_before_the_first_session) {
  const Failure foreign{.kind = FailureKind::kSettings, .retry = Retry::kOnceKnown};
  NumberedStream f;
  f.peer->observer->on_ended({.failure = foreign});
  fail_unless_equals_uint64(f.recorder->ends.size(), 1);

  StreamOptions options = patient_options();
  options.overflow = Overflow::kDropOldest;
  NumberedStream known(std::move(options));
  known.stream();
  known.peer->close(1006);
  for (int i = 0; i < 1000; i++) {
    known.say(8s);
    fail_unless(known.recorder->ends.empty(), "attempt %d", i);
    known.peer->observer->on_ended({.failure = foreign});
    fail_unless(known.recorder->connections.back().delay <= 8s);
  }
  known.say(8s);
  known.open();
  fail_unless(known.recorder->ends.empty());
}
GST_END_TEST

// The failure does not pass by itself, and is independent of the failure that began the outage.
GST_START_TEST(test_each_http_status_is_reported_once_in_an_outage) {
  const auto answer = [](unsigned status) {
    return TransportEnd{.failure = Failure{.kind = FailureKind::kSettings,
                                           .retry = Retry::kOnceKnown,
                                           .http_status = status}};
  };
  NumberedStream f;
  f.stream();
  f.peer->close(1006);
  fail_unless(f.recorder->connections.back().is_new);
  std::vector<unsigned> told;
  for (const unsigned status : {302, 302, 401, 302, 401}) {
    f.loop->advance(8s);
    f.peer->observer->on_ended(answer(status));
    if (f.recorder->connections.back().is_new)
      told.push_back(status);
  }
  fail_unless(told == std::vector<unsigned>({302, 401}));
  f.loop->advance(8s);
  f.peer->observer->on_ended(
      {.failure = Failure{.kind = FailureKind::kConnect, .retry = Retry::kBackOff}});
  fail_if(f.recorder->connections.back().is_new);
  f.loop->advance(8s);
  f.open();
  f.say(31s);
  f.peer->close(1006);
  f.loop->advance(8s);
  f.peer->observer->on_ended(answer(302));
  fail_unless(f.recorder->connections.back().is_new);
}
GST_END_TEST

GST_START_TEST(test_an_unstable_network_does_not_trigger_each_retry) {
  NumberedStream f;
  f.stream();
  f.peer->close(1006);
  const int before = f.peer->transports;
  for (int i = 0; i < 60; i++) {
    f.loop->change_network();
    f.loop->advance(500ms);
    if (f.peer->observer != nullptr)
      f.peer->observer->on_ended(
          {.failure = Failure{.kind = FailureKind::kConnect, .retry = Retry::kBackOff}});
  }
  const int tries = f.peer->transports - before;
  fail_unless(tries >= 3 && tries <= 18, "%d", tries);
}
GST_END_TEST

GST_START_TEST(test_a_change_of_the_network_triggers_a_retry) {
  NumberedStream f;
  f.stream();
  f.peer->close(1006);
  for (int i = 0; i < 6; i++) {
    f.loop->advance(8s);
    f.peer->observer->on_ended(
        {.failure = Failure{.kind = FailureKind::kNotFound, .retry = Retry::kBackOff}});
  }
  fail_unless(f.recorder->connections.back().delay >= 4s);
  const int before = f.peer->transports;
  f.loop->change_network();
  fail_unless_equals_int(f.peer->transports, before + 1);
  f.loop->change_network();  // an attempt is in progress
  fail_unless_equals_int(f.peer->transports, before + 1);
  // The network may still come up.
  f.peer->observer->on_ended(
      {.failure = Failure{.kind = FailureKind::kConnect, .retry = Retry::kBackOff}});
  fail_unless(f.recorder->connections.back().delay <= 1s);
  f.loop->advance(1s);
  f.open();
  fail_unless_equals_uint64(f.loop->network_watchers(), 0);
}
GST_END_TEST

GST_START_TEST(test_a_requested_delay_is_kept_on_any_network) {
  const Failure kAsking[] = {
      {.kind = FailureKind::kBusy, .retry = Retry::kLongBackOff},
      {.kind = FailureKind::kConnect, .retry = Retry::kBackOff, .retry_after = 20s}};
  NumberedStream f;
  f.peer->observer->on_ended({.failure = kAsking[__i__]});
  f.loop->change_network();
  fail_unless_equals_int(f.peer->transports, 1);
  f.loop->advance(24s);
  fail_unless_equals_int(f.peer->transports, 2);
}
GST_END_TEST

GST_START_TEST(test_the_requested_delay_has_a_limit) {
  const struct {
    std::chrono::seconds asked;
    nanoseconds least;
    nanoseconds most;
  } kCases[] = {{20s, 20s, 20s}, {0s, 500ms, 1s}, {1'000'000s, 1h, 1h}};
  const auto &test = kCases[__i__];
  NumberedStream f;
  f.peer->observer->on_ended({.failure = Failure{.kind = FailureKind::kConnect,
                                                 .retry = Retry::kBackOff,
                                                 .http_status = 503,
                                                 .retry_after = test.asked}});
  const nanoseconds delay = f.recorder->connections.back().delay;
  fail_unless(delay >= test.least && delay <= test.most);
}
GST_END_TEST

GST_START_TEST(test_a_service_without_capacity_gets_the_longest_delay) {
  NumberedStream f;
  f.peer->observer->on_opened();
  f.peer->say(R"({"type":"Error","error_code":3009,"error":"Too many concurrent sessions"})");
  const nanoseconds delay = f.recorder->connections.back().delay;
  fail_unless(delay >= 12s && delay <= 24s);
}
GST_END_TEST

GST_START_TEST(test_an_expired_token_needs_another_one) {
  const bool has_another = __i__ == 1;
  NumberedStream f(patient_options(), [=]() -> Result<ConnectionInfo> {
    ConnectionInfo info;
    info.has_new_token = has_another;
    return info;
  });
  f.peer->observer->on_opened();
  f.peer->say(R"({"type":"Error","error_code":1008,)"
              R"("error":"Unauthorized Connection: Signature has expired"})");
  fail_unless(f.recorder->ends.empty() == has_another);
}
GST_END_TEST

// A value that is changed again before the session is not sent, a value of the request is not sent
// again, and each context is sent.
static Suite *retries_suite() {
  Suite *suite = suite_create("retries");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_delays_grow_and_reset_after_a_while);
  tcase_add_test(tests, test_a_session_with_new_text_resets_the_delay);
  tcase_add_test(tests, test_a_session_without_new_text_does_not_reset_the_delay);
  tcase_add_test(tests, test_a_verdict_before_the_first_session_is_final_at_once);
  tcase_add_loop_test(tests, test_a_verdict_after_a_session_is_final_after_some_retries, 0,
                      std::ssize(kRefusals));
  tcase_add_test(tests, test_the_count_of_refusals_restarts_after_a_healthy_session);
  tcase_add_test(tests, test_unclear_refusals_are_retried_before_the_first_session);
  tcase_add_test(tests, test_retries_may_be_limited);
  tcase_add_test(tests, test_another_kind_of_service_is_final_only_before_the_first_session);
  tcase_add_test(tests, test_each_http_status_is_reported_once_in_an_outage);
  tcase_add_test(tests, test_an_unstable_network_does_not_trigger_each_retry);
  tcase_add_test(tests, test_a_change_of_the_network_triggers_a_retry);
  tcase_add_loop_test(tests, test_a_requested_delay_is_kept_on_any_network, 0, 2);
  tcase_add_loop_test(tests, test_the_requested_delay_has_a_limit, 0, 3);
  tcase_add_test(tests, test_a_service_without_capacity_gets_the_longest_delay);
  tcase_add_loop_test(tests, test_an_expired_token_needs_another_one, 0, 2);
  return suite;
}

CHECK_SUITE(retries);
