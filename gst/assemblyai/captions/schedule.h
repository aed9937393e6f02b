// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "captions/alignment.h"
#include "captions/segmenter.h"
#include "captions/words.h"

namespace assemblyai {

// What to do with text whose place in the output has passed.
enum class LateText : std::uint8_t {
  kShift,  // show it as soon as possible, and in less time than meant until text is in time again
  kKeep,   // send it with its own time, but not before the end of the text before it
  kDrop,
};

struct ScheduleOptions {
  bool by_word = false;  // each word on its own, with events, instead of cues
  CueOptions cue;
  LateText late_text = LateText::kShift;
  nanoseconds lateness{};  // how much later than spoken all is shown
  nanoseconds wait{};      // from the audio until it is due
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
// Stable words go as soon as their cue is certain. Other words go when they are due: at
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
  // Turns that are not final are told anew, perhaps divided in other places. What was
  // shown of them is not shown again.
  void retell();
  // Nothing more comes: what is known goes, whatever is due. Gaps still end at due.
  void finish();

  // The next thing to send, when all that starts before due has to be decided now.
  // Nothing: wait for more words, or for more time.
  std::optional<TextItem> next(nanoseconds due);

  // Time that passes without anybody knowing yet what is said in it: a gap, in which text
  // is not late.
  TextItem pass(nanoseconds until);

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
  struct Turn {
    ShownWords shown;
    std::vector<CaptionWord> words;  // from next on they wait
    std::size_t next = 0;
    bool final = false;
    bool has_spoken = false;
    bool has_gone_unmarked = false;  // words of it, when nobody knew who speaks
    bool is_over = false;            // final, and all has gone

    bool waits() const { return next < words.size(); }
    std::span<const CaptionWord> waiting() const { return std::span(words).subspan(next); }
  };
  using Turns = std::map<std::uint64_t, Turn>;

  // A text that is about to go.
  struct Text {
    std::size_t count = 0;  // of words
    nanoseconds start{};
    nanoseconds end{};
    std::string speaker;
    std::string prefix;
    nanoseconds reading{};                  // how long it takes to be read
    std::optional<nanoseconds> next_start;  // of the word after it, if known
  };

  // Something is waiting, gone or known that was not before.
  void change();
  void carry_over(std::uint64_t number, Turn &ended);
  void forget_turns();
  nanoseconds next_decision() const;
  bool must_go(nanoseconds due) const;
  bool is_ended(const Turn &turn) const;
  void prepare(std::vector<CaptionWord> &words) const;
  // Takes what can go next; false if there is nothing.
  bool advance(nanoseconds due);
  bool take_text(Turns::iterator turn, bool due);
  std::optional<Text> choose_text(Turns::const_iterator turn, bool due) const;
  std::size_t count_for_text(const Turn &turn, bool due) const;
  nanoseconds end_beside(const Text &text, const CaptionWord &last, bool ends_turn) const;
  std::optional<nanoseconds> start_after(Turns::const_iterator turn, std::size_t count) const;
  std::string prefix_for(const Turn &turn, std::string_view speaker) const;
  bool place(Text &text);
  bool place_late(Text &text);
  void linger(Text &text) const;
  void hurry(Text &text) const;
  void send(std::span<const CaptionWord> words, const Text &text);
  std::string shown_text(std::span<const CaptionWord> words, const Text &text) const;
  void queue_gap(nanoseconds until);
  void end_turn(Turn &turn);

  ScheduleOptions options_;
  nanoseconds from_;
  nanoseconds position_;
  // Text that starts before it is late: gaps have covered its place.
  nanoseconds late_before_;
  nanoseconds text_end_;      // of the last text
  std::string last_speaker_;  // that was attributed
  Turns turns_;
  std::uint64_t next_number_ = 0;  // lower ones are forgotten
  std::deque<TextItem> ready_;     // chosen, not taken yet
  // Words that were shown as part of the last final turn, but were said after it.
  ShownWords carried_;
  std::uint64_t carried_to_ = 0;  // the turn that is to have them
  bool retelling_ = false;
  // Until something changes nothing can go before the first waiting word is due.
  bool changed_ = false;
  nanoseconds first_start_ = nanoseconds::max();
  nanoseconds heard_{};  // how far the audio has got, in the time of the output
  bool finished_ = false;
  Counts counts_;
};

}  // namespace assemblyai
