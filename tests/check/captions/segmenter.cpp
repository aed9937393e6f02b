// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Where a cue ends.

#include "captions/segmenter.h"

#include "captions/punctuation.h"
#include "spoken.h"
#include "support/check.h"

using namespace assemblyai;
using namespace std::chrono_literals;

namespace {

struct When {
  bool ended = false;
  bool due = false;
  std::string_view prefix = {};
  nanoseconds heard{};
};

constexpr When kGoingOn{};
constexpr When kEnded{.ended = true};
constexpr When kDue{.due = true};

// Two lines of 20 columns unless told otherwise.
CueOptions narrow() {
  CueOptions options;
  options.lines = {.max_line_length = 20, .max_lines = 2};
  return options;
}

std::string cue(std::string_view text, const When &when, const CueOptions &options = narrow()) {
  const std::vector<CaptionWord> words = spoken(text);
  const std::size_t count =
      next_cue({words, when.ended, when.due, when.heard, when.prefix}, options);
  return text_of(std::span(words).first(count));
}

}  // namespace

GST_START_TEST(test_punctuation_ends_sentences_and_clauses) {
  for (const char *word : {"end.", "end!", "end?", "end…", "。", "終わり！", "終わり？", "end.\"",
                           "end?)", "end.”", "end.»", "क।", "I.", "1990."})
    fail_unless(ending_of(word) == Ending::kSentence, "%s", word);
  for (const char *word : {"end,", "end;", "end:", "end—", "、", "終わり，", "end,\"", "،"})
    fail_unless(ending_of(word) == Ending::kClause, "%s", word);
  for (const char *word :
       {"", "end", "Mr.", "dr.", "e.g.", "J.", "3.", "12.", "\"", "3.5", ".net", "it's", "終わり"})
    fail_unless(ending_of(word) == Ending::kNone, "%s", word);
}
GST_END_TEST

GST_START_TEST(test_a_cue_waits_until_more_words_would_not_change_it) {
  fail_unless_equals_text(cue("this may go on", kGoingOn), "");
  fail_unless_equals_text(cue("this may go on", kEnded), "this may go on");
  fail_unless_equals_text(cue("this is said. And this as well", kGoingOn), "");
}
GST_END_TEST

GST_START_TEST(test_a_cue_is_as_full_as_can_be_without_a_better_break) {
  fail_unless_equals_text(cue("words that go on and on without any place where", kGoingOn),
                          "words that go on and on without any place");
}
GST_END_TEST

GST_START_TEST(test_a_cue_ends_with_a_sentence) {
  fail_unless_equals_text(cue("here, one ends. And ~400 here the next one goes on", kGoingOn),
                          "here, one ends.");
  fail_unless_equals_text(cue("One ends here. So it does. And the next goes on", kGoingOn),
                          "One ends here. So it does.");
}
GST_END_TEST

GST_START_TEST(test_else_with_a_clause) {
  fail_unless_equals_text(cue("when this is said, the rest ~350 of it follows then", kGoingOn),
                          "when this is said,");
  // The last one.
  fail_unless_equals_text(cue("when this is said, or this is, the rest follows then", kGoingOn),
                          "when this is said, or this is,");
}
GST_END_TEST

GST_START_TEST(test_else_at_a_pause) {
  fail_unless_equals_text(cue("when this is said ~350 the rest of it follows then", kGoingOn),
                          "when this is said");
}
GST_END_TEST

GST_START_TEST(test_a_cue_is_not_cut_short_for_it) {
  CueOptions options = narrow();
  options.min_duration = 1500ms;
  fail_unless_equals_text(cue("Yes. I have seen that, and the rest follows", kGoingOn, options),
                          "Yes. I have seen that,");
}
GST_END_TEST

GST_START_TEST(test_no_scrap_is_left_behind) {
  // All but the last word would fit.
  fail_unless_equals_text(cue("words that go on and on until the very end.", kEnded),
                          "words that go on and on until");
  fail_unless_equals_text(cue("words that go on and on until the very distant end.", kEnded),
                          "words that go on and on until the very");
}
GST_END_TEST

GST_START_TEST(test_a_cue_does_not_cross_a_change_of_speaker) {
  fail_unless_equals_text(cue("A: how are B: fine A: good", kGoingOn), "how are");
  fail_unless_equals_text(cue("A: how : are A: you B: fine", kGoingOn), "how are you");
  fail_unless_equals_text(cue(": how A: are you", kEnded), "how are you");
  fail_unless_equals_text(cue(": how A: are B: you", kGoingOn), "how are");
}
GST_END_TEST

GST_START_TEST(test_a_cue_does_not_cross_a_long_pause) {
  fail_unless_equals_text(cue("how are ~1600 you", kGoingOn), "how are");
  fail_unless_equals_text(cue("how are ~1200 you", kEnded), "how are you");
}
GST_END_TEST

GST_START_TEST(test_a_cue_does_not_last_too_long) {
  CueOptions options = narrow();
  options.max_duration = 1s;
  fail_unless_equals_text(cue("a b c d e f", kGoingOn, options), "a b c");
  options.max_duration = 100ms;
  fail_unless_equals_text(cue("a b c d e f", kGoingOn, options), "a");
}
GST_END_TEST

GST_START_TEST(test_the_prefix_takes_room) {
  CueOptions options = narrow();
  options.lines.max_lines = 1;
  fail_unless_equals_text(cue("words that go on and on", kGoingOn, options),
                          "words that go on and");
  fail_unless_equals_text(cue("words that go on and on", {.prefix = "Anna: "}, options),
                          "words that go");
  options.lines.max_lines = 2;
  fail_unless_equals_text(
      cue("words that go on and on until they end", {.prefix = "Anna: "}, options),
      "words that go on and on until they");
}
GST_END_TEST

GST_START_TEST(test_words_that_are_not_stable_wait) {
  fail_unless_equals_text(cue("*how are ~1600 you", kGoingOn), "");
  fail_unless_equals_text(cue("how *are ~1600 you", kGoingOn), "");
  fail_unless_equals_text(cue("how are ~1600 *you", kGoingOn), "how are");
}
GST_END_TEST

GST_START_TEST(test_what_is_due_goes_as_it_is) {
  // Nobody is still saying it.
  fail_unless_equals_text(cue("*how *are *you", {.due = true, .heard = 1600ms}), "how are you");
  fail_unless_equals_text(cue("*how *are *you", {.due = true, .heard = 1500ms}), "how are");
  fail_unless_equals_text(cue("*how *are *you", kDue), "how are");
  fail_unless_equals_text(cue("how are you", kDue), "how are you");
  fail_unless_equals_text(cue("*how", kDue), "how");
  fail_unless_equals_text(cue("*how *are *you", {.ended = true, .due = true}), "how are you");
  fail_unless_equals_text(cue("*this *is *said. *And *then *as", kDue), "this is said.");
}
GST_END_TEST

GST_START_TEST(test_a_line_may_not_end_anywhere) {
  CueOptions options = narrow();
  options.lines = {.max_line_length = 6, .max_lines = 1};
  // The full stop does not begin a cue.
  const std::string ended = cue("日 +本 +語 +。 +日 +本", kGoingOn, options);
  fail_unless_equals_text(ended, "日本");
  fail_unless_equals_text(cue("this is it, +which goes on and on and so on", kGoingOn),
                          "this is it,which goes on and on and");
}
GST_END_TEST

GST_START_TEST(test_thousands_of_words_are_as_cheap_as_some) {
  std::string text;
  for (int i = 0; i < 20000; i++)
    text += "w ";
  const std::vector<CaptionWord> words = spoken(text);
  CueOptions options = narrow();
  options.max_duration = 1h;
  for (int i = 0; i < 2000; i++)
    fail_unless_equals_uint64(next_cue({.words = words}, options), 20);
}
GST_END_TEST

// The word that is being said may be the last one.
GST_START_TEST(test_what_is_still_being_said_is_not_left_with_a_word) {
  constexpr std::string_view kSaid =
      "*more *than *two *hundred *people *came *to *the *meeting *last *night";
  const CueOptions wide;
  fail_unless_equals_text(cue(kSaid, {.due = true, .heard = 3700ms}, wide),
                          "more than two hundred people came to the");
  fail_unless_equals_text(cue(kSaid, {.due = true, .heard = 4s}, wide),
                          "more than two hundred people came to the meeting last night");
}
GST_END_TEST

static Suite *segmenter_suite() {
  Suite *suite = suite_create("segmenter");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_punctuation_ends_sentences_and_clauses);
  tcase_add_test(tests, test_a_cue_waits_until_more_words_would_not_change_it);
  tcase_add_test(tests, test_a_cue_is_as_full_as_can_be_without_a_better_break);
  tcase_add_test(tests, test_a_cue_ends_with_a_sentence);
  tcase_add_test(tests, test_else_with_a_clause);
  tcase_add_test(tests, test_else_at_a_pause);
  tcase_add_test(tests, test_a_cue_is_not_cut_short_for_it);
  tcase_add_test(tests, test_no_scrap_is_left_behind);
  tcase_add_test(tests, test_a_cue_does_not_cross_a_change_of_speaker);
  tcase_add_test(tests, test_a_cue_does_not_cross_a_long_pause);
  tcase_add_test(tests, test_a_cue_does_not_last_too_long);
  tcase_add_test(tests, test_the_prefix_takes_room);
  tcase_add_test(tests, test_words_that_are_not_stable_wait);
  tcase_add_test(tests, test_what_is_due_goes_as_it_is);
  tcase_add_test(tests, test_a_line_may_not_end_anywhere);
  tcase_add_test(tests, test_thousands_of_words_are_as_cheap_as_some);
  tcase_add_test(tests, test_what_is_still_being_said_is_not_left_with_a_word);
  return suite;
}

CHECK_SUITE(segmenter);
