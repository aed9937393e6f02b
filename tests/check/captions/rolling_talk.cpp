// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include <algorithm>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "captions/graphemes.h"
#include "captions/rolling_caption.h"
#include "captions/rolling_words.h"
#include "support/check.h"

using assemblyai::CaptionTurn;
using assemblyai::columns;
using assemblyai::nanoseconds;
using assemblyai::RollingCaption;
using assemblyai::TextOptions;
using namespace std::chrono_literals;

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
    options_.stable_only = below(5) == 0;
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
    if (turn.words.empty() || (options_.stable_only && !turn.words.front().stable))
      return;
    revise(turn);
    report(turn);
  }

  void report(const CaptionTurn &turn) { caption_.report(turn, now_); }

  void revise(CaptionTurn &turn) {
    for (CaptionWord &one : turn.words) {
      if (!one.stable && below(4) == 0)
        one = word();
      one.stable = one.stable || below(3) == 0;
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
        if (options_.stable_only && !one.stable)
          break;
        text += one.text;
      }
    }
    return text;
  }

  unsigned seed_;
  std::mt19937 random_;
  TextOptions options_;
  RollingCaption caption_{{}};
  std::vector<CaptionTurn> turns_{CaptionTurn{}};
  nanoseconds now_{};
  int count_ = 0;
};

}  // namespace

GST_START_TEST(test_random_talk) {
  for (unsigned seed = 0; seed < testing::tries(150); seed++) {
    Talk talk(seed);
    for (int i = 0; i < 150; i++)
      talk.step();
    talk.fall_silent();
  }
}
GST_END_TEST

GST_START_TEST(test_any_character_makes_valid_markup) {
  for (gunichar c = 1; c < 0x3100; c++) {
    if (c == '\r')  // XML makes a line feed of it
      continue;
    char letter[7] = {};
    g_unichar_to_utf8(c, letter);
    TextOptions options;
    options.cue.speaker_prefix = "%s: ";
    RollingCaption caption(options);
    caption.report({1, true, {}, {word_of(letter, c % 2 == 0, letter)}}, 0s);
    fail_unless_equals_text(without_tags(caption.markup()), caption.text());
  }
}
GST_END_TEST

static Suite *rolling_talk_suite() {
  Suite *suite = suite_create("rolling_talk");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_random_talk);
  tcase_add_test(tests, test_any_character_makes_valid_markup);
  return suite;
}

CHECK_SUITE(rolling_talk);
