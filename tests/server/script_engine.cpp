// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Plays a scenario against the position in the audio. Nothing here depends on
// the time of day or on how the audio was cut: the same bytes give the same
// reports in the same order.

#include <algorithm>
#include <limits>
#include <utility>

#include "scenario.h"

namespace testserver {

namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

class ScriptEngine final : public Engine {
 public:
  ScriptEngine(const EngineSetup &setup, Scenario scenario)
      : observer_(setup.observer),
        scenario_(std::move(scenario)),
        session_(static_cast<int>(setup.session_index)),
        rate_(setup.sample_rate) {
    load_turn(0);
  }

  void feed(std::span<const std::int16_t> samples) override {
    samples_ += static_cast<std::int64_t>(samples.size());
    std::int64_t now = position_ms();
    while (play_next(now)) {
    }
  }

  void force_endpoint() override {
    std::size_t heard = heard_words();
    if (turn_exists_ && heard > given_)
      end_turn(heard);
  }

  void finish(std::function<void()> done) override {
    force_endpoint();
    done();
  }

 private:
  std::int64_t position_ms() const { return samples_ * 1000 / rate_; }

  void load_turn(std::size_t index) {
    turn_index_ = index;
    turn_exists_ = scenario_.turn(index, &turn_);
    given_ = 0;
    next_partial_ = 0;
    begun_ = false;
  }

  std::size_t heard_words() const {
    std::size_t count = 0;
    while (turn_exists_ && count < turn_.hypothesis.words.size() &&
           turn_.hypothesis.words[count].end_ms <= position_ms())
      count++;
    return count;
  }

  // Does what comes first, if it is due. Ties: steps before partials before the end of the turn,
  // so that a step can come between a word and its final.
  bool play_next(std::int64_t now) {
    std::int64_t partial = partial_time();
    std::int64_t end = turn_exists_ ? turn_.end_ms : kNever;
    std::int64_t step = step_time();
    if (std::min({partial, end, step}) > now)
      return false;
    if (step <= partial && step <= end)
      observer_->step(scenario_.steps[next_step_++].command);
    else if (partial <= end)
      report_partial();
    else
      end_turn(turn_.hypothesis.words.size());
    return true;
  }

  std::int64_t step_time() {
    while (next_step_ < scenario_.steps.size()) {
      const ScriptStep &step = scenario_.steps[next_step_];
      if (step.when == ScriptStep::When::position && is_ours(step))
        return step.at_ms;
      next_step_++;
    }
    return kNever;
  }

  bool is_ours(const ScriptStep &step) const {
    return step.session < 0 || step.session == session_;
  }

  std::int64_t partial_time() const {
    if (!turn_exists_)
      return kNever;
    if (!turn_.partials.empty())
      return next_partial_ < turn_.partials.size() ? turn_.partials[next_partial_].at_ms : kNever;
    if (next_partial_ >= turn_.hypothesis.words.size())
      return kNever;
    return turn_.hypothesis.words[next_partial_].end_ms + scenario_.recognition_delay_ms;
  }

  void report_partial() {
    std::size_t index = next_partial_++;
    if (!turn_.partials.empty()) {
      begin_turn();
      Hypothesis hypothesis = turn_.partials[index].hypothesis;
      hypothesis.heard_ms = turn_.partials[index].at_ms;
      observer_->turn_changed(hypothesis);
    } else if (index >= given_) {
      begin_turn();
      Hypothesis hypothesis = words_from_given(index + 1);
      EngineWord &newest = hypothesis.words.back();
      hypothesis.settled_ms = newest.start_ms;
      hypothesis.heard_ms = newest.end_ms + scenario_.recognition_delay_ms;
      if (!newest.draft.empty())
        newest.text = newest.formatted = newest.draft;
      observer_->turn_changed(hypothesis);
    }
  }

  Hypothesis words_from_given(std::size_t end) const {
    Hypothesis hypothesis = turn_.hypothesis;
    auto first = hypothesis.words.begin();
    hypothesis.words.erase(first + static_cast<std::ptrdiff_t>(end), hypothesis.words.end());
    hypothesis.words.erase(first, first + static_cast<std::ptrdiff_t>(given_));
    if (given_ > 0 || end < turn_.hypothesis.words.size())
      hypothesis.formatted.clear();  // it is of the whole turn
    return hypothesis;
  }

  void begin_turn() {
    if (!std::exchange(begun_, true))
      run_turn_steps(ScriptStep::When::turn_begin);
  }

  void end_turn(std::size_t end) {
    Hypothesis hypothesis = words_from_given(end);
    std::size_t ended = turn_index_;
    bool whole = end == turn_.hypothesis.words.size();
    hypothesis.heard_ms = whole ? turn_.end_ms : position_ms();
    given_ = end;
    if (whole)
      load_turn(turn_index_ + 1);
    observer_->turn_ended(hypothesis);
    if (whole)
      run_turn_steps(ScriptStep::When::turn_final, ended);
  }

  void run_turn_steps(ScriptStep::When when) { run_turn_steps(when, turn_index_); }

  void run_turn_steps(ScriptStep::When when, std::size_t turn) {
    for (const ScriptStep &step : scenario_.steps) {
      if (step.when == when && step.turn == turn && is_ours(step))
        observer_->step(step.command);
    }
  }

  EngineObserver *observer_;
  Scenario scenario_;
  int session_;
  std::int64_t rate_;
  std::int64_t samples_ = 0;
  std::size_t next_step_ = 0;
  std::size_t turn_index_ = 0;
  ScriptTurn turn_;
  bool turn_exists_ = false;
  bool begun_ = false;
  std::size_t given_ = 0;         // words that left in a forced end of turn
  std::size_t next_partial_ = 0;  // of turn_.partials, or of the words
};

}  // namespace

std::unique_ptr<Engine> make_script_engine(const EngineSetup &setup, std::string *error) {
  Scenario scenario;
  if (!parse_scenario(setup.scenario, &scenario, error))
    return nullptr;
  return std::make_unique<ScriptEngine>(setup, std::move(scenario));
}

}  // namespace testserver
