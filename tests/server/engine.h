// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// What hears. An engine takes samples and reports hypotheses of the turn in
// progress; it knows nothing of messages.

#pragma once

#include "command.h"
#include "options.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace testserver {

struct EngineWord {
  std::string text;       // raw: lower case, no punctuation
  std::string formatted;  // as in a formatted turn
  std::string draft;      // what is heard while it is the newest word; "" = the text
  std::string speaker;
  std::string revised_speaker;  // found out later: for SpeakerRevision
  std::string pii;              // kind of personal information, e.g. "PERSON_NAME"
  bool profane = false;
  std::int64_t start_ms = 0;  // position in the audio of this session
  std::int64_t end_ms = 0;
  double confidence = 0.95;
};

struct Hypothesis {
  std::vector<EngineWord> words;  // of the whole turn so far
  std::string formatted;          // formatted text, if it is not the words' joined
  std::string language = "en";
  double language_confidence = 0.99;
  // Words that end before this will not be taken back (Universal-Streaming makes them final).
  std::int64_t settled_ms = 0;
  std::int64_t heard_ms = 0;  // how much of the audio has been heard
};

// Called on the session's thread, not after the engine's destruction.
class EngineObserver {
 public:
  virtual ~EngineObserver() = default;
  virtual void turn_changed(const Hypothesis &hypothesis) = 0;
  virtual void turn_ended(const Hypothesis &hypothesis) = 0;
  virtual void step(const Command &command) = 0;
};

class Engine {
 public:
  virtual ~Engine() = default;
  virtual void feed(std::span<const std::int16_t> samples) = 0;
  virtual void force_endpoint() = 0;
  // No more audio: reports the turn in progress as ended, then calls done.
  virtual void finish(std::function<void()> done) = 0;
};

class LoopThread;

struct EngineSetup {
  EngineKind kind = EngineKind::script;
  std::string scenario;  // "" = the built-in talk
  std::int64_t sample_rate = 16000;
  std::size_t session_index = 0;
  EngineObserver *observer = nullptr;
  LoopThread *loop = nullptr;  // where the observer lives
};

// nullptr and *error if the scenario is wrong or the engine is not in this build.
std::unique_ptr<Engine> make_engine(const EngineSetup &setup, std::string *error);
bool have_pocketsphinx();
// Loads a decoder for the first session that speaks; false and *error if there are no models.
bool prepare_pocketsphinx(std::string *error);

std::unique_ptr<Engine> make_script_engine(const EngineSetup &setup, std::string *error);
std::unique_ptr<Engine> make_coded_engine(const EngineSetup &setup);
std::unique_ptr<Engine> make_pocketsphinx_engine(const EngineSetup &setup, std::string *error);

// Fills EngineWord::formatted: capital first letter, "I", and a full stop if the turn is complete.
void format_words(std::vector<EngineWord> *words, bool complete);

}  // namespace testserver
