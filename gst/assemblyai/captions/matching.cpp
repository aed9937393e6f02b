// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "captions/matching.h"

#include <glib.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <limits>
#include <string_view>

namespace assemblyai {

namespace {

using namespace std::chrono_literals;
using Kind = MatchStep::Kind;
using Keys = std::span<const WordKey>;

// The costs of differences between two reports.
constexpr double kVanished = 1.0;
constexpr double kNew = 1.0;          // a new word before words that were shown
constexpr double kFound = 0.2;        // the same, in the time of those words
constexpr double kBehind = 0.1;       // a new word before words that wait
constexpr double kInserted = 0.3;     // the same, when times do not count
constexpr double kFarAway = 1.5;      // the same word at another time
constexpr double kGrown = 0.3;        // one word is the beginning of the other
constexpr double kAnother = 1.0;      // another word, when times do not count
constexpr double kReplaced = 0.6;     // another word at the same time
constexpr double kUnrelated = 1.4;    // another word at another time
constexpr double kDivided = 0.1;      // the same letters in other words
constexpr double kReformatted = 0.4;  // words as digits
constexpr double kDigit = 0.35;       // of the words in the last
constexpr double kNoDigit = 1.0;      // of more words than it has digits
constexpr double kEach = 0.1;         // of the words in the last three
// Per second between the ends, where the last known word cannot be found.
constexpr double kOutOfTime = 1.0;

constexpr nanoseconds kNear = 1s;
// So many words may join to one, or one may split into.
constexpr std::size_t kMostParts = 12;
constexpr std::size_t kMostNumbers = 4;

double seconds(nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

// The share of the shorter one that overlaps the longer one.
double overlap(const WordKey &a, const WordKey &b) {
  const nanoseconds shared = std::min(a.end, b.end) - std::max(a.start, b.start);
  const nanoseconds length = std::max<nanoseconds>(std::min(a.end - a.start, b.end - b.start), 1ms);
  return std::clamp(seconds(shared) / seconds(length), 0.0, 1.0);
}

// Whether one covers most of the time of the other.
bool is_in_place_of(const WordKey &a, const WordKey &b) {
  const nanoseconds shared = std::min(a.end, b.end) - std::max(a.start, b.start);
  return shared > 0ns &&
         seconds(shared) >= 0.6 * seconds(std::max(a.end - a.start, b.end - b.start));
}

nanoseconds time_between(const WordKey &a, const WordKey &b) {
  return std::max<nanoseconds>({a.start - b.end, b.start - a.end, 0ns});
}

double beyond(nanoseconds time, nanoseconds limit) {
  return std::clamp(seconds(time - limit), 0.0, 1.0);
}

bool is_begin_of(std::string_view begin, std::string_view word) {
  return begin.size() > 1 && word.starts_with(begin);
}

// Whether it is the same word or part of it.
bool is_same(std::string_view a, std::string_view b) {
  return a == b || is_begin_of(a, b) || is_begin_of(b, a);
}

// Formatting writes spoken numbers as digits, one by one if they are long.
std::string digit_for(std::string letters) {
  static constexpr std::array<std::string_view, 10> kNames = {
      "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"};
  const auto found = std::find(kNames.begin(), kNames.end(), letters);
  if (found != kNames.end())
    return std::string(1, static_cast<char>('0' + (found - kNames.begin())));
  return letters;
}

// Digits, and signs that are spoken as words: "$", "%".
std::size_t count_digits(std::string_view text) {
  std::size_t digits = 0;
  std::size_t signs = 0;
  for (const char *at = text.data(); at < text.data() + text.size(); at = g_utf8_next_char(at)) {
    const gunichar character = g_utf8_get_char(at);
    const GUnicodeType type = g_unichar_type(character);
    if (type == G_UNICODE_DECIMAL_NUMBER)
      digits++;
    else if (type == G_UNICODE_CURRENCY_SYMBOL || type == G_UNICODE_OTHER_SYMBOL ||
             character == '%')
      signs++;
  }
  return digits == 0 ? 0 : digits + signs;
}

// An edit distance over words and their times.
class Matching {
 public:
  explicit Matching(const MatchInput &input)
      : input_(input), known_(input.known), told_(input.told) {
    // The times of merged turns may be out of order.
    for (const WordKey &word : known_.first(input_.shown))
      shown_until_ = std::max(shown_until_, word.end);
    known_until_ = std::max(shown_until_, known_.back().end);
  }

  std::vector<MatchStep> steps() {
    cells_.assign((known_.size() + 1) * (told_.size() + 1), {});
    for (std::size_t i = 0; i <= known_.size(); i++) {
      for (std::size_t j = 0; j <= told_.size(); j++)
        find_least(i, j);
    }
    std::size_t end = 0;
    for (std::size_t j = 1; j <= told_.size(); j++) {
      if (total(j) < total(end))
        end = j;
    }
    return steps_to(end);
  }

 private:
  struct Cell {
    double cost = std::numeric_limits<double>::infinity();
    MatchStep step;
  };

  Cell &cell(std::size_t i, std::size_t j) { return cells_[i * (told_.size() + 1) + j]; }

  // The cost of the first i known words as the first j reported ones.
  void find_least(std::size_t i, std::size_t j) {
    if (i == 0 && j == 0)
      cell(0, 0).cost = 0;
    if (i > 0)
      take(i, j, {1, 0}, kVanished);
    if (j > 0)
      take(i, j, {0, 1}, added(i, told_[j - 1]));
    if (i == 0 || j == 0)
      return;
    const WordKey &known = known_[i - 1];
    const WordKey &told = told_[j - 1];
    take(i, j, {1, 1, kind_of(known, told)}, changed(known, told));
    take_divided(i, j);
    take_reformatted(i, j);
    if (i == known_.size())
      take_begun(i, j);
  }

  void take(std::size_t i, std::size_t j, MatchStep step, double cost) {
    const double sum = cell(i - step.known, j - step.told).cost + cost;
    if (sum < cell(i, j).cost)
      cell(i, j) = {sum, step};
  }

  double added(std::size_t i, const WordKey &told) const {
    if (i == 0 && input_.any_begin)
      return 0;
    if (i >= input_.shown && i < known_.size())
      return kBehind;
    if (!input_.by_time)
      return kInserted;
    return middle(told) < shown_until_ ? kFound : kNew;
  }

  Kind kind_of(const WordKey &known, const WordKey &told) const {
    if (known.letters == told.letters)
      return Kind::kFound;
    if (is_same(known.letters, told.letters))
      return Kind::kGrown;
    if (known.digits == 0 && told.digits > 0)
      return Kind::kNumber;
    return input_.by_time && is_in_place_of(known, told) ? Kind::kReplaced : Kind::kChanged;
  }

  double changed(const WordKey &known, const WordKey &told) const {
    if (is_same(known.letters, told.letters))
      return (known.letters == told.letters ? 0 : kGrown) + far(known, told) * kFarAway;
    if ((known.digits > 0) != (told.digits > 0))
      return kReformatted + 2 * kDigit;
    if (!input_.by_time)
      return kAnother;
    const double together = overlap(known, told);
    return kUnrelated - together * (kUnrelated - kReplaced) +
           beyond(time_between(known, told), kNear);
  }

  // How much the times differ: 1 if they are far apart.
  double far(const WordKey &known, const WordKey &told) const {
    return input_.by_time ? beyond(distance(known.start, told.start), kOtherTime) : 0;
  }

  // The same letters in other words: "ice cream", "icecream".
  void take_divided(std::size_t i, std::size_t j) {
    std::size_t known = 0;
    std::size_t told = 0;
    std::string_view a;
    std::string_view b;
    do {
      if (a.empty() && (known == i || known == kMostParts))
        return;
      if (b.empty() && (told == j || told == kMostParts))
        return;
      a = a.empty() ? std::string_view(known_[i - ++known].letters) : a;
      b = b.empty() ? std::string_view(told_[j - ++told].letters) : b;
      const std::size_t size = std::min(a.size(), b.size());
      if (a.substr(a.size() - size) != b.substr(b.size() - size))
        return;
      a.remove_suffix(size);
      b.remove_suffix(size);
    } while (!a.empty() || !b.empty());
    if (known + told > 2 && far(known_[i - known], told_[j - told]) == 0)
      take(i, j, {known, told, Kind::kFound}, kDivided);
  }

  // Words as digits, or digits as words, whatever the times.
  void take_reformatted(std::size_t i, std::size_t j) {
    const bool to_digits = told_[j - 1].digits > 0;
    const Keys words = (to_digits ? known_.first(i) : told_.first(j));
    const Keys numbers = (to_digits ? told_.first(j) : known_.first(i));
    std::size_t digits = 0;
    for (std::size_t n = 1; n <= std::min(numbers.size(), kMostNumbers); n++) {
      const WordKey &number = numbers[numbers.size() - n];
      if (number.digits == 0)
        return;
      digits += number.digits;
      for (std::size_t w = 1; w <= std::min(words.size(), kMostParts); w++) {
        const WordKey &word = words[words.size() - w];
        if (word.digits > 0)
          break;
        const std::size_t more = w - std::min(w, digits);
        const double cost = kReformatted + static_cast<double>(n + w) * kDigit +
                            static_cast<double>(more) * kNoDigit;
        if (far(word, number) == 0)
          take(i, j, to_digits ? MatchStep{w, n, Kind::kNumber} : MatchStep{n, w}, cost);
      }
    }
  }

  // The known words end within a reported one.
  void take_begun(std::size_t i, std::size_t j) {
    std::string_view rest = told_[j - 1].letters;
    std::string begin;
    for (std::size_t known = 1; known <= std::min(i, kMostParts); known++) {
      begin.insert(0, known_[i - known].letters);
      if (begin.size() >= rest.size())
        return;
      if (rest.starts_with(begin) && far(known_[i - known], told_[j - 1]) == 0)
        take(i, j, {known, 1, Kind::kBegun}, kDivided + static_cast<double>(known) * kEach);
    }
  }

  // The cost if the known words end with the first j reported ones. If the last word is found
  // there, times do not count.
  double total(std::size_t j) {
    const Cell &last = cell(known_.size(), j);
    const bool is_found = !input_.by_time || last.step.kind != Kind::kChanged;
    return last.cost + (is_found ? 0 : out_of_time(j));
  }

  double out_of_time(std::size_t boundary) const {
    nanoseconds off = 0ns;
    if (boundary > 0)
      off = std::max(off, middle(told_[boundary - 1]) - known_until_);
    if (boundary < told_.size())
      off = std::max(off, known_until_ - middle(told_[boundary]));
    return std::min(seconds(off), 1.5) * kOutOfTime;
  }

  std::vector<MatchStep> steps_to(std::size_t end) {
    std::vector<MatchStep> steps;
    for (std::size_t i = known_.size(), j = end; i > 0 || j > 0;) {
      const MatchStep &step = cell(i, j).step;
      steps.push_back(step);
      i -= step.known;
      j -= step.told;
    }
    std::reverse(steps.begin(), steps.end());
    return steps;
  }

  const MatchInput &input_;
  Keys known_;
  Keys told_;
  nanoseconds shown_until_ = nanoseconds::min();
  nanoseconds known_until_{};
  std::vector<Cell> cells_;
};

// A known word that was found, or the words before the known ones.
struct Anchor {
  std::size_t known = 0;
  nanoseconds time{};  // before
  nanoseconds moved{};
};

std::vector<Anchor> anchors_of(Keys known, Keys told, const std::vector<MatchStep> &steps,
                               std::optional<nanoseconds> moved) {
  std::vector<Anchor> anchors;
  if (moved)
    anchors.push_back({0, known.front().start, *moved});
  nanoseconds last = moved.value_or(0ns);
  std::size_t i = 0;
  std::size_t j = 0;
  for (const MatchStep &step : steps) {
    if (step.kind == Kind::kFound) {
      const nanoseconds move = told[j].start - known[i].start;
      if (distance(move, last) <= kOtherTime)
        anchors.push_back({i, known[i].start, last = move});
    }
    i += step.known;
    j += step.told;
  }
  return anchors;
}

// By how much the time between two anchors has moved.
nanoseconds move_at(nanoseconds time, const Anchor &before, const Anchor &after) {
  const double length = seconds(after.time - before.time);
  const double share = length > 0 ? std::clamp(seconds(time - before.time) / length, 0.0, 1.0) : 0;
  const auto more = static_cast<double>((after.moved - before.moved).count());
  return before.moved + nanoseconds(static_cast<std::int64_t>(more * share));
}

}  // namespace

WordKey::WordKey(const CaptionWord &word)
    : letters(digit_for(fold_word(word.text))),
      digits(count_digits(word.text)),
      start(word.start),
      end(word.end) {}

std::vector<MatchStep> match_words(const MatchInput &input) {
  return Matching(input).steps();
}

void follow_times(std::span<WordKey> known, Keys told, const std::vector<MatchStep> &steps,
                  std::optional<nanoseconds> moved) {
  const std::vector<Anchor> anchors = anchors_of(known, told, steps, moved);
  auto next = anchors.begin();
  for (std::size_t i = 0; i < known.size() && !anchors.empty(); i++) {
    while (next != anchors.end() && next->known <= i)
      ++next;
    const Anchor &after = next == anchors.end() ? anchors.back() : *next;
    const Anchor &before = next == anchors.begin() ? after : *std::prev(next);
    known[i].start += move_at(known[i].start, before, after);
    known[i].end += move_at(known[i].end, before, after);
    known[i].end = std::max(known[i].end, known[i].start);
  }
}

std::size_t letters_of(Keys words) {
  std::size_t letters = 0;
  for (const WordKey &word : words)
    letters += word.letters.size();
  return letters;
}

}  // namespace assemblyai
