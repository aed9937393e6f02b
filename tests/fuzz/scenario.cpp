// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A scenario of the local server: what the reader accepts is in order, and
// plays the same however the audio is cut.

#include "scenario.h"

#include <glib.h>

#include "target.h"

using namespace testserver;
using fuzz::require;

namespace {

constexpr std::size_t kPlayedMs = 3000;

void check_text(const std::string &text) {
  require(g_utf8_validate_len(text.data(), text.size(), nullptr), "text is valid UTF-8");
}

void check(const Hypothesis &hypothesis) {
  require(!hypothesis.words.empty(), "something is heard");
  check_text(hypothesis.formatted);
  check_text(hypothesis.language);
  require(hypothesis.language_confidence >= 0 && hypothesis.language_confidence <= 1,
          "a confidence is from 0 to 1");
  for (const EngineWord &word : hypothesis.words) {
    for (const std::string *text : {&word.text, &word.formatted, &word.draft, &word.speaker,
                                    &word.revised_speaker, &word.pii})
      check_text(*text);
    require(!word.text.empty() && !word.formatted.empty(), "words have text");
    require(word.start_ms >= 0 && word.start_ms <= word.end_ms, "words have a duration");
    require(word.confidence >= 0 && word.confidence <= 1, "a confidence is from 0 to 1");
  }
}

void check(const ScriptTurn &turn) {
  check(turn.hypothesis);
  require(turn.hypothesis.words.back().end_ms <= turn.end_ms, "a turn ends after its words");
  for (const ScriptPartial &partial : turn.partials) {
    require(partial.at_ms >= 0, "times are sane");
    check(partial.hypothesis);
  }
}

void check(const Scenario &scenario) {
  ScriptTurn turn;
  require(scenario.turn(0, &turn) == (scenario.talk || !scenario.turns.empty()), "turns are there");
  for (std::size_t i = 0; i < 2 * scenario.turns.size() && scenario.turn(i, &turn); ++i)
    check(turn);
  std::int64_t last_ms = 0;
  for (const ScriptStep &step : scenario.steps) {
    require(step.at_ms >= last_ms, "steps are in order");
    last_ms = step.at_ms;
    require(step.session >= -1 && step.command.code <= 0xFFFF, "arguments of steps are sane");
    if (step.command.kind == Command::Kind::text)
      check_text(step.command.text);
  }
}

// Events while the scenario plays, at most.
std::size_t events(const Scenario &scenario) {
  std::size_t count = scenario.steps.size();
  for (const ScriptTurn &turn : scenario.turns) {
    count += turn.hypothesis.words.size();
    for (const ScriptPartial &partial : turn.partials)
      count += partial.hypothesis.words.size();
  }
  return scenario.repeat_ms > 0
             ? count * (1 + kPlayedMs / static_cast<std::size_t>(scenario.repeat_ms))
             : count;
}

class Log final : public EngineObserver {
 public:
  void turn_changed(const Hypothesis &hypothesis) override { add('~', hypothesis); }
  void turn_ended(const Hypothesis &hypothesis) override { add('.', hypothesis); }
  void step(const Command &command) override {
    text_ += '!' + std::to_string(static_cast<int>(command.kind)) + command.text;
  }
  const std::string &text() const { return text_; }

 private:
  void add(char kind, const Hypothesis &hypothesis) {
    check(hypothesis);
    text_ += kind + hypothesis.formatted;
    for (const EngineWord &word : hypothesis.words)
      text_ += word.text + std::to_string(word.start_ms) + '-' + std::to_string(word.end_ms);
  }

  std::string text_;
};

std::string played(const std::string &scenario, std::size_t cut) {
  static const std::vector<std::int16_t> kAudio(kPlayedMs * 16);
  Log log;
  std::string error;
  const auto engine = make_script_engine({.scenario = scenario, .observer = &log}, &error);
  std::span<const std::int16_t> rest(kAudio);
  while (!rest.empty()) {
    engine->feed(rest.first(std::min(cut, rest.size())));
    rest = rest.subspan(std::min(cut, rest.size()));
  }
  engine->finish([] {});
  return log.text();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const std::string text = fuzz::expanded(fuzz::as_text(data, size));
  Scenario scenario;
  std::string error;
  if (!parse_scenario(text, &scenario, &error)) {
    require(!error.empty(), "what is refused is refused with a reason");
    return 0;
  }
  check(scenario);
  if (events(scenario) <= 100)
    require(played(text, 777) == played(text, kPlayedMs * 16), "cuts in the audio do not matter");
  return 0;
}
