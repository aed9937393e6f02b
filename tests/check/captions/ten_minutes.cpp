// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// From what the service says to what is shown, for long: every final word once, in order,
// within its cue, and every cue at its words' times.

#include <deque>

#include "captions/alignment.h"
#include "captions/sources.h"
#include "protocol/turn_tracker.h"
#include "stream/audio_map.h"
#include "support/check.h"
#include "support/exact_times.h"
#include "talk.h"

using namespace assemblyai;
using namespace std::chrono_literals;
using testing::ExactTimes;
using testing::TimedText;

namespace {

constexpr unsigned kRate = 16000;
constexpr nanoseconds kStep = 50ms;
// Longer ones end the turn.
constexpr milliseconds kLongestPause = 350ms;
// So long after its end a word is understood.
constexpr nanoseconds kHeardWhole = 200ms;

milliseconds ms_of(nanoseconds time) {
  return std::chrono::duration_cast<milliseconds>(time);
}

// Where the talk's audio, the positions of which the service counts, is in running time: with
// jumps in pauses between turns.
class Route {
 public:
  Route(Random &random, const Talk &talk, bool jumps) : end_(talk.end() + 5s) {
    nanoseconds ended{};
    for (const SaidTurn &turn : talk.turns()) {
      const nanoseconds begin = turn.words.front().word.start;
      if (jumps && begin - ended > 2s && random.one_in(3))
        jumps_.push_back({begin - 100ms, last_shift() + random.between(50, 30000) * 1ms});
      ended = turn.words.back().word.end;
    }
  }

  nanoseconds end() const { return end_ + last_shift(); }
  nanoseconds running_time(nanoseconds position) const { return position + shift_at(position); }
  // How far the audio had come at a running time: not at all in a hole.
  nanoseconds position(nanoseconds running_time) const {
    nanoseconds position = running_time;
    nanoseconds shift{};
    for (const Jump &jump : jumps_) {
      if (position <= jump.position)
        break;
      position = std::max(jump.position, position - (jump.shift - shift));
      shift = jump.shift;
    }
    return std::min(position, end_);
  }
  // The first jump after a position, or the end.
  nanoseconds break_after(nanoseconds position) const {
    for (const Jump &jump : jumps_) {
      if (jump.position > position)
        return jump.position;
    }
    return end_;
  }

 private:
  struct Jump {
    nanoseconds position{};  // of the first audio after it
    nanoseconds shift{};     // of running time from there on
  };
  nanoseconds last_shift() const { return jumps_.empty() ? 0ns : jumps_.back().shift; }
  nanoseconds shift_at(nanoseconds position) const {
    nanoseconds shift{};
    for (const Jump &jump : jumps_) {
      if (jump.position <= position)
        shift = jump.shift;
    }
    return shift;
  }

  nanoseconds end_;
  std::vector<Jump> jumps_;
};

// What the service sends when it has heard so much.
struct Message {
  nanoseconds position{};
  Turn turn;
};

Word protocol_word(const CaptionWord &word, std::string text, bool is_final) {
  Word result;
  result.text = std::move(text);
  result.start = ms_of(word.start);
  result.end = ms_of(word.end);
  result.is_final = is_final;
  return result;
}

void in_order(std::vector<Message> &messages) {
  std::stable_sort(messages.begin(), messages.end(),
                   [](const Message &a, const Message &b) { return a.position < b.position; });
}

std::string transcript_of(const Turn &turn, bool final_only) {
  std::string text;
  for (const Word &word : turn.words) {
    if (!final_only || word.is_final)
      text += (text.empty() ? "" : " ") + word.text;
  }
  return text;
}

Turn whole_turn(const SaidTurn &said, bool formatted) {
  Turn turn;
  turn.order = static_cast<std::int64_t>(said.number);
  turn.end_of_turn = true;
  turn.formatted = formatted;
  for (const SaidWord &one : said.words) {
    const std::string &text = one.word.text;
    turn.words.push_back(protocol_word(one.word, formatted ? text : fold_word(text), true));
  }
  turn.transcript = turn.utterance = transcript_of(turn, false);
  return turn;
}

// The words of a turn that have been heard so far, the last one perhaps by half.
Turn part_of(const SaidTurn &said, std::size_t count, nanoseconds now) {
  Turn turn;
  turn.order = static_cast<std::int64_t>(said.number);
  for (std::size_t i = 0; i < count; i++)
    turn.words.push_back(protocol_word(said.words[i].word, said.words[i].word.text, false));
  if (now < said.words[count - 1].word.end + kHeardWhole)
    turn.words.back().text.resize(1);
  return turn;
}

// Universal-Streaming: word by word, and what was final stays.
std::vector<Message> streaming_service(Random &, const Talk &talk) {
  std::vector<Message> messages;
  for (const SaidTurn &said : talk.turns()) {
    for (std::size_t count = 1; count <= said.words.size(); count++) {
      const nanoseconds end = said.words[count - 1].word.end;
      for (const nanoseconds now : {end, end + kHeardWhole}) {
        Turn turn = part_of(said, count, now);
        for (Word &word : turn.words) {
          word.text = fold_word(word.text);
          word.is_final = true;
        }
        turn.words.back().is_final = false;
        turn.transcript = transcript_of(turn, true);
        messages.push_back({now, std::move(turn)});
      }
    }
    const nanoseconds end = said.words.back().word.end + 400ms;
    messages.push_back({end, whole_turn(said, false)});
    messages.push_back({end + 50ms, whole_turn(said, true)});
  }
  in_order(messages);
  return messages;
}

// Universal-3: all words of the turn anew every second, at about the same times.
std::vector<Message> transcribing_service(Random &random, const Talk &talk) {
  std::vector<Message> messages;
  for (const SaidTurn &said : talk.turns()) {
    const nanoseconds begin = said.words.front().word.start;
    const nanoseconds end = said.words.back().word.end;
    for (nanoseconds now = begin + 500ms; now < end + 400ms; now += 1s) {
      std::size_t count = 0;
      while (count < said.words.size() && said.words[count].word.start + 100ms < now)
        count++;
      Turn turn = part_of(said, count, now);
      for (Word &word : turn.words) {
        word.start += random.between(-15, 15) * 1ms;
        word.end = std::max(word.start, word.end + random.between(-15, 15) * 1ms);
      }
      turn.formatted = true;
      turn.transcript = transcript_of(turn, false);
      messages.push_back({now, std::move(turn)});
    }
    messages.push_back({end + 400ms, whole_turn(said, true)});
  }
  return messages;
}

// As the service tells edges of turns: the begin early, the end of the final late.
std::vector<Message> padded(std::vector<Message> messages, const std::vector<milliseconds> &early,
                            milliseconds late) {
  for (Message &message : messages) {
    Word &first = message.turn.words.front();
    first.start -= early[static_cast<std::size_t>(message.turn.order)];
    if (message.turn.end_of_turn)
      message.turn.words.back().end += late;
  }
  return messages;
}

// The way from the connection to the text pad, in a pipeline that plays in real time, and pauses.
class Playback {
 public:
  struct Options {
    TextOptions schedule;
    nanoseconds latency = 3900ms;
    bool pauses = false;
  };
  Playback(Random &random, Options options) : random_(random), options_(std::move(options)) {}

  // From running time 0 on, on a new connection.
  std::vector<TimedText> play(const Route &route, std::vector<Message> messages,
                              bool expects_formatted) {
    begin(expects_formatted);
    std::size_t next = 0;
    for (nanoseconds now = 0ns; now < route.end() + 10s; now += kStep) {
      send_audio(route, now);
      for (; next < messages.size() && messages[next].position <= sent_; next++)
        answer(now, std::move(messages[next].turn));
      receive(now);
      take_all(now - options_.latency);
      if (options_.pauses && random_.one_in(2000))
        receive(now + 2s);  // the clock stands still, the network does not
    }
    for (const TurnReport &report : tracker_.finish())
      show(report);
    schedule_->finish();
    take_all(route.end() + 20s);
    fail_unless(schedule_->drained());
    fail_unless_equals_uint64(schedule_->counts().late + schedule_->counts().dropped, 0);
    return std::move(shown_);
  }

 private:
  struct Answer {
    nanoseconds due{};
    Turn turn;
  };

  void begin(bool expects_formatted) {
    tracker_.begin_session(expects_formatted);
    audio_ = AudioMap();
    schedule_ = make_text_source(options_.schedule);
    answers_.clear();
    shown_.clear();
    sent_ = 0ns;
    end_ = 0ns;
  }

  void send_audio(const Route &route, nanoseconds now) {
    const nanoseconds until = route.position(now);
    while (sent_ < until) {
      const nanoseconds end = std::min(until, route.break_after(sent_));
      const auto samples = static_cast<std::size_t>(ms_of(end - sent_).count()) * kRate / 1000;
      audio_.append({.position = position_,
                     .pieces = {{{route.running_time(sent_), std::nullopt, now}, 0, samples * 2}}});
      position_ += samples * 2;
      sent_ = end;
    }
  }

  void answer(nanoseconds now, Turn turn) {
    nanoseconds due = now + random_.between(300, 800) * 1ms;
    if (!answers_.empty())
      due = std::max(due, answers_.back().due);
    answers_.push_back({due, std::move(turn)});
  }

  void receive(nanoseconds now) {
    for (; !answers_.empty() && answers_.front().due <= now; answers_.pop_front()) {
      audio_.locate(&answers_.front().turn);
      for (const TurnReport &report : tracker_.handle(std::move(answers_.front().turn), now))
        show(report);
    }
    for (const TurnReport &report : tracker_.release_held(now))
      show(report);
  }

  void show(const TurnReport &report) {
    schedule_->report(
        caption_turn(report.turn, {report.number, report.final, report.awaits_formatted}));
  }

  void take_all(nanoseconds due) {
    while (const auto item = schedule_->next(due)) {
      if (item->duration == 0ns)
        continue;  // an event
      fail_unless(item->start == end_, "a hole or an overlap");
      end_ = item->start + item->duration;
      if (item->kind == TextItem::Kind::kText)
        shown_.push_back({item->text, item->start, end_});
    }
  }

  Random &random_;
  Options options_;
  TurnTracker tracker_;
  AudioMap audio_;
  std::uint64_t position_ = 0;
  Source schedule_;
  std::deque<Answer> answers_;
  std::vector<TimedText> shown_;
  nanoseconds sent_{};
  nanoseconds end_{};
};

std::vector<TimedText> said(const Talk &talk, const Route &route,
                            const std::vector<milliseconds> &early = {}) {
  std::vector<TimedText> words;
  for (const SaidTurn &turn : talk.turns()) {
    for (const SaidWord &one : turn.words)
      words.push_back(
          {one.word.text, route.running_time(one.word.start), route.running_time(one.word.end)});
    if (!early.empty())
      words[words.size() - turn.words.size()].start -= early[turn.number];
  }
  return words;
}

// What was sent before its final has no capitals and full stops.
bool same_letters(const std::string &shown, const std::string &said) {
  return fold_word(shown) == fold_word(said);
}

using Service = std::vector<Message> (*)(Random &, const Talk &);
struct Case {
  Service service;
  bool expects_formatted;
  bool by_word;
  bool jumps;
  bool pauses;
};
constexpr Case kCases[] = {
    {streaming_service, true, false, false, false},
    {streaming_service, true, false, true, true},
    {streaming_service, true, true, true, true},
    {transcribing_service, false, false, false, false},
    {transcribing_service, false, false, true, true},
    {transcribing_service, false, true, true, true},
};

void check_exact(unsigned seed, const Case &which, nanoseconds length) {
  Random random(seed);
  const Talk talk(random, {.long_turns = true, .length = length, .longest_pause = kLongestPause});
  const Route route(random, talk, which.jumps);
  Playback playback(random, {.schedule = {.mode = mode_of(which.by_word)}, .pauses = which.pauses});
  const auto cues = playback.play(route, which.service(random, talk), which.expects_formatted);
  const auto words = said(talk, route);
  fail_unless(words.size() > 200);
  const std::string fault =
      ExactTimes(cues, words, {.min_duration = which.by_word ? 0s : 1s, .same = same_letters})
          .fault();
  fail_unless(fault.empty(), "seed %u: %s", seed, fault.c_str());
}

}  // namespace

GST_START_TEST(test_ten_minutes_are_exact) {
  for (unsigned seed = 0; seed < testing::tries(3); seed++)
    check_exact(seed, kCases[__i__], 10min);
}
GST_END_TEST

GST_START_TEST(test_an_hour_is_exact) {
  for (const Case &which : kCases) {
    if (which.pauses && !which.by_word)
      check_exact(100, which, testing::tries(60) * 1min);
  }
}
GST_END_TEST

GST_START_TEST(test_edges_of_turns_that_are_told_wrong_move_no_other_word) {
  for (unsigned seed = 200; seed < 200 + testing::tries(6); seed++) {
    Random random(seed);
    const Talk talk(random, {.length = 10min, .longest_pause = kLongestPause});
    const Route route(random, talk, false);
    std::vector<milliseconds> early;
    nanoseconds ended{};
    for (const SaidTurn &turn : talk.turns()) {
      const nanoseconds begin = turn.words.front().word.start;
      early.push_back(std::min(ms_of(begin - ended), random.between(0, 1000) * 1ms));
      ended = turn.words.back().word.end;
    }
    const bool transcribes = seed % 2 == 0;
    auto messages = (transcribes ? transcribing_service : streaming_service)(random, talk);
    Playback playback(random, {});
    const auto cues =
        playback.play(route, padded(std::move(messages), early, 1300ms), !transcribes);
    const std::string fault =
        ExactTimes(cues, said(talk, route, early), {.padding = 1300ms, .same = same_letters})
            .fault();
    fail_unless(fault.empty(), "seed %u: %s", seed, fault.c_str());
  }
}
GST_END_TEST

GST_START_TEST(test_after_a_seek_running_time_begins_again) {
  Random random(300);
  Playback playback(random, {.pauses = true});
  for (int i = 0; i < 5; i++) {
    const Talk talk(random, {.length = 2min, .longest_pause = kLongestPause});
    const Route route(random, talk, true);
    const auto cues = playback.play(route, transcribing_service(random, talk), false);
    const std::string fault = ExactTimes(cues, said(talk, route), {.same = same_letters}).fault();
    fail_unless(fault.empty(), "%d: %s", i, fault.c_str());
  }
}
GST_END_TEST

static Suite *ten_minutes_suite() {
  Suite *suite = suite_create("ten_minutes");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  constexpr int kCount = static_cast<int>(std::size(kCases));
  tcase_add_loop_test(tests, test_ten_minutes_are_exact, 0, kCount);
  tcase_add_test(tests, test_an_hour_is_exact);
  tcase_add_test(tests, test_edges_of_turns_that_are_told_wrong_move_no_other_word);
  tcase_add_test(tests, test_after_a_seek_running_time_begins_again);
  return suite;
}

CHECK_SUITE(ten_minutes);
