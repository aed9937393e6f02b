// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// What must hold of the schedule's output whatever is said and however the service
// tells of it.

#include <array>
#include <map>
#include <sstream>

#include "captions/graphemes.h"
#include "captions/layout.h"
#include "captions/sources.h"
#include "support/check.h"
#include "talk.h"

using namespace assemblyai;
using namespace std::chrono_literals;

namespace {

constexpr unsigned kRuns = testing::tries(1500);
constexpr nanoseconds kTick = 100ms;

using Kind = TextItem::Kind;

// A schedule between a service and a pipeline, where time passes.
class Run {
 public:
  Run(unsigned seed, TextOptions options, nanoseconds latency)
      : seed_(seed), options_(options), latency_(latency), schedule_(make_text_source(options)) {}

  void hear(const std::vector<Told> &told, nanoseconds end) {
    auto next = told.begin();
    for (nanoseconds now = 0ns; now < end + latency_ + 10s; now += kTick) {
      for (; next != told.end() && next->when <= now; ++next)
        hear(*next, now);
      take_all(now - latency_);
    }
    schedule_->finish();
    take_all(end + 11s);
    must(schedule_->drained(), "seed %u", seed_);
  }

  const std::vector<TextItem> &texts() const { return texts_; }
  const TextCounts &counts() const { return schedule_->counts(); }
  int finals() const { return finals_; }
  std::string all_text() const {
    std::string all;
    for (const TextItem &item : texts_)
      all += letters(item.text);
    return all;
  }

  void check_nothing_is_left() {
    for (const auto &[number, known] : known_)
      must(known.ids.empty() || last_shown_[number] == known.ids.back(),
           "seed %u: turn %d ends with %d of %d", seed_, static_cast<int>(number),
           last_shown_[number], known.ids.back());
  }

  static std::string letters(const std::string &text) {
    std::string letters;
    for (const char byte : text) {
      if (byte != ' ' && byte != '\n')
        letters += byte;
    }
    return letters;
  }

 private:
  struct Known {
    std::vector<int> ids;
    bool final = false;
  };

  void hear(const Told &told, nanoseconds now) {
    for (std::size_t i = 0; i < told.ids.size(); i++)
      turn_of_[told.ids[i]] = told.turn.number;
    Known &known = known_[told.turn.number];
    if (!known.final)
      known = {told.ids, told.turn.final};
    schedule_->report(told.turn);
    take_all(now - latency_);
  }

  void take_all(nanoseconds due) {
    while (const auto item = schedule_->next(due))
      take(*item);
    must(schedule_->position() > due - 20ms, "seed %u: a hole before %g s", seed_,
         std::chrono::duration<double>(due).count());
  }

  void take(const TextItem &item) {
    const bool is_event = item.kind != Kind::kGap && item.kind != Kind::kText;
    must(gap_ == 0ns || gap_ >= 20ms || item.kind != Kind::kGap, "seed %u", seed_);
    if (is_event) {
      finals_ += item.kind == Kind::kFinalTranscript ? 1 : 0;
      return;
    }
    if (options_.late_text == LateText::kKeep && item.kind == Kind::kText)
      must(item.start >= text_end_, "seed %u", seed_);
    else
      must(item.start == position_, "seed %u: not contiguous", seed_);
    position_ = std::max(position_, item.start + item.duration);
    must(schedule_->position() == position_, "seed %u", seed_);
    if (item.kind == Kind::kGap) {
      must(item.duration > 0ns && item.text.empty(), "seed %u", seed_);
      gap_ = item.duration;
      return;
    }
    gap_ = 0ns;
    text_end_ = item.start + item.duration;
    take_text(item);
  }

  void take_text(const TextItem &item) {
    must(item.duration >= 10ms, "seed %u", seed_);
    must(item.duration <= options_.cue.max_duration, "seed %u", seed_);
    texts_.push_back(item);
    if (options_.mode != TextMode::kWords)
      check_lines(item.text);
    check_ids(item.text);
  }

  void check_lines(const std::string &text) {
    std::istringstream lines(text);
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); count++) {
      must(!line.empty(), "seed %u", seed_);
      must(columns(line) <= options_.cue.lines.max_line_length, "seed %u: %s", seed_, line.c_str());
    }
    must(count <= options_.cue.lines.max_lines, "seed %u: %s", seed_, text.c_str());
  }

  // Of what is known of a turn nothing is left out after what was shown, and nothing is
  // shown again.
  void check_ids(const std::string &text) {
    std::istringstream words(text);
    for (std::string word; words >> word;) {
      const std::size_t digit = word.find_first_of("0123456789");
      if (digit == std::string::npos)
        continue;
      const int id = std::stoi(word.substr(digit));
      const std::uint64_t number = turn_of_.at(id);
      int &last = last_shown_[number];
      must(id > last, "seed %u: \"%s\" again or back", seed_, word.c_str());
      for (const int other : known_[number].ids)
        must(other <= last || other >= id, "seed %u: %d is lost before \"%s\"", seed_, other,
             word.c_str());
      last = id;
    }
  }

  unsigned seed_;
  TextOptions options_;
  nanoseconds latency_;
  Source schedule_;
  nanoseconds position_{};
  nanoseconds text_end_{};
  nanoseconds gap_{};
  int finals_ = 0;
  std::vector<TextItem> texts_;
  std::map<int, std::uint64_t> turn_of_;
  std::map<std::uint64_t, Known> known_;
  std::map<std::uint64_t, int> last_shown_;
};

TextOptions random_options(Random &random) {
  TextOptions options;
  options.mode = mode_of(random.one_in(4));
  options.cue.lines.max_line_length = static_cast<std::size_t>(random.between(12, 45));
  options.cue.lines.max_lines = static_cast<std::size_t>(random.between(1, 3));
  options.cue.min_duration = random.between(0, 1500) * 1ms;
  options.cue.max_duration = random.between(2000, 8000) * 1ms;
  if (random.one_in(3))
    options.cue.speaker_prefix = "- ";
  options.late_text = random.one_in(4) ? LateText::kKeep : LateText::kShift;
  return options;
}

CaptionTurn nonsense(Random &random) {
  static constexpr std::array kTexts = {"a", "B.", "語", "—", "é", "verylongwordwithoutanyend",
                                        "%s"};
  CaptionTurn turn{.number = static_cast<std::uint64_t>(random.between(0, 40)),
                   .final = random.one_in(4)};
  for (int i = random.between(0, 12); i > 0; i--) {
    const nanoseconds start = random.between(0, random.one_in(20) ? 1000000 : 60000) * 1ms;
    turn.words.push_back({.text = kTexts[static_cast<std::size_t>(random.between(0, 6))],
                          .joined = random.one_in(3),
                          .start = start,
                          .end = start + random.between(-1, 3) * 500ms,
                          .stable = random.one_in(2),
                          .speaker = random.one_in(3) ? "A" : ""});
  }
  return turn;
}

std::string all_said(const Talk &talk) {
  std::string all;
  for (const SaidTurn &turn : talk.turns()) {
    for (const SaidWord &said : turn.words)
      all += said.word.text;
  }
  return all;
}

// Each text with the words it was made of. Texts that begin or end in a word that was
// too wide are left out.
template <typename Check>
void for_each_cue(const Talk &talk, const std::vector<TextItem> &texts, Check check) {
  std::map<std::size_t, const CaptionWord *> begins;
  std::map<std::size_t, const CaptionWord *> ends;
  std::size_t at = 0;
  for (const SaidTurn &turn : talk.turns()) {
    for (const SaidWord &said : turn.words) {
      begins[at] = &said.word;
      ends[at += said.word.text.size()] = &said.word;
    }
  }
  at = 0;
  for (const TextItem &text : texts) {
    const std::size_t begin = at;
    at += Run::letters(text.text).size();
    if (begins.contains(begin) && ends.contains(at))
      check(text, *begins[begin], *ends[at]);
  }
}

void check_times(unsigned seed, const TextOptions &options, const TextItem &item,
                 const CaptionWord &first, const CaptionWord &last) {
  must(item.start >= first.start, "seed %u: before it is said", seed);
  must(item.start <= first.start + 50ms, "seed %u: \"%s\" starts late", seed, item.text.c_str());
  const nanoseconds end = item.start + item.duration;
  must(end >= std::min(last.end, item.start + options.cue.max_duration) - 50ms,
       "seed %u: \"%s\" ends early", seed, item.text.c_str());
  must(end <= std::max(last.end, first.start + options.cue.min_duration) + 50ms,
       "seed %u: \"%s\" ends late", seed, item.text.c_str());
}

}  // namespace

GST_START_TEST(test_every_word_is_shown_once_in_order_at_its_time) {
  for (unsigned seed = 0; seed < kRuns; seed++) {
    Random random(seed);
    TextOptions options = random_options(random);
    options.cue.speaker_prefix.clear();
    const Talk talk(random, {.wide_words = random.one_in(2), .ideographs = random.one_in(2)});
    const auto told = Service(random, {.marks_stable_words = random.one_in(2)}).listen_to(talk);
    Run run(seed, options, 10s);
    run.hear(told, talk.end());
    must(run.all_text() == all_said(talk), "seed %u:\n%s\n%s", seed, run.all_text().c_str(),
         all_said(talk).c_str());
    must(run.counts().late == 0 && run.counts().dropped == 0, "seed %u", seed);
    must(run.counts().texts == run.texts().size(), "seed %u", seed);
    must(options.mode != TextMode::kWords || run.finals() == static_cast<int>(talk.turns().size()),
         "seed %u", seed);
    for_each_cue(talk, run.texts(), [&](const auto &item, const auto &first, const auto &last) {
      check_times(seed, options, item, first, last);
    });
  }
}
GST_END_TEST

GST_START_TEST(test_every_word_is_shown_once_however_late_it_comes) {
  for (unsigned seed = 0; seed < kRuns; seed++) {
    Random random(seed);
    TextOptions options = random_options(random);
    options.cue.speaker_prefix.clear();
    const Talk talk(random, {.ideographs = random.one_in(2), .reaching_edges = true});
    const auto told =
        Service(random, {.marks_stable_words = random.one_in(2), .repeats = true}).listen_to(talk);
    Run run(seed, options, random.between(0, 6000) * 1ms);
    run.hear(told, talk.end());
    std::string got = run.all_text();
    std::string said = all_said(talk);
    std::sort(got.begin(), got.end());
    std::sort(said.begin(), said.end());
    must(got == said, "seed %u", seed);
    run.check_nothing_is_left();
  }
}
GST_END_TEST

GST_START_TEST(test_what_was_shown_is_not_shown_again_nor_is_the_rest_lost) {
  for (unsigned seed = 0; seed < kRuns; seed++) {
    Random random(seed);
    const TextOptions options = random_options(random);
    const Talk talk(random, {.reaching_edges = random.one_in(2)});
    const ServiceBehaviour behaviour{
        .marks_stable_words = random.one_in(4), .revises = true, .repeats = random.one_in(2)};
    const auto told = Service(random, behaviour).listen_to(talk);
    Run run(seed, options, random.between(500, 6000) * 1ms);
    run.hear(told, talk.end());
    run.check_nothing_is_left();
  }
}
GST_END_TEST

GST_START_TEST(test_late_text_that_is_dropped_is_counted) {
  for (unsigned seed = 0; seed < kRuns / 4; seed++) {
    Random random(seed);
    TextOptions options = random_options(random);
    options.late_text = LateText::kDrop;
    options.mode = TextMode::kWords;
    const Talk talk(random, {.reaching_edges = random.one_in(2)});
    const auto told = Service(random, {}).listen_to(talk);
    const auto schedule = make_text_source(options);
    std::size_t texts = 0;
    const auto take_all = [&](nanoseconds due) {
      while (const auto item = schedule->next(due))
        texts += item->kind == Kind::kText ? 1 : 0;
    };
    for (const Told &what : told) {
      schedule->report(what.turn);
      take_all(what.when - 2s);
    }
    schedule->finish();
    take_all(talk.end());
    std::size_t said = 0;
    for (const SaidTurn &turn : talk.turns())
      said += turn.words.size();
    fail_unless_equals_uint64(schedule->counts().texts, texts);
    fail_unless_equals_uint64(schedule->counts().texts + schedule->counts().dropped, said);
    fail_unless_equals_uint64(schedule->counts().late, 0);
  }
}
GST_END_TEST

// Nothing the service says makes the output overlap, go back, stop or grow without end.
GST_START_TEST(test_nonsense_comes_out_in_order) {
  for (unsigned seed = 0; seed < kRuns; seed++) {
    Random random(seed);
    const auto schedule = make_text_source(random_options(random));
    schedule->begin(random.between(0, 5) * 1s);
    nanoseconds position = schedule->position();
    for (int step = 0; step < 60; step++) {
      schedule->report(nonsense(random));
      if (random.one_in(10))
        schedule->set_options(random_options(random));
      if (random.one_in(50))
        schedule->finish();
      int items = 0;
      while (const auto item = schedule->next(random.between(0, 10 * step) * 100ms)) {
        must(item->start >= 0ns && item->duration >= 0ns, "seed %u", seed);
        must(item->kind != Kind::kText || item->duration >= 10ms, "seed %u", seed);
        must(item->kind != Kind::kGap || item->start == position, "seed %u", seed);
        must(schedule->position() >= position, "seed %u", seed);
        position = schedule->position();
        must(++items < 2000, "seed %u", seed);
      }
    }
  }
}
GST_END_TEST

static Suite *schedule_talks_suite() {
  Suite *suite = suite_create("schedule_talks");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_every_word_is_shown_once_in_order_at_its_time);
  tcase_add_test(tests, test_every_word_is_shown_once_however_late_it_comes);
  tcase_add_test(tests, test_what_was_shown_is_not_shown_again_nor_is_the_rest_lost);
  tcase_add_test(tests, test_late_text_that_is_dropped_is_counted);
  tcase_add_test(tests, test_nonsense_comes_out_in_order);
  return suite;
}

CHECK_SUITE(schedule_talks);
