// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Text whose place is taken or has passed.

#include "shown.h"
#include "spoken.h"
#include "support/check.h"

using namespace assemblyai;
using namespace std::chrono_literals;

GST_START_TEST(test_edges_that_overlap_are_clipped) {
  const auto schedule = make_text_source(plain());
  CaptionTurn padded = final_turn(0, "padded edge", 1s);
  padded.words[1].end += 900ms;
  schedule->report(padded);
  schedule->report(turn_of(1, "*next", 2s));
  fail_unless_equals_text(all(schedule, 0s), "0.000 - 1.000 padded edge 2.000");
  // But not so far that it cannot be read.
  TextOptions readable = plain();
  readable.cue.min_duration = 1s;
  const auto other = make_text_source(readable);
  other->report(padded);
  other->report(turn_of(1, "*next", 1s));
  fail_unless_equals_text(all(other, 0s), "0.000 - 1.000 padded edge 2.000");
}
GST_END_TEST

// The turn's begin has gone as anybody's: a mark in its middle would say that somebody else goes
// on.
GST_START_TEST(test_who_is_known_too_late_is_not_marked) {
  TextOptions options = plain();
  options.cue.speaker_prefix = "%s: ";
  const auto schedule = make_text_source(options);
  schedule->report(turn_of(0, "*good *evening *and", 0s));
  fail_unless_equals_text(all(schedule, 0s), "0.000 good evening 0.550");
  schedule->report(final_turn(0, "A: good evening and welcome", 0s));
  schedule->report(final_turn(1, "A: thank you", 2s));
  fail_unless_equals_text(all(schedule, 0s),
                          "0.550 - 0.600 and welcome 1.150 - 2.000 thank you 2.550");
  schedule->report(final_turn(2, "B: not at all", 4s));
  fail_unless_equals_text(all(schedule, 0s), "2.550 - 4.000 B: not at all 4.850");
}
GST_END_TEST

GST_START_TEST(test_what_is_pushed_away_can_be_read) {
  TextOptions options = plain();
  options.cue.min_duration = 1s;
  const auto schedule = make_text_source(options);
  schedule->report(turn_of(0, "*and", 0s));
  fail_unless_equals_text(all(schedule, 0s), "0.000 and 1.000");
  schedule->report(turn_of(0, "*and *praised *it *there", 0s));
  // Of 300 to 850 ms nothing would be left.
  fail_unless_equals_text(all(schedule, 1s), "1.000 praised it 1.440");
}
GST_END_TEST

// A turn that is told to begin before the one before it is not late for that.
GST_START_TEST(test_turns_that_reach_far_into_one_another_are_all_read) {
  TextOptions options = late(LateText::kDrop);
  options.cue.min_duration = 1s;
  const auto schedule = make_text_source(options);
  CaptionTurn yes = final_turn(0, "yes", 10s);
  yes.words[0].end = 10900ms;
  schedule->report(yes);
  schedule->report(final_turn(1, "no not today", 9900ms));
  fail_unless_equals_text(all(schedule, 10900ms), "0.000 - 10.000 yes 10.900 no not today 11.900");
  fail_unless_equals_uint64(schedule->counts().late, 0);
  fail_unless_equals_uint64(schedule->counts().dropped, 0);
}
GST_END_TEST

GST_START_TEST(test_what_passes_unknown_makes_nothing_late) {
  const auto schedule = make_text_source(late(LateText::kDrop));
  const TextItem gap = schedule->pass(2s);
  fail_unless(gap.kind == TextItem::Kind::kGap && gap.duration == 2s);
  schedule->report(final_turn(0, "said before that", 1900ms));
  fail_unless_equals_text(all(schedule, 2s), "2.000 said before that 2.750");
  fail_unless_equals_uint64(schedule->counts().dropped, 0);
}
GST_END_TEST

GST_START_TEST(test_what_waits_for_nobody_is_bounded) {
  const auto schedule = make_text_source(plain());
  for (unsigned i = 0; i < 3000; i++)
    schedule->report(final_turn(i, "word", 1s * i));
  std::size_t texts = 0;
  while (const auto item = schedule->next(0s))
    texts += item->kind == TextItem::Kind::kText ? 1 : 0;
  fail_unless_equals_uint64(texts, 1000);
  fail_unless_equals_uint64(schedule->counts().dropped, 2000);
}
GST_END_TEST

GST_START_TEST(test_a_text_starts_after_the_one_that_has_gone) {
  const auto schedule = make_text_source(plain());
  CaptionTurn padded = final_turn(0, "padded edge", 1s);
  padded.words[1].end += 900ms;
  schedule->report(padded);
  fail_unless_equals_text(all(schedule, 0s), "0.000 - 1.000 padded edge 2.450");
  schedule->report(final_turn(1, "one two three", 2s));
  fail_unless_equals_text(all(schedule, 0s), "2.450 one two three 2.850");
  // It is moved when nothing would be left.
  schedule->report(final_turn(2, "four", 2500ms));
  fail_unless_equals_text(all(schedule, 0s), "2.850 four 3.050");
  fail_unless_equals_uint64(schedule->counts().late, 0);
  fail_unless_equals_uint64(schedule->counts().texts, 3);
}
GST_END_TEST

GST_START_TEST(test_late_text_is_shifted) {
  const auto schedule = make_text_source(late(LateText::kShift));
  all(schedule, 3s);
  schedule->report(final_turn(0, "too late", 1s));
  schedule->report(final_turn(1, "as well", 2s));
  schedule->report(final_turn(2, "in time", 5s));
  fail_unless_equals_text(all(schedule, 3s),
                          "3.000 too late 3.440 as well 3.880 - 5.000 in time 5.550");
  fail_unless_equals_uint64(schedule->counts().late, 2);
  fail_unless_equals_uint64(schedule->counts().texts, 3);
}
GST_END_TEST

GST_START_TEST(test_text_behind_a_shifted_one_is_late_too) {
  const auto schedule = make_text_source(late(LateText::kShift));
  all(schedule, 3s);
  schedule->report(final_turn(0, "too late", 1s));
  schedule->report(final_turn(1, "as well", 3200ms));
  fail_unless_equals_text(all(schedule, 3s), "3.000 too late 3.440 as well 3.880");
  fail_unless_equals_uint64(schedule->counts().late, 2);
}
GST_END_TEST

GST_START_TEST(test_late_text_whose_time_is_not_over_ends_in_time) {
  const auto schedule = make_text_source(late(LateText::kShift));
  all(schedule, 1200ms);
  schedule->report(final_turn(0, "a little later than it should be", 1s));
  schedule->report(final_turn(1, "in time", 3100ms));
  fail_unless_equals_text(all(schedule, 1200ms),
                          "1.200 a little later than it should be 3.050 - 3.100 in time 3.650");
  fail_unless_equals_uint64(schedule->counts().late, 1);
}
GST_END_TEST

// 15 columns a second, but not less than min-cue-duration nor more than four fifths.
GST_START_TEST(test_late_text_stays_for_as_long_as_reading_takes) {
  const struct {
    const char *text;
    const char *shown;
  } tests[] = {
      {"so ~1000 it ~1000 was", "6.000 so it was 7.000"},
      {"abcdefghi ~1000 abcdefghi ~1000 abcdefghij", "6.000 abcdefghi abcdefghi abcdefghij 8.000"},
      {"語語語語 ~1000 語語語語 ~1000 語語語語語語", "6.000 語語語語 語語語語 語語語語語語 8.000"},
      {"A: abcdefg ~1000 abcdefg ~1000 abcdefg", "6.000 <A>: abcdefg abcdefg abcdefg 7.866"},
      {"words that nobody reads as fast as this",
       "6.000 words that nobody reads as fast as this 7.880"},
      {"yes", "6.000 yes 7.000"},
  };
  TextOptions options = late(LateText::kShift);
  options.cue.min_duration = 1s;
  options.cue.lines.max_lines = 1;
  options.cue.speaker_prefix = "<%s>: ";
  for (const auto &test : tests) {
    const auto schedule = make_text_source(options);
    all(schedule, 6s);
    schedule->report(final_turn(0, test.text, 1s));
    fail_unless_equals_text(all(schedule, 6s), test.shown);
  }
  const auto schedule = make_text_source(options);
  all(schedule, 6s);
  schedule->report(final_turn(0, "so ~1000 it ~1000 was", 1s));
  schedule->report(final_turn(1, "yes", 5s));
  fail_unless_equals_text(all(schedule, 7s), "6.000 so it was 7.000 yes 8.000");
}
GST_END_TEST

GST_START_TEST(test_late_text_hurries_whatever_min_cue_duration_is) {
  TextOptions options = late(LateText::kShift);
  options.cue.min_duration = 5s;
  const auto schedule = make_text_source(options);
  all(schedule, 9s);
  schedule->report(final_turn(0, "one two three four.", 1s));
  schedule->report(final_turn(1, "one two three four.", 2200ms));
  schedule->report(final_turn(2, "one two three four.", 3400ms));
  fail_unless_equals_text(
      all(schedule, 10920ms),
      "9.000 one two three four. 9.960 one two three four. 10.920 one two three "
      "four. 15.920");
}
GST_END_TEST

GST_START_TEST(test_late_words_take_less_time_than_spoken) {
  TextOptions options = by_word();
  const auto schedule = make_text_source(options);
  all(schedule, 3s);
  CaptionTurn turn = final_turn(0, "one two three", 1s);
  turn.words[1].end = turn.words[1].start + 11ms;
  schedule->report(turn);
  fail_unless_equals_text(all(schedule, 3s), "3.000 one 3.200 two 3.210 three 3.410 <final> 3.410");
  fail_unless_equals_uint64(schedule->counts().late, 3);
}
GST_END_TEST

GST_START_TEST(test_late_words_wait_for_others_until_their_place_is_due) {
  const auto schedule = make_text_source(TextOptions{});
  all(schedule, 3s);
  schedule->report(turn_of(0, "*one", 1s));
  fail_unless_equals_text(all(schedule, 3s), "3.000 one 4.000");
  schedule->report(turn_of(0, "*one *two", 1s));
  fail_unless_equals_text(all(schedule, 3s), "");
  schedule->report(turn_of(0, "*one *two *three *four", 1s));
  fail_unless_equals_text(all(schedule, 3990ms), "");
  fail_unless_equals_text(all(schedule, 4s), "4.000 two three four 5.000");
}
GST_END_TEST

GST_START_TEST(test_late_text_is_kept_at_its_time) {
  const auto schedule = make_text_source(late(LateText::kKeep));
  all(schedule, 3s);
  schedule->report(final_turn(0, "too late", 1s));
  fail_unless_equals_text(all(schedule, 3s), "1.000 too late 1.550");
  fail_unless(schedule->position() == 3s);
  schedule->report(final_turn(1, "as well", 1300ms));
  fail_unless_equals_text(all(schedule, 3s), "1.550 as well 1.850");
  schedule->report(final_turn(2, "moved", 1300ms));
  fail_unless_equals_text(all(schedule, 3s), "1.850 moved 2.100");
  schedule->report(final_turn(3, "longer than that", 2900ms));
  fail_unless_equals_text(all(schedule, 3s), "2.900 longer than that 3.750");
  fail_unless(schedule->position() == 3750ms);
  schedule->report(final_turn(4, "in time", 3700ms));
  fail_unless_equals_text(all(schedule, 3s), "3.750 in time 4.250");
  fail_unless_equals_uint64(schedule->counts().late, 4);
}
GST_END_TEST

GST_START_TEST(test_late_text_is_dropped) {
  const auto schedule = make_text_source(late(LateText::kDrop));
  all(schedule, 3s);
  schedule->report(turn_of(0, "*too *late", 1s));
  schedule->report(final_turn(1, "in time", 5s));
  fail_unless_equals_text(all(schedule, 3s), "3.000 - 5.000 in time 5.550");
  schedule->report(final_turn(0, "too late now", 1s));
  fail_unless_equals_text(all(schedule, 3s), "");
  fail_unless_equals_uint64(schedule->counts().texts, 1);
  fail_unless_equals_uint64(schedule->counts().late, 0);
  fail_unless_equals_uint64(schedule->counts().dropped, 2);
}
GST_END_TEST

static Suite *schedule_late_suite() {
  Suite *suite = suite_create("schedule_late");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_edges_that_overlap_are_clipped);
  tcase_add_test(tests, test_who_is_known_too_late_is_not_marked);
  tcase_add_test(tests, test_what_is_pushed_away_can_be_read);
  tcase_add_test(tests, test_turns_that_reach_far_into_one_another_are_all_read);
  tcase_add_test(tests, test_what_passes_unknown_makes_nothing_late);
  tcase_add_test(tests, test_what_waits_for_nobody_is_bounded);
  tcase_add_test(tests, test_a_text_starts_after_the_one_that_has_gone);
  tcase_add_test(tests, test_late_text_is_shifted);
  tcase_add_test(tests, test_text_behind_a_shifted_one_is_late_too);
  tcase_add_test(tests, test_late_text_whose_time_is_not_over_ends_in_time);
  tcase_add_test(tests, test_late_text_stays_for_as_long_as_reading_takes);
  tcase_add_test(tests, test_late_text_hurries_whatever_min_cue_duration_is);
  tcase_add_test(tests, test_late_words_take_less_time_than_spoken);
  tcase_add_test(tests, test_late_words_wait_for_others_until_their_place_is_due);
  tcase_add_test(tests, test_late_text_is_kept_at_its_time);
  tcase_add_test(tests, test_late_text_is_dropped);
  return suite;
}

CHECK_SUITE(schedule_late);
