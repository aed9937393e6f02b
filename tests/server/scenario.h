// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The script engine's input, read from JSON. The format is in README.md.

#pragma once

#include "command.h"
#include "engine.h"

#include <cstdint>
#include <string>
#include <vector>

namespace testserver {

struct ScriptPartial {
  std::int64_t at_ms = 0;
  Hypothesis hypothesis;
};

struct ScriptTurn {
  Hypothesis hypothesis;                // complete and formatted
  std::vector<ScriptPartial> partials;  // if empty: one after each word
  std::int64_t end_ms = 0;              // when the final is sent
};

struct ScriptStep {
  enum class When { position, turn_begin, turn_final };
  When when = When::position;
  std::int64_t at_ms = 0;
  std::size_t turn = 0;
  int session = -1;  // index of the session it is for; -1 = every one
  Command command;
};

struct Scenario {
  std::int64_t recognition_delay_ms = 200;
  std::int64_t end_of_turn_silence_ms = 400;
  std::int64_t repeat_ms = 0;     // > 0: the turns come again, so much later, for ever
  bool talk = false;              // the built-in talk in place of turns
  std::vector<ScriptTurn> turns;  // in order of time
  std::vector<ScriptStep> steps;  // in order of time

  // The turn of that number; false beyond the last.
  bool turn(std::size_t index, ScriptTurn *turn) const;
};

// "" is the built-in talk.
bool parse_scenario(const std::string &json, Scenario *scenario, std::string *error);

}  // namespace testserver
