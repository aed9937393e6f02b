// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The text of a turn is formatted when some of it has been shown as it was spoken: numbers, joined
// and parted words have other counts of words then. Wherever the shown words end, nothing is lost
// and nothing comes twice.

#include <memory>

#include "captions/matching.h"

#include "playback.h"
#include "spoken.h"
#include "spread.h"
#include "talk.h"

using namespace assemblyai;
using namespace std::chrono_literals;

namespace {

struct Phrase {
  const char *spoken;
  const char *formatted;
};

// The last ones cannot be told from half a word that grows, if it was the last that was told.
constexpr int kWhole = 11;
constexpr Phrase kPhrases[] = {
    {"five five five one two three four five six seven", "555-123-4567"},
    {"five five five one two three four five six seven", "555 123 4567"},
    {"five five five", "555"},
    {"nine thirty", "9:30"},
    {"twenty five dollars", "$25"},
    {"twenty twenty six", "2026"},
    {"nineteen ninety nine", "1999"},
    {"ninety nine percent", "99%"},
    {"state of the art", "state-of-the-art"},
    {"twenty-first", "twenty first"},
    {"three", "3"},
    {"do not", "don't"},
    {"U S A", "USA"},
    {"ice cream", "icecream"},
    {"e mail", "e-mail"},
    {"gonna", "going to"},
    {"555", "five five five"},
};
constexpr const char *kWords[] = {"call", "me",  "at",     "after", "we",      "saw",
                                  "a",    "the", "people", "and",   "tuesday", "please"};

std::vector<std::string> split(const std::string &text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;)
    words.push_back(word);
  return words;
}

// A turn, as it is spoken and as it is formatted.
class Turn {
 public:
  Turn(Random &random, nanoseconds start, bool at_once) : random_(random), now_(start) {
    const int phrases = at_once ? kWhole : static_cast<int>(std::size(kPhrases));
    for (int i = random.between(1, 12); i > 0; i--) {
      say({kWords[random.between(0, 11)], nullptr});
      if (random.one_in(2))
        say(kPhrases[random.between(0, phrases - 1)], at_once);
    }
    say({kWords[random.between(0, 11)], nullptr});
  }

  const std::vector<CaptionWord> &spoken() const { return spoken_; }
  const std::vector<CaptionWord> &formatted() const { return formatted_; }
  nanoseconds end() const { return now_; }

  // How much of what was shown is this turn: each phrase as it was spoken, as it is formatted, or
  // the one from where the other was left. A number that has been shown in part may come whole, if
  // nobody had told how it goes on. 0: it is not.
  std::size_t length_in(const std::string &shown) const { return match(shown, 0, 0); }

 private:
  void say(Phrase phrase, bool at_once = false) {
    const nanoseconds start = now_;
    const std::vector<std::string> said = split(phrase.spoken);
    for (const std::string &word : said) {
      const nanoseconds begin = now_;
      now_ += random_.between(150, 500) * 1ms;
      spoken_.push_back({.text = word, .start = begin, .end = now_});
      now_ += random_.between(0, 60) * 1ms;
    }
    const std::string text = phrase.formatted != nullptr ? phrase.formatted : phrase.spoken;
    const std::vector<std::string> words = split(text);
    const nanoseconds each = (spoken_.back().end - start) / words.size();
    for (std::size_t i = 0; i < words.size(); i++)
      formatted_.push_back(
          {.text = words[i], .start = start + each * i, .end = start + each * (i + 1)});
    ways_.push_back({letters(phrase.spoken), letters(text)});
    std::string begin;
    for (std::size_t i = 0; i < said.size() && at_once; i++)
      ways_.back().push_back((begin += letters(said[i])) + letters(text));
  }

  // A digit for its name: what of a number comes as digits may begin anywhere.
  static std::string letters(const std::string &text) {
    std::string letters;
    for (const std::string &word : split(text))
      letters += WordKey({.text = word}).letters;
    return letters;
  }

  std::size_t match(const std::string &shown, std::size_t at, std::size_t phrase) const {
    if (phrase == ways_.size())
      return at;
    for (const std::string &way : ways_[phrase]) {
      if (shown.compare(at, way.size(), way) != 0)
        continue;
      if (const std::size_t end = match(shown, at + way.size(), phrase + 1))
        return end;
    }
    return 0;
  }

  Random &random_;
  nanoseconds now_;
  std::vector<CaptionWord> spoken_;
  std::vector<CaptionWord> formatted_;
  std::vector<std::vector<std::string>> ways_;
};

std::string letters_of(const std::vector<std::string> &words) {
  std::string letters;
  for (const std::string &word : words)
    letters += WordKey({.text = word}).letters;
  return letters;
}

struct Manner {
  bool spreads_times = false;
  bool marks_stable_words = false;
  bool repeats_unformatted = true;  // as a final before the formatted one
  nanoseconds interval{};
};

std::vector<CaptionWord> told(const Manner &manner, std::vector<CaptionWord> words,
                              nanoseconds start, nanoseconds now) {
  return manner.spreads_times ? spread(std::move(words), start, now - kSpreadDelay) : words;
}

void tell(Playback &playback, const Manner &manner, std::uint64_t number, const Turn &turn) {
  const std::vector<CaptionWord> &spoken = turn.spoken();
  const nanoseconds start = spoken.front().start;
  nanoseconds now = start + manner.interval;
  for (; now < turn.end() + 400ms; now += manner.interval) {
    std::size_t count = 0;
    while (count < spoken.size() && spoken[count].end + 250ms <= now)
      count++;
    std::vector<CaptionWord> words(spoken.begin(),
                                   spoken.begin() + static_cast<std::ptrdiff_t>(count));
    for (CaptionWord &word : words)
      word.stable = manner.marks_stable_words;
    if (!words.empty())
      playback.tell(now, {.number = number, .words = told(manner, std::move(words), start, now)});
  }
  now = turn.end() + 480ms;
  if (manner.repeats_unformatted)
    playback.tell(now, {.number = number, .words = told(manner, spoken, start, now)});
  auto words = told(manner, turn.formatted(), start, now);
  for (CaptionWord &word : words)
    word.stable = true;
  playback.tell(now + 80ms, {.number = number, .final = true, .words = std::move(words)});
}

void check_turns(unsigned seed, Random &random, const Manner &manner) {
  static constexpr nanoseconds kLatencies[] = {700ms, 1500ms, 4000ms, 6000ms};
  Playback playback({.mode = mode_of(random.one_in(2))}, kLatencies[random.between(0, 3)]);
  std::vector<std::unique_ptr<Turn>> turns;
  nanoseconds start = 500ms;
  std::string formatted;
  for (std::uint64_t number = 0; number < 2; number++) {
    turns.push_back(std::make_unique<Turn>(random, start, !manner.repeats_unformatted));
    tell(playback, manner, number, *turns.back());
    start = turns.back()->end() + random.between(900, 3000) * 1ms;
    for (const CaptionWord &word : turns.back()->formatted())
      formatted += word.text + " ";
  }
  const std::vector<std::string> words = playback.shown();
  std::string shown = letters_of(words);
  for (const auto &turn : turns) {
    const std::size_t length = turn->length_in(shown);
    must(length > 0, "seed %u: \"%s\" for \"%s\"", seed, joined(words).c_str(), formatted.c_str());
    shown.erase(0, length);
  }
  must(shown.empty(), "seed %u: \"%s\" for \"%s\"", seed, joined(words).c_str(), formatted.c_str());
}

}  // namespace

GST_START_TEST(test_a_turn_that_is_formatted_goes_on_where_it_was_left) {
  for (unsigned seed = 0; seed < testing::tries(4000); seed++) {
    Random random(seed);
    check_turns(seed, random,
                {.spreads_times = random.one_in(2),
                 .marks_stable_words = random.one_in(2),
                 .interval = random.one_in(2) ? 100ms : random.between(300, 1300) * 1ms});
  }
}
GST_END_TEST

GST_START_TEST(test_a_turn_that_is_formatted_at_once_goes_on_where_it_was_left) {
  for (unsigned seed = 0; seed < testing::tries(4000); seed++) {
    Random random(seed);
    check_turns(seed, random,
                {.repeats_unformatted = false,
                 .interval = random.one_in(2) ? 100ms : random.between(300, 1300) * 1ms});
  }
}
GST_END_TEST

static Suite *schedule_reformatted_suite() {
  Suite *suite = suite_create("schedule_reformatted");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_a_turn_that_is_formatted_goes_on_where_it_was_left);
  tcase_add_test(tests, test_a_turn_that_is_formatted_at_once_goes_on_where_it_was_left);
  return suite;
}

CHECK_SUITE(schedule_reformatted);
