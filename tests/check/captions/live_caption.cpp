// SPDX-License-Identifier: LGPL-2.1-or-later

#include "captions/live_caption.h"

#include <algorithm>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "base/glib_ptr.h"
#include "support/check.h"

using assemblyai::CaptionTurn;
using assemblyai::CaptionWord;
using assemblyai::columns;
using assemblyai::LiveCaption;
using assemblyai::LiveOptions;
using assemblyai::nanoseconds;
using namespace std::chrono_literals;

namespace {

CaptionWord word_of(const std::string &text, bool settled = true, const std::string &speaker = {}) {
  CaptionWord word;
  word.text = text;
  word.settled = settled;
  word.speaker = speaker;
  return word;
}

// Words between blanks. "~" before words: not settled; "@A": A speaks from here on, "@":
// nobody known; "+" at a word: joined to the one before.
std::vector<CaptionWord> words(const std::string &text) {
  std::vector<CaptionWord> words;
  std::string speaker;
  bool settled = true;
  std::istringstream in(text);
  for (std::string token; in >> token;) {
    if (token == "~")
      settled = false;
    else if (token[0] == '@')
      speaker = token.substr(1);
    else
      words.push_back(word_of(token, settled, speaker));
    if (token.size() > 1 && token[0] == '+') {
      words.back().text.erase(0, 1);
      words.back().joined = true;
    }
  }
  return words;
}

CaptionTurn growing(std::uint64_t number, const std::string &text) {
  return {number, false, {}, words(text)};
}

CaptionTurn final_turn(std::uint64_t number, const std::string &text) {
  return {number, true, {}, words(text)};
}

LiveOptions narrow(std::size_t max_lines = 2) {
  LiveOptions options;
  options.cue.lines = {12, max_lines};
  options.cue.speaker_prefix = "%s: ";
  return options;
}

struct Step {
  CaptionTurn turn;
  std::string text;
};

void assert_steps(LiveCaption caption, const std::vector<Step> &steps) {
  for (const Step &step : steps) {
    caption.report(step.turn, 0s);
    fail_unless_equals_text(caption.text(), step.text);
  }
}

void collect_text(GMarkupParseContext *, const char *text, gsize length, gpointer into, GError **) {
  static_cast<std::string *>(into)->append(text, length);
}

void check_element(GMarkupParseContext *, const char *name, const char **attributes, const char **,
                   gpointer, GError **) {
  if (std::string(name) == "markup")
    return;
  fail_unless_equals_text(name, "span");
  fail_unless_equals_text(attributes[0], "alpha");
  fail_unless(attributes[1] == nullptr);
}

// The text of the markup, read as Pango does.
std::string without_tags(const std::string &markup) {
  const GMarkupParser parser{check_element, nullptr, collect_text, nullptr, nullptr};
  std::string text;
  GMarkupParseContext *context =
      g_markup_parse_context_new(&parser, GMarkupParseFlags{}, &text, nullptr);
  const std::string document = "<markup>" + markup + "</markup>";
  const assemblyai::OutError error;
  fail_unless(g_markup_parse_context_parse(context, document.data(),
                                           static_cast<gssize>(document.size()), nullptr) &&
                  g_markup_parse_context_end_parse(context, nullptr),
              "%s", document.c_str());
  g_markup_parse_context_free(context);
  return text;
}

void assert_clears_at(const LiveCaption &caption, nanoseconds expected) {
  fail_unless(caption.clears_at().has_value());
  fail_unless_equals_int64(caption.clears_at()->count(), expected.count());
}

}  // namespace

GST_START_TEST(test_lines_fill_up_and_roll) {
  assert_steps(
      LiveCaption(narrow()),
      {
          {growing(1, ""), ""},
          {growing(1, "one two"), "one two"},
          {growing(1, "one two three"), "one two\nthree"},
          {growing(1, "one two three four"), "one two\nthree four"},
          {growing(1, "one two three four five"), "three four\nfive"},
          {growing(1, "one two three four five six sev eight nine"), "five six sev\neight nine"},
      });
  assert_steps(LiveCaption(narrow(1)), {{growing(1, "one two three"), "three"}});
  assert_steps(LiveCaption(narrow(0)), {{growing(1, "one two three"), ""}});
}
GST_END_TEST

GST_START_TEST(test_a_line_end_stays_when_words_change) {
  assert_steps(LiveCaption(narrow()), {
                                          {growing(1, "one two three"), "one two\nthree"},
                                          {growing(1, "1 two 3"), "1 two\n3"},
                                          {growing(1, "1 two 3 4 5"), "1 two\n3 4 5"},
                                          {final_turn(1, "1 2 3 4 5"), "1 2\n3 4 5"},
                                      });
}
GST_END_TEST

GST_START_TEST(test_a_line_that_becomes_too_long_is_laid_out_anew) {
  assert_steps(
      LiveCaption(narrow(4)),
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
  assert_steps(LiveCaption(narrow()), {
                                          {growing(1, "one two three"), "one two\nthree"},
                                          {growing(1, "one two"), "one two"},
                                          {growing(1, "1 two 3"), "1 two 3"},
                                          {growing(1, "1"), "1"},
                                      });
}
GST_END_TEST

GST_START_TEST(test_a_line_does_not_keep_an_end_where_lines_do_not_end) {
  assert_steps(LiveCaption(narrow()), {
                                          {growing(1, "one two three"), "one two\nthree"},
                                          {growing(1, "one two +, 3"), "one two, 3"},
                                      });
}
GST_END_TEST

GST_START_TEST(test_a_run_wider_than_a_line_keeps_its_lines) {
  assert_steps(
      LiveCaption(narrow(4)),
      {
          {growing(1, "aaaaaa +bbbbbb +cccc dd eeeee ff"), "aaaaaabbbbbb\ncccc dd\neeeee ff"},
          {growing(1, "aaaaaa +bbbbbb +cccc dd e ff"), "aaaaaabbbbbb\ncccc dd\ne ff"},
      });
}
GST_END_TEST

GST_START_TEST(test_what_has_rolled_out_comes_back_only_when_nothing_else_is_left) {
  const char *long_turn = "one two three four five six";
  assert_steps(LiveCaption(narrow()), {
                                          {growing(1, long_turn), "three four\nfive six"},
                                          {growing(1, "one two three four"), "three four"},
                                          {growing(1, "one two three"), "three"},
                                          {growing(1, "one two"), "one two"},
                                          {growing(1, "one two three"), "one two\nthree"},
                                      });
}
GST_END_TEST

GST_START_TEST(test_lines_that_come_back_are_laid_out_anew) {
  assert_steps(LiveCaption(narrow()), {
                                          {growing(1, "one two three four fifteenfive sixteensix"),
                                           "fifteenfive\nsixteensix"},
                                          {growing(1, "1 2 3"), "1 2 3"},
                                      });
}
GST_END_TEST

GST_START_TEST(test_a_new_turn_begins_a_line_below) {
  assert_steps(LiveCaption(narrow(3)), {
                                           {final_turn(0, "one"), "one"},
                                           {growing(1, "two"), "one\ntwo"},
                                           {final_turn(1, "two 2"), "one\ntwo 2"},
                                           {growing(7, "three"), "one\ntwo 2\nthree"},
                                           {growing(8, "four"), "two 2\nthree\nfour"},
                                       });
}
GST_END_TEST

GST_START_TEST(test_a_turn_that_is_withheld_disappears) {
  assert_steps(LiveCaption(narrow()), {
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
  assert_steps(LiveCaption(narrow(3)),
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
  assert_steps(LiveCaption(narrow(1)), {
                                           {growing(1, "one"), "one"},
                                           {growing(2, "two"), "two"},
                                           {growing(2, ""), ""},
                                           {final_turn(1, "one"), ""},
                                           {growing(2, "two again"), "two again"},
                                       });
}
GST_END_TEST

GST_START_TEST(test_another_speaker_begins_a_line_with_a_prefix) {
  assert_steps(LiveCaption(narrow(4)),
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
  assert_steps(LiveCaption(narrow()), {
                                          {final_turn(1, "@A one two three"), "A: one two\nthree"},
                                          {growing(2, "four"), "three\nfour"},
                                          {growing(2, "@A four"), "three\nfour"},
                                          {growing(3, "five"), "four\nfive"},
                                          {growing(3, "@A five"), "four\nfive"},
                                      });
  assert_steps(LiveCaption(narrow(1)), {
                                           {growing(1, "@A one two three"), "three"},
                                           {growing(1, "@ one two @A three"), "A: three"},
                                       });
  const std::string talk = "@A one two three @B four five six seven 8 nine ten";
  assert_steps(LiveCaption(narrow()), {
                                          {growing(1, talk), "six seven 8\nnine ten"},
                                          {growing(1, talk + " @A eleven"), "nine ten\nA: eleven"},
                                          {growing(2, "@A so"), "A: eleven\nso"},
                                      });
}
GST_END_TEST

GST_START_TEST(test_the_speaker_of_what_was_taken_away_is_remembered) {
  LiveCaption caption(narrow());
  caption.report(growing(1, "@A one"), 0s);
  caption.advance(60s);
  caption.report(growing(1, "@A one two"), 60s);
  fail_unless_equals_text(caption.text(), "two");
  caption.advance(120s);
  for (int i = 0; i < 2; i++) {
    caption.report(final_turn(2, "@A three"), 120s);
    fail_unless_equals_text(caption.text(), "three");
  }
  caption.clear();
  caption.report(final_turn(3, "@A four"), 120s);
  fail_unless_equals_text(caption.text(), "A: four");
}
GST_END_TEST

GST_START_TEST(test_a_late_label_takes_away_the_prefix_after_it) {
  assert_steps(LiveCaption(narrow()), {
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
      {"%s", "A", "Ahi"},
      {">> ", "A", ">> hi"},
      {"%s %s ", "%s", "%s %s hi"},
      {"- %d%n: ", "A", "- %d%n: hi"},
      {"%s\n", "A\tB", "A B hi"},
      {"%s: ", "longer than a line", "hi"},
      {"<&> ", "A", "<&> hi"},
      {"\xff ", "A", "\xef\xbf\xbd hi"},
  };
  for (const auto &one : cases) {
    LiveOptions options = narrow(1);
    options.cue.speaker_prefix = one.pattern;
    LiveCaption caption(options);
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
    LiveOptions options;
    options.cue.max_duration = 3s;
    LiveCaption caption(options);
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
  LiveCaption caption(narrow());
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
  LiveCaption caption(narrow());
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
  LiveCaption caption(narrow());
  caption.report(growing(1, "one two three four five"), 0s);
  caption.advance(7s);
  fail_unless_equals_text(caption.text(), "");
  caption.report(growing(1, "one two three four five"), 8s);
  fail_unless_equals_text(caption.text(), "");
  caption.report(growing(1, "One 2 3 4 5 six seven"), 9s);
  fail_unless_equals_text(caption.text(), "six seven");
  // Nobody has called advance() in time.
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
  LiveCaption caption(narrow());
  caption.report(growing(1, "one two three four five six"), 0s);
  fail_unless_equals_text(caption.text(), "three four\nfive six");
  caption.clear();
  caption.report(growing(1, "one two three four five six seven eight nine"), 0s);
  fail_unless_equals_text(caption.text(), "seven eight\nnine");
}
GST_END_TEST

GST_START_TEST(test_only_settled_words_when_wanted) {
  LiveOptions options = narrow();
  options.settled_only = true;
  LiveCaption caption(options);
  caption.report(growing(1, "~ one two"), 0s);
  fail_unless_equals_text(caption.text(), "");
  std::vector<CaptionWord> some = words("one two three");
  some[1].settled = false;
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

GST_START_TEST(test_markup_sets_unsettled_words_apart) {
  const struct {
    const char *words;
    const char *markup;
  } cases[] = {
      {"one", "one"},
      {"one ~ two 3", "one <span alpha=\"60%\">two 3</span>"},
      {"~ one two three", "<span alpha=\"60%\">one two</span>\n<span alpha=\"60%\">three</span>"},
      {"AT&T ~ <b> \"", "AT&amp;T <span alpha=\"60%\">&lt;b&gt; &quot;</span>"},
      {"東 ~ +京", "東<span alpha=\"60%\">京</span>"},
      {"@<i> a", "&lt;i&gt;: a"},
  };
  for (const auto &one : cases) {
    LiveCaption caption(narrow());
    caption.report(growing(1, one.words), 0s);
    fail_unless_equals_text(caption.markup(), one.markup);
    fail_unless_equals_text(without_tags(caption.markup()), caption.text());
  }
}
GST_END_TEST

GST_START_TEST(test_any_character_makes_valid_markup) {
  for (gunichar c = 1; c < 0x3100; c++) {
    if (c == '\r')  // XML makes a line feed of it
      continue;
    char letter[7] = {};
    g_unichar_to_utf8(c, letter);
    LiveCaption caption(narrow());
    caption.report({1, true, {}, {word_of(letter, c % 2 == 0, letter)}}, 0s);
    fail_unless_equals_text(without_tags(caption.markup()), caption.text());
  }
}
GST_END_TEST

GST_START_TEST(test_options_are_for_what_comes_next) {
  LiveCaption caption(narrow());
  caption.report(final_turn(1, "one twothree four"), 0s);
  fail_unless_equals_text(caption.text(), "one twothree\nfour");
  LiveOptions options = narrow(4);
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
  LiveCaption caption(narrow());
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
    LiveCaption caption(narrow());
    caption.report(growing(1, text), 0s);
    caption.report(growing(1, text + "@B " + more), 0s);
    fail_unless(caption.text().size() <= 25);
  }
  LiveCaption caption(narrow(3));
  std::vector<CaptionWord> joined(20000, words("+a").front());
  caption.report({1, false, {}, joined}, 0s);
  joined.push_back(words("+b").front());
  caption.report({1, true, {}, joined}, 0s);
  fail_unless_equals_text(caption.text(), "aaaaaaaaaaaa\naaaaaaaaaaaa\naaaaaaaab");
  caption.report({2, true, {}, {word_of(std::string(100000, 'x'))}}, 0s);
  fail_unless(caption.text().starts_with("xxxxxxxx") && caption.text().size() <= 38);
}
GST_END_TEST

namespace {

std::vector<std::string> split(const std::string &text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

std::string without_blanks(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
  return text;
}

// Talk of any kind, and what must hold whatever it is.
class Talk {
 public:
  explicit Talk(unsigned seed) : seed_(seed), random_(seed) {
    options_.cue.lines = {static_cast<std::size_t>(below(40) + 4),
                          static_cast<std::size_t>(below(5) + 1)};
    options_.settled_only = below(5) == 0;
    caption_.set_options(options_);
  }

  void step() {
    now_ += below(8) == 0 ? below(9000) * 1ms : below(400) * 1ms;
    caption_.advance(now_);
    switch (below(6)) {
      case 0:
        revise(turns_.back());
        report(turns_.back());
        break;
      case 1:
        end_turn();
        break;
      case 2:
        revise_late(turns_[turns_.size() - std::min<std::size_t>(turns_.size(), 2)]);
        break;
      default:
        grow();
    }
    check();
  }

  void fall_silent() {
    caption_.advance(now_ + options_.cue.max_duration);
    fail_unless(caption_.text().empty(), "seed %u: %s", seed_, caption_.text().c_str());
  }

 private:
  int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }

  CaptionWord word() {
    static constexpr const char *kLetters[] = {"a", "é", "漢", "👍🏽", "<", "&", ".", "ש"};
    // Numbers tell words apart.
    CaptionWord word = word_of(std::to_string(count_++), false);
    word.joined = below(6) == 0;
    for (int i = below(below(20) == 0 ? 60 : 6); i > 0; i--)
      word.text += kLetters[below(8)];
    return word;
  }

  // Words of a turn that has not been there would not be shown any more.
  void revise_late(CaptionTurn &turn) {
    if (turn.words.empty() || (options_.settled_only && !turn.words.front().settled))
      return;
    revise(turn);
    report(turn);
  }

  void report(const CaptionTurn &turn) { caption_.report(turn, now_); }

  void revise(CaptionTurn &turn) {
    for (CaptionWord &one : turn.words) {
      if (!one.settled && below(4) == 0)
        one = word();
      one.settled = one.settled || below(3) == 0;
    }
    const int at = turn.words.empty() ? 0 : below(static_cast<int>(turn.words.size()));
    if (below(3) == 0 && !turn.words.empty())
      turn.words.erase(turn.words.begin() + at);
    else if (below(2) == 0)
      turn.words.insert(turn.words.begin() + at, word());
    if (below(30) == 0)
      turn.words.clear();
  }

  void end_turn() {
    CaptionTurn &turn = turns_.back();
    revise(turn);
    turn.final = true;
    const std::string speaker(1, static_cast<char>('A' + below(3)));
    for (CaptionWord &one : turn.words)
      one.speaker = speaker;
    report(turn);
    turns_.push_back({turn.number + 1, false, {}, {}});
  }

  void grow() {
    const std::vector<std::string> before = split(caption_.text());
    CaptionTurn &turn = turns_.back();
    const std::size_t old = turn.words.size();
    for (int i = below(4); i >= 0; i--)
      turn.words.push_back(word());
    report(turn);
    check_growth(before, old == 0);
  }

  // All but the last line, which may have grown, are where they were or have rolled out.
  void check_growth(const std::vector<std::string> &before, bool new_turn) {
    if (before.empty())
      return;
    const std::vector<std::string> after = split(caption_.text());
    const std::size_t fixed = new_turn ? before.size() : before.size() - 1;
    for (std::size_t gone = 0; gone <= fixed; gone++) {
      const auto first = before.begin() + static_cast<std::ptrdiff_t>(gone);
      const auto last = before.begin() + static_cast<std::ptrdiff_t>(fixed);
      if (fixed - gone <= after.size() && std::equal(first, last, after.begin())) {
        const bool full = after.size() == options_.cue.lines.max_lines;
        fail_unless(gone == 0 || full, "seed %u", seed_);
        return;
      }
    }
    ck_abort_msg("seed %u: \"%s\"", seed_, caption_.text().c_str());
  }

  void check() {
    const std::vector<std::string> lines = split(caption_.text());
    fail_unless(lines.size() <= options_.cue.lines.max_lines, "seed %u", seed_);
    for (const std::string &line : lines)
      fail_unless(!line.empty() && columns(line) <= options_.cue.lines.max_line_length,
                  "seed %u: \"%s\"", seed_, line.c_str());
    const std::string read = without_tags(caption_.markup());
    fail_unless(read == caption_.text(), "seed %u: \"%s\"", seed_, read.c_str());
    fail_unless(known().ends_with(without_blanks(caption_.text())), "seed %u: \"%s\"", seed_,
                caption_.text().c_str());
    const auto clears_at = caption_.clears_at();
    fail_unless(clears_at.has_value() == !lines.empty(), "seed %u", seed_);
    fail_unless(!clears_at || *clears_at <= now_ + options_.cue.max_duration, "seed %u", seed_);
  }

  // What may be shown, whose end is shown.
  std::string known() const {
    std::string text;
    for (const CaptionTurn &turn : turns_) {
      for (const CaptionWord &one : turn.words) {
        if (options_.settled_only && !one.settled)
          break;
        text += one.text;
      }
    }
    return text;
  }

  unsigned seed_;
  std::mt19937 random_;
  LiveOptions options_;
  LiveCaption caption_{{}};
  std::vector<CaptionTurn> turns_{CaptionTurn{}};
  nanoseconds now_{};
  int count_ = 0;
};

}  // namespace

GST_START_TEST(test_random_talk) {
  for (unsigned seed = 0; seed < 300; seed++) {
    Talk talk(seed);
    for (int i = 0; i < 150; i++)
      talk.step();
    talk.fall_silent();
  }
}
GST_END_TEST

static Suite *live_caption_suite() {
  Suite *suite = suite_create("live_caption");
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
  tcase_add_test(tests, test_only_settled_words_when_wanted);
  tcase_add_test(tests, test_markup_sets_unsettled_words_apart);
  tcase_add_test(tests, test_any_character_makes_valid_markup);
  tcase_add_test(tests, test_options_are_for_what_comes_next);
  tcase_add_test(tests, test_other_options_change_no_line_that_is_short_enough);
  tcase_add_test(tests, test_turns_of_any_length);
  tcase_add_test(tests, test_random_talk);
  return suite;
}

GST_CHECK_MAIN(live_caption)
