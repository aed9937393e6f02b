// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "captions/rolling_caption.h"

#include <string>
#include <vector>

#include "captions/rolling_words.h"
#include "support/check.h"

using assemblyai::CaptionTurn;
using assemblyai::CaptionWord;
using assemblyai::nanoseconds;
using assemblyai::RollingCaption;
using assemblyai::TextOptions;
using namespace std::chrono_literals;

namespace {

CaptionTurn growing(std::uint64_t number, const std::string &text) {
  return {number, false, {}, words(text)};
}

CaptionTurn final_turn(std::uint64_t number, const std::string &text) {
  return {number, true, {}, words(text)};
}

TextOptions narrow(std::size_t max_lines = 2) {
  TextOptions options;
  options.cue.lines = {12, max_lines};
  options.cue.speaker_prefix = "%s: ";
  return options;
}

struct Step {
  CaptionTurn turn;
  std::string text;
};

void assert_steps(const TextOptions &options, const std::vector<Step> &steps) {
  RollingCaption caption(options);
  for (const Step &step : steps) {
    caption.report(step.turn, 0s);
    fail_unless_equals_text(caption.text(), step.text);
  }
}

void assert_clears_at(const RollingCaption &caption, nanoseconds expected) {
  fail_unless(caption.clears_at().has_value());
  fail_unless_equals_int64(caption.clears_at()->count(), expected.count());
}

}  // namespace

GST_START_TEST(test_lines_fill_up_and_roll) {
  assert_steps(narrow(), {
                             {growing(1, ""), ""},
                             {growing(1, "one two"), "one two"},
                             {growing(1, "one two three"), "one two\nthree"},
                             {growing(1, "one two three four"), "one two\nthree four"},
                             {growing(1, "one two three four five"), "three four\nfive"},
                             {growing(1, "one two three four five six sev eight nine"),
                              "five six sev\neight nine"},
                         });
  assert_steps(narrow(1), {{growing(1, "one two three"), "three"}});
  assert_steps(narrow(0), {{growing(1, "one two three"), ""}});
}
GST_END_TEST

GST_START_TEST(test_a_line_end_stays_when_words_change) {
  assert_steps(narrow(), {
                             {growing(1, "one two three"), "one two\nthree"},
                             {growing(1, "1 two 3"), "1 two\n3"},
                             {growing(1, "1 two 3 4 5"), "1 two\n3 4 5"},
                             {final_turn(1, "1 2 3 4 5"), "1 2\n3 4 5"},
                         });
}
GST_END_TEST

GST_START_TEST(test_a_line_that_becomes_too_long_is_laid_out_anew) {
  assert_steps(
      narrow(4),
      {
          {growing(1, "one two three four five six"), "one two\nthree four\nfive six"},
          {growing(1, "one two three fortyfour five six"), "one two\nthree\nfortyfour\nfive six"},
          {growing(1, "one two 3 fortyfour 5 six"), "one two\n3\nfortyfour\n5 six"},
          {growing(1, "fifteen two 3 4 5 six"), "fifteen two\n3\n4\n5 six"},
          {growing(1, "seventeen two 3 4 5 six"), "seventeen\ntwo 3 4 5\nsix"},
      });
}
GST_END_TEST

GST_START_TEST(test_a_line_without_words_goes) {
  assert_steps(narrow(), {
                             {growing(1, "one two three"), "one two\nthree"},
                             {growing(1, "one two"), "one two"},
                             {growing(1, "1 two 3"), "1 two 3"},
                             {growing(1, "1"), "1"},
                         });
}
GST_END_TEST

GST_START_TEST(test_a_line_does_not_keep_an_end_where_lines_do_not_end) {
  assert_steps(narrow(), {
                             {growing(1, "one two three"), "one two\nthree"},
                             {growing(1, "one two +, 3"), "one two, 3"},
                         });
}
GST_END_TEST

GST_START_TEST(test_a_run_wider_than_a_line_keeps_its_lines) {
  assert_steps(
      narrow(4),
      {
          {growing(1, "aaaaaa +bbbbbb +cccc dd eeeee ff"), "aaaaaabbbbbb\ncccc dd\neeeee ff"},
          {growing(1, "aaaaaa +bbbbbb +cccc dd e ff"), "aaaaaabbbbbb\ncccc dd\ne ff"},
      });
}
GST_END_TEST

GST_START_TEST(test_what_has_rolled_out_comes_back_only_when_nothing_else_is_left) {
  const char *long_turn = "one two three four five six";
  assert_steps(narrow(), {
                             {growing(1, long_turn), "three four\nfive six"},
                             {growing(1, "one two three four"), "three four"},
                             {growing(1, "one two three"), "three"},
                             {growing(1, "one two"), "one two"},
                             {growing(1, "one two three"), "one two\nthree"},
                         });
}
GST_END_TEST

GST_START_TEST(test_lines_that_come_back_are_laid_out_anew) {
  assert_steps(narrow(), {
                             {growing(1, "one two three four fifteenfive sixteensix"),
                              "fifteenfive\nsixteensix"},
                             {growing(1, "1 2 3"), "1 2 3"},
                         });
}
GST_END_TEST

GST_START_TEST(test_a_new_turn_begins_a_line_below) {
  assert_steps(narrow(3), {
                              {final_turn(0, "one"), "one"},
                              {growing(1, "two"), "one\ntwo"},
                              {final_turn(1, "two 2"), "one\ntwo 2"},
                              {growing(7, "three"), "one\ntwo 2\nthree"},
                              {growing(8, "four"), "two 2\nthree\nfour"},
                          });
}
GST_END_TEST

GST_START_TEST(test_a_turn_that_is_withheld_disappears) {
  assert_steps(narrow(), {
                             {final_turn(1, "one"), "one"},
                             {growing(2, "two"), "one\ntwo"},
                             {final_turn(2, ""), "one"},
                             {final_turn(3, "three"), "one\nthree"},
                             {final_turn(1, ""), "three"},
                             {final_turn(3, ""), ""},
                         });
}
GST_END_TEST

GST_START_TEST(test_a_late_final_changes_its_lines_or_nothing) {
  assert_steps(narrow(3),
               {
                   {growing(1, "one"), "one"},
                   {growing(3, "three"), "one\nthree"},
                   {final_turn(2, "never seen"), "one\nthree"},
                   {final_turn(1, "One. More."), "One. More.\nthree"},
                   {final_turn(1, "One. And even more."), "One. And\neven more.\nthree"},
                   {growing(3, "three 3 three 3"), "even more.\nthree 3\nthree 3"},
                   {final_turn(1, "1. And EVEN more."), "EVEN more.\nthree 3\nthree 3"},
                   {growing(3, "three 3 three 3 three three"), "three 3\nthree 3\nthree three"},
                   {final_turn(1, "One"), "three 3\nthree 3\nthree three"},
               });
}
GST_END_TEST

GST_START_TEST(test_a_late_turn_above_one_that_vanished_stays_away) {
  assert_steps(narrow(1), {
                              {growing(1, "one"), "one"},
                              {growing(2, "two"), "two"},
                              {growing(2, ""), ""},
                              {final_turn(1, "one"), ""},
                              {growing(2, "two again"), "two again"},
                          });
}
GST_END_TEST

GST_START_TEST(test_another_speaker_begins_a_line_with_a_prefix) {
  assert_steps(narrow(4),
               {
                   {growing(1, "hello there"), "hello there"},
                   {final_turn(1, "@A hello there"), "A: hello\nthere"},
                   {growing(2, "yes I"), "A: hello\nthere\nyes I"},
                   {final_turn(2, "@A yes @B I @ do @B too"), "A: hello\nthere\nyes\nB: I do too"},
                   {final_turn(3, "@B and @A now"), "yes\nB: I do too\nand\nA: now"},
               });
}
GST_END_TEST

GST_START_TEST(test_the_speaker_of_what_has_rolled_out_is_remembered) {
  assert_steps(narrow(), {
                             {final_turn(1, "@A one two three"), "A: one two\nthree"},
                             {growing(2, "four"), "three\nfour"},
                             {growing(2, "@A four"), "three\nfour"},
                             {growing(3, "five"), "four\nfive"},
                             {growing(3, "@A five"), "four\nfive"},
                         });
  assert_steps(narrow(1), {
                              {growing(1, "@A one two three"), "three"},
                              {growing(1, "@ one two @A three"), "A: three"},
                          });
  const std::string talk = "@A one two three @B four five six seven 8 nine ten";
  assert_steps(narrow(), {
                             {growing(1, talk), "six seven 8\nnine ten"},
                             {growing(1, talk + " @A eleven"), "nine ten\nA: eleven"},
                             {growing(2, "@A so"), "A: eleven\nso"},
                         });
}
GST_END_TEST

GST_START_TEST(test_the_speaker_of_what_was_taken_away_is_remembered) {
  RollingCaption caption(narrow());
  caption.report(growing(1, "@A one"), 0s);
  caption.advance(60s);
  caption.report(growing(1, "@A one two"), 60s);
  fail_unless_equals_text(caption.text(), "two");
  caption.advance(120s);
  for (int i = 0; i < 2; i++) {
    caption.report(final_turn(2, "@A three"), 120s);
    fail_unless_equals_text(caption.text(), "three");
  }
  caption.report(final_turn(3, "@B four"), 180s);
  fail_unless_equals_text(caption.text(), "B: four");
  caption.report(final_turn(4, "@B five"), 240s);
  fail_unless_equals_text(caption.text(), "five");
  caption.clear();
  caption.report(final_turn(5, "@B six"), 240s);
  fail_unless_equals_text(caption.text(), "B: six");
}
GST_END_TEST

GST_START_TEST(test_a_late_label_takes_away_the_prefix_after_it) {
  assert_steps(narrow(), {
                             {growing(1, "one"), "one"},
                             {growing(2, "@A two"), "one\nA: two"},
                             {final_turn(1, "@A one"), "A: one\ntwo"},
                             {final_turn(1, "@B one"), "B: one\nA: two"},
                         });
}
GST_END_TEST

GST_START_TEST(test_odd_prefixes) {
  const struct {
    const char *pattern;
    const char *speaker;
    const char *text;
  } cases[] = {
      {"", "A", "hi"},
      {">> ", "A", ">> hi"},
      {"%s\n", "A\tB", "A B hi"},
      {"%s: ", "longer than a line", "hi"},
      {"<&> ", "A", "<&> hi"},
  };
  for (const auto &one : cases) {
    TextOptions options = narrow(1);
    options.cue.speaker_prefix = one.pattern;
    RollingCaption caption(options);
    caption.report({1, true, {}, {word_of("hi", true, one.speaker)}}, 0s);
    fail_unless_equals_text(caption.text(), one.text);
    fail_unless_equals_text(without_tags(caption.markup()), one.text);
  }
}
GST_END_TEST

GST_START_TEST(test_a_final_stays_as_long_as_reading_takes) {
  const struct {
    const char *text;
    nanoseconds stays;
  } cases[] = {
      {"one", 1s},                                                     // at least
      {"thirty columns are two seconds", 2s},                          //
      {"this one has forty-five columns in two lines x", 3s},          // the line feed is none
      {"二十二十二十十五", 1066666666ns},                              // two columns each
      {"a a a a a a a a a a a a a a a a a a a a a a a a a a a a", 3s}  // the most that is set
  };
  for (const auto &one : cases) {
    TextOptions options;
    options.cue.max_duration = 3s;
    RollingCaption caption(options);
    caption.report(final_turn(1, one.text), 10s);
    assert_clears_at(caption, 10s + one.stays);
    caption.advance(10s + one.stays - 1ns);
    fail_if(caption.text().empty());
    caption.advance(10s + one.stays);
    fail_unless_equals_text(caption.text(), "");
    fail_unless_equals_text(caption.markup(), "");
    fail_if(caption.clears_at().has_value());
  }
}
GST_END_TEST

GST_START_TEST(test_a_growing_turn_stays_longer) {
  RollingCaption caption(narrow());
  caption.report(final_turn(1, "one"), 1s);
  assert_clears_at(caption, 2s);
  caption.report(growing(2, "two"), 1500ms);
  assert_clears_at(caption, 8500ms);
  caption.report(growing(2, "~ two"), 5s);  // only looks different
  assert_clears_at(caption, 8500ms);
  caption.report(final_turn(1, "one"), 6s);
  assert_clears_at(caption, 8500ms);
  caption.report(growing(2, "two 2"), 7s);
  assert_clears_at(caption, 14s);
  caption.report(final_turn(2, "two 2"), 7500ms);
  assert_clears_at(caption, 8s);
}
GST_END_TEST

GST_START_TEST(test_a_report_that_changes_nothing_keeps_the_text) {
  RollingCaption caption(narrow());
  caption.report(growing(1, "one two three"), 0s);
  const char *text = caption.text().data();
  for (int i = 1; i < 7; i++)
    caption.report(growing(1, "one two three"), i * 1s);
  fail_unless(caption.text().data() == text);
  caption.advance(7s);
  fail_unless_equals_text(caption.text(), "");
}
GST_END_TEST

GST_START_TEST(test_what_was_taken_away_does_not_come_back) {
  RollingCaption caption(narrow());
  caption.report(growing(1, "one two three four five"), 0s);
  caption.advance(7s);
  caption.report(growing(1, "one two three four five"), 8s);
  fail_unless_equals_text(caption.text(), "");
  caption.report(growing(1, "One 2 3 4 5 six seven"), 9s);
  fail_unless_equals_text(caption.text(), "six seven");
  caption.report(growing(1, "One 2 3 4 5 six seven eight"), 20s);
  fail_unless_equals_text(caption.text(), "eight");
  caption.report(growing(1, "One 2"), 21s);
  fail_unless_equals_text(caption.text(), "");
  caption.clear();
  caption.report(final_turn(1, "One 2 3 4 5 6 7 8 9"), 22s);
  fail_unless_equals_text(caption.text(), "8 9");
  caption.clear();
  caption.report(final_turn(1, "One 2 3 4 5 6 7 8 9"), 23s);
  caption.report(final_turn(0, "zero"), 23s);
  fail_unless_equals_text(caption.text(), "");
  caption.report(growing(2, "two"), 24s);
  fail_unless_equals_text(caption.text(), "two");
}
GST_END_TEST

GST_START_TEST(test_what_was_taken_away_counts_once) {
  RollingCaption caption(narrow());
  caption.report(growing(1, "one two three four five six"), 0s);
  fail_unless_equals_text(caption.text(), "three four\nfive six");
  caption.clear();
  caption.report(growing(1, "one two three four five six seven eight nine"), 0s);
  fail_unless_equals_text(caption.text(), "seven eight\nnine");
}
GST_END_TEST

GST_START_TEST(test_only_stable_words_when_wanted) {
  TextOptions options = narrow();
  options.stable_only = true;
  RollingCaption caption(options);
  caption.report(growing(1, "~ one two"), 0s);
  fail_unless_equals_text(caption.text(), "");
  std::vector<CaptionWord> some = words("one two three");
  some[1].stable = false;
  caption.report({1, false, {}, some}, 0s);
  fail_unless_equals_text(caption.text(), "one");
  caption.report(growing(2, "~ four"), 0s);
  assert_clears_at(caption, 7s);
  // The turn after it has not been shown.
  caption.report(final_turn(1, "one two"), 0s);
  fail_unless_equals_text(caption.text(), "one two");
  assert_clears_at(caption, 1s);
  caption.clear();
  // Words which were not shown have not been taken away.
  caption.report(growing(2, "four ~ five"), 2s);
  fail_unless_equals_text(caption.text(), "four");
  caption.clear();
  caption.report(growing(2, "four five"), 2s);
  fail_unless_equals_text(caption.text(), "five");
}
GST_END_TEST

GST_START_TEST(test_markup_sets_unstable_words_apart) {
  const struct {
    const char *words;
    const char *markup;
  } cases[] = {
      {"one", "one"},
      {"one ~ two 3", "one <span alpha=\"60%\">two 3</span>"},
      {"~ one two three", "<span alpha=\"60%\">one two</span>\n<span alpha=\"60%\">three</span>"},
      {"AT&T ~ <b> \"", "AT&amp;T <span alpha=\"60%\">&lt;b&gt; \"</span>"},
      {"東 ~ +京", "東<span alpha=\"60%\">京</span>"},
      {"@<i> a", "&lt;i&gt;: a"},
  };
  for (const auto &one : cases) {
    RollingCaption caption(narrow());
    caption.report(growing(1, one.words), 0s);
    fail_unless_equals_text(caption.markup(), one.markup);
    fail_unless_equals_text(without_tags(caption.markup()), caption.text());
  }
}
GST_END_TEST

GST_START_TEST(test_options_are_for_what_comes_next) {
  RollingCaption caption(narrow());
  caption.report(final_turn(1, "one twothree four"), 0s);
  fail_unless_equals_text(caption.text(), "one twothree\nfour");
  TextOptions options = narrow(4);
  options.cue.lines.max_line_length = 5;
  caption.set_options(options);
  fail_unless_equals_text(caption.text(), "one twothree\nfour");
  caption.report(growing(2, "five"), 0s);
  fail_unless_equals_text(caption.text(), "twot\nhree\nfour\nfive");
  caption.set_options(narrow(1));
  caption.report(growing(2, "five 6"), 0s);
  fail_unless_equals_text(caption.text(), "five 6");
  caption.set_options(options);
  caption.report(growing(2, "five 6"), 0s);
  fail_unless_equals_text(caption.text(), "five\n6");
}
GST_END_TEST

GST_START_TEST(test_other_options_change_no_line_that_is_short_enough) {
  RollingCaption caption(narrow());
  caption.report(growing(1, "one two three"), 0s);
  caption.set_options({});
  caption.report(growing(1, "1 two 3"), 0s);
  fail_unless_equals_text(caption.text(), "1 two\n3");
}
GST_END_TEST

GST_START_TEST(test_turns_of_any_length) {
  std::string text;
  for (int i = 0; i < 20000; i++)
    text += i % 2 == 0 ? "@A word " : "@B word ";
  for (const char *more : {"", "end", "end of the", "end of the story at last"}) {
    RollingCaption caption(narrow());
    caption.report(growing(1, text), 0s);
    caption.report(growing(1, text + "@B " + more), 0s);
    fail_unless(caption.text().size() <= 25);
  }
  RollingCaption caption(narrow(3));
  std::vector<CaptionWord> joined(20000, words("+a").front());
  caption.report({1, false, {}, joined}, 0s);
  joined.push_back(words("+b").front());
  caption.report({1, true, {}, joined}, 0s);
  fail_unless_equals_text(caption.text(), "aaaaaaaaaaaa\naaaaaaaaaaaa\naaaaaaaab");
  caption.report({2, true, {}, {word_of(std::string(100000, 'x'))}}, 0s);
  fail_unless(caption.text().starts_with("xxxxxxxx") && caption.text().size() <= 38);
}
GST_END_TEST

static Suite *rolling_caption_suite() {
  Suite *suite = suite_create("rolling_caption");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_lines_fill_up_and_roll);
  tcase_add_test(tests, test_a_line_end_stays_when_words_change);
  tcase_add_test(tests, test_a_line_that_becomes_too_long_is_laid_out_anew);
  tcase_add_test(tests, test_a_line_without_words_goes);
  tcase_add_test(tests, test_a_line_does_not_keep_an_end_where_lines_do_not_end);
  tcase_add_test(tests, test_a_run_wider_than_a_line_keeps_its_lines);
  tcase_add_test(tests, test_what_has_rolled_out_comes_back_only_when_nothing_else_is_left);
  tcase_add_test(tests, test_lines_that_come_back_are_laid_out_anew);
  tcase_add_test(tests, test_a_new_turn_begins_a_line_below);
  tcase_add_test(tests, test_a_turn_that_is_withheld_disappears);
  tcase_add_test(tests, test_a_late_final_changes_its_lines_or_nothing);
  tcase_add_test(tests, test_a_late_turn_above_one_that_vanished_stays_away);
  tcase_add_test(tests, test_another_speaker_begins_a_line_with_a_prefix);
  tcase_add_test(tests, test_the_speaker_of_what_has_rolled_out_is_remembered);
  tcase_add_test(tests, test_the_speaker_of_what_was_taken_away_is_remembered);
  tcase_add_test(tests, test_a_late_label_takes_away_the_prefix_after_it);
  tcase_add_test(tests, test_odd_prefixes);
  tcase_add_test(tests, test_a_final_stays_as_long_as_reading_takes);
  tcase_add_test(tests, test_a_growing_turn_stays_longer);
  tcase_add_test(tests, test_a_report_that_changes_nothing_keeps_the_text);
  tcase_add_test(tests, test_what_was_taken_away_does_not_come_back);
  tcase_add_test(tests, test_what_was_taken_away_counts_once);
  tcase_add_test(tests, test_only_stable_words_when_wanted);
  tcase_add_test(tests, test_markup_sets_unstable_words_apart);
  tcase_add_test(tests, test_options_are_for_what_comes_next);
  tcase_add_test(tests, test_other_options_change_no_line_that_is_short_enough);
  tcase_add_test(tests, test_turns_of_any_length);
  return suite;
}

CHECK_SUITE(rolling_caption);
