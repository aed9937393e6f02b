// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Live audio that cannot be sent in time: the losses, and their reports. The test controls network
// and clock.

#include <cstdlib>

#include "support/stream_fixture.h"

using namespace testing;

GST_START_TEST(test_live_input_loses_the_oldest_by_the_second) {
  StreamOptions options = quick_options();
  options.overflow = Overflow::kDropOldest;
  StreamFixture f(std::move(options));
  f.push(bytes_of(10s));
  for (int i = 0; i < 40; i++) {
    f.push(kChunk);
    f.loop->advance(50ms);
  }
  fail_unless_equals_uint64(f.recorder->lost, bytes_of(2s));
  fail_unless_equals_int(f.recorder->lost_reports, 2);
  fail_unless_equals_int(f.recorder->loss_warnings, 1);
  fail_unless_equals_uint64(f.session->stats().audio_dropped_bytes, bytes_of(2s));
  fail_unless_equals_uint64(f.session->stats().audio_queued_bytes, bytes_of(10s));
}
GST_END_TEST

// A network that carries half of the audio: the carried parts are continuous, and each gap ends a
// turn.
GST_START_TEST(test_a_slow_network_gets_stretches_of_audio) {
  StreamOptions options = quick_options();
  options.overflow = Overflow::kDropOldest;
  StreamFixture f(std::move(options));
  f.begin();
  f.peer->writable = false;
  for (int i = 0; i < 1200; i++) {
    fail_unless(f.session->push(block(kChunk, i * 50ms)) == PushResult::kAccepted);
    if (i % 2 == 0 && i >= 400) {
      f.peer->writable = true;
      f.recorder->when_sent = [&] { f.peer->writable = false; };
      f.peer->observer->on_writable();
    }
    f.loop->advance(50ms);
  }
  std::vector<std::uint64_t> holes;
  std::uint64_t at = 0;
  for (const AudioChunk &chunk : f.recorder->chunks) {
    if (chunk.position != at)
      holes.push_back(chunk.position - at);
    at = chunk.position + kChunk;
  }
  fail_unless(holes.size() > 5 && holes.size() < 25, "%zu", holes.size());
  for (const std::uint64_t hole : holes)
    fail_unless(hole >= bytes_of(1s));
  fail_unless(std::abs(f.recorder->lost_reports - static_cast<int>(holes.size())) <= 12, "%d",
              f.recorder->lost_reports);
  fail_unless_equals_int(f.recorder->loss_warnings, 1);
  // Except for the first, which is before all audio.
  fail_unless_equals_uint64(f.peer->texts.size(), holes.size() - 1);
  for (const std::string &text : f.peer->texts)
    fail_unless(text.find("ForceEndpoint") != std::string::npos);
  f.peer->writable = true;
}
GST_END_TEST

GST_START_TEST(test_a_loss_after_a_good_while_is_a_new_one) {
  StreamOptions options = quick_options();
  options.overflow = Overflow::kDropOldest;
  StreamFixture f(std::move(options));
  f.begin();
  const auto say = [&](int chunks) {
    for (int i = 0; i < chunks; i++) {
      f.push(kChunk);
      f.loop->advance(50ms);
    }
  };
  for (int i = 1; i <= 2; i++) {
    f.peer->writable = false;
    say(220);
    fail_unless_equals_int(f.recorder->loss_warnings, i);
    f.peer->writable = true;
    f.peer->observer->on_writable();
    say(1800);  // the service catches up
  }
}
GST_END_TEST

GST_START_TEST(test_nothing_is_reported_after_the_end) {
  StreamOptions options = quick_options();
  options.overflow = Overflow::kDropOldest;
  StreamFixture f(std::move(options));
  f.push(bytes_of(10s));
  // Audio that arrives while the end is being reported.
  f.recorder->when_ended = [&] {
    fail_unless(f.session->push(block(kChunk)) == PushResult::kAccepted);
  };
  f.peer->close(1006);
  f.loop->run();
  fail_unless_equals_uint64(f.recorder->ends.size(), 1);
  fail_unless_equals_int(f.recorder->lost_reports, 0);
  fail_unless_equals_uint64(f.loop->pending_timers(), 0);
}
GST_END_TEST

GST_START_TEST(test_a_session_left_from_a_report_of_lost_audio_leaves_no_timer) {
  StreamOptions options = quick_options();
  options.overflow = Overflow::kDropOldest;
  StreamFixture f(std::move(options));
  f.recorder->when_lost = [&] { f.session->leave(Rest::kDiscard); };
  f.push(bytes_of(11s));
  f.push(bytes_of(1s));
  fail_unless(f.session->ended());
  fail_unless_equals_int(f.recorder->lost_reports, 1);
  fail_unless_equals_uint64(f.loop->pending_timers(), 0);
}
GST_END_TEST

static Suite *overflow_suite() {
  Suite *suite = suite_create("overflow");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_live_input_loses_the_oldest_by_the_second);
  tcase_add_test(tests, test_a_slow_network_gets_stretches_of_audio);
  tcase_add_test(tests, test_a_loss_after_a_good_while_is_a_new_one);
  tcase_add_test(tests, test_nothing_is_reported_after_the_end);
  tcase_add_test(tests, test_a_session_left_from_a_report_of_lost_audio_leaves_no_timer);
  return suite;
}

CHECK_SUITE(overflow);
