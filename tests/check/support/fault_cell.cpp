// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "support/fault_cell.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "support/check.h"
#include "support/fault_maker.h"
#include "support/feed.h"
#include "support/talk_heard.h"

namespace testing {

namespace {

using faults::Expectation;
using faults::Fault;
using faults::Input;
using faults::Noticed;
using faults::Outcome;
using faults::Output;
using faults::Phase;
using namespace std::chrono_literals;

// A sentence, and five words of the next one: there is always something that a fault can lose.
constexpr milliseconds kTalk = 5800ms;
constexpr milliseconds kSentence = 3500ms;
// A file has to wait for the first turn to end.
constexpr milliseconds kFileBacklog = 4500ms;
constexpr milliseconds kConnectTimeout = 2500ms;
constexpr milliseconds kKeepalive = 1000ms;
constexpr milliseconds kDrainTimeout = 5000ms;
constexpr milliseconds kRetryMin = 100ms;
constexpr milliseconds kRetryMax = 600ms;
// Time outside the element's limits: waiting for a processor, and reading the bus.
constexpr milliseconds kSlack = 5000ms * kSlowness;
constexpr milliseconds kLook = 40ms;

std::string properties(const Cell &cell, const testserver::Server &server) {
  const auto text = [](milliseconds time) { return std::to_string(time.count()); };
  std::string all = "connect-timeout=" + text(kConnectTimeout) +
                    " keepalive-interval=" + text(kKeepalive) +
                    " drain-timeout=" + text(kDrainTimeout) +
                    " retry-delay-min=" + text(kRetryMin) + " retry-delay-max=" + text(kRetryMax);
  if (!server.ca_file().empty())
    all += " ssl-ca-file=" + server.ca_file();
  if (!cell.comes_back)
    all += " max-retries=2";
  if (cell.input == Input::file)
    all += " sync=false max-backlog=" + text(kFileBacklog);
  if (cell.output == Output::text_pad)
    all += " latency=12000 sink.src ! fakesink name=text sync=false";
  return all;
}

std::string description(const Cell &cell, const testserver::Server &server) {
  return std::string(Feed::kSource) + (cell.input == Input::live ? " is-live=true" : "") + " ! " +
         sink_text(server, properties(cell, server));
}

// One sentence more where the fault has to be detected before the talk is over.
milliseconds length_of_talk(const Expectation &expected) {
  return expected.noticed == Noticed::heartbeats ? kTalk + kSentence : kTalk;
}

milliseconds limit(const Expectation &expected, Input input) {
  milliseconds limit = kSlack + kRetryMax;
  limit += length_of_talk(expected) / (input == Input::live ? 1 : 2);
  if (expected.delay == faults::Delay::requested)
    limit += kRetryAfter;
  switch (expected.noticed) {
    case Noticed::at_once:
      return limit;
    case Noticed::connect_timeout:
      return limit + kConnectTimeout;
    case Noticed::keepalive_interval:
    case Noticed::heartbeats:
      return limit + 3 * kKeepalive;
    case Noticed::drain_timeout:
      return limit + kDrainTimeout;
  }
  return limit;
}

Expectation expectation_of(const Cell &cell) {
  if (cell.fault == nullptr)
    return {.outcome = Outcome::goes_on};
  Expectation expected = expectation(*cell.fault, cell.phase, cell.input);
  if (!cell.comes_back)
    expected.outcome = Outcome::error;
  return expected;
}

// A run of a cell.
class Run {
 public:
  explicit Run(const Cell &cell)
      : cell_(cell),
        expected_(expectation_of(cell)),
        length_(length_of_talk(expected_)),
        maker_(cell.fault, cell.phase, expected_, cell.comes_back),
        server_(start_server(maker_.options())),
        pipeline_(description(cell, *server_)) {
    if (cell.output == Output::text_pad)
      recorder_.emplace(pipeline_, "sink", "src");
  }

  CellResult result() {
    Feed feed(pipeline_);
    feed.push_talk(0ms, length_, 0ms);
    feed.end();
    const auto begun = std::chrono::steady_clock::now();
    deadline_ = begun + limit(expected_, cell_.input);
    maker_.before_start(*server_);
    pipeline_.set_state(GST_STATE_PLAYING);
    watch();
    CellResult result;
    result.outcome = outcome();
    result.took = std::chrono::ceil<milliseconds>(std::chrono::steady_clock::now() - begun);
    judge(result.outcome);
    stop();
    result.problem = problem_;
    return result;
  }

 private:
  void watch() {
    while (problem_.empty() && !over()) {
      pipeline_.dwell(kLook);
      maker_.look(*server_, count_connection("reconnecting"));
      if (std::chrono::steady_clock::now() > deadline_)
        complain("it hangs");
    }
    pipeline_.drain_bus();
  }
  bool over() const { return pipeline_.heard().eos || !pipeline_.heard().errors.empty(); }

  std::size_t count_connection(const char *state) const {
    std::size_t count = 0;
    for (const GstStructure *message : pipeline_.messages("assemblyai-connection"))
      count += string_field(message, "state") == state;
    return count;
  }

  Outcome outcome() const {
    if (!pipeline_.heard().errors.empty())
      return Outcome::error;
    const bool again =
        count_connection("reconnecting") > 0 || server_->proxy()->accepted_connections() > 1;
    return again ? Outcome::recovers : Outcome::goes_on;
  }

  // Beside the loss, the response of another server causes a warning.
  bool is_answered_by_another() const {
    return cell_.fault != nullptr && cell_.fault->level == faults::Level::upgrade &&
           (cell_.fault->effect == faults::Effect::refusal || cell_.fault->command == "cut-answer");
  }
  std::string what_was_said() const {
    std::string texts;
    for (const auto *list : {&pipeline_.heard().errors, &pipeline_.heard().warnings}) {
      for (const std::string &text : *list)
        texts += ": " + text;
    }
    return texts;
  }

  void judge(Outcome outcome) {
    if (outcome != expected_.outcome)
      complain(std::string("it ") + in_words(outcome) + ", not " + in_words(expected_.outcome) +
               what_was_said());
    if (cell_.fault != nullptr && !maker_.made())
      complain("the fault was not made");
    judge_words();
    const std::size_t warnings = pipeline_.heard().warnings.size();
    const std::size_t most = is_answered_by_another() ? 2 : 1;
    if (warnings > most || (expected_.outcome == Outcome::recovers && warnings < most))
      complain(std::to_string(warnings) + " warnings");
  }

  // Except for words before an ERROR: every word, once, in order, at its time.
  void judge_words() {
    const TalkHeard talk{.length = length_, .formatted = cell_.phase != Phase::between_finals};
    complain(talk.fault(pipeline_.words()));
    const bool whole = expected_.outcome != Outcome::error;
    if (whole && pipeline_.words().size() < talk.words().size())
      complain("only " + std::to_string(pipeline_.words().size()) + " words on the bus");
    if (recorder_)
      complain(recorder_->violations());
    if (recorder_ && whole)
      complain(talk.fault_of_cues(recorder_->cues()));
  }

  void stop() {
    maker_.heal(*server_);
    pipeline_.set_state(GST_STATE_NULL);
    pipeline_.drain_bus();
    if (pipeline_.heard().errors.size() > 1)
      complain("more than one ERROR");
    const bool closed = server_->wait_for(
        [](testserver::Server &s) {
          bool all = s.open_sessions() == 0;
          for (std::size_t i = 0; all && i < s.session_count(); i++)
            s.inspect(i, [&](const auto &session) { all = session.closed; });
          return all;
        },
        kDeadline);
    if (!closed)
      complain("a session was left open");
  }

  void complain(const std::string &what) {
    if (!what.empty())
      problem_ += what + "; ";
  }

  Cell cell_;
  Expectation expected_;
  milliseconds length_;
  FaultMaker maker_;
  std::unique_ptr<testserver::Server> server_;
  Pipeline pipeline_;
  std::optional<PadRecorder> recorder_;
  std::chrono::steady_clock::time_point deadline_;
  std::string problem_;
};

}  // namespace

std::string Cell::name() const {
  const std::string what = fault != nullptr ? fault->name + ", " + in_words(phase) : "undisturbed";
  return what + ", " + in_words(input) + ", " + in_words(output) + (comes_back ? "" : ", for good");
}

std::vector<Cell> all_cells() {
  std::vector<Cell> cells;
  for (const Fault &fault : faults::all_faults()) {
    for (const Phase phase : faults::kPhases) {
      for (const Input input : faults::kInputs) {
        if (expectation(fault, phase, input).outcome == Outcome::impossible)
          continue;
        for (const Output output : faults::kOutputs)
          cells.push_back({&fault, phase, input, output});
      }
    }
  }
  return cells;
}

std::vector<Cell> lasting_cells() {
  std::vector<Cell> cells;
  for (Cell cell : all_cells()) {
    cell.comes_back = false;
    if (cell.fault->effect == faults::Effect::loss &&
        expectation(*cell.fault, cell.phase, cell.input).outcome == Outcome::recovers)
      cells.push_back(cell);
  }
  return cells;
}

CellResult run_cell(const Cell &cell) {
  return Run(cell).result();
}

}  // namespace testing
