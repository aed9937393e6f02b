// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Words on lines: widths, places to break, and what must hold for any text.

#include "captions/layout.h"
#include "captions/graphemes.h"

#include <algorithm>

#include "captions/random_text.h"
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

std::vector<CaptionWord> random_words(RandomText &random, bool all_parted) {
  std::vector<CaptionWord> words;
  nanoseconds time = 0s;
  for (std::size_t left = random.below(30); left > 0; left--) {
    const nanoseconds end = time + 1ms * random.below(1000);
    words.push_back({.text = random.word(random.one_in(8) ? 80 : 8),
                     .joined = !all_parted && random.one_in(2),
                     .start = time,
                     .end = end});
    time = end;
  }
  return words;
}

std::string without_blanks(std::string text) {
  std::erase(text, ' ');
  return text;
}

std::size_t lines_filled(std::span<const CaptionWord> words, std::size_t length) {
  std::size_t lines = 0;
  while (!words.empty()) {
    words = words.subspan(words_on_line(words, length));
    lines++;
  }
  return lines;
}

std::string repeated(const std::string &text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; i++)
    all += text;
  return all;
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
  // Long enough to be looked at in slices.
  fail_unless_equals_int(columns(repeated("👩‍👩‍👧‍👦é", 500)), 1500);
  fail_unless_equals_int(columns("é" + repeated("🇩🇪", 1001)), 2003);
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
  fail_unless_equals_text(laid_out("aaaa bbbb", 4, 2), "aaaa|bbbb");
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

GST_START_TEST(test_the_speaker_stands_in_the_prefix) {
  const struct {
    const char *pattern;
    const char *speaker;
    const char *prefix;
  } cases[] = {
      {"", "A", ""},
      {"%s: ", "A", "A: "},
      {">> ", "A", ">> "},
      {"%s/%s ", "%s", "%s/%s "},
      {"%d%n%%s%", "A", "%d%n%A%"},
      {"%s\n",
       "A\t\xe2\x80\xa8"
       "B",
       "A  B "},
      {"%s", "\xff", "\xef\xbf\xbd"},
  };
  for (const auto &one : cases)
    fail_unless_equals_text(speaker_prefix(one.pattern, one.speaker), one.prefix);
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

GST_START_TEST(test_wide_words_are_cut_evenly_and_where_a_line_may_end) {
  const auto parts = split_wide({{.text = "abcdefghijkl", .start = 1s, .end = 2s}}, 10);
  fail_unless_equals_int(parts.size(), 2);
  fail_unless_equals_text(parts[0].text, "abcdef");
  fail_unless_equals_text(parts[1].text, "ghijkl");
  fail_unless(parts[0].start == 1s && parts[0].end == 1500ms);
  fail_unless(parts[1].start == 1500ms && parts[1].end == 2s);
  fail_if(parts[0].joined || parts[0].cut);
  fail_unless(parts[1].joined && parts[1].cut);

  fail_unless_equals_text(split_wide({{.text = "日本語です。はい"}}, 10)[0].text, "日本語で");
  fail_unless_equals_text(split_wide({{.text = "日本語。はいは"}}, 8)[0].text, "日本語。");
  fail_unless_equals_text(split_wide({{.text = "日本語「はい」"}}, 8)[0].text, "日本語");
}
GST_END_TEST

GST_START_TEST(test_splitting_loses_nothing_whatever_the_text) {
  for (unsigned seed = 0; seed < testing::tries(2000); seed++) {
    RandomText random(seed);
    const std::size_t length = random.below(50) + 1;
    const auto words = random_words(random, false);
    const auto parts = split_wide(words, length);
    fail_unless(text_of(parts) == text_of(words), "seed %u", seed);
    for (std::size_t i = 0; i < parts.size(); i++) {
      fail_unless(columns(parts[i].text) <= std::max<std::size_t>(length, 2), "seed %u", seed);
      fail_unless(!parts[i].text.empty() && parts[i].end >= parts[i].start, "seed %u", seed);
      fail_unless(i == 0 || parts[i].start == parts[i - 1].end, "seed %u", seed);
    }
    fail_unless(parts.empty() || parts.back().end == words.back().end, "seed %u", seed);
  }
}
GST_END_TEST

GST_START_TEST(test_lines_hold_all_words_within_their_length_whatever_the_text) {
  for (unsigned seed = 0; seed < testing::tries(2000); seed++) {
    RandomText random(seed);
    const std::size_t length = random.below(50) + 2;
    const bool all_parted = random.one_in(3);
    const auto words = split_wide(random_words(random, all_parted), length);
    const std::string prefix = random.one_in(2) ? "" : random.word(8) + " ";
    const auto lines = balanced_lines(words, {length, 1000}, prefix);
    fail_unless(lines.has_value(), "seed %u", seed);
    std::string all;
    for (const std::string &line : *lines) {
      fail_unless(columns(line) <= length, "seed %u: \"%s\"", seed, line.c_str());
      all += line;
    }
    const std::string shown_prefix(fitting_prefix(words, length, prefix));
    fail_unless(without_blanks(all) == without_blanks(shown_prefix + text_of(words)), "seed %u",
                seed);
    if (all_parted && shown_prefix.empty())
      fail_unless_equals_int(lines->size(), lines_filled(words, length));
    fail_unless(balanced_lines(words, {length, lines->size()}, prefix) == lines, "seed %u", seed);
    if (!lines->empty())
      fail_if(balanced_lines(words, {length, lines->size() - 1}, prefix).has_value(), "seed %u",
              seed);
  }
}
GST_END_TEST

// Here the last two are parted, unless the second line begins before them.
GST_START_TEST(test_lines_that_take_all_they_can_are_never_fewer) {
  std::vector<CaptionWord> words;
  for (const char *text : {"abcdefghijkl", "mnopq", "rstuv", "were"})
    words.push_back({.text = text, .joined = !words.empty()});
  words.push_back({.text = "all"});
  fail_unless_equals_uint64(lines_filled(words, 12), 3);
  fail_unless_equals_text(shown(balanced_lines(words, {12, 3}, "")),
                          "abcdefghijkl|mnopqrstuv|were all");
}
GST_END_TEST

GST_START_TEST(test_a_filled_line_is_within_its_length_whatever_the_text) {
  for (unsigned seed = 0; seed < testing::tries(2000); seed++) {
    RandomText random(seed);
    const std::size_t length = random.below(50) + 2;
    const auto words = split_wide(random_words(random, false), length);
    const std::string prefix = random.one_in(2) ? "" : random.word(8) + " ";
    const std::size_t count = words_on_line(words, length, prefix);
    fail_unless(count <= words.size() && (count > 0 || words.empty()), "seed %u", seed);
    const std::string line =
        std::string(fitting_prefix(words, length, prefix)) + text_of(std::span(words).first(count));
    fail_unless(columns(line) <= length, "seed %u: \"%s\"", seed, line.c_str());
  }
}
GST_END_TEST

GST_START_TEST(test_joined_words_without_end_are_no_burden) {
  const std::vector<CaptionWord> words(200000, {.text = "a", .joined = true});
  fail_unless_equals_int(lines_filled(words, 40), 5000);
}
GST_END_TEST

GST_START_TEST(test_marks_without_end_are_no_burden) {
  std::vector<CaptionWord> words(100000, {.text = "\u0301", .joined = true});
  words.front().text = words.back().text = "eighteen-columns-ok";
  const auto lines = balanced_lines(words, {30, 2});
  fail_unless(lines.has_value());
  fail_unless_equals_text(lines->at(1), words.back().text);
}
GST_END_TEST

// The time-out of the test catches what grows faster than the text.
GST_START_TEST(test_huge_text_is_no_burden) {
  constexpr std::size_t kCount = 10000;
  for (const char *text : {"a", "日", "🇩🇪", "\u0301", "👩‍", "é", "。", "\u0600", "\r\n"}) {
    const auto parts = split_wide({{.text = repeated(text, kCount)}}, 42);
    fail_unless_equals_int(text_of(parts).size(), kCount * std::string(text).size());
    fail_unless(lines_filled(parts, 42) > 0);

    const std::vector<CaptionWord> joined(kCount, {.text = text, .joined = true});
    fail_unless(balanced_lines(joined, {42, 2}).has_value() == (columns(text) == 0));
    const std::vector<CaptionWord> parted(kCount, {.text = text});
    fail_if(balanced_lines(parted, {42, 2}).has_value());
    fail_unless(lines_filled(parted, 42) > 1);
  }
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
  tcase_add_test(tests, test_the_speaker_stands_in_the_prefix);
  tcase_add_test(tests, test_a_line_takes_all_it_can);
  tcase_add_test(tests, test_wide_words_are_cut_evenly_and_where_a_line_may_end);
  tcase_add_test(tests, test_splitting_loses_nothing_whatever_the_text);
  tcase_add_test(tests, test_lines_hold_all_words_within_their_length_whatever_the_text);
  tcase_add_test(tests, test_lines_that_take_all_they_can_are_never_fewer);
  tcase_add_test(tests, test_a_filled_line_is_within_its_length_whatever_the_text);
  tcase_add_test(tests, test_huge_text_is_no_burden);
  tcase_add_test(tests, test_marks_without_end_are_no_burden);
  tcase_add_test(tests, test_joined_words_without_end_are_no_burden);
  return suite;
}

CHECK_SUITE(layout);
