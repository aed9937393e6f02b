// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// How late captions are after outages, and that they are in time again when the audio is.

#include <algorithm>
#include <string>
#include <vector>

#include "captions/sources.h"
#include "support/check.h"
#include "talk.h"

using namespace assemblyai;
using namespace std::chrono_literals;

namespace {

using Kind = TextItem::Kind;
using std::chrono::milliseconds;

constexpr unsigned kRuns = testing::tries(100);
constexpr nanoseconds kTick = 50ms;
constexpr nanoseconds kRecognition = 500ms;
constexpr nanoseconds kJitter = 40ms;  // what is later by that is in time

double in_seconds(nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

struct Outage {
  nanoseconds begin{};
  nanoseconds length{};
  nanoseconds end() const { return begin + length; }
};

struct Speech {
  int words = 8;  // of a sentence, which is a turn
  milliseconds word = 350ms;
  milliseconds pause = 50ms;  // between sentences
  int columns_per_second = 15;
  bool grows = false;  // turns are told before they have ended too
  nanoseconds sentence() const { return word * words; }
};

struct Shown {
  nanoseconds said{};
  nanoseconds start{};
  nanoseconds lag() const { return start - said; }
};

// A speaker who never stops, a service, and a pipeline with a clock.
class Broadcast {
 public:
  Broadcast(unsigned seed, const Speech &speech, const TextOptions &options)
      : seed_(seed), speech_(speech), options_(options), schedule_(make_text_source(options)) {}

  void run(const std::vector<Outage> &outages, nanoseconds end) {
    for (; now_ < end; now_ += kTick) {
      send(outages);
      held_up_ = std::max(held_up_, now_ - sent_);
      tell();
      while (const auto item = schedule_->next(now_ - options_.wait))
        take(*item);
    }
  }

  const std::vector<Shown> &shown() const { return shown_; }
  // How far the audio was behind at most.
  nanoseconds held_up() const { return held_up_; }

 private:
  // Of the turn that is cut off all is sent anew. What has waited goes at 1.25 times its pace.
  void send(const std::vector<Outage> &outages) {
    const bool is_out = std::any_of(outages.begin(), outages.end(), [this](const Outage &outage) {
      return now_ >= outage.begin && now_ < outage.end();
    });
    sent_ = is_out ? std::min(sent_, start_of(turns_)) : std::min(now_, sent_ + kTick * 5 / 4);
  }

  void tell() {
    while (sent_ >= end_of(turns_) + kRecognition) {
      schedule_->report(turn(speech_.words, true));
      turns_++;
    }
    const auto heard = static_cast<int>((sent_ - kRecognition - start_of(turns_)) / speech_.word);
    if (speech_.grows && heard > 0 && heard != told_)
      schedule_->report(turn(heard, false));
    told_ = heard;
  }

  nanoseconds start_of(std::uint64_t number) const {
    return (speech_.sentence() + speech_.pause) * static_cast<int>(number);
  }
  nanoseconds end_of(std::uint64_t number) const { return start_of(number) + speech_.sentence(); }

  // As long as it takes to be spoken. The letters go round, so that order is seen.
  std::string text_of_word(std::uint64_t number, int at) const {
    const auto word = number * static_cast<unsigned>(speech_.words) + static_cast<unsigned>(at);
    const auto columns = speech_.columns_per_second * speech_.word / 1s;
    std::string text(static_cast<std::size_t>(std::max<milliseconds::rep>(columns - 1, 1)),
                     static_cast<char>('a' + word % 26));
    return at + 1 == speech_.words ? text + "." : text;
  }

  CaptionTurn turn(int words, bool final) const {
    CaptionTurn turn{.number = turns_, .final = final};
    for (int i = 0; i < words; i++) {
      const nanoseconds start = start_of(turns_) + speech_.word * i;
      turn.words.push_back({.text = text_of_word(turns_, i),
                            .start = start,
                            .end = start + speech_.word,
                            .stable = final || i + 2 < words});
    }
    return turn;
  }

  void take(const TextItem &item) {
    must(item.start == position_, "seed %u: not contiguous", seed_);
    position_ = item.start + item.duration;
    if (item.kind != Kind::kText)
      return;
    must(item.duration >= 10ms, "seed %u", seed_);
    const auto words = static_cast<unsigned>(speech_.words);
    const std::uint64_t number = words_ / words;
    const int first = static_cast<int>(words_ % words);
    shown_.push_back({start_of(number) + speech_.word * first, item.start});
    check_words(item.text);
  }

  void check_words(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    const auto words = static_cast<unsigned>(speech_.words);
    std::string expected;
    while (expected.size() < text.size()) {
      expected += (expected.empty() ? "" : " ") +
                  text_of_word(words_ / words, static_cast<int>(words_ % words));
      words_++;
    }
    must(text == expected, "seed %u: \"%s\", not \"%s\"", seed_, text.c_str(), expected.c_str());
  }

  unsigned seed_;
  Speech speech_;
  TextOptions options_;
  Source schedule_;
  nanoseconds now_{};
  nanoseconds sent_{};
  nanoseconds held_up_{};
  nanoseconds position_{};
  std::uint64_t turns_ = 0;
  int told_ = 0;  // words of the next one
  std::uint64_t words_ = 0;
  std::vector<Shown> shown_;
};

Speech random_speech(Random &random) {
  return {.words = random.between(3, 14),
          .word = random.between(200, 450) * 1ms,
          .pause = random.between(0, 500) * 1ms,
          .columns_per_second = random.between(10, 25),
          .grows = random.one_in(2)};
}

std::vector<Outage> random_outages(Random &random) {
  std::vector<Outage> outages;
  nanoseconds at = 20s;
  for (int i = random.between(1, 3); i > 0; i--) {
    outages.push_back({at, random.between(1, 60) * 1s});
    at = outages.back().end() + random.between(5, 60) * 1s;
  }
  return outages;
}

// More than is held up: a turn that is cut off is sent anew as well.
nanoseconds lost_in(const std::vector<Outage> &outages) {
  nanoseconds all{};
  for (const Outage &outage : outages)
    all += outage.length + 8s;
  return all;
}

nanoseconds largest_lag(const std::vector<Shown> &shown, nanoseconds from) {
  nanoseconds lag{};
  for (const Shown &text : shown)
    lag = std::max(lag, text.start < from ? 0ns : text.lag());
  return lag;
}

// In any half a minute the captions get nearer by what the audio does. A text behind which nothing
// is known yet may stay longer than it was spoken.
void check_lag_shrinks(const std::vector<Shown> &shown, nanoseconds from, nanoseconds longer,
                       unsigned seed) {
  auto later = shown.begin();
  for (auto text = shown.begin(); text != shown.end(); ++text) {
    if (text->said < from)
      continue;
    const bool is_first = text == shown.begin() || std::prev(text)->said < from;
    must(is_first || text->lag() <= std::prev(text)->lag() + longer, "seed %u: later at %g s", seed,
         in_seconds(text->start));
    later = std::find_if(later, shown.end(),
                         [&](const Shown &other) { return other.start >= text->start + 30s; });
    must(later == shown.end() ||
             later->lag() <= std::max<nanoseconds>(text->lag() - 6s, 1s + longer),
         "seed %u: %g s late at %g s, and then %g", seed, in_seconds(text->lag()),
         in_seconds(text->start), in_seconds(later->lag()));
  }
}

// What the lag is in the end, and what it would be without outages.
struct Ends {
  nanoseconds lag{};
  nanoseconds usual{};
};

Ends ends_of(const Broadcast &broadcast, Broadcast undisturbed, nanoseconds from) {
  undisturbed.run({}, 300s);
  return {largest_lag(broadcast.shown(), from), largest_lag(undisturbed.shown(), 0s)};
}

}  // namespace

GST_START_TEST(test_captions_catch_up_as_the_audio_does) {
  for (unsigned seed = 0; seed < kRuns; seed++) {
    Random random(seed);
    const Speech speech = random_speech(random);
    const std::vector<Outage> outages = random_outages(random);
    TextOptions options;
    options.mode = mode_of(random.one_in(3));
    options.cue.min_duration =
        std::min<nanoseconds>(random.between(0, 1500) * 1ms, speech.sentence() * 4 / 5);
    // All is known in time, but for outages.
    options.wait = speech.grows ? 3900ms : speech.sentence() + kRecognition + 200ms;
    const nanoseconds last = outages.back().end();
    Broadcast broadcast(seed, speech, options);
    broadcast.run(outages, last + 5 * lost_in(outages) + 30s);
    const nanoseconds most = largest_lag(broadcast.shown(), 0s);
    must(most <= broadcast.held_up() + options.cue.min_duration, "seed %u: %g s late", seed,
         in_seconds(most));
    const nanoseconds longer =
        kTick + (options.mode == TextMode::kWords ? 0ns : options.cue.min_duration);
    check_lag_shrinks(broadcast.shown(), last, longer, seed);
    const Ends ends =
        ends_of(broadcast, Broadcast(seed, speech, options), last + 5 * broadcast.held_up());
    must(ends.lag <= ends.usual + kJitter, "seed %u: %g s are left", seed, in_seconds(ends.lag));
  }
}
GST_END_TEST

// Where captions cannot be in time, because of a short latency, an outage does not make it worse
// for good. Only cues that have to stay although nothing is known behind them may keep one another
// late, by as much.
GST_START_TEST(test_an_outage_leaves_no_lag_of_its_own) {
  for (unsigned seed = 0; seed < kRuns; seed++) {
    Random random(seed);
    const Speech speech = random_speech(random);
    const std::vector<Outage> outages = random_outages(random);
    TextOptions options;
    options.mode = mode_of(random.one_in(3));
    options.cue.min_duration = random.between(0, 7000) * 1ms;
    options.wait = random.between(400, 3900) * 1ms;
    const nanoseconds last = outages.back().end();
    Broadcast broadcast(seed, speech, options);
    broadcast.run(outages, last + 5 * lost_in(outages) + 60s);
    const Ends ends =
        ends_of(broadcast, Broadcast(seed, speech, options), last + 5 * broadcast.held_up() + 20s);
    const nanoseconds stays = options.mode == TextMode::kWords ? 0ns : options.cue.min_duration;
    must(ends.lag <= ends.usual + stays + kTick, "seed %u: %g s, not %g s", seed,
         in_seconds(ends.lag), in_seconds(ends.usual));
  }
}
GST_END_TEST

static Suite *schedule_catch_up_suite() {
  Suite *suite = suite_create("schedule_catch_up");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_captions_catch_up_as_the_audio_does);
  tcase_add_test(tests, test_an_outage_leaves_no_lag_of_its_own);
  return suite;
}

CHECK_SUITE(schedule_catch_up);
