// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "captions/schedule.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace assemblyai {

namespace {

using namespace std::chrono_literals;

// Shorter ones are invisible.
constexpr nanoseconds kShortestText = 10ms;
constexpr nanoseconds kShortestGap = 20ms;
// The times of a word differ a little from message to message. A text whose place has passed by
// less is not late.
constexpr nanoseconds kJitter = 40ms;
// Older turns are forgotten once they have been sent.
constexpr std::size_t kMaxTurns = 16;
// When a consumer takes nothing, the oldest turns are dropped.
constexpr std::size_t kMaxWaitingTurns = 1000;
// More than any screen has.
constexpr std::size_t kMostLines = 100;
constexpr std::size_t kLongestLine = 1000;

// The shortest time for a text that is not in its place. Delayed audio is sent at 5/4 of its pace
// as well.
nanoseconds hurried(nanoseconds duration) {
  return std::max(duration * 4 / 5, kShortestText);
}

TextOptions usable(TextOptions options) {
  CueOptions &cue = options.cue;
  cue.lines.max_lines = std::clamp<std::size_t>(cue.lines.max_lines, 1, kMostLines);
  cue.lines.max_line_length = std::clamp<std::size_t>(cue.lines.max_line_length, 2, kLongestLine);
  cue.max_duration = std::max(cue.max_duration, kShortestText);
  cue.min_duration = std::min(cue.min_duration, cue.max_duration);
  return options;
}

// The first known speaker.
std::string_view speaker_of(std::span<const CaptionWord> words) {
  const auto found = std::find_if(words.begin(), words.end(),
                                  [](const CaptionWord &word) { return !word.speaker.empty(); });
  return found == words.end() ? std::string_view() : found->speaker;
}

}  // namespace

Schedule::Schedule(const TextOptions &options) : options_(usable(options)) {}

void Schedule::set_options(const TextOptions &options) {
  const nanoseconds later = options.lateness - options_.lateness;
  options_ = usable(options);
  for (auto &[number, turn] : turns_) {
    const Words waiting = turn.waiting();
    std::vector<CaptionWord> words(waiting.begin(), waiting.end());
    for (CaptionWord &word : words) {
      word.start += later;
      word.end += later;
    }
    turn.shown.move(later);
    turn.next = 0;
    turn.words = fitted(std::move(words));
  }
  change();
}

void Schedule::begin(nanoseconds from) {
  TextSource::begin(from);
  from_ = late_before_ = text_end_ = from;
  for (auto &[number, turn] : turns_)
    std::erase_if(turn.words, [from](const CaptionWord &word) { return word.start < from; });
  change();
}

void Schedule::report(CaptionTurn turn) {
  if (turn.number < next_number_)
    return;
  Turn &known = turns_[turn.number];
  if (known.final)
    return;
  prepare(turn.words);
  known.next = known.shown.find_in(turn.words, known.waiting());
  known.words = std::move(turn.words);
  known.final = turn.final;
  known.has_spoken = known.has_spoken || !known.words.empty();
  if (known.final)
    carry_over(turn.number, known);
  if (turns_.size() > kMaxWaitingTurns) {
    next_number_ = turns_.begin()->first + 1;
    turns_.erase(turns_.begin());
    counts_.dropped++;
  }
  change();
}

void Schedule::carry_over(std::uint64_t number, Turn &ended) {
  carried_ = ended.words.empty() ? ShownWords() : ended.shown.take_missing();
  carried_to_ = number + 1;
  retelling_ = retelling_ && !carried_.empty();
  if (retelling_)
    turns_[carried_to_].shown = carried_;
}

void Schedule::retell() {
  const auto is_open = [](const auto &entry) { return !entry.second.final; };
  auto open = std::find_if(turns_.begin(), turns_.end(), is_open);
  const std::uint64_t number = open == turns_.end() ? carried_to_ : open->first;
  Turn merged;
  if (!carried_.empty() && number == carried_to_)
    merged.shown = std::exchange(carried_, {});
  while (open != turns_.end()) {
    const Turn &turn = open->second;
    const auto waiting = turn.waiting();
    merged.words.insert(merged.words.end(), waiting.begin(), waiting.end());
    merged.shown.append(turn.shown);
    merged.has_spoken = merged.has_spoken || turn.has_spoken;
    merged.has_gone_unmarked = merged.has_gone_unmarked || turn.has_gone_unmarked;
    open = std::find_if(turns_.erase(open), turns_.end(), is_open);
  }
  if (merged.shown.empty() && merged.words.empty())
    return;
  retelling_ = true;
  turns_.insert_or_assign(number, std::move(merged));
}

void Schedule::finish() {
  TextSource::finish();
  change();
}

// Gives the words their times in the output, in the order of their starts.
void Schedule::prepare(std::vector<CaptionWord> &words) const {
  nanoseconds before = from_;
  std::erase_if(words, [&](CaptionWord &word) {
    word.start += options_.lateness;
    word.end += options_.lateness;
    if (word.start < from_)
      return true;
    word.start = std::max(word.start, before);
    word.end = std::max(word.end, word.start);
    before = word.start;
    return false;
  });
  words = fitted(std::move(words));
}

void Schedule::change() {
  changed_ = true;
  forget_turns();
  first_start_ = nanoseconds::max();
  for (const auto &[number, turn] : turns_) {
    if (turn.waits())
      first_start_ = std::min(first_start_, turn.waiting().front().start);
  }
}

// The last turns are kept although they were sent: one of them may be reported again, or after a
// later one.
void Schedule::forget_turns() {
  while (turns_.size() > kMaxTurns) {
    const auto first = turns_.begin();
    if (first->second.has_more())
      return;
    next_number_ = first->first + 1;
    turns_.erase(first);
  }
}

bool Schedule::has_more() const {
  return std::any_of(turns_.begin(), turns_.end(),
                     [](const auto &entry) { return entry.second.has_more(); });
}

void Schedule::choose(nanoseconds due) {
  heard_ = due + options_.wait + options_.lateness;
  while (!is_ready() && advance(due)) {
  }
  if (!is_ready() && position() + kShortestGap <= due) {
    queue_gap(due);
    late_before_ = due;
  }
}

// Text is placed after what was sent, so until then there is time for more and better words.
nanoseconds Schedule::next_decision() const {
  return std::max(first_start_, position());
}

// Whether there is no time left for better words. A turn does not hold up a later one that is due.
bool Schedule::must_go(nanoseconds due) const {
  return finished() || due >= next_decision() || turns_.size() > kMaxTurns;
}

bool Schedule::is_ended(const Turn &turn) const {
  return turn.final || finished() || turns_.size() > kMaxTurns;
}

bool Schedule::advance(nanoseconds due) {
  if (!changed_ && due < next_decision())
    return false;
  for (auto turn = turns_.begin(); turn != turns_.end(); ++turn) {
    if (turn->second.waits()) {
      if (take_text(turn, must_go(due)))
        return true;
      break;
    }
    if (turn->second.has_more()) {
      end_turn(turn->second);
      return true;
    }
  }
  changed_ = false;
  return false;
}

void Schedule::end_turn(Turn &turn) {
  if (turn.has_spoken)
    queue_turn_end();
  turn.is_over = true;
  turn.words.clear();
  turn.next = 0;
  change();
}

bool Schedule::take_text(Turns::iterator turn, bool due) {
  auto text = choose_text(turn, due);
  if (!text)
    return false;
  const auto words = turn->second.waiting().first(text->count);
  text->prefix = prefix_for(turn->second, text->speaker);
  text->reading = reading(words, *text);
  turn->second.has_gone_unmarked = turn->second.has_gone_unmarked || text->speaker.empty();
  if (place(*text))
    send(words, *text);
  else
    counts_.dropped++;
  for (const CaptionWord &word : words)
    turn->second.shown.add(word);
  turn->second.next += text->count;
  change();
  return true;
}

std::optional<Schedule::Text> Schedule::choose_text(Turns::const_iterator turn, bool due) const {
  const Words waiting = turn->second.waiting();
  const std::string prefix = prefix_for(turn->second, speaker_of(waiting));
  const std::size_t count = count_next({waiting, is_ended(turn->second), due, heard_, prefix});
  if (count == 0)
    return std::nullopt;
  const Words words = waiting.first(count);
  Text text{.count = count,
            .start = words.front().start,
            .end = words.back().end,
            .speaker = std::string(speaker_of(words)),
            .next_start = start_after(turn, count)};
  if (text.next_start && *text.next_start < text.end)
    text.end = end_beside(text, words.back(), count == waiting.size());
  text.end =
      std::clamp(text.end, text.start + kShortestText, text.start + options_.cue.max_duration);
  // The next text decides how long this one may stay.
  const bool has_to_linger = hurried(text.end - text.start) < min_duration();
  if (has_to_linger && !text.next_start && !due)
    return std::nullopt;
  return text;
}

// The next word needs the place, but the last word of the text has to be seen too. The service
// extends turns at their edges, so they may overlap: the text keeps the time to be read.
nanoseconds Schedule::end_beside(const Text &text, const CaptionWord &last, bool ends_turn) const {
  const nanoseconds end = std::max(*text.next_start, last.start + kShortestText);
  if (!ends_turn)
    return end;
  return std::max(end, std::min(text.end, text.start + min_duration()));
}

// The start of the word after so many waiting words of the turn.
std::optional<nanoseconds> Schedule::start_after(Turns::const_iterator turn,
                                                 std::size_t count) const {
  if (count < turn->second.waiting().size())
    return turn->second.waiting()[count].start;
  const auto next = std::find_if(std::next(turn), turns_.end(),
                                 [](const auto &entry) { return entry.second.waits(); });
  if (next == turns_.end())
    return std::nullopt;
  return next->second.waiting().front().start;
}

// The speaker is often known only at the end of a turn. When its beginning was sent without a mark,
// a mark in the middle would mean that another speaker continues.
std::string Schedule::prefix_for(const Turn &turn, std::string_view speaker) const {
  if (speaker.empty() || speaker == last_speaker_ || turn.has_gone_unmarked)
    return {};
  return speaker_prefix(options_.cue.speaker_prefix, speaker);
}

// A text that is too short to be read stays longer if there is room.
void Schedule::linger(Text &text) const {
  nanoseconds until = text.start + min_duration();
  if (text.next_start)
    until = std::min(until, *text.next_start);
  text.end = std::max(text.end, until);
}

// Places the text after what was sent; false if it is dropped.
bool Schedule::place(Text &text) {
  if (text.start < late_before_ - kJitter)
    return place_late(text);
  // Turns may overlap at their edges.
  if (text.start < position()) {
    const nanoseconds duration = hurried(text.end - text.start);
    text.start = position();
    if (text.end < text.start + kShortestText)
      text.end = text.start + duration;
    text.end = std::max(text.end, text.start + std::min(duration, min_duration()));
  }
  linger(text);
  return true;
}

bool Schedule::place_late(Text &text) {
  if (options_.late_text == LateText::kDrop)
    return false;
  counts_.late++;
  linger(text);
  if (options_.late_text == LateText::kShift) {
    hurry(text);
    late_before_ = text.end;
    return true;
  }
  const nanoseconds duration = text.end - text.start;
  text.start = std::max(text.start, text_end_);
  if (text.end < text.start + kShortestText)
    text.end = text.start + duration;
  return true;
}

// Shortens the text, unless its own time is not over: without pauses in the speech nothing else
// catches up. A short text stays if nothing is known to need its place.
void Schedule::hurry(Text &text) const {
  const nanoseconds readable = std::max(min_duration(), kShortestText);
  nanoseconds shown = std::min(hurried(text.end - text.start), std::max(text.reading, readable));
  if (!text.next_start)
    shown = std::max(shown, readable);
  text.start = position();
  text.end = std::max(text.end, text.start + shown);
}

void Schedule::send(Words words, const Text &text) {
  if (text.start > position())
    queue_gap(text.start);
  const bool other_speaker = !text.speaker.empty() && text.speaker != last_speaker_;
  if (other_speaker)
    last_speaker_ = text.speaker;
  queue_text(words, text, other_speaker);
  text_end_ = text.end;
  counts_.texts++;
}

}  // namespace assemblyai
