// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "stream/replay_window.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/words.h"
#include "protocol/turn_words.h"
#include "stream/format.h"

namespace assemblyai {

namespace {

using std::chrono::milliseconds;

// The uncertainty of word edges that the service reports.
constexpr milliseconds kEdge{250};
// The first word of a turn may be reported this much too early.
constexpr milliseconds kEarly{1500};
// The same word, reported again, does not end later than this.
constexpr milliseconds kJitter{50};
constexpr std::size_t kRemembered = 8;
// A turn ends at least this long before it is reported.
constexpr milliseconds kEnded{1000};
// A word that ended this long before the end of the audio was heard completely.
constexpr milliseconds kWhole{300};
// The range before the end of the audio in which a turn may be cut: a new session accepts as much
// at once.
constexpr milliseconds kCutWindow{3000};
// The error of the times of the last words, if the times are not acoustic.
constexpr milliseconds kSpread{1500};
// The difference from which a pause counts as longer than another.
constexpr milliseconds kLonger{10};
constexpr std::uint64_t kNoCut = std::numeric_limits<std::uint64_t>::max();

std::uint64_t before(std::uint64_t position, milliseconds duration) {
  return position - std::min<std::uint64_t>(position, bytes_of(duration));
}

// A word without a known time was spoken before all audio that the window remembers.
std::uint64_t begin_of(const Word &word) {
  return word.begins ? word.begins->position : 0;
}

std::uint64_t end_of(const Word &word) {
  return word.ends ? word.ends->position : 0;
}

std::uint64_t middle(const Word &word) {
  return (begin_of(word) + end_of(word)) / 2;
}

// Whether the times of the words are proportional to their characters, with gaps of 0.2 characters,
// as Universal-3 reports them.
bool are_spread(const std::vector<Word> &words) {
  constexpr double kGap = 0.2;
  constexpr double kRounding = 2;
  constexpr std::size_t kFewest = 4;  // fewer words may look so by chance
  if (words.size() < kFewest)
    return false;
  for (std::size_t i = 0; i + 1 < words.size(); i++) {
    const auto characters = static_cast<double>(words[i].text.size());
    const auto length = static_cast<double>((words[i].end - words[i].start).count());
    const auto gap = static_cast<double>((words[i + 1].start - words[i].end).count());
    if (std::abs(gap * characters - kGap * length) > kRounding * characters)
      return false;
  }
  return true;
}

}  // namespace

ReplayWindow::Settled ReplayWindow::settled_by(const Turn &turn, std::uint64_t end) {
  Settled settled{end, end, {}, are_spread(turn.words)};
  const std::size_t first = turn.words.size() - std::min(turn.words.size(), kRemembered);
  for (std::size_t i = first; i < turn.words.size(); i++) {
    const Word &word = turn.words[i];
    settled.last.push_back({fold_word(word.text), begin_of(word), end_of(word)});
  }
  return settled;
}

void ReplayWindow::settle(const Turn &turn, const AudioMap &audio) {
  const bool is_known = !turn.words.empty() && !turn.words.back().inferred;
  const std::uint64_t end = is_known ? end_of(turn.words.back()) : before(audio.end(), kEnded);
  if (end >= settled_.end)
    settled_ = settled_by(turn, end);
}

void ReplayWindow::skip_to(std::uint64_t position) {
  settled_.end = std::max(settled_.end, position);
  settled_.next = std::max(settled_.next, position);
}

void ReplayWindow::note_all_answered(const AudioMap &audio) {
  if (!cut_ || *cut_ == kNoCut)
    skip_to(before(audio.end(), kCutWindow));
}

void ReplayWindow::interrupt(const std::vector<const Turn *> &turns) {
  for (const Turn *turn : turns) {
    if (turn->words.empty())
      continue;
    const std::uint64_t begin = begin_of(turn->words.front());
    settled_.next = std::min(settled_.next, std::max(begin, before(settled_.end, kEarly)));
    const std::uint64_t end = end_of(turn->words.back());
    if (end < told_until_)
      continue;
    told_until_ = end;
    interrupted_ = settled_by(*turn, end);
  }
}

void ReplayWindow::settle_interrupted() {
  if (told_until_ > settled_.end)
    settled_ = interrupted_;
}

std::uint64_t ReplayWindow::begin() const {
  return before(settled_.next, kEdge);
}

std::uint64_t ReplayWindow::begin_of_untold() const {
  return before(std::max(settled_.next, told_until_), kEdge);
}

void ReplayWindow::resume() {
  before_ = settled_;
}

// The rest of a word at the very beginning of the audio may be reported with a longer duration.
bool ReplayWindow::was_told(const Word &word, const AudioMap &audio) const {
  const std::uint64_t begin = begin_of(word);
  const bool is_rest = begin <= audio.begin() + bytes_of(kJitter);
  if (middle(word) >= before_.end && !is_rest)
    return false;
  if (end_of(word) <= before_.next)
    return true;
  const std::string text = fold_word(word.text);
  return std::any_of(before_.last.begin(), before_.last.end(), [&](const Told &told) {
    return told.text == text && told.begin <= middle(word) && begin < told.end;
  });
}

void ReplayWindow::take_out_told(Turn *turn, const AudioMap &audio) const {
  if (audio.begin() >= before_.end)
    return;
  if (const std::size_t told = count_told(*turn, audio))
    keep_words(turn, told, turn->words.size());
}

std::size_t ReplayWindow::count_told(const Turn &turn, const AudioMap &audio) const {
  const std::vector<Word> &words = turn.words;
  // Times that are not acoustic do not show how much of the reported text is repeated. The order of
  // the words does.
  for (std::size_t count = before_.last.size(); before_.spread && count > 0; count--) {
    const auto first = before_.last.end() - static_cast<std::ptrdiff_t>(count);
    if (count > words.size() || first->end + bytes_of(kSpread) < audio.begin())
      continue;
    if (std::equal(
            first, before_.last.end(), words.begin(),
            [](const Told &told, const Word &word) { return told.text == fold_word(word.text); }))
      return count;
  }
  const auto first = std::find_if_not(words.begin(), words.end(),
                                      [&](const Word &word) { return was_told(word, audio); });
  return static_cast<std::size_t>(first - words.begin());
}

bool ReplayWindow::is_told(const Turn &turn, const AudioMap &audio) const {
  if (turn.words.empty() || audio.begin() >= told_until_)
    return false;
  return end_of(turn.words.back()) <= told_until_ + bytes_of(kJitter);
}

// Cuts between two words, at the longest pause near the end. If no pause is longest, cuts before
// the last word: there, the times of a service that reports no pauses are most precise.
std::uint64_t ReplayWindow::find_cut(const Turn &turn, const AudioMap &audio) {
  const std::vector<Word> &words = turn.words;
  if (end_of(words.back()) + bytes_of(kWhole) <= audio.end())
    return kNoCut;
  const std::uint64_t window = before(audio.end(), kCutWindow);
  std::size_t cut = words.size() - 1;
  for (std::size_t i = cut; i > 0 && begin_of(words[i]) >= window; i--) {
    const milliseconds longest = words[cut].start - words[cut - 1].end;
    if (words[i].start - words[i - 1].end > longest + kLonger)
      cut = i;
  }
  return begin_of(words[cut]);
}

bool ReplayWindow::cut(Turn *turn, const AudioMap &audio) {
  if (turn->words.empty())
    return true;
  // A turn that ended long before does not decide about the turn after it.
  if (!cut_ || *cut_ == kNoCut)
    cut_ = find_cut(*turn, audio);
  const auto first = std::find_if(turn->words.begin(), turn->words.end(),
                                  [&](const Word &word) { return begin_of(word) >= *cut_; });
  const auto kept = static_cast<std::size_t>(first - turn->words.begin());
  if (kept < turn->words.size())
    keep_words(turn, 0, kept);
  return kept > 0;
}

}  // namespace assemblyai
