// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Random talks, and a service that tells of them as the real one does.

#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "captions/words.h"

namespace assemblyai {

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}

  int between(int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(engine_);
  }
  bool one_in(int count) { return between(1, count) == 1; }

 private:
  std::mt19937 engine_;
};

struct TalkShape {
  bool wide_words = false;                        // now and then one wider than a line
  bool ideographs = false;                        // turns without blanks
  bool reaching_edges = false;                    // turns begin before the one before has ended
  bool long_turns = false;                        // now and then one of a minute
  nanoseconds length{};                           // of the talk, at least; 0: a few turns
  std::chrono::milliseconds longest_pause{2500};  // within a turn
};

// A word as it was said. No two with blanks between them are the same.
struct SaidWord {
  int id = 0;
  CaptionWord word;
};

struct SaidTurn {
  std::uint64_t number = 0;
  bool without_blanks = false;
  std::vector<SaidWord> words;
};

class Talk {
 public:
  Talk(Random &random, const TalkShape &shape) : random_(random), shape_(shape) {
    const auto turns = static_cast<std::uint64_t>(random_.between(1, 6));
    for (std::uint64_t i = 0; shape_.length > now_ || (i < turns && shape_.length.count() == 0);
         i++)
      say_turn(i);
  }

  const std::vector<SaidTurn> &turns() const { return turns_; }
  nanoseconds end() const { return now_; }

 private:
  void say_turn(std::uint64_t number) {
    using namespace std::chrono_literals;
    now_ += random_.between(300, 4000) * 1ms;
    SaidTurn turn{number, shape_.ideographs && random_.one_in(3), {}};
    const int count =
        shape_.long_turns && random_.one_in(10) ? random_.between(80, 110) : random_.between(1, 40);
    for (int i = 0; i < count; i++)
      say_word(turn, i + 1 == count);
    if (shape_.reaching_edges && random_.one_in(2)) {
      nanoseconds &start = turn.words.front().word.start;
      start -= std::min<nanoseconds>(start, random_.between(0, 1000) * 1ms);
      turn.words.back().word.end += random_.between(0, 1300) * 1ms;
    }
    turns_.push_back(std::move(turn));
  }

  void say_word(SaidTurn &turn, bool last) {
    using namespace std::chrono_literals;
    if (random_.one_in(25))
      speaker_ = std::string(1, static_cast<char>('A' + random_.between(0, 2)));
    now_ += random_.between(0, 80) * 1ms;
    if (random_.one_in(12))
      now_ += random_.between(200, static_cast<int>(shape_.longest_pause.count())) * 1ms;
    const nanoseconds start = now_;
    now_ += random_.between(turn.without_blanks ? 80 : 200, 600) * 1ms;
    const int id = ++words_;
    CaptionWord word{.text = text(id, turn.without_blanks) + ending(turn.without_blanks, last),
                     .joined = turn.without_blanks && !turn.words.empty(),
                     .start = start,
                     .end = now_,
                     .stable = true,
                     .speaker = random_.one_in(15) ? "" : speaker_};
    turn.words.push_back({id, std::move(word)});
  }

  std::string text(int id, bool without_blanks) {
    if (without_blanks)
      return "語";
    static constexpr const char *kStems[] = {"a", "of", "word", "across", "sentence", "été"};
    std::string text = kStems[random_.between(0, 5)] + std::to_string(id);
    if (shape_.wide_words && random_.one_in(30)) {
      for (int i = random_.between(2, 12); i > 0; i--)
        text += "verywide";
    }
    return text;
  }

  std::string ending(bool without_blanks, bool last) {
    if (last || random_.one_in(9))
      return without_blanks ? "。" : random_.one_in(3) ? "?" : ".";
    if (random_.one_in(7))
      return without_blanks ? "、" : ",";
    return {};
  }

  Random &random_;
  TalkShape shape_;
  nanoseconds now_{};
  int words_ = 0;
  std::string speaker_;
  std::vector<SaidTurn> turns_;
};

// What the service says, and when.
struct Told {
  nanoseconds when{};
  CaptionTurn turn;
  std::vector<int> ids;  // of its words, if they can be told apart
};

struct ServiceBehaviour {
  bool marks_stable_words =
      false;             // word by word, as Universal-Streaming does; else with the final
  bool revises = false;  // partial turns differ from what was said
  bool repeats = false;  // messages come again, finals late
};

class Service {
 public:
  Service(Random &random, ServiceBehaviour behaviour) : random_(random), behaviour_(behaviour) {}

  std::vector<Told> listen_to(const Talk &talk) {
    for (const SaidTurn &turn : talk.turns())
      tell(turn);
    std::stable_sort(told_.begin(), told_.end(),
                     [](const Told &a, const Told &b) { return a.when < b.when; });
    return std::move(told_);
  }

 private:
  static constexpr std::chrono::milliseconds kDelay{300};

  void tell(const SaidTurn &turn) {
    using namespace std::chrono_literals;
    const nanoseconds end = turn.words.back().word.end;
    nanoseconds now = turn.words.front().word.start;
    for (now += random_.between(200, 600) * 1ms; now < end; now += random_.between(200, 1200) * 1ms)
      tell_part(turn, now);
    nanoseconds when = end + random_.between(400, 900) * 1ms;
    if (behaviour_.repeats && random_.one_in(4))
      when += random_.between(0, 3000) * 1ms;
    push(turn, turn.words.size(), when, true);
    if (behaviour_.repeats && random_.one_in(3))
      push(turn, turn.words.size(), when + random_.between(0, 3000) * 1ms, true);
  }

  void tell_part(const SaidTurn &turn, nanoseconds now) {
    std::size_t known = 0;
    while (known < turn.words.size() && turn.words[known].word.start + kDelay < now)
      known++;
    if (known == 0)
      return;
    push(turn, known, now, false);
    if (behaviour_.repeats && random_.one_in(5))
      told_.push_back(told_.back());
  }

  void push(const SaidTurn &turn, std::size_t known, nanoseconds when, bool final) {
    last_revised_ = 0;
    moved_ = random_.one_in(4) ? random_.between(-300, 300) * std::chrono::milliseconds(1)
                               : nanoseconds();
    Told told{when, {.number = turn.number, .final = final}, {}};
    for (std::size_t i = 0; i < known; i++) {
      CaptionWord word = turn.words[i].word;
      const bool is_said =
          behaviour_.marks_stable_words && (i + 1 < known || when > word.end + kDelay);
      word.stable = final || is_said;
      if (!final && behaviour_.revises && !revise(word, turn.words[i].id, i == 0))
        continue;
      told.turn.words.push_back(std::move(word));
      if (!turn.without_blanks)
        told.ids.push_back(turn.words[i].id);
    }
    told_.push_back(std::move(told));
  }

  // Makes another hypothesis of it; false if the word is missed. The first word stays, and of
  // neighbours only one is missed or another word: else nobody could tell which is which.
  bool revise(CaptionWord &word, int id, bool first) {
    using namespace std::chrono_literals;
    const nanoseconds moved = moved_ + random_.between(-30, 30) * 1ms;
    word.start = std::max<nanoseconds>(word.start + moved, 0ns);
    word.end = std::max(word.end + moved, word.start);
    if (first || id <= last_revised_ + 1)
      return true;
    const bool is_missed = random_.one_in(25);
    if (!is_missed && !random_.one_in(12))
      return true;
    last_revised_ = id;
    word.text = "xyzzy" + std::to_string(id);
    return !is_missed;
  }

  Random &random_;
  ServiceBehaviour behaviour_;
  int last_revised_ = 0;  // in this message
  nanoseconds moved_{};   // all words of it
  std::vector<Told> told_;
};

}  // namespace assemblyai
