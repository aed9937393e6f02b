// SPDX-License-Identifier: LGPL-2.1-or-later
// Words on lines: widths, places to break, and what must hold for any text.

#include "captions/layout.h"

#include <array>
#include <random>

#include "support/check.h"

using namespace assemblyai;
using namespace std::chrono_literals;

namespace {

// Blanks part words; '+' in front of one joins it to the word before.
std::vector<CaptionWord> words_of(const std::string &text) {
  std::vector<CaptionWord> words;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    const bool joined = word[0] == '+';
    words.push_back({.text = std::string(word.substr(joined ? 1 : 0)), .joined = joined});
  }
  return words;
}

std::string shown(const std::optional<std::vector<std::string>> &lines) {
  if (!lines)
    return "nothing";
  std::string all;
  for (const std::string &line : *lines)
    all += (all.empty() ? "" : "|") + line;
  return all;
}

std::string laid_out(const std::string &text, std::size_t length, std::size_t lines,
                     std::string_view prefix = {}) {
  return shown(balanced_lines(words_of(text), {length, lines}, prefix));
}

bool breaks(const std::string &before, const std::string &after) {
  return may_break({.text = before}, {.text = after, .joined = true});
}

}  // namespace

GST_START_TEST(test_columns_are_those_of_grapheme_clusters) {
  fail_unless_equals_int(columns(""), 0);
  fail_unless_equals_int(columns("plain text"), 10);
  fail_unless_equals_int(columns("été"), 3);
  fail_unless_equals_int(columns("e\u0301te\u0301"), 3);
  fail_unless_equals_int(columns("\u0301"), 0);
  fail_unless_equals_int(columns("日本語"), 6);
  fail_unless_equals_int(columns("ｱｲ"), 2);
  fail_unless_equals_int(columns("한국"), 4);
  fail_unless_equals_int(columns("\u1112\u1161\u11ab"), 2);
  fail_unless_equals_int(columns("か\u3099"), 2);
  fail_unless_equals_int(columns("👍🏽"), 2);
  fail_unless_equals_int(columns("👩‍👩‍👧‍👦"), 2);
  fail_unless_equals_int(columns("🇩🇪🇫🇷"), 4);
  fail_unless_equals_int(columns("1️⃣"), 2);
  fail_unless_equals_int(columns("❤️"), 2);
  fail_unless_equals_int(columns("a👍b"), 4);
}
GST_END_TEST

GST_START_TEST(test_lines_break_where_the_script_allows_it) {
  fail_unless(may_break({.text = "a"}, {.text = "b"}));
  fail_if(breaks("a", "b"));
  fail_if(breaks("well-", "known"));
  fail_unless(may_break({.text = "a"}, {.text = "b", .joined = true, .cut = true}));
  fail_unless(breaks("日本", "語"));
  fail_unless(breaks("カメラ", "と"));
  fail_unless(breaks("日本", "abc"));
  fail_unless(breaks("です。", "はい"));
  fail_unless(breaks("「はい」", "と"));
  fail_if(breaks("日本", "。"));
  fail_if(breaks("日本", "、"));
  fail_if(breaks("日本", "」"));
  fail_if(breaks("「", "日本"));
  fail_if(breaks("き", "ゃ"));
  fail_if(breaks("カメラ", "ー"));
  fail_if(breaks("人", "々"));
  fail_if(breaks("你好", "”"));
  fail_if(breaks("“", "你好"));
  fail_unless(breaks("你好", "“"));
  fail_if(breaks("日本", "\u3099"));
  fail_unless(breaks("สวัสดี", "ครับ"));
  fail_if(breaks("한국", "어"));
}
GST_END_TEST

GST_START_TEST(test_lines_are_few_and_even) {
  fail_unless_equals_text(laid_out("", 10, 2), "");
  fail_unless_equals_text(laid_out("one", 10, 2), "one");
  fail_unless_equals_text(laid_out("one two three", 13, 2), "one two three");
  fail_unless_equals_text(laid_out("one two three", 12, 2), "one two|three");
  fail_unless_equals_text(laid_out("aaa bbb ccc ddd", 11, 2), "aaa bbb|ccc ddd");
  fail_unless_equals_text(laid_out("aaa bbb ccc ddd eee fff", 11, 3), "aaa bbb ccc|ddd eee fff");
  fail_unless_equals_text(laid_out("aaaaaa bbbbbb cccccc", 7, 2), "nothing");
  fail_unless_equals_text(laid_out("aaaaaaaa", 7, 2), "nothing");
  fail_unless_equals_text(laid_out("a", 7, 0), "nothing");
}
GST_END_TEST

GST_START_TEST(test_lines_end_at_punctuation_where_that_costs_little) {
  fail_unless_equals_text(laid_out("we were all there and she left", 24, 2),
                          "we were all there|and she left");
  fail_unless_equals_text(laid_out("we were all. there and she left", 24, 2),
                          "we were all.|there and she left");
  fail_unless_equals_text(laid_out("we were “all.” there and she left", 24, 2),
                          "we were “all.”|there and she left");
  fail_unless_equals_text(laid_out("yes. we were all there and she left", 34, 2),
                          "yes. we were all|there and she left");
}
GST_END_TEST

GST_START_TEST(test_joined_words_stay_together_unless_wider_than_a_line) {
  fail_unless_equals_text(laid_out("aaa bbb +ccc ddd", 10, 2), "aaa bbbccc|ddd");
  fail_unless_equals_text(laid_out("aaaa bbb +ccc", 8, 2), "aaaa|bbbccc");
  fail_unless_equals_text(laid_out("aaaa +bbbb +cccc", 8, 2), "aaaabbbb|cccc");
  fail_unless_equals_text(laid_out("日本 +語 +を +。", 8, 2), "日本語|を。");
}
GST_END_TEST

GST_START_TEST(test_a_prefix_takes_room_on_the_first_line) {
  fail_unless_equals_text(laid_out("aaa bbb", 10, 1, "X: "), "X: aaa bbb");
  fail_unless_equals_text(laid_out("aaa bbb", 9, 1, "X: "), "nothing");
  fail_unless_equals_text(laid_out("aaa bbb", 9, 2, "X: "), "X: aaa|bbb");
  fail_unless_equals_text(laid_out("aaa +bbb", 8, 2, "X: "), "X: aaa|bbb");
  fail_unless_equals_text(laid_out("aaaaaaaa bbb", 9, 2, "X: "), "aaaaaaaa|bbb");
  fail_unless_equals_text(laid_out("aaa", 9, 1, "somebody with a long name: "), "aaa");
}
GST_END_TEST

GST_START_TEST(test_a_line_takes_all_it_can) {
  const auto words = words_of("aaa bbb +ccc ddd");
  fail_unless_equals_int(words_on_line({}, 10), 0);
  fail_unless_equals_int(words_on_line(words, 14), 4);
  fail_unless_equals_int(words_on_line(words, 13), 3);
  fail_unless_equals_int(words_on_line(words, 9), 1);
  fail_unless_equals_int(words_on_line(words, 5), 1);
  fail_unless_equals_int(words_on_line(words, 1), 1);
  fail_unless_equals_int(words_on_line(words, 13, "X: "), 3);
  fail_unless_equals_int(words_on_line(words, 12, "X: "), 1);
  fail_unless_equals_int(words_on_line(words, 5, "X: "), 1);
}
GST_END_TEST

static Suite *layout_suite() {
  Suite *suite = suite_create("layout");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_columns_are_those_of_grapheme_clusters);
  tcase_add_test(tests, test_lines_break_where_the_script_allows_it);
  tcase_add_test(tests, test_lines_are_few_and_even);
  tcase_add_test(tests, test_lines_end_at_punctuation_where_that_costs_little);
  tcase_add_test(tests, test_joined_words_stay_together_unless_wider_than_a_line);
  tcase_add_test(tests, test_a_prefix_takes_room_on_the_first_line);
  tcase_add_test(tests, test_a_line_takes_all_it_can);
  return suite;
}

GST_CHECK_MAIN(layout)
