// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "captions/alignment.h"
#include "captions/text_source.h"

namespace assemblyai {

// Text at the time of its words: the common part of the cue source and the word source.
//
// Stable words are sent as soon as it is certain where their text ends. Other words are sent when
// they are due, as they are known then. What was sent is never repeated nor contradicted: of a
// later report of the turn only the words after it are used.
class Schedule : public TextSource {
 public:
  explicit Schedule(const TextOptions &options);

  void set_options(const TextOptions &options) override;
  void begin(nanoseconds from) override;
  void report(CaptionTurn turn) override;
  void retell() override;
  void finish() override;

 protected:
  using Words = std::span<const CaptionWord>;
  // A text about to be sent.
  struct Text {
    std::size_t count = 0;  // of words
    nanoseconds start{};
    nanoseconds end{};
    std::string speaker;
    std::string prefix;
    nanoseconds reading{};                  // the time to read it
    std::optional<nanoseconds> next_start;  // of the word after it, if known
  };

  // What the modes decide.
  // The words in pieces that fit into a line.
  virtual std::vector<CaptionWord> fitted(std::vector<CaptionWord> words) const { return words; }
  // How many of the waiting words make up the next text; 0: wait for words, or until they are due.
  virtual std::size_t count_next(const WaitingWords &waiting) const = 0;
  // How long a text stays at least, unless the next one needs its place.
  virtual nanoseconds min_duration() const = 0;
  virtual nanoseconds reading(Words words, const Text &text) const = 0;
  virtual void queue_text(Words words, const Text &text, bool other_speaker) = 0;
  virtual void queue_turn_end() {}

  const TextOptions &options() const { return options_; }
  const std::string &last_speaker() const { return last_speaker_; }
  void choose(nanoseconds due) override;
  bool has_more() const override;

 private:
  struct Turn {
    ShownWords shown;
    std::vector<CaptionWord> words;  // those from next on wait
    std::size_t next = 0;
    bool final = false;
    bool has_spoken = false;
    bool has_gone_unmarked = false;  // some were sent before the speaker was known
    bool is_over = false;            // final, and all was sent

    bool waits() const { return next < words.size(); }
    bool has_more() const { return waits() || (final && !is_over); }
    Words waiting() const { return Words(words).subspan(next); }
  };
  using Turns = std::map<std::uint64_t, Turn>;

  // The waiting words have changed.
  void change();
  void carry_over(std::uint64_t number, Turn &ended);
  void forget_turns();
  nanoseconds next_decision() const;
  bool must_go(nanoseconds due) const;
  bool is_ended(const Turn &turn) const;
  void prepare(std::vector<CaptionWord> &words) const;
  // Queues what can be sent next; false if there is nothing.
  bool advance(nanoseconds due);
  bool take_text(Turns::iterator turn, bool due);
  std::optional<Text> choose_text(Turns::const_iterator turn, bool due) const;
  nanoseconds end_beside(const Text &text, const CaptionWord &last, bool ends_turn) const;
  std::optional<nanoseconds> start_after(Turns::const_iterator turn, std::size_t count) const;
  std::string prefix_for(const Turn &turn, std::string_view speaker) const;
  bool place(Text &text);
  bool place_late(Text &text);
  void linger(Text &text) const;
  void hurry(Text &text) const;
  void send(Words words, const Text &text);
  void end_turn(Turn &turn);

  TextOptions options_;
  nanoseconds from_{};
  // Text that starts before is late: its place was filled with gaps.
  nanoseconds late_before_{};
  nanoseconds text_end_{};  // of the last text
  std::string last_speaker_;
  Turns turns_;
  std::uint64_t next_number_ = 0;  // turns with lower numbers are forgotten
  // Words that were shown as part of the last final turn, but belong to the next one.
  ShownWords carried_;
  std::uint64_t carried_to_ = 0;  // its number
  bool retelling_ = false;
  // While false, nothing can be sent before the first waiting word is due.
  bool changed_ = false;
  nanoseconds first_start_ = nanoseconds::max();
  nanoseconds heard_{};  // audio was heard up to there, in the time of the output
};

}  // namespace assemblyai
