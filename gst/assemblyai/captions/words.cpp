// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "captions/words.h"

#include <algorithm>
#include <chrono>
#include <span>
#include <string_view>
#include <utility>

#include "captions/graphemes.h"
#include "captions/sound_tags.h"
#include "captions/transcript_match.h"

namespace assemblyai {

namespace {

// More than can be spoken: so many columns, and so many more for each second. Longer text would
// only delay the captions after it.
constexpr std::size_t kColumnsAtOnce = 1000;
constexpr std::size_t kColumnsPerSecond = 60;

struct Period {
  nanoseconds start{};
  nanoseconds end{};
};

std::optional<Period> period_of(const Word &word) {
  if (!word.begins)
    return std::nullopt;
  return Period{word.begins->running_time, word.ends.value_or(*word.begins).running_time};
}

bool has_letters(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return g_ascii_isalnum(c) || static_cast<unsigned char>(c) >= 0x80;
  });
}

std::vector<std::string_view> tokens_of(std::string_view text) {
  std::vector<std::string_view> tokens;
  while (!text.empty()) {
    const std::string_view token = text.substr(0, text.find(' '));
    tokens.push_back(token);
    text.remove_prefix(std::min(token.size() + 1, text.size()));
  }
  return tokens;
}

// How many columns the words of a turn may take.
class TextBudget {
 public:
  // False if nothing is left for the word. The first word that is too wide for what is left is
  // cut.
  bool take(CaptionWord &word) {
    first_start_ = std::min(first_start_, word.start);
    const auto time = std::chrono::floor<std::chrono::milliseconds>(word.end - first_start_);
    const std::size_t all =
        kColumnsAtOnce + static_cast<std::size_t>(time.count()) * kColumnsPerSecond / 1000;
    const std::size_t left = all - std::min(all, taken_);
    const std::size_t needed = std::max<std::size_t>(columns(word.text), 1);
    const bool was_full = std::exchange(is_full_, needed > left);
    taken_ += std::min(needed, left);
    if (!is_full_)
      return true;
    word.text.resize(bytes_in(word.text, left));
    word.text += "…";
    return !was_full;
  }

 private:
  nanoseconds first_start_ = nanoseconds::max();
  std::size_t taken_ = 0;  // columns
  bool is_full_ = false;
};

class Builder {
 public:
  Builder(const Turn &turn, const TurnStatus &status) : turn_(turn), status_(status) {
    for (const Word &word : turn.words)
      texts_.push_back(on_one_line(word.text));
  }

  std::vector<CaptionWord> build() && {
    const bool words_only = turn_.transcript.empty() && turn_.utterance.empty();
    const std::string text = words_only ? std::string() : on_one_line(turn_text(turn_));
    if (text.empty())
      append_as_they_are(0);
    else if (!append_as_written(text))
      append_unmatched(text);
    leave_out_sounds();
    return std::move(words_);
  }

 private:
  bool append_as_written(std::string_view text) {
    const auto match = match_transcript(text, texts_);
    if (!match || (status_.final && match->words.empty()))
      return false;
    // The transcript of a growing turn lags behind its words. That of a final is all.
    if (match->used < texts_.size() && turn_.end_of_turn)
      return false;
    for (const MatchedWord &word : match->words)
      append_heard(word.index, word.text, word.joined);
    append_as_they_are(match->used);
    return true;
  }

  void append_as_they_are(std::size_t first) {
    for (std::size_t index = first; index < texts_.size(); index++) {
      const std::string &text = texts_[index];
      if (!text.empty())
        append_heard(index, text, !words_.empty() && joins(words_.back().text, text));
    }
  }

  static bool joins(std::string_view before, std::string_view after) {
    return written_without_blanks(last_character(before)) &&
           written_without_blanks(first_character(after));
  }

  // The words are not found in the text: it has numbers, or other formatting.
  void append_unmatched(std::string_view text) {
    if (!status_.final) {
      matched_ = false;
      append_as_they_are(0);
      return;
    }
    const std::vector<std::string_view> tokens = tokens_of(text);
    std::vector<std::size_t> heard;
    for (std::size_t index = 0; index < texts_.size(); index++) {
      if (!texts_[index].empty())
        heard.push_back(index);
    }
    if (tokens.size() != heard.size()) {
      append_in_proportion(tokens);
      return;
    }
    for (std::size_t i = 0; i < tokens.size(); i++)
      append_heard(heard[i], tokens[i], false);
  }

  // Each token gets as much of the time of all words as it has of the columns.
  void append_in_proportion(std::span<const std::string_view> tokens) {
    std::vector<std::pair<nanoseconds, const Word *>> starts;
    nanoseconds end = nanoseconds::min();
    for (const Word &word : turn_.words) {
      const auto period = period_of(word);
      if (!period)
        continue;
      starts.emplace_back(period->start, &word);
      end = std::max({end, period->start, period->end});
    }
    if (starts.empty())
      return;
    std::size_t total = 0;
    for (const std::string_view token : tokens)
      total += columns(token);
    const double length = static_cast<double>((end - starts[0].first).count());
    const auto moment = [&](std::size_t column) {
      const double share =
          static_cast<double>(column) / static_cast<double>(std::max<std::size_t>(total, 1));
      return starts[0].first + nanoseconds(static_cast<std::int64_t>(length * share));
    };
    std::size_t column = 0;
    std::size_t word = 0;
    for (const std::string_view token : tokens) {
      const nanoseconds start = moment(column);
      column += columns(token);
      while (word + 1 < starts.size() && starts[word + 1].first <= start)
        word++;
      append(*starts[word].second, {start, moment(column)}, token, false);
    }
  }

  void append_heard(std::size_t index, std::string_view text, bool joined) {
    const Word &word = turn_.words[index];
    const auto period = period_of(word);
    if (period)
      append(word, *period, text, joined);
  }

  void append(const Word &word, Period period, std::string_view text, bool joined) {
    CaptionWord caption;
    caption.text = text;
    caption.joined = joined && !words_.empty();
    caption.start = words_.empty() ? period.start : std::max(period.start, words_.back().start);
    caption.end = std::max(caption.start, period.end);
    if (!budget_.take(caption))
      return;
    // A mark belongs to the character before.
    if (caption.joined && columns_of(first_character(caption.text)) == 0) {
      words_.back().text += caption.text;
      words_.back().end = std::max(words_.back().end, caption.end);
      return;
    }
    caption.stable = status_.final || (matched_ && word.is_final && !status_.awaits_formatted);
    caption.speaker = attributed(word.speaker);
    if (caption.speaker.empty())
      caption.speaker = attributed(turn_.speaker_label);
    words_.push_back(std::move(caption));
  }

  // A sound may be several words, and a word more than a sound.
  void leave_out_sounds() {
    std::string text;
    for (const CaptionWord &word : words_)
      text += (word.joined ? "" : " ") + word.text;
    const std::vector<TextRange> hidden = hidden_sounds(text, status_.shows_sounds);
    if (hidden.empty())
      return;
    std::vector<CaptionWord> kept;
    auto range = hidden.begin();
    std::size_t end = 0;
    for (CaptionWord &word : words_) {
      std::size_t at = end + (word.joined ? 0 : 1);
      end = at + word.text.size();
      const std::string whole = std::exchange(word.text, {});
      for (; at < end; at = std::max(at, range->end)) {
        while (range != hidden.end() && range->end <= at)
          ++range;
        const std::size_t until = range == hidden.end() ? end : std::clamp(range->begin, at, end);
        word.text.append(text, at, until - at);
        if (range == hidden.end() || until == end)
          break;
      }
      if (word.text != whole && !has_letters(word.text))
        continue;
      word.joined = word.joined && !kept.empty();
      kept.push_back(std::move(word));
    }
    words_ = std::move(kept);
  }

  const Turn &turn_;
  const TurnStatus &status_;
  std::vector<std::string> texts_;  // of the words
  bool matched_ = true;
  TextBudget budget_;
  std::vector<CaptionWord> words_;
};

}  // namespace

CaptionTurn caption_turn(const Turn &turn, const TurnStatus &status) {
  return {status.number, status.final, turn.language_code, Builder(turn, status).build()};
}

}  // namespace assemblyai
