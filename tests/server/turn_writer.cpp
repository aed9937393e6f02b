// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include "turn_writer.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace testserver {

namespace {

std::string upper(std::string text) {
  for (char &c : text) {
    if (c >= 'a' && c <= 'z')
      c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

// As Universal-3 was seen to do: its times say nothing of when a word was said.
Hypothesis spread(Hypothesis hypothesis) {
  constexpr double kGap = 0.2;  // characters between two words
  constexpr std::int64_t kDelay = 450;
  std::vector<EngineWord> &words = hypothesis.words;
  if (words.empty())
    return hypothesis;
  const auto size = [](const EngineWord &word) {
    return static_cast<double>((word.formatted.empty() ? word.text : word.formatted).size());
  };
  double characters = -kGap;
  for (const EngineWord &word : words)
    characters += size(word) + kGap;
  const std::int64_t start = words.front().start_ms;
  const double length =
      static_cast<double>(std::max<std::int64_t>(hypothesis.heard_ms - kDelay - start, 20));
  double at = 0;
  const auto time = [&] { return start + std::llround(at / characters * length); };
  for (EngineWord &word : words) {
    word.start_ms = time();
    at += size(word);
    word.end_ms = time();
    at += kGap;
  }
  return hypothesis;
}

}  // namespace

TurnWriter::TurnWriter(const Configuration &configuration, const Options &options,
                       std::function<void(std::string)> send)
    : configuration_(configuration), options_(options), send_(std::move(send)) {}

Finals TurnWriter::finals() const {
  if (options_.finals != Finals::derived)
    return options_.finals;
  if (configuration_.universal_3() || configuration_.model == "universal-streaming-multilingual")
    return Finals::single;
  return configuration_.format_turns ? Finals::classical : Finals::unformatted;
}

void TurnWriter::turn_changed(const Hypothesis &hypothesis) {
  begin(hypothesis);
  Hypothesis current = settle(hypothesis);
  if (!configuration_.partials() || hypothesis.heard_ms < next_partial_ms_)
    return;
  next_partial_ms_ = hypothesis.heard_ms + options_.partial_interval.count();
  Look look;
  if (configuration_.universal_3()) {
    look.formatted = true;
    look.claims_formatted = options_.partials_formatted;
  } else {
    look.formatted = look.claims_formatted = finals() == Finals::single;
    look.confidence = 0.05;
  }
  emit(turn(order_, current, look));
}

void TurnWriter::turn_ended(const Hypothesis &hypothesis) {
  begin(hypothesis);
  Hypothesis current = settle(hypothesis);
  send_finals(current);
  bool revised = false;
  for (const EngineWord &word : current.words)
    revised = revised || !word.revised_speaker.empty();
  if (revised)
    revisions_.push_back({order_, current.words});
  settled_.clear();
  next_partial_ms_ = 0;
  begun_ = false;
  order_++;
}

void TurnWriter::begin(const Hypothesis &hypothesis) {
  if (std::exchange(begun_, true))
    return;
  if (!configuration_.universal_3())
    return;
  JsonWriter json;
  std::int64_t start = hypothesis.words.empty() ? 0 : hypothesis.words.front().start_ms;
  json.begin_object().key("type").string("SpeechStarted").key("timestamp").integer(start);
  json.key("confidence").number(0.950008).end_object();
  send_(json.text());
}

// Universal-Streaming does not take back a final word: an engine that changes its mind about one
// is overruled, and goes on after it.
Hypothesis TurnWriter::settle(const Hypothesis &hypothesis) {
  if (configuration_.universal_3())
    return options_.word_times == WordTimes::spread ? spread(hypothesis) : hypothesis;
  Hypothesis merged = hypothesis;
  merged.words = settled_;
  for (const EngineWord &word : hypothesis.words) {
    bool told = !settled_.empty() && (word.start_ms + word.end_ms) / 2 < settled_.back().end_ms;
    if (!told)
      merged.words.push_back(word);
  }
  // The same words, but with their final form: a last word may gain its full stop.
  if (merged.words.size() == hypothesis.words.size()) {
    for (std::size_t i = 0; i < settled_.size(); i++)
      merged.words[i].formatted = hypothesis.words[i].formatted;
  }
  for (std::size_t i = settled_.size(); i < merged.words.size(); i++) {
    if (merged.words[i].end_ms > hypothesis.settled_ms)
      break;
    settled_.push_back(merged.words[i]);
  }
  return merged;
}

void TurnWriter::send_finals(const Hypothesis &hypothesis) {
  Look look;
  look.end_of_turn = look.utterance = true;
  look.confidence = configuration_.universal_3() ? 1 : 0.810234;
  Finals finals = this->finals();
  if (finals == Finals::single) {
    look.formatted = look.claims_formatted = true;
    emit(turn(order_, hypothesis, look));
    return;
  }
  emit(turn(order_, hypothesis, look));
  if (finals == Finals::unformatted)
    return;
  look.formatted = look.claims_formatted = true;
  look.utterance = false;
  std::string formatted = turn(order_, hypothesis, look);
  if (options_.late_formatted)
    late_ = std::move(formatted);
  else
    emit(std::move(formatted));
}

std::string TurnWriter::shown(const EngineWord &word, const Look &look) const {
  if (look.end_of_turn && configuration_.redact_pii && !word.pii.empty())
    return configuration_.redact_sub == "hash" ? "######" : "[" + upper(word.pii) + "]";
  if (configuration_.filter_profanity && word.profane)
    return "***";
  return look.formatted && !word.formatted.empty() ? word.formatted : word.text;
}

bool TurnWriter::is_final(const EngineWord &word, const Hypothesis &hypothesis,
                          const Look &look) const {
  if (look.end_of_turn)
    return true;
  return !configuration_.universal_3() && word.end_ms <= hypothesis.settled_ms;
}

std::string TurnWriter::transcript(const Hypothesis &hypothesis, const Look &look) const {
  bool hides = configuration_.redact_pii || configuration_.filter_profanity;
  if (look.end_of_turn && look.formatted && !hypothesis.formatted.empty() && !hides)
    return hypothesis.formatted;
  std::string text;
  for (const EngineWord &word : hypothesis.words) {
    // Universal-Streaming: final words only. U3: the whole hypothesis.
    if (!configuration_.universal_3() && !is_final(word, hypothesis, look))
      continue;
    text += (text.empty() ? "" : " ") + shown(word, look);
  }
  return text;
}

void TurnWriter::write_word(JsonWriter *json, const EngineWord &word, const Look &look,
                            bool final) const {
  json->begin_object();
  json->key("start").integer(word.start_ms).key("end").integer(word.end_ms);
  json->key("text").string(shown(word, look));
  json->key("confidence").number(configuration_.model == "whisper-rt" ? 0 : word.confidence);
  if (look.end_of_turn && configuration_.speaker_labels) {
    json->key("speaker").string(word.speaker.empty() ? "PENDING" : word.speaker);
    json->key("speaker_confidence").number(0.832652);
  }
  json->key("word_is_final").boolean(final).end_object();
}

std::string TurnWriter::turn(int order, const Hypothesis &hypothesis, const Look &look) const {
  JsonWriter json;
  std::string text = transcript(hypothesis, look);
  json.begin_object().key("turn_order").integer(order);
  json.key("turn_is_formatted").boolean(look.claims_formatted);
  json.key("end_of_turn").boolean(look.end_of_turn);
  json.key("transcript").string(text);
  json.key("end_of_turn_confidence").number(look.confidence);
  json.key("words").begin_array();
  for (const EngineWord &word : hypothesis.words)
    write_word(&json, word, look, is_final(word, hypothesis, look));
  json.end_array();
  json.key("utterance").string(look.utterance ? text : "");
  if (look.end_of_turn && configuration_.language_detection) {
    json.key("language_code").string(hypothesis.language);
    json.key("language_confidence").number(hypothesis.language_confidence);
  }
  if (look.end_of_turn && configuration_.speaker_labels && !hypothesis.words.empty()) {
    const EngineWord &first = hypothesis.words.front();
    json.key("speaker_label").string(first.speaker.empty() ? "PENDING" : first.speaker);
    json.key("speaker_confidence").number(0.594751);
  }
  json.key("type").string("Turn").end_object();
  return json.text();
}

void TurnWriter::emit(std::string message) {
  if (std::exchange(swap_next_, false) && held_.empty()) {
    held_ = std::move(message);
    return;
  }
  bool twice = options_.duplicate_turns || std::exchange(duplicate_next_, false);
  send_(message);
  if (twice)
    send_(std::move(message));
  if (!held_.empty())
    send_(std::exchange(held_, {}));
  flush_late();
}

// The formatted final of turn n follows the first message of turn n + 1.
void TurnWriter::flush_late() {
  if (begun_ && !late_.empty())
    send_(std::exchange(late_, {}));
}

void TurnWriter::revise_speakers() {
  if (!configuration_.speaker_labels || revisions_.empty())
    return;
  JsonWriter json;
  json.begin_object().key("type").string("SpeakerRevision").key("revisions").begin_array();
  for (const RevisedTurn &revised : revisions_) {
    std::string label;
    json.begin_object().key("turn_order").integer(revised.order).key("words").begin_array();
    for (const EngineWord &word : revised.words) {
      EngineWord copy = word;
      copy.speaker = word.revised_speaker.empty() ? word.speaker : word.revised_speaker;
      label = label.empty() ? copy.speaker : label;
      json.begin_object().key("start").integer(copy.start_ms).key("end").integer(copy.end_ms);
      json.key("text").string(copy.formatted).key("confidence").number(copy.confidence);
      json.key("speaker").string(copy.speaker).key("word_is_final").boolean(true).end_object();
    }
    json.end_array().key("speaker_label").string_or_null(label).end_object();
  }
  json.end_array().end_object();
  revisions_.clear();
  send_(json.text());
}

void TurnWriter::finish() {
  if (!held_.empty())
    send_(std::exchange(held_, {}));
  if (!late_.empty())
    send_(std::exchange(late_, {}));
  if (options_.empty_final && configuration_.universal_streaming()) {
    Look look;
    look.end_of_turn = true;
    look.claims_formatted = finals() != Finals::unformatted;
    look.confidence = 1;
    emit(turn(order_, {}, look));
  }
  revise_speakers();
}

}  // namespace testserver
