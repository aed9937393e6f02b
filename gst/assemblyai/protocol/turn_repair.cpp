// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "protocol/turn_repair.h"

#include <glib.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/words.h"
#include "protocol/text.h"

namespace assemblyai {

namespace {

// More than people need to speak a character, less than a pause.
constexpr milliseconds kCharacter{70};

milliseconds usual_duration(const Word &word) {
  return kCharacter *
         static_cast<int>(std::min<std::size_t>(count_characters(word.text) + 1, 60000));
}

bool has_start(const Word &word) {
  return word.start != kUnknownTime;
}

milliseconds usual_duration(const std::vector<Word> &words) {
  milliseconds sum{};
  for (const Word &word : words)
    sum += usual_duration(word);
  return sum;
}

// Divides the time between the two among the words from first to last.
void spread(std::vector<Word> *words, std::size_t first, std::size_t last, milliseconds from,
            milliseconds until) {
  milliseconds needed{};
  for (std::size_t i = first; i < last; i++)
    needed += usual_duration((*words)[i]);
  from = std::min(from, until);
  // Nearer to the known speech than to a silence.
  if (until - from > needed && first > 0)
    until = from + needed;
  else if (until - from > needed)
    from = until - needed;
  milliseconds passed{};
  for (std::size_t i = first; i < last; i++) {
    Word &word = (*words)[i];
    word.start = from + (until - from) * passed.count() / needed.count();
    passed += usual_duration(word);
    word.end = from + (until - from) * passed.count() / needed.count();
    word.inferred = true;
  }
}

// A word with only one of its two times.
void infer_other_times(std::vector<Word> *words, milliseconds until) {
  milliseconds before{};
  for (std::size_t i = 0; i < words->size(); i++) {
    Word &word = (*words)[i];
    const bool has_end = word.end != kUnknownTime;
    if (has_start(word) && !has_end) {
      const bool is_known = i + 1 < words->size() && has_start((*words)[i + 1]);
      const milliseconds next = is_known ? (*words)[i + 1].start : until;
      word.end = std::max(word.start, std::min(next, word.start + usual_duration(word)));
      word.inferred = true;
    } else if (has_end && !has_start(word)) {
      word.start = std::min(word.end, std::max(before, word.end - usual_duration(word)));
      word.inferred = true;
    }
    before = std::max(before, word.end);
  }
}

// Gives each word without times a time between its neighbours, or between from and until, in
// proportion to the lengths of the texts, and no slower than people speak.
void infer_times(std::vector<Word> *words, milliseconds from, milliseconds until) {
  infer_other_times(words, until);
  for (std::size_t first = 0; first < words->size(); first++) {
    if (has_start((*words)[first]))
      continue;
    std::size_t last = first;
    while (last < words->size() && !has_start((*words)[last]))
      last++;
    const milliseconds end = last < words->size() ? (*words)[last].start : until;
    milliseconds begin = first > 0 ? (*words)[first - 1].end : from;
    // Turns may overlap: the times of this turn take precedence.
    if (first == 0 && last < words->size() && begin >= end)
      begin = {};
    spread(words, first, last, begin, end);
    first = last - 1;
  }
}

// The service cannot have recognized audio that it had not received.
void forget_impossible(std::vector<Word> *words, milliseconds received) {
  for (Word &word : *words) {
    if (word.start > received)
      word.start = word.end = kUnknownTime;
    else if (word.end > received)
      word.end = has_start(word) ? received : kUnknownTime;
  }
}

// "[ Silence]" becomes "[Silence]", and "[MUSIC]" becomes "[Music]": capitals mark the kind of
// redacted text.
std::string with_sound_tags(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t open = std::min(text.find('[', at), text.size());
    const std::size_t close = std::min(text.find(']', open), text.size());
    out += text.substr(at, open - at);
    if (close == text.size())
      return out += text.substr(open);
    std::string name(text.substr(open + 1, close - open - 1));
    name.erase(name.find_last_not_of(' ') + 1);
    name.erase(0, name.find_first_not_of(' '));
    const bool has_small =
        std::any_of(name.begin(), name.end(), [](char c) { return g_ascii_islower(c); });
    for (std::size_t i = 1; i < name.size() && !has_small; i++)
      name[i] = g_ascii_tolower(name[i]);
    out += '[' + name + ']';
    at = close + 1;
  }
  return out;
}

std::vector<std::string> tokens_of(std::string_view text) {
  std::vector<std::string> tokens;
  bool is_new = true;
  for (std::size_t at = 0; at < text.size();) {
    const char *const character = text.data() + at;
    const auto size = static_cast<std::size_t>(g_utf8_next_char(character) - character);
    if (g_unichar_isspace(g_utf8_get_char(character))) {
      is_new = true;
    } else {
      if (std::exchange(is_new, false))
        tokens.emplace_back();
      tokens.back().append(character, size);
    }
    at += size;
  }
  return tokens;
}

// The utterance of an unformatted turn, if it is the whole turn. If it is only the last of several,
// it has the letters of the end of the transcript.
bool is_formatted_text(const Turn &turn) {
  if (turn.formatted || is_blank(turn.utterance) || is_blank(turn.transcript))
    return false;
  const std::string raw = fold_word(turn.transcript);
  const std::string utterance = fold_word(turn.utterance);
  if (raw == utterance)
    return true;
  return turn.end_of_turn && !raw.ends_with(utterance) && !raw.starts_with(utterance);
}

void take_formatted_text(Turn *turn) {
  if (!is_formatted_text(*turn))
    return;
  turn->transcript = with_sound_tags(turn->utterance);
  std::vector<std::string> tokens = tokens_of(turn->transcript);
  if (tokens.size() != turn->words.size())
    return;
  for (std::size_t i = 0; i < tokens.size(); i++)
    turn->words[i].text = std::move(tokens[i]);
}

}  // namespace

void infer_times(std::vector<Word> *words) {
  const auto last = std::find_if(words->rbegin(), words->rend(), has_start);
  if (last != words->rend())
    infer_times(words, {}, std::max(last->start, last->end));
}

TurnRepair::Told &TurnRepair::told_of(std::int64_t order) {
  if (order == newest_.turn.order)
    return newest_;
  if (order == before_.turn.order)
    return before_;
  if (order < newest_.turn.order) {
    const milliseconds from = std::max(newest_.end(), other_.end());
    other_ = {};
    other_.from = from;
    return other_;
  }
  before_ = std::exchange(newest_, {});
  newest_.from = std::max(before_.end(), speech_);
  return newest_;
}

// The turn before ends where the newest begins. A turn that is out of order does not shorten the
// turns that are in order.
milliseconds TurnRepair::end_of(const Told &told, milliseconds received) const {
  if (&told == &newest_)
    return received;
  return &told == &before_ ? newest_.from : told.from;
}

// The words of a report with a transcript but no words. Their times come from words without text,
// or from the report before.
void TurnRepair::add_words(Turn *turn, const Told &told, milliseconds from, milliseconds until) {
  const std::vector<std::string> tokens = tokens_of(turn_text(*turn));
  const bool is_whole = !turn->words.empty() || told.turn.end_of_turn;
  std::vector<Word> known = turn->words.empty() ? told.turn.words : turn->words;
  infer_times(&known, from, until);
  std::vector<Word> words = known;
  if (known.size() != tokens.size())
    words.assign(tokens.size(), {.start = kUnknownTime, .end = kUnknownTime});
  for (std::size_t i = 0; i < tokens.size(); i++) {
    words[i].text = tokens[i];
    words[i].is_final = turn->end_of_turn;
  }
  if (!known.empty()) {
    from = known.front().start;
    until = is_whole ? known.back().end : std::min(until, from + usual_duration(words));
  }
  infer_times(&words, from, until);
  turn->words = std::move(words);
}

void TurnRepair::repair(Turn *turn, milliseconds received, bool expects_formatted) {
  if (turn->order == kUnknownOrder)
    turn->order = newest_.turn.order + (newest_.is_over ? 1 : 0);
  Told &told = told_of(turn->order);
  if (turn->text_unknown) {
    turn->transcript = told.turn.transcript;
    turn->words = told.turn.words;
  }
  take_formatted_text(turn);
  forget_impossible(&turn->words, received);
  const milliseconds until = std::min(received, end_of(told, received));
  const auto has_text = [](const Word &word) { return !is_blank(word.text); };
  if (std::any_of(turn->words.begin(), turn->words.end(), has_text))
    infer_times(&turn->words, told.from, until);
  else
    add_words(turn, told, told.from, until);
  told.is_over = turn->end_of_turn && (turn->formatted || !expects_formatted);
  std::vector<Word> words = turn->words.empty() ? std::move(told.turn.words) : turn->words;
  told.turn = *turn;
  told.turn.words = std::move(words);
}

}  // namespace assemblyai
