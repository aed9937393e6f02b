// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Given Turn messages in any order, the tracker reports partial texts and exactly one final for
// each turn that had text.

#include "protocol/turn_tracker.h"

#include <malloc.h>

#include <algorithm>
#include <map>
#include <utility>

#include "protocol/decode.h"
#include "protocol/samples.h"
#include "protocol/tracked.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

Turn sample_turn(const std::string &name) {
  const Result<ServerMessage> message = decode(sample(name));
  fail_unless(static_cast<bool>(message));
  return std::get<Turn>(*message);
}

}  // namespace

GST_START_TEST(test_turns_grow_and_end) {
  Subject subject(false);
  subject.expect(partial(0, "My"), "0:My");
  subject.expect(partial(0, "My name"), "0:My name");
  subject.expect(formatted(0, "My name is Sonny."), "0=My name is Sonny.");
  subject.expect(partial(1, "I"), "1:I");
  subject.expect(formatted(1, "I am."), "1=I am.");
  subject.expect_finish("");
}
GST_END_TEST

GST_START_TEST(test_reports_carry_their_turn) {
  TurnTracker tracker;
  tracker.begin_session(false);
  const Turn sent = sample_turn("turn_pro_final");
  const std::vector<TurnReport> reports = tracker.handle(sent, {});
  fail_unless_equals_uint64(reports.size(), 1);
  fail_unless(reports[0].turn.words == sent.words);
  expect_string(reports[0].turn.utterance, sent.utterance);
  fail_unless(reports[0].turn.end_of_turn);
}
GST_END_TEST

GST_START_TEST(test_repeated_finals_are_reported_once) {
  Subject subject(false);
  subject.expect(formatted(0, "One."), "0=One.");
  subject.expect(formatted(0, "One."), "");
  subject.expect(formatted(0, "One more."), "");
  subject.expect(unformatted(0, "one"), "");
  subject.expect_finish("");
}
GST_END_TEST

GST_START_TEST(test_partials_after_the_final_are_dropped) {
  Subject subject(false);
  subject.expect(formatted(0, "One."), "0=One.");
  subject.expect(partial(0, "One more"), "");
  subject.expect_finish("");
}
GST_END_TEST

GST_START_TEST(test_unformatted_final_ends_the_turn_unless_a_formatted_one_is_expected) {
  Subject plain(false);
  plain.expect(unformatted(0, "one"), "0=one");
  Subject classic(true);
  classic.expect(unformatted(0, "one"), "0:one");
  classic.expect(formatted(0, "One."), "0=One.");
  classic.expect(unformatted(0, "one"), "");
  classic.expect(formatted(0, "One."), "");
}
GST_END_TEST

GST_START_TEST(test_classic_samples_make_one_final) {
  Subject subject(true);
  subject.expect(sample_turn("turn_streaming_first_partial"), "0:Hi");
  subject.expect(sample_turn("turn_streaming_partial"), "0:Hi, my name is");
  subject.expect(sample_turn("turn_classic_unformatted"), "0:hi my name is sonny");
  subject.expect(sample_turn("turn_classic_formatted"), "0=Hi, my name is Sonny.");
  subject.expect(sample_turn("turn_empty_final"), "");
  subject.expect_finish("");
}
GST_END_TEST

GST_START_TEST(test_held_final_is_final_when_its_time_is_over) {
  Subject subject(true);
  fail_if(subject.tracker().held_until().has_value());
  subject.expect(partial(0, "on"), "0:on");
  fail_if(subject.tracker().held_until().has_value());
  subject.expect(unformatted(0, "one"), "0:one");
  fail_unless(subject.tracker().held_until() == 1500ms);
  subject.expect_after(1499ms, "");
  // A repeated final does not extend the wait.
  subject.expect(unformatted(0, "one"), "");
  subject.expect_after(1ms, "0=one");
  fail_if(subject.tracker().held_until().has_value());
  subject.expect(formatted(0, "One."), "");
  subject.expect_finish("");
}
GST_END_TEST

GST_START_TEST(test_formatted_text_wins_though_the_next_turn_has_begun) {
  Subject subject(true);
  subject.expect(unformatted(0, "one"), "0:one");
  subject.expect(partial(1, "two"), "1:two");
  subject.expect_after(1400ms, "");
  subject.expect(formatted(0, "One."), "0=One.");
  subject.expect(formatted(1, "Two."), "1=Two.");
}
GST_END_TEST

GST_START_TEST(test_formatted_texts_may_change_places) {
  Subject subject(true);
  subject.expect(unformatted(0, "one"), "0:one");
  subject.expect_after(1000ms, "");
  subject.expect(unformatted(1, "two"), "1:two");
  subject.expect(formatted(1, "Two."), "1=Two.");
  subject.expect(formatted(0, "One."), "0=One.");
  subject.expect_finish("");
}
GST_END_TEST

GST_START_TEST(test_each_held_final_has_its_own_time) {
  Subject subject(true);
  subject.expect(unformatted(0, "one"), "0:one");
  subject.expect_after(1000ms, "");
  subject.expect(unformatted(1, "two"), "1:two");
  subject.expect_after(500ms, "0=one");
  fail_unless(subject.tracker().held_until() == 2500ms);
  subject.expect_after(1000ms, "1=two");
}
GST_END_TEST

GST_START_TEST(test_held_finals_count_when_the_session_is_lost) {
  Subject subject(true);
  subject.expect(unformatted(0, "one"), "0:one");
  subject.expect(partial(1, "two"), "1:two");
  expect_string(summary(subject.tracker().release_held()), "0=one");
  subject.tracker().interrupt();
  subject.tracker().begin_session(true);
  subject.expect(formatted(0, "Two."), "1=Two.");
}
GST_END_TEST

GST_START_TEST(test_partial_after_a_held_final_is_dropped) {
  Subject subject(true);
  subject.expect(unformatted(0, "one two"), "0:one two");
  subject.expect(partial(0, "one"), "");
  subject.expect_finish("0=one two");
}
GST_END_TEST

GST_START_TEST(test_repeated_unformatted_final_is_still_held) {
  Subject subject(true);
  subject.expect(unformatted(0, "one"), "0:one");
  subject.expect(unformatted(0, "one"), "");
  subject.expect(unformatted(0, "one two"), "0:one two");
  subject.expect(formatted(0, "One two."), "0=One two.");
}
GST_END_TEST

GST_START_TEST(test_growing_text_that_ends_unchanged_is_shown_once) {
  Subject subject(true);
  subject.expect(partial(0, "one"), "0:one");
  subject.expect(unformatted(0, "one"), "");
  subject.expect_after(1500ms, "0=one");
}
GST_END_TEST

GST_START_TEST(test_turn_without_a_final_ends_with_a_later_final) {
  Subject subject(false);
  subject.expect(partial(0, "one"), "0:one");
  subject.expect(partial(1, "two"), "1:two");
  subject.expect(partial(0, "one more"), "0:one more");
  subject.expect(formatted(1, "Two."), "0=one more|1=Two.");
  subject.expect(formatted(0, "One more."), "");
}
GST_END_TEST

GST_START_TEST(test_all_turns_before_a_held_one_end_with_it) {
  Subject subject(true);
  subject.expect(unformatted(4, "four"), "0:four");
  subject.expect(partial(3, "three"), "1:three");
  subject.expect(partial(5, "five"), "2:five");
  subject.expect_after(1500ms, "1=three|0=four");
}
GST_END_TEST

GST_START_TEST(test_final_of_an_unreported_earlier_turn_is_reported) {
  Subject subject(false);
  subject.expect(formatted(5, "Five."), "0=Five.");
  subject.expect(formatted(3, "Three."), "1=Three.");
  subject.expect(formatted(3, "Three."), "");
  subject.expect(formatted(5, "Five."), "");
}
GST_END_TEST

GST_START_TEST(test_late_earlier_final_leaves_the_later_turn_growing) {
  Subject subject(false);
  subject.expect(partial(1, "two"), "0:two");
  subject.expect(formatted(0, "One."), "1=One.");
  subject.expect(formatted(1, "Two."), "0=Two.");
}
GST_END_TEST

GST_START_TEST(test_empty_turns_are_dropped) {
  Subject subject(false);
  subject.expect(partial(0, ""), "");
  subject.expect(formatted(0, ""), "");
  subject.expect(partial(0, " \t"), "");
  subject.expect(partial(1, "one"), "0:one");
  subject.expect(partial(1, ""), "");
  subject.expect(formatted(2, ""), "");
  subject.expect(formatted(1, "One."), "0=One.");
  subject.expect(formatted(1, ""), "");
  subject.expect_finish("");
}
GST_END_TEST

GST_START_TEST(test_empty_final_of_a_shown_turn_removes_its_text) {
  Subject subject(false);
  subject.expect(partial(0, "umm"), "0:umm");
  subject.expect(formatted(0, ""), "0=");
  subject.expect(formatted(0, ""), "");
  subject.expect(formatted(0, "Umm."), "");
}
GST_END_TEST

GST_START_TEST(test_empty_final_confirms_a_held_one) {
  Subject subject(true);
  subject.expect(unformatted(0, "one"), "0:one");
  subject.expect(unformatted(0, ""), "0=one");
  subject.expect(unformatted(1, "two"), "1:two");
  Turn withheld = unformatted(1, "");
  withheld.error = "PII redaction failed";
  subject.expect(withheld, "1=");
}
GST_END_TEST

GST_START_TEST(test_empty_final_of_the_next_turn_does_not_end_the_wait_for_formatting) {
  Subject subject(true);
  subject.expect(unformatted(0, "one"), "0:one");
  subject.expect(unformatted(1, ""), "");
  subject.expect(formatted(0, "One."), "0=One.");
}
GST_END_TEST

GST_START_TEST(test_identical_growing_texts_are_reported_once) {
  Subject subject(false);
  Turn turn = partial(0, "one two");
  turn.words = {{.text = "one", .end = milliseconds(10)}};
  subject.expect(turn, "0:one two");
  subject.expect(turn, "");
  turn.words[0].end = milliseconds(20);
  subject.expect(turn, "0:one two");
  turn.end_of_turn = true;
  subject.expect(turn, "0=one two");
}
GST_END_TEST

GST_START_TEST(test_oldest_of_too_many_turns_ends) {
  Subject subject(false);
  for (int order = 0; order < 16; ++order)
    subject.expect(partial(order, "x"), std::to_string(order) + ":x");
  subject.expect(partial(16, "y"), "0=x|16:y");
  subject.expect(partial(17, "z"), "1=x|17:z");
  subject.expect(partial(0, "again"), "");
}
GST_END_TEST

GST_START_TEST(test_finished_turns_are_remembered_for_a_while) {
  Subject subject(false);
  // A gap after each turn prevents that the finished turns are summed up.
  for (int i = 0; i < 2000; ++i)
    subject.tracker().handle(formatted(2 * i, "x"), {});
  subject.expect(formatted(2 * 1999, "x"), "");
  subject.expect(formatted(2 * 1000, "x"), "");
  subject.expect(formatted(0, "x"), "");
  subject.expect(formatted(1, "x"), "");
  subject.expect(formatted(2 * 1999 - 1, "late"), "2000=late");
}
GST_END_TEST

GST_START_TEST(test_models_that_format_by_themselves) {
  for (const char *model : {"universal-3-6-pro", "universal-3-5-pro", "u3-rt-pro", "universal-3"})
    fail_unless(formats_by_itself(model), "%s", model);
  for (const char *model : {"universal-streaming-english", "universal-streaming-multilingual",
                            "whisper-rt", "", "U3-rt-pro", "xu3-rt-pro"})
    fail_if(formats_by_itself(model), "%s", model);
}
GST_END_TEST

// With any disorder: one final for each reported turn, and nothing after it.
GST_START_TEST(test_any_disorder_makes_one_final_a_turn) {
  GRand *random = g_rand_new_with_seed(static_cast<guint32>(__i__));
  TurnTracker tracker;
  tracker.begin_session(__i__ % 2 == 0);
  std::map<std::uint64_t, int> finals;
  const auto check = [&finals](const std::vector<TurnReport> &reports) {
    for (const TurnReport &report : reports) {
      fail_unless_equals_int(finals[report.number], 0);
      finals[report.number] += report.final ? 1 : 0;
    }
  };
  for (int step = 0; step < 3000; ++step) {
    const std::int64_t order = std::max(0, step / 10 + g_rand_int_range(random, -5, 3));
    const std::string text(static_cast<std::size_t>(g_rand_int_range(random, 0, 4)), 'x');
    check(tracker.handle(
        turn_of(order, text, g_rand_boolean(random) != 0, g_rand_boolean(random) != 0),
        step * 100ms));
    if (step % 7 == 0)
      check(tracker.release_held(step * 100ms));
  }
  check(tracker.finish());
  fail_unless(finals.size() > 200);
  std::uint64_t next = 0;
  for (const auto &[number, count] : finals) {
    fail_unless_equals_uint64(number, next++);
    fail_unless_equals_int(count, 1);
  }
  g_rand_free(random);
}
GST_END_TEST

// A million turns, every seventh of them without a final and every fifth skipped.
GST_START_TEST(test_numbers_of_the_newest_turns_are_kept) {
  TurnTracker tracker;
  tracker.begin_session(false);
  for (int order = 0; order < 16385; order++)
    tracker.handle(formatted(order, "x"), {});
  fail_if(tracker.number_of(0).has_value());
  fail_unless(tracker.number_of(1) == 1U && tracker.number_of(16384) == 16384U);
}
GST_END_TEST

GST_START_TEST(test_memory_stays_flat) {
  TurnTracker tracker;
  tracker.begin_session(true);
  std::uint64_t reported = 0;
  const auto run = [&](std::int64_t from, std::int64_t to) {
    for (std::int64_t order = from; order < to; ++order) {
      if (order % 5 == 0)
        continue;
      for (const bool end : {false, true}) {
        if (end && order % 7 == 0)
          continue;
        for (const TurnReport &report :
             tracker.handle(turn_of(order, "word", end, order % 2 == 0), {}))
          reported += report.final ? 1 : 0;
      }
    }
  };
  run(0, 100000);
  const std::size_t before = mallinfo2().uordblks;
  run(100000, 1000000);
  const std::size_t after = mallinfo2().uordblks;
  fail_unless(after < before + 65536, "%zu, then %zu bytes", before, after);
  reported += tracker.finish().size();
  fail_unless_equals_uint64(reported, 800000);
}
GST_END_TEST

GST_START_TEST(test_turns_are_found_by_the_services_number) {
  Subject subject(false);
  const TurnTracker &tracker = subject.tracker();
  fail_if(tracker.number_of(0).has_value());
  subject.expect(partial(3, "a"), "0:a");
  subject.expect(partial(9, " "), "");
  fail_unless(tracker.number_of(3) == 0U);
  fail_if(tracker.number_of(9).has_value());
  subject.expect(formatted(3, "a"), "0=a");
  subject.expect(formatted(5, "b"), "1=b");
  fail_unless(tracker.number_of(3) == 0U && tracker.number_of(5) == 1U);
  // The service counts from 0 again.
  subject.tracker().begin_session(false);
  fail_if(tracker.number_of(3).has_value());
  subject.expect(formatted(3, "c"), "2=c");
  fail_unless(tracker.number_of(3) == 2U);
}
GST_END_TEST

GST_START_TEST(test_formatting_may_be_switched_in_mid_session) {
  Subject subject(false);
  subject.expect(unformatted(0, "a"), "0=a");
  subject.tracker().expect_formatted(true);
  subject.expect(unformatted(1, "b"), "1:b");
  subject.expect(formatted(1, "B."), "1=B.");
  subject.expect(unformatted(2, "c"), "2:c");
  subject.tracker().expect_formatted(false);
  subject.expect(unformatted(3, "d"), "3=d");
  subject.expect(formatted(2, "C."), "2=C.");
}
GST_END_TEST

static Suite *turn_tracker_suite() {
  Suite *suite = suite_create("turn_tracker");
  TCase *order = tcase_create("order");
  suite_add_tcase(suite, order);
  tcase_add_test(order, test_turns_grow_and_end);
  tcase_add_test(order, test_reports_carry_their_turn);
  tcase_add_test(order, test_repeated_finals_are_reported_once);
  tcase_add_test(order, test_partials_after_the_final_are_dropped);
  tcase_add_test(order, test_unformatted_final_ends_the_turn_unless_a_formatted_one_is_expected);
  tcase_add_test(order, test_classic_samples_make_one_final);
  tcase_add_test(order, test_held_final_is_final_when_its_time_is_over);
  tcase_add_test(order, test_formatted_text_wins_though_the_next_turn_has_begun);
  tcase_add_test(order, test_formatted_texts_may_change_places);
  tcase_add_test(order, test_each_held_final_has_its_own_time);
  tcase_add_test(order, test_held_finals_count_when_the_session_is_lost);
  tcase_add_test(order, test_partial_after_a_held_final_is_dropped);
  tcase_add_test(order, test_repeated_unformatted_final_is_still_held);
  tcase_add_test(order, test_growing_text_that_ends_unchanged_is_shown_once);
  tcase_add_test(order, test_turn_without_a_final_ends_with_a_later_final);
  tcase_add_test(order, test_all_turns_before_a_held_one_end_with_it);
  tcase_add_test(order, test_final_of_an_unreported_earlier_turn_is_reported);
  tcase_add_test(order, test_late_earlier_final_leaves_the_later_turn_growing);
  tcase_add_test(order, test_empty_turns_are_dropped);
  tcase_add_test(order, test_empty_final_of_a_shown_turn_removes_its_text);
  tcase_add_test(order, test_empty_final_confirms_a_held_one);
  tcase_add_test(order, test_empty_final_of_the_next_turn_does_not_end_the_wait_for_formatting);
  tcase_add_test(order, test_identical_growing_texts_are_reported_once);
  tcase_add_test(order, test_models_that_format_by_themselves);
  tcase_add_test(order, test_turns_are_found_by_the_services_number);
  tcase_add_test(order, test_formatting_may_be_switched_in_mid_session);

  TCase *bounds = tcase_create("bounds");
  suite_add_tcase(suite, bounds);
  tcase_set_timeout(bounds, 60);
  tcase_add_test(bounds, test_oldest_of_too_many_turns_ends);
  tcase_add_test(bounds, test_finished_turns_are_remembered_for_a_while);
  tcase_add_loop_test(bounds, test_any_disorder_makes_one_final_a_turn, 0, 20);
  tcase_add_test(bounds, test_numbers_of_the_newest_turns_are_kept);
  tcase_add_test(bounds, test_memory_stays_flat);
  return suite;
}

CHECK_SUITE(turn_tracker);
