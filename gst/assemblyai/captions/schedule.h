// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "captions/layout.h"
#include "captions/words.h"

namespace assemblyai {

struct CueOptions {
  LineLimits lines;
  nanoseconds min_duration = std::chrono::seconds(1);
  nanoseconds max_duration = std::chrono::seconds(7);
  std::string speaker_prefix;  // "%s" in it stands for the speaker; empty: none
};

// What to do with text whose place in the output has passed.
enum class LateText : std::uint8_t {
  kShift,  // show it as soon as possible, as long as meant
  kKeep,   // send it with its own time
  kDrop,
};

struct ScheduleOptions {
  bool by_word = false;  // each word on its own, with events, instead of cues
  CueOptions cue;
  LateText late_text = LateText::kShift;
  nanoseconds lateness{};  // how much later than spoken all is shown
};

struct TextItem {
  enum class Kind : std::uint8_t {
    kGap,              // nothing to show from start on
    kText,             // text from start on; several lines are parted by line feeds
    kSpeakerChange,    // by_word: text is the speaker of the next word; empty: unknown
    kFinalTranscript,  // by_word: the turn is over
  };
  Kind kind = Kind::kGap;
  nanoseconds start{};
  nanoseconds duration{};
  std::string text;
};

// What leaves the text pad, and when.
//
// Turns come in as they are recognised, again and again with more and better words;
// out go texts and gaps that follow one another without overlap and without holes.
// Settled words go as soon as their cue is certain. Other words go when they are due: at
// that moment the best that is known is taken. What has gone is never sent again, nor
// contradicted: of a later text of the turn only what follows it is taken.
//
// Time is the running time of the output. No thread safety: it belongs to one lock.
class Schedule {
 public:
  // Output begins at from; words that start before it are not shown.
  explicit Schedule(ScheduleOptions options, nanoseconds from = {});

  // For what has not gone yet.
  void set_options(ScheduleOptions options);

  void report(CaptionTurn turn);
  // Nothing more comes: what is known goes.
  void finish();

  // The next thing to send, when all that starts before due has to be decided now.
  // Nothing: wait for more words, or for more time.
  std::optional<TextItem> next(nanoseconds due);

  // The end of what has gone.
  nanoseconds position() const { return position_; }
  // finish() was called and everything has gone.
  bool drained() const;

  struct Counts {
    std::uint64_t texts = 0;
    std::uint64_t late = 0;     // texts among them that came too late for their place
    std::uint64_t dropped = 0;  // texts that were not sent for that reason
  };
  const Counts &counts() const { return counts_; }

 private:
  ScheduleOptions options_;
  nanoseconds position_;
  Counts counts_;
};

}  // namespace assemblyai
