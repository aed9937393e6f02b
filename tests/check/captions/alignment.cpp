// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Which words of a turn are new, whatever has become of those that were shown.

#include "captions/alignment.h"

#include <algorithm>

#include "captions/layout.h"
#include "spoken.h"
#include "support/check.h"

using namespace assemblyai;
using namespace std::chrono_literals;

namespace {

ShownWords shown(std::string_view text, nanoseconds start = 1s) {
  ShownWords shown;
  for (const CaptionWord &word : spoken(text, start))
    shown.add(word);
  return shown;
}

// The words after those which were shown.
std::string unshown(ShownWords shown, std::vector<CaptionWord> words) {
  const std::size_t first = shown.find_in(words, {});
  std::string text;
  for (std::size_t i = first; i < words.size(); i++)
    text += (text.empty() ? "" : " ") + words[i].text;
  return text;
}

std::string unshown(const std::string &before, const std::string &now, nanoseconds start = 1s) {
  return unshown(shown(before), spoken(now, start));
}

}  // namespace

GST_START_TEST(test_words_are_compared_without_case_and_punctuation) {
  fail_unless_equals_text(fold_word("Sonny."), "sonny");
  fail_unless_equals_text(fold_word("„Ärger“,"), "ärger");
  fail_unless_equals_text(fold_word("it's"), "its");
  fail_unless_equals_text(fold_word("हिन्दी।"), "हिन्दी");
  fail_unless_equals_text(fold_word("—"), "—");
  fail_unless_equals_text(fold_word(""), "");
}
GST_END_TEST

GST_START_TEST(test_nothing_shown_leaves_everything) {
  fail_unless_equals_text(unshown("", "my name is"), "my name is");
  fail_unless_equals_text(unshown("", ""), "");
}
GST_END_TEST

GST_START_TEST(test_words_that_do_not_change_are_found) {
  fail_unless_equals_text(unshown("my name", "my name is Sonny"), "is Sonny");
  fail_unless_equals_text(unshown("my name is", "My name, is."), "");
  fail_unless_equals_text(unshown("no no", "no no no no"), "no no");
}
GST_END_TEST

GST_START_TEST(test_words_that_are_gone_leave_what_follows) {
  fail_unless_equals_text(unshown("uh my name", "~300 my name is Sonny"), "is Sonny");
  fail_unless_equals_text(unshown("my uh name", "my ~300 name is"), "is");
  fail_unless_equals_text(unshown("my name uh", "my name ~300 is"), "is");
  fail_unless_equals_text(unshown("my name is", ""), "");
  fail_unless_equals_text(unshown("uh", "~3000 my name"), "my name");
}
GST_END_TEST

GST_START_TEST(test_a_word_found_among_those_shown_is_not_shown) {
  fail_unless_equals_text(unshown("my ~300 is", "my name is Sonny"), "Sonny");
  fail_unless_equals_text(unshown("my ~300 is", "my name ~300 Sonny"), "Sonny");
}
GST_END_TEST

GST_START_TEST(test_a_word_that_became_another_is_not_shown_again) {
  fail_unless_equals_text(unshown("my name is", "my name was Rupert"), "Rupert");
  fail_unless_equals_text(unshown("I can see", "eye cants sea the shore"), "the shore");
  fail_unless_equals_text(unshown("my name is Son", "my name is Sonny Liston"), "Liston");
  fail_unless_equals_text(unshown("agent", "agen"), "");
}
GST_END_TEST

GST_START_TEST(test_words_that_are_split_or_joined_are_found) {
  fail_unless_equals_text(unshown("an ice cream", "an icecream ~300 please"), "please");
  fail_unless_equals_text(unshown("two ice cream", "two ice cream please"), "please");
  auto whole = spoken("an icecream ~250 please", 1s);
  whole[1].end += 250ms;
  ShownWords joined;
  joined.add(whole[0]);
  joined.add(whole[1]);
  fail_unless_equals_text(unshown(joined, spoken("an ice cream please", 1s)), "please");
  fail_unless_equals_text(unshown(joined, spoken("an I scream please", 1s)), "please");
}
GST_END_TEST

GST_START_TEST(test_times_may_move) {
  for (const auto start : {0ms, 500ms, 900ms, 1100ms, 1500ms, 2000ms})
    fail_unless_equals_text(unshown("my name is", "my name is Rupert Pennaise", start),
                            "Rupert Pennaise");
}
GST_END_TEST

GST_START_TEST(test_the_same_word_later_is_new) {
  fail_unless_equals_text(unshown("yes", "~4000 yes indeed"), "yes indeed");
  fail_unless_equals_text(unshown("well yes", "well no ~3000 yes"), "yes");
}
GST_END_TEST

GST_START_TEST(test_words_at_the_same_time_are_told_apart_by_their_text) {
  std::vector<CaptionWord> words = spoken("a b c d e f");
  for (CaptionWord &word : words)
    word.start = word.end = 5s;
  ShownWords shown;
  for (std::size_t i = 0; i < 3; i++)
    shown.add(words[i]);
  fail_unless_equals_text(unshown(shown, words), "d e f");
  words.erase(words.begin());
  fail_unless_equals_text(unshown(shown, words), "d e f");
}
GST_END_TEST

GST_START_TEST(test_only_the_last_words_of_a_long_turn_are_compared) {
  std::string text;
  for (int i = 0; i < 5000; i++)
    text += "word" + std::to_string(i) + " ";
  std::vector<CaptionWord> words = spoken(text, 1s);
  ShownWords shown;
  for (std::size_t i = 0; i < 4990; i++)
    shown.add(words[i]);
  fail_unless_equals_uint64(shown.find_in(words, {}), 4990);
  // The words long ago are gone, and the last one is another.
  words.erase(words.begin(), words.begin() + 3000);
  words[1989].text = "other";
  fail_unless_equals_uint64(shown.find_in(words, {}), 1990);
  // A change at every message costs little: else this would take minutes.
  for (std::size_t i = 0; i < 200; i++) {
    words[1989].text = i % 2 == 0 ? "another" : "other";
    fail_unless_equals_uint64(shown.find_in(words, {}), 1990);
  }
}
GST_END_TEST

GST_START_TEST(test_words_at_the_border_that_became_others_go_on_as_they_were) {
  static constexpr struct {
    const char *shown;
    const char *waiting;
    const char *now;
    const char *rest;
  } kCases[] = {
      {"call me at five five five one two three", "four five six seven after nine thirty",
       "Call me at 555-123-4567 after 9:30 tomorrow, please.",
       "four five six seven after 9:30 tomorrow, please."},
      {"after nine", "thirty tomorrow", "After 9:30 tomorrow.", "thirty tomorrow."},
      {"it is twenty", "five dollars please", "It is $25 please.", "five dollars please."},
      {"it is twenty five", "dollars please", "It is $25, please.", "dollars please."},
      {"I do", "not know", "I don't know.", "not know."},
      {"the U", "S A today", "The USA today.", "S A today."},
      {"the U S", "A today", "The USA today.", "A today."},
      {"a state", "of the art radio", "A state-of-the-art radio.", "of the art radio."},
      {"two ice", "cream please", "Two icecream, please.", "cream please."},
      {"we are gonna", "go", "We are going to go.", "go."},
      {"at 555", "now", "At five five five now.", "now."},
      {"call five five five", "one two now", "Call 555 12 now.", "12 now."},
  };
  for (const auto &which : kCases) {
    ShownWords shown;
    const std::vector<CaptionWord> before =
        spoken(std::string(which.shown) + " " + which.waiting, 1s);
    const auto count = static_cast<std::size_t>(std::count(
                           which.shown, which.shown + std::string_view(which.shown).size(), ' ')) +
                       1;
    for (std::size_t i = 0; i < count; i++)
      shown.add(before[i]);
    std::vector<CaptionWord> now = spoken(which.now, 1s);
    // They take as long as before.
    for (CaptionWord &word : now) {
      word.start = 1s + (word.start - 1s) * before.size() / now.size();
      word.end = 1s + (word.end - 1s) * before.size() / now.size();
    }
    const std::size_t next = shown.find_in(now, std::span(before).subspan(count));
    fail_unless_equals_text(text_of(std::span(now).subspan(next)), which.rest);
  }
}
GST_END_TEST

GST_START_TEST(test_a_word_that_goes_on_after_those_shown_is_parted) {
  fail_unless_equals_text(unshown("call five five", "Call 555-1234 now."), "5-1234 now.");
  fail_unless_equals_text(unshown("a state of", "A state-of-the-art radio."), "the-art radio.");
  fail_unless_equals_text(unshown("after nine", "After 9:30 tomorrow."), "30 tomorrow.");
}
GST_END_TEST

GST_START_TEST(test_what_is_added_goes_on_where_it_was_found) {
  ShownWords shown = ::shown("my name");
  std::vector<CaptionWord> words = spoken("so my name is Sonny Liston", 700ms);
  fail_unless_equals_uint64(shown.find_in(words, {}), 3);
  shown.add(words[3]);
  fail_unless_equals_uint64(shown.find_in(words, {}), 4);
}
GST_END_TEST

static Suite *alignment_suite() {
  Suite *suite = suite_create("alignment");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_words_are_compared_without_case_and_punctuation);
  tcase_add_test(tests, test_nothing_shown_leaves_everything);
  tcase_add_test(tests, test_words_that_do_not_change_are_found);
  tcase_add_test(tests, test_words_that_are_gone_leave_what_follows);
  tcase_add_test(tests, test_a_word_found_among_those_shown_is_not_shown);
  tcase_add_test(tests, test_a_word_that_became_another_is_not_shown_again);
  tcase_add_test(tests, test_words_that_are_split_or_joined_are_found);
  tcase_add_test(tests, test_times_may_move);
  tcase_add_test(tests, test_the_same_word_later_is_new);
  tcase_add_test(tests, test_words_at_the_same_time_are_told_apart_by_their_text);
  tcase_add_test(tests, test_only_the_last_words_of_a_long_turn_are_compared);
  tcase_add_test(tests, test_words_at_the_border_that_became_others_go_on_as_they_were);
  tcase_add_test(tests, test_a_word_that_goes_on_after_those_shown_is_parted);
  tcase_add_test(tests, test_what_is_added_goes_on_where_it_was_found);
  return suite;
}

CHECK_SUITE(alignment);
