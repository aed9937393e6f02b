// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Hears the words that coded_audio() wrote into the samples, wherever in the
// session they come. Whatever a client repeats, skips or sends again after a
// lost connection shows in the transcript.

#include <utility>

#include "engine.h"
#include "talk.h"

namespace testserver {

namespace {

constexpr std::int64_t kHalfWordMs = 150;  // less of a word is not understood
constexpr std::int64_t kTurnSilenceMs = 400;

class CodedEngine final : public Engine {
 public:
  explicit CodedEngine(const EngineSetup &setup)
      : observer_(setup.observer), rate_(setup.sample_rate) {}

  void feed(std::span<const std::int16_t> samples) override {
    for (std::int16_t sample : samples) {
      auto code = static_cast<std::uint16_t>(sample);
      if (code != code_)
        end_run(code);
      position_++;
      if (code_ == 0 && !hypothesis_.words.empty() &&
          milliseconds(position_ - run_start_) >= kTurnSilenceMs)
        end_turn();
    }
  }

  void force_endpoint() override {
    end_run(code_);
    end_turn();
  }

  void finish(std::function<void()> done) override {
    force_endpoint();
    done();
  }

 private:
  std::int64_t milliseconds(std::int64_t samples) const { return samples * 1000 / rate_; }

  void end_run(std::uint16_t next) {
    if (code_ != 0 && milliseconds(position_ - run_start_) >= kHalfWordMs)
      hear_word();
    code_ = next;
    run_start_ = position_;
  }

  void hear_word() {
    TalkWord spoken = talk_word(static_cast<std::size_t>(code_) - 1);
    EngineWord word;
    word.text = spoken.text;
    word.formatted = spoken.formatted;
    word.speaker.assign(1, spoken.sentence % 2 == 0 ? 'A' : 'B');
    word.start_ms = milliseconds(run_start_);
    word.end_ms = milliseconds(position_);
    hypothesis_.settled_ms = word.start_ms;
    hypothesis_.words.push_back(std::move(word));
    hypothesis_.heard_ms = milliseconds(position_);
    observer_->turn_changed(hypothesis_);
  }

  void end_turn() {
    Hypothesis ended = std::exchange(hypothesis_, {});
    ended.heard_ms = milliseconds(position_);
    if (!ended.words.empty())
      observer_->turn_ended(ended);
  }

  EngineObserver *observer_;
  std::int64_t rate_;
  std::int64_t position_ = 0;
  std::int64_t run_start_ = 0;
  std::uint16_t code_ = 0;
  Hypothesis hypothesis_;
};

}  // namespace

std::unique_ptr<Engine> make_coded_engine(const EngineSetup &setup) {
  return std::make_unique<CodedEngine>(setup);
}

}  // namespace testserver
