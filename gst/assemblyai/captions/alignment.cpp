// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "captions/alignment.h"

#include <glib.h>

#include <algorithm>
#include <chrono>
#include <optional>

namespace assemblyai {

namespace {

using namespace std::chrono_literals;
using Kind = MatchStep::Kind;
using Words = std::span<const CaptionWord>;

// So many words after the known ones are compared.
constexpr std::size_t kAhead = 32;
// Words that were said so long before the shown ones are not compared, when the number of words
// before those is not known.
constexpr nanoseconds kWindow = 4s;
// A word that ends so much later than another one ends after it.
constexpr nanoseconds kSameEnd = 100ms;

bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

bool is_letter(const char *at) {
  const gunichar character = g_utf8_get_char(at);
  return g_unichar_isalnum(character) || g_unichar_ismark(character);
}

// How many bytes of the text so many letters take, as fold_word() counts them.
std::size_t bytes_of(const std::string &text, std::size_t letters) {
  const char *at = text.c_str();
  for (std::size_t seen = 0; *at != '\0' && seen < letters; at = g_utf8_next_char(at)) {
    if (is_letter(at))
      seen += static_cast<std::size_t>(
          g_unichar_to_utf8(g_unichar_tolower(g_utf8_get_char(at)), nullptr));
  }
  return static_cast<std::size_t>(at - text.c_str());
}

// The rest of a word after so many letters; nothing if the word cannot be split there. Numbers can,
// and words with punctuation in them.
std::optional<CaptionWord> rest_of(const CaptionWord &word, std::size_t letters) {
  const std::size_t end = bytes_of(word.text, letters);
  const char *at = word.text.c_str() + end;
  const bool within_number = end > 0 && is_digit(word.text[end - 1]) && is_digit(*at);
  if (!within_number && is_letter(at))
    return std::nullopt;
  while (*at != '\0' && !is_letter(at))
    at = g_utf8_next_char(at);
  if (*at == '\0')
    return std::nullopt;
  CaptionWord rest = word;
  rest.text = at;
  rest.joined = rest.cut = false;
  const auto length = static_cast<double>((word.end - word.start).count());
  const auto share = static_cast<double>(end) / static_cast<double>(word.text.size());
  rest.start += nanoseconds(static_cast<std::int64_t>(length * share));
  return rest;
}

}  // namespace

// Looks for the shown words of a turn among the reported ones.
class ShownWords::Finder {
 public:
  // The first of the known words were shown. told: the words of the report from index first on.
  Finder(std::vector<WordKey> known, std::size_t shown, std::size_t first, Words told,
         std::optional<nanoseconds> moved, bool any_begin)
      : known_(std::move(known)),
        shown_(shown),
        first_(first),
        words_(told),
        told_(told.begin(), told.end()) {
    const auto in_order = match_words({known_, shown_, told_, any_begin});
    follow_times(known_, told_, in_order, moved);
    steps_ = match_words({known_, shown_, told_, any_begin, true});
    Point point;
    for (const MatchStep &step : steps_) {
      points_.push_back(point);
      point.known += step.known;
      point.told += step.told;
    }
    points_.push_back(point);
  }

  // Where the border between shown and waiting words is in the report.
  Place place(Words waiting) const {
    std::size_t first = 0;
    while (points_[first + 1].known < shown_)
      first++;
    std::size_t end = first + 1;
    const Point border = points_[end];
    const bool is_replaced = steps_[first].kind == Kind::kReplaced;
    if (is_replaced || is_loose(first)) {
      while (!is_replaced && first > 0 && is_loose(first - 1))
        first--;
      while (end < steps_.size() && is_loose(end))
        end++;
      if (goes_on(end))
        return {.next = first_ + points_[end - 1].told};
      if (border.known == shown_ &&
          (is_replaced || !became_other_words(points_[first], points_[end])))
        return {.next = first_ + behind(border.told, end)};
    }
    Place place{.next = first_ + points_[end].told};
    if (points_[end].known > shown_)
      place.kept = kept(waiting, points_[first], points_[end]);
    const MatchStep &last = steps_[end - 1];
    if (last.kind == Kind::kBegun)
      place.letters =
          letters_of(std::span(known_).subspan(points_[end].known - last.known, last.known));
    return place;
  }

  // The shown words, with the times of the report.
  std::vector<WordKey> shown_now() const {
    std::vector<WordKey> now(known_.begin(), known_.begin() + static_cast<std::ptrdiff_t>(shown_));
    for (std::size_t i = 0; i < steps_.size() && points_[i].known < shown_; i++) {
      if (steps_[i].known == 1 && steps_[i].told == 1 && steps_[i].kind != Kind::kChanged) {
        now[points_[i].known].start = told_[points_[i].told].start;
        now[points_[i].known].end = told_[points_[i].told].end;
      }
    }
    return now;
  }

  // The number of reported words before the first known one.
  std::size_t before() const {
    std::size_t first = 0;
    while (steps_[first].known == 0)
      first++;
    return first_ + points_[first].told;
  }

  // How many of the shown words are still there, or have something in their place.
  std::size_t found() const {
    std::size_t found = 0;
    for (std::size_t i = 0; i < steps_.size(); i++) {
      if (steps_[i].known > 0 && steps_[i].told > 0)
        found = points_[i + 1].known;
    }
    return std::min(found, shown_);
  }

 private:
  struct Point {
    std::size_t known = 0;
    std::size_t told = 0;
  };

  // Whether the words of this step cannot be told apart.
  bool is_loose(std::size_t step) const {
    const Kind kind = steps_[step].kind;
    return kind == Kind::kGrown || kind == Kind::kChanged || kind == Kind::kNumber;
  }

  // Whether the last known words are only part of a number.
  bool goes_on(std::size_t end) const {
    return end == steps_.size() && points_[end - 1].known < shown_ &&
           steps_[end - 1].kind == Kind::kNumber &&
           told_[points_[end].told - 1].end > known_.back().end + kSameEnd;
  }

  // Whether words on both sides of the border have become other words that cannot be told apart. If
  // no known word follows, they may also have vanished.
  bool became_other_words(Point from, Point to) const {
    if (to.known == shown_ || to.told == from.told || to.known - from.known == to.told - from.told)
      return false;
    if (told_[from.told].start > known_[shown_ - 1].end)
      return false;
    return to.known < known_.size() || told_[to.told - 1].end >= middle(known_[to.known - 1]);
  }

  // Skips words in the time of the last shown one: they are part of it, unless they are numbers.
  std::size_t behind(std::size_t told, std::size_t end) const {
    const std::size_t until = end < steps_.size() ? points_[end].told : told_.size();
    const WordKey &last = known_[shown_ - 1];
    while (told < until && middle(told_[told]) < last.end && told_[told].digits <= last.digits)
      told++;
    return told;
  }

  // The waiting words as they were reported before, at the times of those that replace them.
  std::vector<CaptionWord> kept(Words waiting, Point from, Point to) const {
    const nanoseconds old_start = known_[from.known].start;
    const nanoseconds old_length = std::max<nanoseconds>(known_[to.known - 1].end - old_start, 1ns);
    const nanoseconds start = told_[from.told].start;
    const nanoseconds length = std::max<nanoseconds>(told_[to.told - 1].end - start, 0ns);
    const auto moved = [&](nanoseconds time) {
      const double share =
          static_cast<double>((time - old_start).count()) / static_cast<double>(old_length.count());
      return start + nanoseconds(static_cast<std::int64_t>(static_cast<double>(length.count()) *
                                                           std::clamp(share, 0.0, 1.0)));
    };
    const Words now = words_.subspan(from.told, to.told - from.told);
    const bool stable =
        std::all_of(now.begin(), now.end(), [](const CaptionWord &word) { return word.stable; });
    std::vector<CaptionWord> kept;
    for (std::size_t i = shown_; i < to.known; i++) {
      CaptionWord &word = kept.emplace_back(waiting[i - shown_]);
      word.start = moved(known_[i].start);
      word.end = std::max(word.start, moved(known_[i].end));
      word.stable = stable;
    }
    return kept;
  }

  std::vector<WordKey> known_;
  std::size_t shown_;
  std::size_t first_;
  Words words_;
  std::vector<WordKey> told_;
  std::vector<MatchStep> steps_;
  std::vector<Point> points_;  // before each step, and after the last
};

void ShownWords::add(const CaptionWord &word) {
  last_.emplace_back(word);
  found_ = last_.size();
  forget_old();
}

void ShownWords::append(const ShownWords &later) {
  last_.insert(last_.end(), later.last_.begin(), later.last_.end());
  found_ = last_.size();
  forget_old();
}

void ShownWords::forget_old() {
  while (last_.size() > kRemembered) {
    last_.pop_front();
    before_++;
    found_ -= std::min<std::size_t>(found_, 1);
    is_whole_ = false;
  }
}

ShownWords ShownWords::take_missing() {
  ShownWords missing;
  missing.last_.assign(last_.begin() + static_cast<std::ptrdiff_t>(found_), last_.end());
  missing.found_ = missing.last_.size();
  last_.erase(last_.begin() + static_cast<std::ptrdiff_t>(found_), last_.end());
  return missing;
}

void ShownWords::move(nanoseconds by) {
  for (WordKey &shown : last_) {
    shown.start += by;
    shown.end += by;
  }
}

// Updates the times of the first words that have not changed, and returns their number. moved: by
// how much the last of them has moved.
std::size_t ShownWords::take_common(Words words, nanoseconds *moved) {
  const std::size_t most = std::min(last_.size(), words.size() - std::min(before_, words.size()));
  for (std::size_t i = 0; i < most; i++) {
    const WordKey now(words[before_ + i]);
    const nanoseconds move = now.start - last_[i].start;
    if (now.letters != last_[i].letters || distance(move, *moved) > kOtherTime)
      return i;
    *moved = move;
    last_[i] = now;
  }
  return most;
}

std::size_t ShownWords::find_in(std::vector<CaptionWord> &words, Words waiting) {
  if (last_.empty())
    return 0;
  nanoseconds moved{};
  const std::size_t common = take_common(words, &moved);
  found_ = common;
  if (common == last_.size())
    return before_ + common;
  const Finder finder = look(words, waiting, common, moved);
  const auto now = finder.shown_now();
  std::copy(now.begin(), now.end(), last_.begin() + static_cast<std::ptrdiff_t>(common));
  found_ = common + finder.found();
  if (common == 0)
    before_ = finder.before();
  Place place = finder.place(waiting);
  if (place.letters > 0) {
    if (auto rest = rest_of(words[place.next - 1], place.letters))
      place.kept.push_back(std::move(*rest));
  }
  // Keeps the order of starts.
  for (CaptionWord &word : place.kept) {
    if (place.next < words.size())
      word.start = std::min(word.start, words[place.next].start);
  }
  words.insert(words.begin() + static_cast<std::ptrdiff_t>(place.next), place.kept.begin(),
               place.kept.end());
  return place.next;
}

// Compares the words after those that have not changed.
ShownWords::Finder ShownWords::look(Words words, Words waiting, std::size_t common,
                                    nanoseconds moved) const {
  const bool any_begin = common == 0 && !is_whole_;
  std::size_t first = before_ + common;
  if (any_begin) {
    const nanoseconds earliest = last_.front().start - kWindow;
    first = static_cast<std::size_t>(
        std::partition_point(words.begin(), words.end(),
                             [&](const CaptionWord &word) { return word.start < earliest; }) -
        words.begin());
  }
  first = std::min(first, words.size());
  std::vector<WordKey> known(last_.begin() + static_cast<std::ptrdiff_t>(common), last_.end());
  const std::size_t shown = known.size();
  for (const CaptionWord &word : waiting.first(std::min(waiting.size(), kAhead)))
    known.emplace_back(word);
  words = words.subspan(first);
  words = words.first(std::min(words.size(), known.size() + kAhead));
  const auto moved_before = common > 0 ? std::optional(moved) : std::nullopt;
  return {std::move(known), shown, first, words, moved_before, any_begin};
}

}  // namespace assemblyai
