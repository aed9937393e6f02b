// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "captions/rolling_caption.h"

#include <algorithm>
#include <iterator>
#include <span>

#include "captions/graphemes.h"
#include "captions/markup.h"

namespace assemblyai {

namespace {

using Words = std::span<const CaptionWord>;

void hear(Words words, std::string *speaker) {
  const auto last = std::find_if(words.rbegin(), words.rend(),
                                 [](const CaptionWord &word) { return !word.speaker.empty(); });
  if (last != words.rend())
    *speaker = last->speaker;
}

// Paler, but in the same font: nothing moves when words become stable.
std::string markup_of(Words words) {
  std::string markup;
  for (auto begin = words.begin(); begin != words.end();) {
    const auto end = std::find_if(
        begin, words.end(), [&](const CaptionWord &word) { return word.stable != begin->stable; });
    const std::string run = escaped_markup(text_of(Words(begin, end)));
    if (begin != words.begin() && !begin->joined)
      markup += ' ';
    markup += begin->stable ? run : "<span alpha=\"60%\">" + run + "</span>";
    begin = end;
  }
  return markup;
}

}  // namespace

// The words of one speaker.
struct RollingCaption::Stretch {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string prefix;
};

void RollingCaption::set_options(const TextOptions &options) {
  const std::size_t length = options.cue.lines.max_line_length;
  // Lines before the first word that has to be cut now can stay.
  for (ShownTurn &turn : turns_)
    turn.words = split_wide(std::move(turn.words), length);
  options_ = options;
}

void RollingCaption::report(const CaptionTurn &turn, nanoseconds now) {
  advance(now);
  ShownTurn *shown = find_or_add(turn.number);
  if (shown == nullptr)
    return;
  take(turn, shown);
  lay_out();
  roll_up();
  drop_empty();
  render(now);
}

void RollingCaption::retell() {
  const auto first =
      std::find_if(turns_.begin(), turns_.end(), [](const ShownTurn &turn) { return !turn.final; });
  if (first == turns_.end())
    return;
  newest_ = first->number;
  turns_.erase(std::next(first), turns_.end());
}

void RollingCaption::advance(nanoseconds now) {
  const auto due = clears_at();
  if (due && *due <= now)
    take_away();
}

void RollingCaption::clear() {
  take_away();
  speaker_.clear();
  for (ShownTurn &turn : turns_)
    turn.speaker.clear();
}

std::optional<nanoseconds> RollingCaption::clears_at() const {
  if (text_.empty())
    return std::nullopt;
  const CueOptions &cue = options_.cue;
  if (!turns_.back().final)
    return changed_at_ + cue.max_duration;
  return changed_at_ + std::min(std::max(reading_time(width_), cue.min_duration), cue.max_duration);
}

RollingCaption::ShownTurn *RollingCaption::find_or_add(std::uint64_t number) {
  const auto found = std::find_if(turns_.begin(), turns_.end(), [number](const ShownTurn &turn) {
    return turn.number == number;
  });
  if (found != turns_.end())
    return &*found;
  if (number < newest_)
    return nullptr;
  turns_.emplace_back().number = number;
  return &turns_.back();
}

void RollingCaption::take(const CaptionTurn &report, ShownTurn *turn) const {
  Words words(report.words);
  if (options_.stable_only) {
    const auto unstable = std::find_if_not(words.begin(), words.end(),
                                           [](const CaptionWord &word) { return word.stable; });
    words = Words(words.begin(), unstable);
  }
  turn->final = report.final;
  turn->known = words.size();
  const Words gone = words.first(std::min(turn->cleared, words.size()));
  words = words.subspan(gone.size());
  turn->words = split_wide({words.begin(), words.end()}, options_.cue.lines.max_line_length);
  if (turn->rolled >= turn->words.size()) {
    turn->rolled = 0;
    turn->lines.clear();
  }
  turn->speaker.clear();
  hear(gone, &turn->speaker);
  hear(Words(turn->words).first(turn->rolled), &turn->speaker);
  turn->words.erase(turn->words.begin(),
                    turn->words.begin() + static_cast<std::ptrdiff_t>(turn->rolled));
}

// Lays out all turns, because a change of speaker depends on the turn before.
void RollingCaption::lay_out() {
  std::string speaker = speaker_;
  for (ShownTurn &turn : turns_) {
    if (!turn.speaker.empty())
      speaker = turn.speaker;
    turn.lines = lines_of(turn, stretches_of(turn, &speaker));
  }
}

std::vector<RollingCaption::Stretch> RollingCaption::stretches_of(const ShownTurn &turn,
                                                                  std::string *speaker) const {
  std::vector<Stretch> stretches;
  for (std::size_t at = 0; at < turn.words.size(); at++) {
    const std::string &heard = turn.words[at].speaker;
    const bool changes = !heard.empty() && heard != *speaker;
    if (changes)
      *speaker = heard;
    if (changes || at == 0)
      stretches.push_back({at, at, {}});
    if (changes)
      stretches.back().prefix = speaker_prefix(options_.cue.speaker_prefix, heard);
    stretches.back().end = at + 1;
  }
  return stretches;
}

// Whether a line can stay. It may end where lines do not usually end only if the words after it
// leave no other place.
bool RollingCaption::keeps(const ShownTurn &turn, const Line &line, std::size_t stretch_end) const {
  const std::size_t length = options_.cue.lines.max_line_length;
  const std::size_t count = line.end - line.begin;
  const Words rest = Words(turn.words).subspan(line.begin, stretch_end - line.begin);
  if (words_on_line(rest.first(count), length, line.prefix) < count)
    return false;
  return count == rest.size() || may_break(rest[count - 1], rest[count]) ||
         words_on_line(rest, length, line.prefix) == count;
}

// Existing lines keep their ends, up to the first one that cannot.
std::vector<RollingCaption::Line> RollingCaption::lines_of(
    const ShownTurn &turn, const std::vector<Stretch> &stretches) const {
  const std::size_t length = options_.cue.lines.max_line_length;
  std::vector<Line> lines;
  auto next = turn.lines.begin();
  for (const Stretch &stretch : stretches) {
    const Words words = Words(turn.words).first(stretch.end);
    Line line{stretch.begin, 0,
              std::string(fitting_prefix(words.subspan(stretch.begin), length, stretch.prefix))};
    for (; line.begin < stretch.end; line = {line.end, 0, {}}) {
      next = std::find_if(next, turn.lines.end(),
                          [&line](const Line &before) { return before.begin > line.begin; });
      line.end = next == turn.lines.end() ? stretch.end : std::min(next->begin, stretch.end);
      if (!keeps(turn, line, stretch.end)) {
        next = turn.lines.end();
        line.end = line.begin + words_on_line(words.subspan(line.begin), length, line.prefix);
      }
      lines.push_back(line);
    }
  }
  return lines;
}

void RollingCaption::roll_up() {
  std::size_t count = 0;
  for (const ShownTurn &turn : turns_)
    count += turn.lines.size();
  std::size_t excess = count - std::min(count, options_.cue.lines.max_lines);
  for (ShownTurn &turn : turns_) {
    const std::size_t lines = std::min(excess, turn.lines.size());
    if (lines == 0)
      continue;
    excess -= lines;
    const std::size_t words = turn.lines[lines - 1].end;
    hear(Words(turn.words).first(words), &turn.speaker);
    turn.rolled += words;
    turn.words.erase(turn.words.begin(), turn.words.begin() + static_cast<std::ptrdiff_t>(words));
    turn.lines.erase(turn.lines.begin(), turn.lines.begin() + static_cast<std::ptrdiff_t>(lines));
    for (Line &line : turn.lines)
      line = {line.begin - words, line.end - words, std::move(line.prefix)};
  }
}

void RollingCaption::drop_empty() {
  if (!turns_.empty() && !turns_.back().lines.empty())
    newest_ = turns_.back().number;
  std::erase_if(turns_, [this](const ShownTurn &turn) {
    if (!turn.lines.empty() || (turn.number == newest_ && turn.cleared > 0))
      return false;
    if (!turn.speaker.empty())
      speaker_ = turn.speaker;
    return true;
  });
}

void RollingCaption::render(nanoseconds now) {
  std::string text;
  markup_.clear();
  width_ = 0;
  for (const ShownTurn &turn : turns_) {
    for (const Line &line : turn.lines) {
      const Words words = Words(turn.words).subspan(line.begin, line.end - line.begin);
      const std::string line_text = line.prefix + text_of(words);
      const std::string_view feed = text.empty() ? "" : "\n";
      text.append(feed).append(line_text);
      markup_.append(feed).append(escaped_markup(line.prefix)).append(markup_of(words));
      width_ += columns(line_text);
    }
  }
  if (text == text_)
    return;
  text_ = std::move(text);
  changed_at_ = now;
}

void RollingCaption::take_away() {
  for (ShownTurn &turn : turns_) {
    hear(turn.words, &turn.speaker);
    turn.cleared = std::max(turn.cleared, turn.known);
    turn.rolled = 0;
    turn.words.clear();
    turn.lines.clear();
  }
  drop_empty();
  text_.clear();
  markup_.clear();
}

}  // namespace assemblyai
