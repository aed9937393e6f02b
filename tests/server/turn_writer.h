// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Hypotheses to messages: SpeechStarted, Turn and SpeakerRevision in the
// manner of the session's model.

#pragma once

#include "engine.h"
#include "options.h"
#include "parameters.h"

#include <functional>
#include <string>
#include <vector>

namespace testserver {

class TurnWriter {
 public:
  // Both references must outlive the writer; the configuration may change under it.
  TurnWriter(const Configuration &configuration, const Options &options,
             std::function<void(std::string)> send);

  void turn_changed(const Hypothesis &hypothesis);
  void turn_ended(const Hypothesis &hypothesis);
  void finish();           // what comes between the last turn and Termination
  void revise_speakers();  // SpeakerRevision, if there is anything to say
  bool in_turn() const { return begun_; }

  void duplicate_next() { duplicate_next_ = true; }
  void swap_next() { swap_next_ = true; }

 private:
  // How one Turn message is to look.
  struct Look {
    bool end_of_turn = false;
    bool formatted = false;         // the text
    bool claims_formatted = false;  // turn_is_formatted
    bool utterance = false;         // filled
    double confidence = 0;
  };
  struct RevisedTurn {
    int order = 0;
    std::vector<EngineWord> words;
  };

  Finals finals() const;
  void begin(const Hypothesis &hypothesis);
  Hypothesis settle(const Hypothesis &hypothesis);
  void send_finals(const Hypothesis &hypothesis);
  std::string turn(int order, const Hypothesis &hypothesis, const Look &look) const;
  std::string transcript(const Hypothesis &hypothesis, const Look &look) const;
  void write_word(JsonWriter *json, const EngineWord &word, const Look &look, bool final) const;
  std::string shown(const EngineWord &word, const Look &look) const;
  bool is_final(const EngineWord &word, const Hypothesis &hypothesis, const Look &look) const;
  void emit(std::string message);
  void flush_late();

  const Configuration &configuration_;
  const Options &options_;
  std::function<void(std::string)> send_;
  int order_ = 0;
  bool begun_ = false;
  std::vector<EngineWord> settled_;  // Universal-Streaming: final words of the turn in progress
  std::vector<RevisedTurn> revisions_;
  std::int64_t next_partial_ms_ = 0;  // not before so much audio has been heard
  std::string late_;                  // a formatted final kept back by Options::late_formatted
  std::string held_;                  // a Turn kept back by swap_next
  bool duplicate_next_ = false;
  bool swap_next_ = false;
};

}  // namespace testserver
