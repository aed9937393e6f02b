// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// What leaves the schedule, and when: a case for each rule. schedule_talks has the rest.

#include "shown.h"
#include "spoken.h"
#include "support/check.h"

using namespace assemblyai;
using namespace std::chrono_literals;

GST_START_TEST(test_gaps_go_up_to_what_is_due) {
  const auto schedule = make_text_source(plain());
  fail_unless_equals_text(all(schedule, 0s), "");
  fail_unless_equals_text(all(schedule, 15ms), "");
  fail_unless_equals_text(all(schedule, 100ms), "0.000 - 0.100");
  fail_unless_equals_text(all(schedule, 50ms), "");
  fail_unless_equals_text(all(schedule, 110ms), "");
  fail_unless_equals_text(all(schedule, 2s), "0.100 - 2.000");
  fail_unless(schedule->position() == 2s);
}
GST_END_TEST

GST_START_TEST(test_a_gap_is_before_a_text) {
  const auto schedule = make_text_source(plain());
  schedule->report(final_turn(0, "how are you", 1s));
  fail_unless_equals_text(all(schedule, 100ms), "0.000 - 1.000 how are you 1.850");
  schedule->report(final_turn(1, "fine", 1855ms));
  fail_unless_equals_text(all(schedule, 100ms), "1.850 - 1.855 fine 2.105");
}
GST_END_TEST

GST_START_TEST(test_stable_words_go_when_their_cue_is_certain) {
  const auto schedule = make_text_source(plain());
  schedule->report(turn_of(0, "how are you", 1s));
  fail_unless_equals_text(all(schedule, 500ms), "0.000 - 0.500");
  schedule->report(turn_of(0, "how are you ~1600 *fi", 1s));
  fail_unless_equals_text(all(schedule, 500ms), "0.500 - 1.000 how are you 1.850");
}
GST_END_TEST

GST_START_TEST(test_other_words_go_when_they_are_due) {
  const auto schedule = make_text_source(plain());
  schedule->report(turn_of(0, "*how *are *you", 1s));
  fail_unless_equals_text(all(schedule, 990ms), "0.000 - 0.990");
  schedule->report(turn_of(0, "*who *are *yo", 1s));
  fail_unless_equals_text(all(schedule, 1s), "0.990 - 1.000 who are 1.550");
  schedule->report(turn_of(0, "*how *are *you ~100 *doing", 1s));
  fail_unless_equals_text(all(schedule, 1590ms), "1.550 - 1.590");
  fail_unless_equals_text(all(schedule, 1600ms), "1.590 - 1.600 you 1.850");
  schedule->report(final_turn(0, "How is your dog", 1s));
  fail_unless_equals_text(all(schedule, 1850ms), "1.850 - 1.900 dog 2.150");
}
GST_END_TEST

GST_START_TEST(test_lines_are_parted_by_line_feeds) {
  TextOptions options = plain();
  options.cue.lines.max_line_length = 12;
  const auto schedule = make_text_source(options);
  schedule->report(final_turn(0, "one or two lines averyverywideword"));
  std::string texts;
  while (const auto item = schedule->next(0s))
    texts += "[" + item->text + "]";
  fail_unless_equals_text(texts, "[one or\ntwo lines][][averyvery\nwideword]");
}
GST_END_TEST

GST_START_TEST(test_older_turns_go_first) {
  const auto schedule = make_text_source(plain());
  schedule->report(turn_of(3, "*late *ly", 1s));
  schedule->report(final_turn(4, "new", 2s));
  fail_unless_equals_text(all(schedule, 500ms), "0.000 - 0.500");
  schedule->report(final_turn(3, "lately", 1s));
  fail_unless_equals_text(all(schedule, 500ms), "0.500 - 1.000 lately 1.250 - 2.000 new 2.250");
}
GST_END_TEST

GST_START_TEST(test_a_final_may_come_after_words_of_a_later_turn) {
  const auto schedule = make_text_source(by_word());
  schedule->report(turn_of(0, "old", 1s));
  schedule->report(turn_of(1, "new", 2s));
  fail_unless_equals_text(all(schedule, 0s), "0.000 - 1.000 old 1.250 - 2.000 new 2.250");
  schedule->report(final_turn(0, "old stuff", 1s));
  fail_unless_equals_text(all(schedule, 0s), "2.250 stuff 2.450 <final> 2.450");
}
GST_END_TEST

GST_START_TEST(test_what_was_said_of_a_turn_that_is_over_is_ignored) {
  const auto schedule = make_text_source(plain());
  schedule->report(final_turn(7, "over", 1s));
  fail_unless_equals_text(all(schedule, 0s), "0.000 - 1.000 over 1.250");
  schedule->report(final_turn(7, "over and out", 1s));
  schedule->report(turn_of(7, "over and out", 1s));
  fail_unless_equals_text(all(schedule, 9s), "1.250 - 9.000");
  for (std::uint64_t number = 8; number < 100; number++) {
    schedule->report({.number = number, .final = true, .words = {}});
    fail_unless_equals_text(all(schedule, 9s), "");
  }
  schedule->report(final_turn(7, "over and out", 10s));
  fail_unless_equals_text(all(schedule, 99s), "9.000 - 99.000");
}
GST_END_TEST

GST_START_TEST(test_too_many_turns_force_out_the_oldest) {
  const auto schedule = make_text_source(plain());
  for (std::uint64_t number = 0; number < 16; number++)
    schedule->report(turn_of(number, "*word", (number + 1) * 1s));
  fail_unless_equals_text(all(schedule, 0s), "");
  schedule->report(turn_of(16, "*word", 17s));
  fail_unless_equals_text(all(schedule, 0s), "0.000 - 1.000 word 1.250");
  schedule->report(final_turn(0, "words ~600 gone", 1s));
  fail_unless_equals_text(all(schedule, 0s), "");
}
GST_END_TEST

GST_START_TEST(test_a_text_lasts_a_moment_at_least) {
  const auto schedule = make_text_source(by_word());
  CaptionTurn turn = turn_of(0, "a b", 1s);
  for (CaptionWord &word : turn.words)
    word.start = word.end = 1s;
  schedule->report(turn);
  fail_unless_equals_text(all(schedule, 0s), "0.000 - 1.000 a 1.010 b 1.020");
}
GST_END_TEST

GST_START_TEST(test_a_text_does_not_last_too_long) {
  TextOptions options = by_word();
  options.cue.max_duration = 2s;
  for (const bool each : {true, false}) {
    options.mode = mode_of(each);
    const auto schedule = make_text_source(options);
    CaptionTurn turn = final_turn(0, "aah", 1s);
    turn.words[0].end = 1h;
    schedule->report(turn);
    fail_unless(all(schedule, 0s).starts_with("0.000 - 1.000 aah 3.000"));
  }
}
GST_END_TEST

GST_START_TEST(test_a_short_cue_lingers) {
  const auto schedule = make_text_source(TextOptions{});
  schedule->report(final_turn(0, "yes", 1s));
  fail_unless_equals_text(all(schedule, 900ms), "0.000 - 0.900");
  fail_unless_equals_text(all(schedule, 1s), "0.900 - 1.000 yes 2.000");
}
GST_END_TEST

GST_START_TEST(test_a_short_cue_makes_way_for_the_next_word) {
  const auto schedule = make_text_source(TextOptions{});
  schedule->report(final_turn(0, "yes", 1s));
  schedule->report(turn_of(1, "*I *do", 1700ms));
  fail_unless_equals_text(all(schedule, 0s), "0.000 - 1.000 yes 1.700");
  const auto other = make_text_source(TextOptions{});
  other->report(final_turn(0, "yes", 1s));
  other->report(turn_of(1, "*I *do", 2700ms));
  fail_unless_equals_text(all(other, 0s), "0.000 - 1.000 yes 2.000");
}
GST_END_TEST

GST_START_TEST(test_each_word_alone) {
  const auto schedule = make_text_source(by_word());
  schedule->report(turn_of(0, "how are *yo", 1s));
  fail_unless_equals_text(all(schedule, 0s), "0.000 - 1.000 how 1.250 - 1.300 are 1.550");
  schedule->report(turn_of(0, "how are *you", 1s));
  fail_unless_equals_text(all(schedule, 1600ms), "1.550 - 1.600 you 1.850");
}
GST_END_TEST

GST_START_TEST(test_each_word_with_who_speaks_and_the_end) {
  const auto schedule = make_text_source(by_word());
  schedule->report(turn_of(0, "A: how : are A: you B: fine", 1s));
  fail_unless_equals_text(all(schedule, 0s),
                          "0.000 - 1.000 <A> 1.000 how 1.250 - 1.300 are 1.550 - 1.600 you "
                          "1.850 - 1.900 <B> 1.900 fine 2.150");
  schedule->report(final_turn(0, "A: how : are A: you B: fine", 1s));
  schedule->report(final_turn(0, "A: how : are A: you B: fine", 1s));
  fail_unless_equals_text(all(schedule, 0s), "2.150 <final> 2.150");
  schedule->report({.number = 1, .final = true, .words = {}});
  schedule->report(final_turn(2, "B: good", 3s));
  fail_unless_equals_text(all(schedule, 0s), "2.150 - 3.000 good 3.250 <final> 3.250");
}
GST_END_TEST

GST_START_TEST(test_a_cue_names_another_speaker) {
  TextOptions options = plain();
  options.cue.speaker_prefix = "%s (%d%s): ";
  const auto schedule = make_text_source(options);
  schedule->report(final_turn(0, "well A: so", 1s));
  schedule->report(final_turn(1, "A: yes", 2s));
  schedule->report(final_turn(2, "no", 3s));
  schedule->report(final_turn(3, "A: yes B%s: no", 4s));
  fail_unless_equals_text(all(schedule, 0s),
                          "0.000 - 1.000 A (%dA): well so 1.550 - 2.000 yes 2.250 - 3.000 no "
                          "3.250 - 4.000 yes 4.250 - 4.300 B%s (%dB%s): no 4.550");
}
GST_END_TEST

GST_START_TEST(test_finish_lets_everything_go) {
  const auto schedule = make_text_source(TextOptions{});
  schedule->report(turn_of(0, "*how *are *yo", 1s));
  schedule->report(turn_of(1, "*fi", 5s));
  fail_unless_equals_text(all(schedule, 0s), "");
  fail_if(schedule->drained());
  schedule->finish();
  fail_if(schedule->drained());
  fail_unless_equals_text(all(schedule, 0s), "0.000 - 1.000 how are yo 2.000 - 5.000 fi 6.000");
  fail_unless(schedule->drained());
  fail_unless_equals_text(all(schedule, 7s), "6.000 - 7.000");
}
GST_END_TEST

GST_START_TEST(test_lateness_moves_everything) {
  TextOptions options = plain();
  options.lateness = 2s;
  const auto schedule = make_text_source(options);
  schedule->report(turn_of(0, "*how *are *you", 1s));
  fail_unless_equals_text(all(schedule, 2900ms), "0.000 - 2.900");
  options.lateness = 3s;
  schedule->set_options(options);
  fail_unless_equals_text(all(schedule, 3900ms), "2.900 - 3.900");
  fail_unless_equals_text(all(schedule, 4s), "3.900 - 4.000 how are you 4.850");
  options.lateness = 60s;
  schedule->set_options(options);
  schedule->report(final_turn(0, "how are you then", 1s));
  fail_unless_equals_text(all(schedule, 4s), "4.850 - 61.900 then 62.150");
}
GST_END_TEST

GST_START_TEST(test_options_are_for_what_has_not_gone) {
  TextOptions options = plain();
  const auto schedule = make_text_source(options);
  schedule->report(turn_of(0, "one ~2000 *averywideword *x", 1s));
  fail_unless_equals_text(all(schedule, 0s), "0.000 - 1.000 one 1.250");
  options.cue.lines = {.max_line_length = 10, .max_lines = 1};
  schedule->set_options(options);
  fail_unless_equals_text(all(schedule, 3300ms), "1.250 - 3.300 averywi 3.434");
  schedule->finish();
  fail_unless_equals_text(all(schedule, 3300ms), "3.434 deword x 3.850");
}
GST_END_TEST

GST_START_TEST(test_senseless_options_are_made_sensible) {
  TextOptions options;
  options.cue.lines = {.max_line_length = 0, .max_lines = 0};
  options.cue.max_duration = 0s;
  options.cue.min_duration = 1h;
  const auto schedule = make_text_source(options);
  schedule->report(final_turn(0, "a b", 1s));
  fail_unless_equals_text(all(schedule, 0s), "0.000 - 1.000 a 1.010 - 1.300 b 1.310");
}
GST_END_TEST

GST_START_TEST(test_output_begins_later) {
  const auto schedule = make_text_source(by_word());
  schedule->begin(10s);
  fail_unless(schedule->position() == 10s);
  schedule->report(turn_of(0, "before", 9s));
  fail_unless_equals_text(all(schedule, 10s), "");
  schedule->report(final_turn(0, "so before after that", 9700ms));
  fail_unless_equals_text(all(schedule, 10s),
                          "10.000 before 10.250 - 10.300 after 10.550 - 10.600 that 10.850 "
                          "<final> 10.850");
  schedule->report(final_turn(1, "none", 9s));
  fail_unless_equals_text(all(schedule, 10s), "");
  fail_unless_equals_uint64(schedule->counts().late + schedule->counts().dropped, 0);
}
GST_END_TEST

// What is reported before the pad knows where it begins is not lost.
GST_START_TEST(test_output_that_begins_late_has_what_is_known) {
  for (const TextOptions &options : {plain(), by_word()}) {
    const auto schedule = make_text_source(options);
    schedule->report(final_turn(0, "before after", 9800ms));
    schedule->report(final_turn(1, "none", 9s));
    schedule->begin(10s);
    fail_unless_equals_text(all(schedule, 10s),
                            options.mode == TextMode::kWords
                                ? "10.000 - 10.100 after 10.350 <final> 10.350 <final> 10.350"
                                : "10.000 - 10.100 after 10.350");
    fail_unless_equals_uint64(schedule->counts().late + schedule->counts().dropped, 0);
  }
}
GST_END_TEST

GST_START_TEST(test_times_in_disorder_are_put_in_order) {
  const auto schedule = make_text_source(by_word());
  CaptionTurn turn = final_turn(0, "a b c", 1s);
  turn.words[1].start = 500ms;
  turn.words[1].end = 100ms;
  schedule->report(turn);
  fail_unless_equals_text(all(schedule, 0s),
                          "0.000 - 1.000 a 1.010 b 1.020 - 1.600 c 1.850 <final> 1.850");
}
GST_END_TEST

static Suite *schedule_suite() {
  Suite *suite = suite_create("schedule");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_gaps_go_up_to_what_is_due);
  tcase_add_test(tests, test_a_gap_is_before_a_text);
  tcase_add_test(tests, test_stable_words_go_when_their_cue_is_certain);
  tcase_add_test(tests, test_other_words_go_when_they_are_due);
  tcase_add_test(tests, test_lines_are_parted_by_line_feeds);
  tcase_add_test(tests, test_older_turns_go_first);
  tcase_add_test(tests, test_a_final_may_come_after_words_of_a_later_turn);
  tcase_add_test(tests, test_what_was_said_of_a_turn_that_is_over_is_ignored);
  tcase_add_test(tests, test_too_many_turns_force_out_the_oldest);
  tcase_add_test(tests, test_a_text_lasts_a_moment_at_least);
  tcase_add_test(tests, test_a_text_does_not_last_too_long);
  tcase_add_test(tests, test_a_short_cue_lingers);
  tcase_add_test(tests, test_a_short_cue_makes_way_for_the_next_word);
  tcase_add_test(tests, test_each_word_alone);
  tcase_add_test(tests, test_each_word_with_who_speaks_and_the_end);
  tcase_add_test(tests, test_a_cue_names_another_speaker);
  tcase_add_test(tests, test_finish_lets_everything_go);
  tcase_add_test(tests, test_lateness_moves_everything);
  tcase_add_test(tests, test_options_are_for_what_has_not_gone);
  tcase_add_test(tests, test_senseless_options_are_made_sensible);
  tcase_add_test(tests, test_output_begins_later);
  tcase_add_test(tests, test_output_that_begins_late_has_what_is_known);
  tcase_add_test(tests, test_times_in_disorder_are_put_in_order);
  return suite;
}

CHECK_SUITE(schedule);
