// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include "scenario.h"

#include <algorithm>

#include "talk.h"

namespace testserver {

namespace {

constexpr std::int64_t kLongest = 7LL * 24 * 3600 * 1000;  // keeps sums of times from overflowing

std::int64_t milliseconds(JsonObject *object, const char *name, std::int64_t fallback) {
  return std::clamp<std::int64_t>(json_integer(object, name, fallback), 0, kLongest);
}

std::vector<std::string> split_words(const std::string &text) {
  std::vector<std::string> words;
  std::size_t start = 0;
  while ((start = text.find_first_not_of(' ', start)) != std::string::npos) {
    std::size_t end = std::min(text.find(' ', start), text.size());
    words.push_back(text.substr(start, end - start));
    start = end;
  }
  return words;
}

bool parse_word(JsonNode *node, const std::string &speaker, EngineWord *word) {
  if (!JSON_NODE_HOLDS_OBJECT(node))
    return false;
  JsonObject *object = json_node_get_object(node);
  word->text = json_string(object, "text");
  word->formatted = json_string(object, "formatted");
  word->draft = json_string(object, "draft");
  word->speaker = json_string(object, "speaker", speaker);
  word->revised_speaker = json_string(object, "revised_speaker");
  word->pii = json_string(object, "pii");
  word->profane = json_boolean(object, "profane", false);
  word->start_ms = milliseconds(object, "start", 0);
  word->end_ms = std::max(milliseconds(object, "end", 0), word->start_ms);
  word->confidence = std::clamp(json_number(object, "confidence", 0.95), 0.0, 1.0);
  return !word->text.empty();
}

// "text" with "start" and "end" (or "word_ms"): the words share the time.
void spread_words(JsonObject *object, const std::string &speaker, std::vector<EngineWord> *words) {
  std::vector<std::string> texts = split_words(json_string(object, "text"));
  if (texts.empty())
    return;
  auto count = static_cast<std::int64_t>(texts.size());
  std::int64_t start = milliseconds(object, "start", 0);
  std::int64_t step = milliseconds(object, "word_ms", 300);
  std::int64_t end = std::max(milliseconds(object, "speech_end", start + count * step), start);
  for (std::int64_t i = 0; i < count; i++) {
    EngineWord word;
    word.text = texts[static_cast<std::size_t>(i)];
    word.speaker = speaker;
    word.start_ms = start + (end - start) * i / count;
    word.end_ms = start + (end - start) * (i + 1) / count;
    words->push_back(word);
  }
}

bool parse_words(JsonObject *object, const std::string &speaker, std::vector<EngineWord> *words) {
  JsonArray *array = json_array(object, "words");
  if (array == nullptr) {
    spread_words(object, speaker, words);
    return !words->empty();
  }
  for (guint i = 0; i < json_array_get_length(array); i++) {
    EngineWord word;
    if (!parse_word(json_array_get_element(array, i), speaker, &word))
      return false;
    words->push_back(word);
  }
  return !words->empty();
}

// A formatted text with as many words as were spoken gives each its form; otherwise (numbers
// written as digits) it stands for the turn alone.
void apply_format(const std::string &formatted, Hypothesis *hypothesis) {
  std::vector<EngineWord> &words = hypothesis->words;
  std::vector<std::string> texts = split_words(formatted);
  hypothesis->formatted = formatted;
  std::vector<EngineWord> plain = words;
  format_words(&plain, true);
  for (std::size_t i = 0; i < words.size(); i++) {
    if (texts.size() == words.size())
      words[i].formatted = texts[i];
    else if (words[i].formatted.empty())
      words[i].formatted = plain[i].formatted;
  }
}

bool parse_partial(JsonNode *node, const ScriptTurn &turn, ScriptPartial *partial) {
  if (!JSON_NODE_HOLDS_OBJECT(node))
    return false;
  JsonObject *object = json_node_get_object(node);
  partial->at_ms = milliseconds(object, "at", 0);
  partial->hypothesis.language = turn.hypothesis.language;
  const EngineWord &first = turn.hypothesis.words.front();
  if (!parse_words(object, first.speaker, &partial->hypothesis.words))
    return false;
  // A partial that is only text starts with its turn.
  if (json_array(object, "words") == nullptr && json_object_has_member(object, "start") == FALSE) {
    for (EngineWord &word : partial->hypothesis.words) {
      word.start_ms += first.start_ms;
      word.end_ms += first.start_ms;
    }
  }
  std::vector<EngineWord> plain = partial->hypothesis.words;
  format_words(&plain, false);
  for (std::size_t i = 0; i < plain.size(); i++) {
    EngineWord &word = partial->hypothesis.words[i];
    word.formatted = word.formatted.empty() ? plain[i].formatted : word.formatted;
  }
  partial->hypothesis.settled_ms = partial->hypothesis.words.back().start_ms;
  return true;
}

bool parse_turn(JsonNode *node, const Scenario &scenario, ScriptTurn *turn) {
  if (!JSON_NODE_HOLDS_OBJECT(node))
    return false;
  JsonObject *object = json_node_get_object(node);
  Hypothesis &hypothesis = turn->hypothesis;
  if (!parse_words(object, json_string(object, "speaker"), &hypothesis.words))
    return false;
  apply_format(json_string(object, "formatted"), &hypothesis);
  hypothesis.language = json_string(object, "language", "en");
  hypothesis.language_confidence =
      std::clamp(json_number(object, "language_confidence", 0.99), 0.0, 1.0);
  std::int64_t last = hypothesis.words.back().end_ms;
  turn->end_ms =
      std::max(last, milliseconds(object, "end", last + scenario.end_of_turn_silence_ms));
  JsonArray *partials = json_array(object, "partials");
  for (guint i = 0; partials != nullptr && i < json_array_get_length(partials); i++) {
    ScriptPartial partial;
    if (!parse_partial(json_array_get_element(partials, i), *turn, &partial))
      return false;
    turn->partials.push_back(std::move(partial));
  }
  return true;
}

bool parse_step(JsonNode *node, ScriptStep *step) {
  if (!JSON_NODE_HOLDS_OBJECT(node))
    return false;
  JsonObject *object = json_node_get_object(node);
  auto command = parse_command(object);
  if (!command)
    return false;
  step->command = *command;
  step->at_ms = milliseconds(object, "at", 0);
  step->session =
      static_cast<int>(std::clamp<std::int64_t>(json_integer(object, "session", -1), -1, 1000000));
  if (json_object_has_member(object, "turn") != FALSE) {
    step->turn = static_cast<std::size_t>(milliseconds(object, "turn", 0));
    step->when = json_string(object, "when", "final") == "begin" ? ScriptStep::When::turn_begin
                                                                 : ScriptStep::When::turn_final;
  }
  return true;
}

template <typename Item, typename Parse>
bool parse_items(JsonArray *array, std::vector<Item> *items, Parse parse) {
  for (guint i = 0; array != nullptr && i < json_array_get_length(array); i++) {
    Item item;
    if (!parse(json_array_get_element(array, i), &item))
      return false;
    items->push_back(std::move(item));
  }
  return true;
}

ScriptTurn talk_turn(std::size_t sentence, std::int64_t silence_ms) {
  ScriptTurn turn;
  static const char *const kSpeakers[] = {"A", "B"};
  for (std::size_t i = sentence * 8; i < (sentence + 1) * 8; i++) {
    TalkWord spoken = talk_word(i);
    EngineWord word;
    word.text = spoken.text;
    word.formatted = spoken.formatted;
    word.speaker = kSpeakers[sentence % 2];
    word.start_ms = spoken.start_ms;
    word.end_ms = spoken.end_ms;
    turn.hypothesis.words.push_back(word);
  }
  turn.end_ms = turn.hypothesis.words.back().end_ms + silence_ms;
  return turn;
}

void shift(Hypothesis *hypothesis, std::int64_t by_ms) {
  for (EngineWord &word : hypothesis->words) {
    word.start_ms += by_ms;
    word.end_ms += by_ms;
  }
  hypothesis->settled_ms += by_ms;
}

}  // namespace

bool Scenario::turn(std::size_t index, ScriptTurn *turn) const {
  if (talk) {
    *turn = talk_turn(index, end_of_turn_silence_ms);
    return true;
  }
  if (turns.empty() || (index >= turns.size() && repeat_ms <= 0))
    return false;
  *turn = turns[index % turns.size()];
  std::int64_t by_ms = static_cast<std::int64_t>(index / turns.size()) * repeat_ms;
  shift(&turn->hypothesis, by_ms);
  turn->end_ms += by_ms;
  for (ScriptPartial &partial : turn->partials) {
    partial.at_ms += by_ms;
    shift(&partial.hypothesis, by_ms);
  }
  return true;
}

bool parse_scenario(const std::string &json, Scenario *scenario, std::string *error) {
  if (json.empty()) {
    scenario->talk = true;
    return true;
  }
  JsonText text;
  text.parse(json);
  JsonObject *object = text.object();
  if (object == nullptr) {
    *error = "the scenario is no JSON object: " + text.problem();
    return false;
  }
  scenario->recognition_delay_ms = milliseconds(object, "recognition_delay_ms", 200);
  scenario->end_of_turn_silence_ms = milliseconds(object, "end_of_turn_silence_ms", 400);
  scenario->repeat_ms = milliseconds(object, "repeat_ms", 0);
  scenario->talk = json_boolean(object, "talk", json_array(object, "turns") == nullptr);
  bool good = parse_items(
      json_array(object, "turns"), &scenario->turns,
      [&](JsonNode *node, ScriptTurn *turn) { return parse_turn(node, *scenario, turn); });
  if (!good) {
    *error = "turn " + std::to_string(scenario->turns.size()) + " of the scenario is wrong";
    return false;
  }
  if (!parse_items(json_array(object, "steps"), &scenario->steps, parse_step)) {
    *error = "step " + std::to_string(scenario->steps.size()) + " of the scenario is wrong";
    return false;
  }
  std::stable_sort(scenario->steps.begin(), scenario->steps.end(),
                   [](const auto &a, const auto &b) { return a.at_ms < b.at_ms; });
  return true;
}

}  // namespace testserver
