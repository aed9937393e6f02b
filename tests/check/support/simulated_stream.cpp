// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "support/simulated_stream.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "base/words.h"
#include "captions/words.h"
#include "stream/format.h"
#include "support/check.h"
#include "support/stream_observer.h"
#include "talk.h"

namespace testing {

using namespace assemblyai;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds kBlock{100};
// For the talk without pauses.
constexpr std::chrono::milliseconds kWord{300};
constexpr std::chrono::milliseconds kWordStep{350};

double seconds(nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

Result<ConnectionInfo> target_with(const ParameterSet &parameters) {
  Result<UpgradeRequest> request =
      make_request({.endpoint = "ws://localhost",
                    .credential = {.kind = Credential::Kind::kApiKey, .secret = Secret("key")},
                    .parameters = parameters});
  if (!request)
    return request.failure();
  ConnectionInfo target;
  target.request = std::move(*request);
  return target;
}

nanoseconds end_of(const AudioPiece &piece) {
  return piece.stamp.running_time + duration_of(piece.offset + piece.size);
}

bool same_letters(const std::string &a, const std::string &b) {
  return fold_word(a) == fold_word(b);
}

// Whether the words are the spoken ones in order, except for lost ones.
class Comparison {
 public:
  Comparison(const std::vector<TimedText> &said, const std::vector<LostAudio> &lost)
      : said_(said), lost_(lost) {}

  std::string fault(const std::vector<std::string> &told) {
    for (const std::string &text : told) {
      while (next_ < said_.size() && !same_letters(text, said_[next_].text) && is_lost(next_))
        next_++;
      if (next_ == said_.size() || !same_letters(text, said_[next_].text))
        return wrong(text);
      next_++;
    }
    while (next_ < said_.size() && is_lost(next_))
      next_++;
    return next_ == said_.size() ? std::string() : wrong("nothing");
  }

 private:
  bool is_lost(std::size_t index) const {
    const TimedText &word = said_[index];
    return std::ranges::any_of(lost_, [&](const LostAudio &range) {
      return range.from < word.end && word.start < range.until;
    });
  }

  std::string wrong(const std::string &text) const {
    std::ostringstream out;
    out << '"' << text << '"';
    if (next_ < said_.size())
      out << " instead of \"" << said_[next_].text << "\" at " << seconds(said_[next_].start)
          << " s";
    else
      out << " after the end";
    return out.str();
  }

  const std::vector<TimedText> &said_;
  const std::vector<LostAudio> &lost_;
  std::size_t next_ = 0;
};

}  // namespace

class SimulatedStream::Listener final : public StreamObserver {
 public:
  Listener(const SimulatedService &service, const TextOptions &captions)
      : service_(service), schedule_(make_text_source(captions)) {}

  void on_connection(const ConnectionReport &report) override {
    service_.note("session: state " + std::to_string(static_cast<int>(report.state)) +
                  ", attempt " + std::to_string(report.attempt) + " in " +
                  std::to_string(seconds(report.delay)) + " s: " + report.reason);
  }
  void on_begin(const Begin &) override {}
  void on_switched() override {
    service_.note("session: goes on with another");
    schedule_->retell();
  }
  void on_audio_sent(const AudioChunk &chunk) override {
    for (const AudioPiece &piece : chunk.pieces)
      sent_until = std::max(sent_until, end_of(piece));
  }
  void on_audio_lost(const std::vector<AudioPiece> &pieces, bool) override {
    for (const AudioPiece &piece : pieces)
      lost.push_back({piece.stamp.running_time + duration_of(piece.offset), end_of(piece)});
    service_.note("session: lost until " + std::to_string(seconds(lost.back().until)));
  }
  void on_turn(const TurnReport &report) override {
    service_.note("session: turn " + std::to_string(report.number) +
                  (report.final ? " final: " : ": ") + report.text);
    schedule_->report(
        caption_turn(report.turn, {report.number, report.final, report.awaits_formatted}));
    if (finals_.contains(report.number))
      fault = "turn " + std::to_string(report.number) + " is told again after its end";
    if (report.final)
      take_final(report);
  }
  void on_message() override {}
  void on_frame(std::string_view) override {}
  void on_undecodable(const Failure &) override {}
  void on_refused(const std::vector<RefusedChange> &) override {}
  void on_deaf() override {}
  void on_session_end(const SessionEnd &) override { sessions_ended++; }
  void on_ended(const std::optional<Failure> &why) override {
    ends++;
    failure = why;
  }

  // Processes the text that must be decided now.
  void show_until(nanoseconds due) {
    while (const auto item = schedule_->next(due)) {
      if (item->duration == 0ns)
        continue;  // an event
      if (item->start != shown_until_)
        fault = "a hole or an overlap in what is shown";
      shown_until_ = item->start + item->duration;
      if (item->kind == TextItem::Kind::kText)
        cues.push_back({item->text, item->start, shown_until_});
    }
  }
  void show_all() {
    schedule_->finish();
    show_until(shown_until_ + 1h);
    if (!schedule_->drained())
      fault = "not all is shown";
  }
  std::vector<TimedText> told() const {
    std::vector<TimedText> all;
    for (const auto &[number, words] : finals_)
      all.insert(all.end(), words.begin(), words.end());
    return all;
  }
  std::size_t finals() const { return finals_.size(); }
  std::uint64_t last_number() const { return finals_.empty() ? 0 : finals_.rbegin()->first; }

  nanoseconds sent_until{};
  std::vector<LostAudio> lost;
  std::vector<TimedText> cues;
  std::size_t sessions_ended = 0;
  int ends = 0;
  std::optional<Failure> failure;
  std::string fault;

 private:
  void take_final(const TurnReport &report) {
    std::vector<TimedText> &words = finals_[report.number];
    for (const Word &word : report.turn.words) {
      words.push_back({word.text, word.begins ? word.begins->running_time : -1ns,
                       word.ends ? word.ends->running_time : -1ns});
    }
  }

  const SimulatedService &service_;
  std::unique_ptr<TextSource> schedule_;
  nanoseconds shown_until_{};
  std::map<std::uint64_t, std::vector<TimedText>> finals_;  // by number
};

StreamSettings default_settings(bool live) {
  StreamSettings settings;
  settings.service.options.max_ahead_seconds = 6;
  settings.service.options.real_time = 1.25;
  settings.service.options.keep_audio = false;
  settings.parameters = {{"session_heartbeat", true}};
  settings.session = {.max_backlog = 60s,
                      .connect_timeout = 10s,
                      .drain_timeout = 15s,
                      .idle_timeout = 60s,
                      .keepalive_interval = 10s,
                      .retry = {.shortest = 500ms, .longest = 30s},
                      .overflow = live ? Overflow::kDropOldest : Overflow::kBlock};
  settings.captions.wait = 3900ms;
  return settings;
}

SimulatedStream::SimulatedStream(const StreamSettings &settings)
    : settings_(settings),
      service_(loop_, settings.service),
      listener_(std::make_shared<Listener>(service_, settings.captions)),
      session_(std::make_shared<Stream>(
          settings.session, [parameters = settings.parameters] { return target_with(parameters); },
          loop_, service_.factory(), callbacks_of(listener_))),
      begun_(loop_->now()) {
  session_->start();
  loop_->run();
}

SimulatedStream::~SimulatedStream() {
  session_->leave(Rest::kDiscard);
  loop_->run();
}

void SimulatedStream::talk(nanoseconds duration) {
  for (const nanoseconds end = talked_ + duration; talked_ < end;) {
    wait_for_room();
    push_block(next_samples());
    talked_ += kBlock;
    if (settings_.session.overflow == Overflow::kDropOldest)
      step(kBlock);
    else
      loop_->run();
  }
}

void SimulatedStream::push_block(const std::vector<std::int16_t> &samples) {
  const auto bytes = std::as_bytes(std::span(samples));
  AudioBlock block;
  block.stamp = {.running_time = talked_ + skipped(), .arrival = loop_->now()};
  block.data.assign(bytes.begin(), bytes.end());
  const PushResult result = session_->push(std::move(block));
  if (result != PushResult::kAccepted && listener_->fault.empty())
    listener_->fault = "audio is not taken any more";
  check_bounds();
}

// The condition that push() would wait for, on this one thread.
bool SimulatedStream::has_room() const {
  const StreamStats stats = session_->stats();
  return stats.audio_queued_bytes < bytes_of(settings_.session.chunk_duration) ||
         stats.audio_kept_bytes + bytes_of(kBlock) <= bytes_of(settings_.session.max_backlog);
}

void SimulatedStream::wait_for_room() {
  if (settings_.session.overflow == Overflow::kDropOldest)
    return;
  for (nanoseconds waited = 0ns; !has_room(); waited += kBlock) {
    step(kBlock);
    fail_unless(waited < 10min, "there is no room for audio any more");
  }
}

void SimulatedStream::step(nanoseconds duration) {
  loop_->advance(duration);
  const bool live = settings_.session.overflow == Overflow::kDropOldest;
  const nanoseconds heard = live ? loop_->now() - begun_ : listener_->sent_until;
  listener_->show_until(heard - settings_.captions.wait);
}

void SimulatedStream::check_bounds() const {
  const StreamStats stats = session_->stats();
  fail_unless(stats.audio_kept_bytes <= bytes_of(settings_.session.max_backlog + kBlock));
  fail_unless(loop_->pending_timers() < 40, "%zu timers", loop_->pending_timers());
}

void SimulatedStream::be_silent(nanoseconds duration) {
  for (nanoseconds passed = 0ns; passed < duration; passed += kBlock) {
    push_block(std::vector<std::int16_t>(bytes_of(kBlock) / kBytesPerSample));
    skip(kBlock);
    step(kBlock);
  }
}

void SimulatedStream::pause(nanoseconds duration) {
  for (nanoseconds passed = 0ns; passed < duration; passed += kBlock)
    step(kBlock);
  skip(duration);
}

void SimulatedStream::skip(nanoseconds duration) {
  const nanoseconds length = skipped() + duration;
  if (!pauses_.empty() && pauses_.back().position == talked_)
    pauses_.back().length = length;
  else
    pauses_.push_back({talked_, length});
}

nanoseconds SimulatedStream::skipped() const {
  return pauses_.empty() ? 0ns : pauses_.back().length;
}

void SimulatedStream::finish(nanoseconds limit) {
  session_->finish();
  for (nanoseconds waited = 0ns; !session_->ended(); waited += kBlock) {
    step(kBlock);
    fail_unless(waited < limit, "no end");
  }
  loop_->run();
  listener_->show_all();
}

std::vector<TimedText> SimulatedStream::said() const {
  std::vector<TimedText> words;
  auto pause = pauses_.begin();
  nanoseconds skipped{};
  for (std::size_t i = 0;; i++) {
    const testserver::TalkWord word = testserver::talk_word(i);
    const SaidAt at = said_at(i);
    if (at.until > talked_)
      return words;
    for (; pause != pauses_.end() && pause->position <= at.from; ++pause)
      skipped = pause->length;
    words.push_back({word.text, at.from + skipped, at.until + skipped});
  }
}

SimulatedStream::SaidAt SimulatedStream::said_at(std::size_t index) const {
  if (settings_.without_pauses) {
    const nanoseconds from = static_cast<std::int64_t>(index) * kWordStep;
    return {from, from + kWord};
  }
  const testserver::TalkWord word = testserver::talk_word(index);
  return {word.start_ms * 1ms, word.end_ms * 1ms};
}

// The talk, or its words without the pauses between sentences.
std::vector<std::int16_t> SimulatedStream::next_samples() const {
  const auto from = talked_ / 1ms;
  if (!settings_.without_pauses)
    return testserver::coded_audio(from, from + kBlock.count());
  std::vector<std::int16_t> samples;
  for (milliseconds position{from}; position < milliseconds(from) + kBlock; position += 1ms) {
    const auto code = static_cast<std::int16_t>(position / kWordStep + 1);
    samples.insert(samples.end(), kSampleRate / 1000, position % kWordStep < kWord ? code : 0);
  }
  return samples;
}

std::string SimulatedStream::fault() const {
  if (!listener_->fault.empty())
    return listener_->fault;
  if (listener_->ends > 1)
    return "it ends more than once";
  if (!service_.counters().violations.empty())
    return "the client: " + service_.counters().violations.front();
  if (service_.counters().abandoned > 0)
    return "a session was left without Terminate";
  if (listener_->finals() > 0 && listener_->last_number() + 1 != listener_->finals())
    return "a number was left out";
  const std::vector<TimedText> words = said();
  std::vector<std::string> told;
  for (const TimedText &word : listener_->told())
    told.push_back(word.text);
  std::string fault = Comparison(words, listener_->lost).fault(told);
  if (!fault.empty())
    return "told " + fault;
  std::vector<std::string> shown;
  for (const TimedText &cue : listener_->cues) {
    std::istringstream tokens(cue.text);
    for (std::string token; tokens >> token;)
      shown.push_back(token);
  }
  fault = Comparison(words, listener_->lost).fault(shown);
  return fault.empty() ? fault : "shown " + fault;
}

std::string SimulatedStream::time_fault(nanoseconds tolerance) const {
  const std::vector<TimedText> words = said();
  const std::vector<TimedText> told = listener_->told();
  if (words.size() != told.size())
    return "not all was told";
  for (std::size_t i = 0; i < told.size(); i++) {
    if (std::chrono::abs(told[i].start - words[i].start) > tolerance ||
        std::chrono::abs(told[i].end - words[i].end) > tolerance) {
      std::ostringstream out;
      out << '"' << told[i].text << "\" from " << seconds(told[i].start) << " to "
          << seconds(told[i].end) << " s, not from " << seconds(words[i].start) << " to "
          << seconds(words[i].end);
      return out.str();
    }
  }
  return {};
}

const std::vector<LostAudio> &SimulatedStream::lost() const {
  return listener_->lost;
}

nanoseconds SimulatedStream::lost_in_all() const {
  nanoseconds sum{};
  for (const LostAudio &range : lost())
    sum += range.until - range.from;
  return sum;
}

const std::optional<Failure> &SimulatedStream::failure() const {
  return listener_->failure;
}

std::size_t SimulatedStream::sessions_ended() const {
  return listener_->sessions_ended;
}

bool SimulatedStream::ended() const {
  return listener_->ends == 1;
}

}  // namespace testing
