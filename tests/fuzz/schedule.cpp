// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Settings of the text pad, and what happens to it, separated by 0x1E: words are said, turns are
// told, time passes, settings change, the connection is lost. What leaves the schedule follows on
// without overlap, and has each word once.

#include "captions/text_source.h"

#include <cctype>
#include <map>
#include <set>
#include <span>
#include <sstream>

#include "captions.h"
#include "captions/graphemes.h"
#include "captions/layout.h"

using namespace assemblyai;
using namespace fuzz;

namespace {

using Kind = TextItem::Kind;

TextOptions take_options(Numbers &numbers) {
  TextOptions options;
  options.cue = take_cue_options(numbers);
  const unsigned kind = numbers.next();
  options.mode = (kind & 1U) != 0 ? TextMode::kWords : TextMode::kCues;
  options.late_text = static_cast<LateText>((kind >> 1U) % 3);
  options.lateness = numbers.next() * 50ms;
  options.wait = numbers.next() * 50ms;
  return options;
}

// What comes out, in order.
class Output {
 public:
  Output(TextSource &schedule, const TextOptions &options)
      : schedule_(schedule), position_(schedule.position()) {
    change(options);
  }

  void change(const TextOptions &options) {
    options_ = options;
    longest_ = std::max(longest_, options.cue.max_duration);
    may_drop_ = may_drop_ || options.late_text == LateText::kDrop;
  }

  void take_all(nanoseconds due) {
    std::size_t items = 0;
    while (const auto item = schedule_.next(due)) {
      take(*item);
      require(++items < 100000, "it comes to an end");
    }
    require(schedule_.position() > due - 20ms, "there are no holes");
    require(schedule_.counts().texts == texts_, "texts are counted");
  }

  void take(const TextItem &item) {
    require(is_valid_utf8(item.text), "text is valid UTF-8");
    const bool keeps = options_.late_text == LateText::kKeep && item.kind != Kind::kGap;
    require(keeps ? item.start >= text_end_ : item.start == position_, "all follows on");
    position_ = std::max(position_, item.start + item.duration);
    require(schedule_.position() == position_, "the position is the end of what has gone");
    if (item.kind == Kind::kText)
      take_text(item);
    else if (item.kind == Kind::kGap)
      require(item.duration > 0ns && item.text.empty(), "a gap is empty");
    else
      require(item.duration == 0ns && options_.mode == TextMode::kWords,
              "there are events between words only");
  }

  // The numbers in the texts ("w12") in the order in which they were shown.
  const std::vector<int> &shown() const { return shown_; }
  bool may_drop() const { return may_drop_; }

 private:
  void take_text(const TextItem &item) {
    texts_++;
    text_end_ = item.start + item.duration;
    require(item.duration >= 10ms && item.duration <= longest_, "texts can be seen");
    if (options_.mode != TextMode::kWords)
      check_lines(item.text);
    for (auto at = item.text.find('w'); at != item.text.npos; at = item.text.find('w', at + 1)) {
      if (std::isdigit(static_cast<unsigned char>(item.text[at + 1])) != 0)
        shown_.push_back(std::atoi(item.text.c_str() + at + 1));
    }
  }

  void check_lines(const std::string &text) const {
    std::istringstream lines(text);
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); count++) {
      require(!line.empty(), "no line is empty");
      require(columns(line) <= options_.cue.lines.max_line_length, "lines are so long");
    }
    require(count > 0 && count <= options_.cue.lines.max_lines, "a cue has so many lines");
  }

  TextSource &schedule_;
  TextOptions options_;
  nanoseconds position_;
  nanoseconds text_end_{};
  nanoseconds longest_ = 10ms;
  bool may_drop_ = false;
  std::uint64_t texts_ = 0;
  std::vector<int> shown_;
};

class Run {
 public:
  explicit Run(Numbers settings)
      : countable_(settings.next() % 2 != 0),
        from_(countable_ ? 0ms : settings.next() * 100ms),
        options_(usable(take_options(settings))),
        schedule_(make_text_source(options_)),
        output_(begun(*schedule_, from_), options_) {}

  void act(std::string_view part) {
    if (part.empty())
      return;
    const char what = part.front();
    part.remove_prefix(1);
    if (what == 's')
      say(part);
    else
      act(what, Numbers(part));
    output_.take_all(due_);
  }

  void end() {
    schedule_->finish();
    output_.take_all(due_);
    require(schedule_->drained(), "in the end all has gone");
    if (countable_ && !revised_)
      check_words();
  }

 private:
  static TextSource &begun(TextSource &schedule, nanoseconds from) {
    schedule.begin(from);
    return schedule;
  }

  struct Turn {
    std::vector<CaptionWord> words;
    std::vector<int> numbers;
    nanoseconds now{};
    bool final = false;
  };

  // So that words that can be counted need not be cut.
  TextOptions usable(TextOptions options) const {
    if (countable_)
      options.cue.lines.max_line_length += 8;
    return options;
  }

  void act(char what, Numbers numbers) {
    if (what == 't')
      due_ += numbers.next() * 100ms;
    else if (what == 'r' || what == 'e')
      tell(numbers.next(), what == 'e');
    else if (what == 'o')
      change(usable(take_options(numbers)));
    else if (what == 'p')
      output_.take(schedule_->pass(schedule_->position() + 20ms + numbers.next() * 20ms));
    else if (what == 'f')
      schedule_->finish();
    else if (what == 'q')
      retell();
    else
      revise(what, numbers);
  }

  void say(std::string_view part) {
    Numbers numbers(part);
    const unsigned number = numbers.next();
    const bool is_new = turns_.count(number) == 0;
    Turn &turn = turns_[number];
    revised_ = revised_ || turns_.size() > 12;  // more are forgotten
    if (is_new)
      turn.now = said_until_;
    auto word = take_word(numbers.rest(), turn.now);
    if (!word || turn.final)
      return;
    word->joined = word->joined && !turn.words.empty();
    words_++;
    if (countable_)
      word->text = "w" + std::to_string(words_) + (words_ % 4 == 0 ? "." : "");
    turn.numbers.push_back(words_);
    said_until_ = turn.now = word->start;
    turn.words.push_back(std::move(*word));
  }

  void tell(unsigned number, bool final) {
    Turn &turn = turns_[number];
    if (turn.final && !revised_)
      return;
    turn.final = turn.final || final;
    if (final) {
      for (CaptionWord &word : turn.words)
        word.stable = true;
    }
    told_[number] = turn.numbers;
    revised_ = revised_ || turns_.size() > 12;
    schedule_->report({.number = number, .final = final, .words = turn.words});
  }

  void change(TextOptions options) {
    options.mode = options_.mode;  // a source keeps its mode
    options_ = options;
    schedule_->set_options(options);
    output_.change(options);
  }

  // The turns in flight may be told under other numbers from now on.
  void retell() {
    revised_ = true;
    schedule_->retell();
  }

  // The service thinks better of it, or talks nonsense.
  void revise(char what, Numbers numbers) {
    revised_ = true;
    Turn &turn = turns_[numbers.next()];
    const unsigned count = numbers.next();
    if (what == 'x')
      turn.words.resize(turn.words.size() - std::min<std::size_t>(turn.words.size(), count));
    if (what == 'y' && !turn.words.empty())
      turn.words.erase(turn.words.begin(),
                       turn.words.begin() + static_cast<int>(count % turn.words.size()));
    if (what == 'u')
      turn.final = false;
    for (CaptionWord &word : turn.words) {
      if (what == 'l')
        move(word, (count % 128) * 20ms);
      if (what == 'b')
        move(word, -std::min<nanoseconds>(count * 20ms, word.start));
      if (what == 'j' && word.start < 24h)
        move(word, nanoseconds(std::int64_t{1} << (count % 60)));
      if (what == 'z')
        word.end = word.start;
    }
  }

  static void move(CaptionWord &word, nanoseconds by) {
    word.start += by;
    word.end += by;
  }

  // Words came as they were said: each is shown once, those of a turn in order.
  void check_words() const {
    std::set<int> shown;
    std::map<int, unsigned> turn_of;
    for (const auto &[number, words] : told_) {
      for (const int word : words)
        turn_of[word] = number;
    }
    std::map<unsigned, int> last;
    for (const int word : output_.shown()) {
      require(turn_of.count(word) == 1, "what is shown was said");
      require(shown.insert(word).second, "no word is shown twice");
      require(last[turn_of.at(word)] < word, "words are in order");
      last[turn_of.at(word)] = word;
    }
    require(output_.may_drop() || shown.size() == turn_of.size(), "each word is shown");
  }

  bool countable_;
  nanoseconds from_;
  TextOptions options_;
  std::unique_ptr<TextSource> schedule_;
  Output output_;
  nanoseconds due_{};
  std::map<unsigned, Turn> turns_;
  std::map<unsigned, std::vector<int>> told_;
  nanoseconds said_until_{};
  int words_ = 0;
  bool revised_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const std::vector<std::string> parts = expanded_parts(as_text(data, size));
  Run run{Numbers(parts.front())};
  for (const std::string &part : std::span(parts).subspan(1))
    run.act(part);
  run.end();
  return 0;
}
