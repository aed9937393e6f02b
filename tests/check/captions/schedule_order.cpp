// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Words whose times move by seconds from message to message: which of them have been shown says
// their order. Each word that was said is shown once.

#include "playback.h"
#include "spread.h"
#include "support/check.h"
#include "talk.h"

using namespace assemblyai;
using namespace std::chrono_literals;

namespace {

using Said = std::vector<CaptionWord>;

// How a service tells of what it hears.
struct Manner {
  bool spreads_times = false;
  nanoseconds interval{};  // between two messages; 0: one for each word
  bool marks_stable_words = false;
  bool formats_final = false;
};

class Teller {
 public:
  Teller(Random &random, const Manner &manner) : random_(random), manner_(manner) {}

  // Later than it was said, if the connection was lost meanwhile.
  void tell(Playback &playback, std::uint64_t number, const Said &said,
            nanoseconds later = {}) const {
    const nanoseconds end = said.back().end;
    nanoseconds next = said.front().start + manner_.interval;
    for (std::size_t count = 1; count <= said.size(); count++) {
      const nanoseconds heard = said[count - 1].end + kHearing;
      const bool is_last = count == said.size();
      const nanoseconds until = is_last ? end + kEnding : said[count].end + kHearing;
      if (manner_.interval == 0ns)
        playback.tell(heard + later, turn(number, said, count, heard));
      for (; manner_.interval > 0ns && next < until; next += manner_.interval) {
        if (next >= heard)
          playback.tell(next + later, turn(number, said, count, next));
      }
    }
    CaptionTurn final = turn(number, said, said.size(), end + kEnding);
    final.final = true;
    for (CaptionWord &word : final.words)
      word.stable = true;
    playback.tell(end + kEnding + later, std::move(final));
  }

  // The first words of the turn, as they are told at that time.
  CaptionTurn turn(std::uint64_t number, const Said &said, std::size_t count,
                   nanoseconds now) const {
    CaptionTurn turn{.number = number, .words = {said.begin(), said.begin() + diff(count)}};
    for (CaptionWord &word : turn.words)
      word.stable = manner_.marks_stable_words && &word != &turn.words.back();
    if (manner_.spreads_times)
      turn.words = spread(std::move(turn.words), said.front().start, now - kSpreadDelay);
    if (manner_.formats_final && count == said.size()) {
      turn.words.front().text[0] = static_cast<char>(std::toupper(turn.words.front().text[0]));
      turn.words.back().text += random_.one_in(2) ? "." : "?";
    }
    return turn;
  }

 private:
  static constexpr nanoseconds kHearing = 300ms;
  static constexpr nanoseconds kEnding = 480ms;

  static std::ptrdiff_t diff(std::size_t count) { return static_cast<std::ptrdiff_t>(count); }

  Random &random_;
  Manner manner_;
};

// Words of a small vocabulary, many of them the same, begins of one another or a few in one.
Said say(Random &random, nanoseconds start, int vocabulary, int count) {
  static constexpr const char *kWords[] = {"no", "the",  "five",     "a",   "then",  "alpha",
                                           "I",  "them", "icecream", "ice", "cream", "november"};
  Said said;
  for (int i = 0; i < count; i++) {
    start += random.one_in(10) ? random.between(300, 1200) * 1ms : random.between(0, 80) * 1ms;
    const nanoseconds end = start + random.between(80, 700) * 1ms;
    said.push_back({.text = kWords[random.between(0, vocabulary - 1)], .start = start, .end = end});
    start = end;
  }
  return said;
}

Manner random_manner(Random &random) {
  Manner manner;
  manner.spreads_times = !random.one_in(4);
  manner.interval = random.one_in(3)   ? 0ms
                    : random.one_in(3) ? random.between(5, 20) * 1000ms
                                       : random.between(900, 1300) * 1ms;
  manner.marks_stable_words = random.one_in(3);
  manner.formats_final = random.one_in(2);
  return manner;
}

TextOptions random_options(Random &random) {
  TextOptions options;
  options.mode = mode_of(random.one_in(2));
  return options;
}

nanoseconds random_latency(Random &random) {
  static constexpr nanoseconds kLatencies[] = {1500ms, 4000ms, 6000ms};
  return kLatencies[random.between(0, 2)];
}

}  // namespace

// Of Universal-3: nobody says anything for 3.6 s, and each message moves all words.
GST_START_TEST(test_words_that_move_by_seconds_are_shown_once) {
  const std::vector<std::string> words = words_in(
      "alpha bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike "
      "november oscar papa quebec romeo");
  static constexpr std::size_t kNew[] = {3, 2, 1, 5, 2, 0, 0, 0, 5};
  for (const nanoseconds latency : {1500ms, 4000ms, 6000ms}) {
    for (const bool by_word : {false, true}) {
      Playback playback({.mode = mode_of(by_word)}, latency);
      Said known;
      for (std::size_t k = 0; k < std::size(kNew); k++) {
        for (std::size_t i = 0; i < kNew[k]; i++)
          known.push_back({.text = words[known.size()]});
        const nanoseconds when = 2150ms + k * 1200ms;
        playback.tell(when, {.words = spread(known, 0ns, when - kSpreadDelay)});
      }
      playback.tell(12450ms, {.final = true, .words = spread(known, 0ns, 12030ms)});
      fail_unless_equals_text(joined(playback.shown()), joined(words));
    }
  }
}
GST_END_TEST

GST_START_TEST(test_every_word_is_shown_once_whatever_the_times) {
  for (unsigned seed = 0; seed < testing::tries(3000); seed++) {
    Random random(seed);
    const Manner manner = random_manner(random);
    Playback playback(random_options(random), random_latency(random));
    const Teller teller(random, manner);
    std::vector<std::string> expected;
    nanoseconds start = 500ms;
    const int vocabulary = random.between(1, 12);
    for (std::uint64_t number = 0; number < 3; number++) {
      const Said said = say(random, start, vocabulary, random.between(1, 40));
      teller.tell(playback, number, said);
      for (const CaptionWord &word : said)
        expected.push_back(fold_word(word.text));
      start = said.back().end + random.between(600, 3000) * 1ms;
    }
    must(joined(playback.shown()) == joined(expected), "seed %u", seed);
  }
}
GST_END_TEST

// The next session hears the turn anew from its begin, or divides it where the first one did not.
GST_START_TEST(test_every_word_is_shown_once_when_it_is_told_anew) {
  for (unsigned seed = 0; seed < testing::tries(3000); seed++) {
    Random random(seed);
    const Manner manner = random_manner(random);
    Playback playback(random_options(random), random_latency(random));
    const Teller teller(random, manner);
    const int count = random.between(2, 40);
    const Said said = say(random, 500ms, random.between(1, 12), count);
    const auto known = static_cast<std::size_t>(random.between(1, count));
    const nanoseconds lost = said[known - 1].end + 300ms;
    playback.tell(lost, teller.turn(0, said, known, lost));
    playback.retell(lost + random.between(100, 1000) * 1ms);
    const auto first = said.begin() + (random.one_in(2) ? count : random.between(1, count));
    const nanoseconds later = random.between(1000, 10000) * 1ms;
    if (first != said.begin())
      teller.tell(playback, 0, {said.begin(), first}, later);
    if (first != said.end())
      teller.tell(playback, 1, {first, said.end()}, later);
    std::vector<std::string> expected;
    for (const CaptionWord &word : said)
      expected.push_back(fold_word(word.text));
    const std::string shown = joined(playback.shown());
    must(shown == joined(expected), "seed %u: %s, not %s", seed, shown.c_str(),
         joined(expected).c_str());
  }
}
GST_END_TEST

static Suite *schedule_order_suite() {
  Suite *suite = suite_create("schedule_order");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_words_that_move_by_seconds_are_shown_once);
  tcase_add_test(tests, test_every_word_is_shown_once_whatever_the_times);
  tcase_add_test(tests, test_every_word_is_shown_once_when_it_is_told_anew);
  return suite;
}

CHECK_SUITE(schedule_order);
