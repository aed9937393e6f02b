// SPDX-License-Identifier: LGPL-2.1-or-later

#include "captions/alignment.h"

#include <glib.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <vector>

namespace assemblyai {

namespace {

using namespace std::chrono_literals;

// What a difference between the words that were shown and the words as they are now
// costs. Where the last word shown is found with the least cost is where showing goes on.
constexpr double kVanished = 1.0;
constexpr double kNew = 1.0;        // a word that was not there, after those shown
constexpr double kFound = 0.2;      // the same, in the time of those shown
constexpr double kFarAway = 1.5;    // the same word, but at another time
constexpr double kGrown = 0.3;      // one word is the other's begin
constexpr double kReplaced = 0.6;   // another word at the same time
constexpr double kUnrelated = 1.4;  // another word at another time
constexpr double kDivided = 0.1;    // one word as two
constexpr double kReworded = 0.62;  // one word as two others
// Where the last word shown cannot be found again its end, each second from it, decides.
constexpr double kOutOfTime = 1.0;

// The same word may have moved this much.
constexpr nanoseconds kNear = 1s;
constexpr nanoseconds kSameEnd = 300ms;
// Words which are looked at around those shown.
constexpr nanoseconds kWindow = 4s;
constexpr std::size_t kWindowBefore = 96;
constexpr std::size_t kWindowAfter = 32;
// So many of the last words shown tell how the times have moved.
constexpr std::size_t kToTellMove = 16;

double seconds(nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

nanoseconds distance(nanoseconds a, nanoseconds b) {
  return a > b ? a - b : b - a;
}

nanoseconds middle(const WordKey &word) {
  return word.start + (word.end - word.start) / 2;
}

// The part of the shorter one that lies in the longer one.
double overlap(const WordKey &a, const WordKey &b) {
  const nanoseconds shared = std::min(a.end, b.end) - std::max(a.start, b.start);
  const nanoseconds length = std::max<nanoseconds>(std::min(a.end - a.start, b.end - b.start), 1ms);
  return std::clamp(seconds(shared) / seconds(length), 0.0, 1.0);
}

nanoseconds time_between(const WordKey &a, const WordKey &b) {
  return std::max<nanoseconds>({a.start - b.end, b.start - a.end, 0ns});
}

bool is_begin_of(std::string_view begin, std::string_view word) {
  return begin.size() > 1 && word.starts_with(begin);
}

// Whether it is the same word, or a part of it.
bool is_same(std::string_view a, std::string_view b) {
  return a == b || is_begin_of(a, b) || is_begin_of(b, a);
}

// Whether one word is the two others in one.
bool is_both(std::string_view word, std::string_view first, std::string_view second) {
  return word.size() == first.size() + second.size() && word.starts_with(first) &&
         word.ends_with(second);
}

// How much later words are now than when they were shown, by those that are still the
// same.
nanoseconds common_move(const std::deque<WordKey> &shown, const std::vector<WordKey> &now) {
  std::vector<nanoseconds> moves;
  for (std::size_t i = shown.size() - std::min(shown.size(), kToTellMove); i < shown.size(); i++) {
    std::optional<nanoseconds> move;
    for (const WordKey &word : now) {
      const nanoseconds its_move = word.start - shown[i].start;
      if (word.letters == shown[i].letters && distance(its_move, 0ns) <= kNear &&
          (!move || distance(its_move, 0ns) < distance(*move, 0ns)))
        move = its_move;
    }
    if (move)
      moves.push_back(*move);
  }
  if (moves.empty())
    return 0ns;
  const auto middle = moves.begin() + static_cast<std::ptrdiff_t>(moves.size() / 2);
  std::nth_element(moves.begin(), middle, moves.end());
  return *middle;
}

// An edit distance over words that knows their times.
class Alignment {
 public:
  Alignment(const std::deque<WordKey> &shown, const std::vector<WordKey> &now)
      : shown_(shown), now_(now) {}

  // How many of the new words belong to those shown.
  std::size_t boundary() {
    costs_.assign((shown_.size() + 1) * (now_.size() + 1), 0);
    for (std::size_t i = 0; i <= shown_.size(); i++) {
      for (std::size_t j = 0; j <= now_.size(); j++)
        cost(i, j) = least(i, j);
    }
    std::size_t best = 0;
    for (std::size_t j = 1; j <= now_.size(); j++) {
      if (total(j) < total(best))
        best = j;
    }
    return best;
  }

 private:
  double &cost(std::size_t i, std::size_t j) { return costs_[i * (now_.size() + 1) + j]; }

  // Of the first i words shown as the first j of now.
  double least(std::size_t i, std::size_t j) {
    if (i == 0 && j == 0)
      return 0;
    double least = static_cast<double>(i + j + 1) * 2;
    if (i > 0)
      least = std::min(least, cost(i - 1, j) + kVanished);
    if (j > 0)
      least = std::min(least, cost(i, j - 1) + added(j));
    if (i > 0 && j > 0)
      least = std::min(least, cost(i - 1, j - 1) + changed(shown_[i - 1], now_[j - 1]));
    if (i > 0 && j > 1)
      least =
          std::min(least, cost(i - 1, j - 2) + divided(shown_[i - 1], now_[j - 2], now_[j - 1]));
    if (i > 1 && j > 0)
      least =
          std::min(least, cost(i - 2, j - 1) + divided(now_[j - 1], shown_[i - 2], shown_[i - 1]));
    return least;
  }

  double added(std::size_t j) const {
    return middle(now_[j - 1]) < shown_.back().end ? kFound : kNew;
  }

  static double changed(const WordKey &shown, const WordKey &now) {
    const double away = seconds(time_between(shown, now) - kNear);
    const double far = std::clamp(away, 0.0, 1.0);
    if (shown.letters == now.letters)
      return far * kFarAway;
    if (is_same(shown.letters, now.letters))
      return kGrown + far * kFarAway;
    const double together = overlap(shown, now);
    return kUnrelated - together * (kUnrelated - kReplaced) + far;
  }

  static double divided(const WordKey &whole, const WordKey &first, const WordKey &second) {
    constexpr double kNotDivided = kVanished + 2 * kNew;
    if (time_between(whole, first) > kNear || time_between(whole, second) > kNear)
      return kNotDivided;
    if (is_both(whole.letters, first.letters, second.letters))
      return kDivided;
    const bool inside = middle(first) >= whole.start && middle(second) <= whole.end &&
                        distance(second.end, whole.end) <= kSameEnd;
    return inside && !is_same(whole.letters, first.letters) ? kReworded : kNotDivided;
  }

  // Of the boundary after the first j words. If it is after the last word shown, that is where
  // it is, however the times may have moved.
  double total(std::size_t j) {
    const std::size_t i = shown_.size();
    double total = cost(i, j) + out_of_time(j);
    if (j > 0 && is_same(shown_[i - 1].letters, now_[j - 1].letters))
      total = std::min(total, cost(i - 1, j - 1) + changed(shown_[i - 1], now_[j - 1]));
    return total;
  }

  // The boundary should be where the last word shown has ended.
  double out_of_time(std::size_t boundary) const {
    const nanoseconds end = shown_.back().end;
    nanoseconds off = 0ns;
    if (boundary > 0)
      off = std::max(off, middle(now_[boundary - 1]) - end);
    if (boundary < now_.size())
      off = std::max(off, end - middle(now_[boundary]));
    return std::min(seconds(off), 1.5) * kOutOfTime;
  }

  const std::deque<WordKey> &shown_;
  const std::vector<WordKey> &now_;
  std::vector<double> costs_;
};

}  // namespace

WordKey::WordKey(const CaptionWord &word)
    : letters(comparable(word.text)), start(word.start), end(word.end) {}

void ShownWords::add(const CaptionWord &word) {
  last_.emplace_back(word);
  count_++;
  if (last_.size() > kRemembered)
    last_.pop_front();
}

void ShownWords::append(const ShownWords &later) {
  last_.insert(last_.end(), later.last_.begin(), later.last_.end());
  count_ += later.count_;
  while (last_.size() > kRemembered)
    last_.pop_front();
}

ShownWords ShownWords::take_after(nanoseconds time) {
  const auto first = std::find_if(last_.begin(), last_.end(),
                                  [time](const WordKey &word) { return middle(word) > time; });
  ShownWords later;
  later.last_.assign(first, last_.end());
  later.count_ = later.last_.size();
  last_.erase(first, last_.end());
  count_ -= std::min(count_, later.count_);
  return later;
}

void ShownWords::move(nanoseconds by) {
  for (WordKey &shown : last_) {
    shown.start += by;
    shown.end += by;
  }
}

bool ShownWords::unchanged_in(std::span<const CaptionWord> words) const {
  if (count_ > words.size() || count_ < last_.size())
    return false;
  if (distance(words[count_ - 1].end, last_.back().end) > kSameEnd)
    return false;
  return std::equal(last_.begin(), last_.end(),
                    words.begin() + static_cast<std::ptrdiff_t>(count_ - last_.size()),
                    [](const WordKey &shown, const CaptionWord &word) {
                      return shown.letters == comparable(word.text);
                    });
}

// Times move from message to message: what is compared next should be near.
void ShownWords::take_times(std::span<const CaptionWord> words) {
  for (std::size_t i = 0; i < last_.size(); i++) {
    const CaptionWord &word = words[count_ - last_.size() + i];
    last_[i].start = word.start;
    last_[i].end = word.end;
  }
}

std::size_t ShownWords::find_in(std::span<const CaptionWord> words) {
  if (last_.empty())
    return 0;
  if (unchanged_in(words)) {
    take_times(words);
    return count_;
  }
  const auto starting_at = [&](nanoseconds time) {
    const auto found = std::partition_point(
        words.begin(), words.end(), [&](const CaptionWord &word) { return word.start < time; });
    return static_cast<std::size_t>(found - words.begin());
  };
  const std::size_t middle = starting_at(last_.back().end);
  const std::size_t first = std::max(starting_at(last_.front().start - kWindow),
                                     middle - std::min(middle, kWindowBefore));
  // The times of joined turns need not be in order.
  const std::size_t end =
      std::max(first, std::min(starting_at(last_.back().end + kWindow), middle + kWindowAfter));
  std::vector<WordKey> window;
  for (const CaptionWord &word : words.subspan(first, end - first))
    window.emplace_back(word);
  move(common_move(last_, window));
  count_ = first + Alignment(last_, window).boundary();
  return count_;
}

}  // namespace assemblyai
