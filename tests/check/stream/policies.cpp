// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The policies of a stream alone, each with its timers, on a clock moved by hand.

#include "stream/idle_policy.h"
#include "stream/loss_report.h"
#include "stream/outage.h"
#include "stream/rollover.h"
#include "support/check.h"
#include "support/manual_loop.h"

using namespace assemblyai;
using namespace std::chrono_literals;

namespace {

Failure lost(Retry retry = Retry::kBackOff) {
  return {.kind = FailureKind::kLost, .retry = retry, .message = "lost"};
}

struct OutageFixture {
  ManualLoop loop;
  int opened = 0;
  int given_up = 0;
  Outage outage{loop,
                {.retry = {.shortest = 1s, .longest = 8s, .most_retries = 3},
                 .limit = 20s,
                 .open = [this] { opened++; },
                 .give_up = [this] { given_up++; }}};
};

struct RolloverFixture {
  ManualLoop loop;
  int opened = 0;
  int changed = 0;
  Rollover rollover{loop, {.open = [this] { opened++; }, .change = [this] { changed++; }}};

  void watch(std::chrono::seconds lifetime) {
    rollover.watch({.id = "s", .expires_at = (loop.wall_clock() + lifetime).count()}, loop.now());
  }
};

AudioBlock block(std::size_t bytes) {
  AudioBlock made;
  made.data.assign(bytes, std::byte{1});
  return made;
}

}  // namespace

GST_START_TEST(test_an_outage_tries_again_until_its_retries_are_over) {
  OutageFixture f;
  for (int attempt = 1; attempt <= 3; attempt++) {
    const std::optional<nanoseconds> delay = f.outage.retry_after(lost(), true);
    fail_unless(delay.has_value());
    fail_unless(f.outage.is_waiting());
    f.loop.advance(*delay - 1ns);
    fail_unless_equals_int(f.opened, attempt - 1);
    f.loop.advance(1ns);
    fail_unless_equals_int(f.opened, attempt);
    f.outage.begin_attempt();
    fail_if(f.outage.is_waiting());
  }
  fail_if(f.outage.retry_after(lost(), true).has_value());
  f.outage.note_progress();
  fail_unless(f.outage.retry_after(lost(), true).has_value());
}
GST_END_TEST

GST_START_TEST(test_a_change_of_the_network_ends_the_wait_unless_the_service_asks_for_patience) {
  OutageFixture f;
  fail_unless(f.outage.retry_after(lost(), true).has_value());
  f.loop.change_network();
  fail_unless_equals_int(f.opened, 1);
  // A change during an attempt makes none. The next one counts.
  f.outage.begin_attempt();
  f.loop.advance(Outage::kNetworkSettles);
  f.loop.change_network();
  fail_unless_equals_int(f.opened, 1);
  fail_unless(f.outage.retry_after(lost(), true).has_value());
  f.loop.change_network();
  fail_unless_equals_int(f.opened, 2);
  f.opened = 1;
  f.outage.begin_attempt();
  // One that comes and goes is no better than one that is away.
  fail_unless(f.outage.retry_after(lost(), true).has_value());
  f.loop.change_network();
  fail_unless_equals_int(f.opened, 1);
  f.loop.advance(Outage::kNetworkSettles);
  const int opened = f.opened;
  f.outage.note_progress();
  fail_unless(f.outage.retry_after(lost(Retry::kLongBackOff), true).has_value());
  f.loop.change_network();
  fail_unless_equals_int(f.opened, opened);
  f.outage.stop();
  fail_unless_equals_uint64(f.loop.network_watchers(), 0);
  fail_unless_equals_uint64(f.loop.pending_timers(), 0);
}
GST_END_TEST

GST_START_TEST(test_what_is_news_in_an_outage) {
  OutageFixture f;
  fail_unless(f.outage.is_news(lost(), true));
  fail_if(f.outage.is_news(lost(), false));
  const Failure portal{
      .kind = FailureKind::kConnect, .retry = Retry::kOnceKnown, .http_status = 302};
  fail_unless(f.outage.is_news(portal, false));
  fail_if(f.outage.is_news(portal, false));
  Failure other = portal;
  other.http_status = 503;
  fail_unless(f.outage.is_news(other, false));
  f.outage.note_healthy();
  fail_unless(f.outage.is_news(portal, false));
}
GST_END_TEST

GST_START_TEST(test_an_outage_has_a_limit_when_somebody_waits) {
  OutageFixture f;
  f.outage.limit();
  fail_unless_equals_uint64(f.loop.pending_timers(), 0);  // there is none
  f.outage.set_failure(lost());
  f.outage.limit();
  f.loop.advance(15s);
  f.outage.limit();  // the first call counts
  f.loop.advance(5s);
  fail_unless_equals_int(f.given_up, 1);
  f.outage.set_failure(lost());
  f.outage.note_session();
  fail_unless(f.outage.failure().has_value());
  f.loop.advance(Outage::kHealthy);
  fail_if(f.outage.failure().has_value());
}
GST_END_TEST

GST_START_TEST(test_losses_at_the_end_are_counted_unless_something_was_done) {
  OutageFixture f;
  for (unsigned i = 0; i < Outage::kMostClosingLosses; i++) {
    f.outage.count_closing_loss(100);
    fail_unless(f.outage.may_lose_closing());
  }
  f.outage.count_closing_loss(100);
  fail_if(f.outage.may_lose_closing());
  f.outage.count_closing_loss(101);
  fail_unless(f.outage.may_lose_closing());
}
GST_END_TEST

GST_START_TEST(test_the_next_session_is_opened_before_the_end_of_the_one_in_use) {
  RolloverFixture f;
  f.watch(600s);
  f.loop.advance(600s - Rollover::kLead - 1ms);
  fail_unless_equals_int(f.opened, 0);
  f.loop.advance(1ms);
  fail_unless_equals_int(f.opened, 1);
  f.rollover.await_turn_end();
  fail_if(f.rollover.is_late());
  f.loop.advance(Rollover::kLead - Rollover::kLead / 4);
  fail_unless_equals_int(f.changed, 1);
  fail_unless(f.rollover.is_late());
}
GST_END_TEST

GST_START_TEST(test_a_next_session_that_cannot_be_had_is_tried_again) {
  RolloverFixture f;
  f.watch(600s);
  f.loop.advance(600s - Rollover::kLead);
  fail_unless(f.rollover.note_failure(lost()) == Rollover::kRetry);
  fail_unless(f.rollover.failure().has_value());
  f.loop.advance(Rollover::kRetry);
  fail_unless_equals_int(f.opened, 2);
  fail_unless(f.rollover.note_failure(lost(Retry::kNever)) == Rollover::kLead - Rollover::kRetry);
  f.loop.advance(Rollover::kLead);
  fail_unless_equals_int(f.opened, 2);
  f.watch(600s);
  fail_if(f.rollover.failure().has_value());
}
GST_END_TEST

// What the service says of the end may be absurd, or by another clock.
GST_START_TEST(test_the_end_of_a_session_is_within_reason) {
  static constexpr struct {
    std::int64_t lifetime;
    std::chrono::seconds opens_after;
  } kCases[] = {{-100, 3h - 60s}, {0, 3h - 60s}, {100'000'000, 3h - 60s}, {40, 30s}};
  for (const auto &test : kCases) {
    RolloverFixture f;
    f.watch(std::chrono::seconds(test.lifetime));
    f.loop.advance(test.opens_after - 1ms);
    fail_unless_equals_int(f.opened, 0);
    f.loop.advance(1ms);
    fail_unless_equals_int(f.opened, 1);
  }
  RolloverFixture f;
  f.watch(Rollover::kShortest - 1s);
  fail_unless_equals_uint64(f.loop.pending_timers(), 0);
}
GST_END_TEST

GST_START_TEST(test_a_session_without_audio_ends) {
  ManualLoop loop;
  StreamGate gate({.max_backlog = 10s}, loop);
  int due = 0;
  IdlePolicy idle(loop, gate, 10s, [&] { due++; });
  idle.watch();
  loop.advance(9s);
  gate.push(block(320), Content::kAudio);
  gate.push(block(320), Content::kFilling);
  loop.advance(9s);
  fail_unless_equals_int(due, 0);
  loop.advance(1s);
  fail_unless_equals_int(due, 1);
  // A message that waits is audio that has not been sent yet.
  gate.push(block(1600), Content::kAudio);
  idle.watch();
  loop.advance(1min);
  fail_unless_equals_int(due, 1);
  idle.stop();
  fail_unless_equals_uint64(loop.pending_timers(), 0);
  IdlePolicy never(loop, gate, 0s, [&] { due++; });
  never.watch();
  fail_unless_equals_uint64(loop.pending_timers(), 0);
}
GST_END_TEST

GST_START_TEST(test_losses_are_reported_once_a_second) {
  ManualLoop loop;
  StreamGate gate({.max_backlog = 1s, .overflow = Overflow::kDropOldest}, loop);
  std::vector<AudioLost> reports;
  int due = 0;
  LossReport losses(
      loop, gate, [&] { due++; }, [&](AudioLost lost) { reports.push_back(std::move(lost)); });
  const auto lose = [&] {
    for (int i = 0; i < 40; i++)
      gate.push(block(3200), Content::kAudio);
  };
  losses.report();
  fail_unless(reports.empty());
  lose();
  fail_unless(gate.has_lost());
  losses.report();
  fail_unless_equals_uint64(reports.size(), 1);
  fail_unless(reports[0].is_new);
  fail_unless(losses.is_due());
  lose();
  loop.advance(LossReport::kInterval);
  fail_unless_equals_int(due, 1);
  losses.report();
  fail_unless_equals_uint64(reports.size(), 2);
  fail_if(reports[1].is_new);
  loop.advance(LossReport::kNoLoss);
  losses.note_caught_up();
  lose();
  losses.report();
  fail_unless(reports.back().is_new);
}
GST_END_TEST

static Suite *policies_suite() {
  Suite *suite = suite_create("policies");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_an_outage_tries_again_until_its_retries_are_over);
  tcase_add_test(tests,
                 test_a_change_of_the_network_ends_the_wait_unless_the_service_asks_for_patience);
  tcase_add_test(tests, test_what_is_news_in_an_outage);
  tcase_add_test(tests, test_an_outage_has_a_limit_when_somebody_waits);
  tcase_add_test(tests, test_losses_at_the_end_are_counted_unless_something_was_done);
  tcase_add_test(tests, test_the_next_session_is_opened_before_the_end_of_the_one_in_use);
  tcase_add_test(tests, test_a_next_session_that_cannot_be_had_is_tried_again);
  tcase_add_test(tests, test_the_end_of_a_session_is_within_reason);
  tcase_add_test(tests, test_a_session_without_audio_ends);
  tcase_add_test(tests, test_losses_are_reported_once_a_second);
  return suite;
}

CHECK_SUITE(policies);
