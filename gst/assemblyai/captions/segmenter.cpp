// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "captions/segmenter.h"

#include <algorithm>
#include <chrono>

#include "captions/graphemes.h"
#include "captions/punctuation.h"

namespace assemblyai {

namespace {

using namespace std::chrono_literals;

constexpr nanoseconds kLongPause = 1500ms;  // no cue continues after it
constexpr nanoseconds kPause = 300ms;
// After so long without speech a word is complete.
constexpr nanoseconds kHalfWord = 700ms;

// What counts for and against a break. The end of a sentence wins, unless the cue would be much too
// short; the end of a clause wins against a fuller cue.
constexpr double kSentence = 100;
constexpr double kClause = 45;
constexpr double kBreath = 30;  // a pause
constexpr double kFull = 35;    // a full cue; less in proportion
constexpr double kShort = -80;  // a cue without duration; less in proportion up to min_duration
constexpr double kScrap = -40;  // the rest is a scrap

// The size of a scrap of a sentence.
constexpr std::size_t kScrapWords = 2;
constexpr std::size_t kScrapColumns = 10;

nanoseconds pause_after(std::span<const CaptionWord> words, std::size_t count) {
  return count < words.size() ? words[count].start - words[count - 1].end : 0ns;
}

// The words that could be one cue.
struct Window {
  std::size_t size = 0;
  bool is_complete = false;  // more words will not change it
  bool is_closed = false;    // the next word must not be in the same cue
};

// Words that are spoken together.
Window spoken_window(const WaitingWords &waiting, const CueOptions &options) {
  // Each word takes at least a column.
  const std::size_t most = options.lines.max_lines * options.lines.max_line_length + 1;
  const auto words = waiting.words.first(std::min(waiting.words.size(), most));
  std::string_view speaker = words[0].speaker;
  std::size_t size = 1;
  for (; size < words.size(); size++) {
    const CaptionWord &word = words[size];
    const bool other_speaker = !speaker.empty() && !word.speaker.empty() && word.speaker != speaker;
    if (other_speaker || pause_after(words, size) > kLongPause)
      return {size, true, true};
    if (word.end - words[0].start > options.max_duration)
      return {size, true, false};
    if (!word.speaker.empty())
      speaker = word.speaker;
  }
  const bool has_all = size == waiting.words.size();
  return {size, waiting.ended || !has_all, waiting.ended && has_all};
}

std::size_t words_on_lines(std::span<const CaptionWord> words, const LineLimits &limits,
                           std::string_view prefix) {
  std::size_t count = 0;
  for (std::size_t line = 0; line < limits.max_lines && count < words.size(); line++) {
    count += words_on_line(words.subspan(count), limits.max_line_length, prefix);
    prefix = {};
  }
  return count;
}

Window window_of(const WaitingWords &waiting, const CueOptions &options) {
  const Window spoken = spoken_window(waiting, options);
  const auto words = waiting.words.first(spoken.size);
  const std::size_t size = words_on_lines(words, options.lines, waiting.prefix);
  return size < spoken.size ? Window{size, true, false} : spoken;
}

// Whether the last word may be incomplete and speech goes on.
bool goes_on(const WaitingWords &waiting) {
  const CaptionWord &last = waiting.words.back();
  return !waiting.ended && !last.stable && last.end > waiting.heard - kHalfWord;
}

// Looks for the best place to break.
class Breaks {
 public:
  Breaks(const WaitingWords &waiting, const CueOptions &options, const Window &window)
      : waiting_(waiting), words_(waiting.words), options_(options), window_(window) {}

  // Among the first most words.
  std::size_t best(std::size_t most) const {
    std::size_t best = most;
    double best_worth = worth(most, columns_of(most));
    std::size_t taken = columns(waiting_.prefix);
    for (std::size_t count = 1; count < most; count++) {
      taken += columns(words_[count - 1].text) + (words_[count - 1].joined ? 0 : 1);
      if (!may_break(words_[count - 1], words_[count]))
        continue;
      const double its_worth = worth(count, taken);
      if (its_worth > best_worth) {
        best = count;
        best_worth = its_worth;
      }
    }
    return best;
  }

 private:
  std::size_t columns_of(std::size_t count) const {
    return columns(waiting_.prefix) + columns(text_of(words_.first(count)));
  }

  double worth(std::size_t count, std::size_t taken) const {
    double worth = ending(count) + kFull * fullness(count, taken);
    const nanoseconds length = length_of(count);
    if (length < options_.min_duration)
      worth += kShort * (1 - share(length, options_.min_duration));
    if (leaves_scrap(count))
      worth += kScrap;
    return worth;
  }

  double ending(std::size_t count) const {
    if (count == window_.size && window_.is_closed)
      return kSentence;
    const Ending ending = ending_of(words_[count - 1].text);
    if (ending == Ending::kSentence)
      return kSentence;
    const double breath = pause_after(words_, count) >= kPause ? kBreath : 0;
    return ending == Ending::kClause ? kClause + breath / 2 : breath;
  }

  double fullness(std::size_t count, std::size_t taken) const {
    const std::size_t room = options_.lines.max_lines * options_.lines.max_line_length;
    const double of_lines = static_cast<double>(taken) / static_cast<double>(room);
    return std::min(std::max(of_lines, share(length_of(count), options_.max_duration)), 1.0);
  }

  static double share(nanoseconds part, nanoseconds whole) {
    return static_cast<double>(part.count()) /
           static_cast<double>(std::max<nanoseconds>(whole, 1ns).count());
  }

  // How long the cue could be shown.
  nanoseconds length_of(std::size_t count) const {
    const nanoseconds end = count < words_.size() ? words_[count].start : words_[count - 1].end;
    return end - words_[0].start;
  }

  // Whether the rest of the sentence is hardly worth a cue. Speech that goes on may be only one
  // more word.
  bool leaves_scrap(std::size_t count) const {
    if (count == window_.size && window_.is_closed)
      return false;
    if (ending_of(words_[count - 1].text) == Ending::kSentence)
      return false;
    std::size_t taken = 0;
    std::size_t parts = 0;  // with blanks between them
    for (std::size_t end = count; end < words_.size(); end++) {
      taken += columns(words_[end].text);
      parts += end == count || !words_[end].joined ? 1 : 0;
      if (taken > kScrapColumns || parts > kScrapWords)
        return false;
      if (ends_at(end + 1))
        return true;
    }
    return goes_on(waiting_);
  }

  // Whether the sentence ends after so many words.
  bool ends_at(std::size_t count) const {
    return (waiting_.ended && count == words_.size()) ||
           ending_of(words_[count - 1].text) == Ending::kSentence ||
           pause_after(words_, count) > kLongPause;
  }

  const WaitingWords &waiting_;
  std::span<const CaptionWord> words_;
  const CueOptions &options_;
  const Window &window_;
};

}  // namespace

std::size_t next_cue(const WaitingWords &waiting, const CueOptions &options) {
  const auto words = waiting.words;
  if (!waiting.due && !words[0].stable)
    return 0;
  const Window window = window_of(waiting, options);
  if (!waiting.due && !window.is_complete)
    return 0;
  const std::size_t whole = words.size() > 1 && goes_on(waiting) ? words.size() - 1 : words.size();
  const std::size_t most = std::min(window.size, whole);
  const std::size_t count = Breaks(waiting, options, window).best(most);
  const bool all_stable =
      std::all_of(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(count),
                  [](const CaptionWord &word) { return word.stable; });
  return waiting.due || all_stable ? count : 0;
}

}  // namespace assemblyai
