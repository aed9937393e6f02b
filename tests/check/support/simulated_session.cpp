// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "support/simulated_session.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "mulaw.h"
#include "protocol/failure.h"
#include "service_messages.h"

namespace testing {

namespace {

using assemblyai::Failure;
using assemblyai::FailureKind;
using assemblyai::Retry;
using assemblyai::TransportEnd;
using std::chrono::milliseconds;
using testserver::Hypothesis;
using Kind = Fault::Kind;

constexpr std::chrono::seconds kLateFor{10};
constexpr char kSeeError[] = "See Error message for details";

double seconds(nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

TransportEnd no_connection(const char *why) {
  return {.failure = Failure{.kind = FailureKind::kConnect,
                             .retry = Retry::kBackOff,
                             .message = "Could not connect",
                             .detail = why}};
}

TransportEnd refused_upgrade(const Fault &fault) {
  Failure failure = assemblyai::failure_from_http(fault.code, "");
  failure.retry_after = std::chrono::floor<std::chrono::seconds>(fault.duration);
  return {.failure = std::move(failure)};
}

}  // namespace

void SimulatedContext::note(const std::string &what) const {
  static const bool is_wanted = std::getenv("ASSEMBLYAI_TEST_JOURNAL") != nullptr;
  if (is_wanted)
    std::printf("%10.3f %s\n", seconds(loop->now() - assemblyai::ManualLoop::kStart), what.c_str());
}

SimulatedSession::SimulatedSession(SimulatedContext &context,
                                   assemblyai::TransportObserver &observer,
                                   const assemblyai::TransportOptions &options)
    : context_(context),
      observer_(&observer),
      ping_interval_(options.keepalive_interval),
      index_(context.counters.attempts++),
      rules_(context.behaviour.options, configuration_),
      writer_(configuration_, context.behaviour.options,
              [this](const std::string &text) { say(text); }),
      random_(context.behaviour.seed + index_) {}

void SimulatedSession::open(const assemblyai::ConnectionInfo &info) {
  const std::string url(info.request.url.reveal());
  const std::size_t mark = url.find('?');
  query_ = mark == std::string::npos ? std::string() : url.substr(mark + 1);
  life_ = context_.loop->after(context_.behaviour.upgrade, [this] { arrive(); });
}

void SimulatedSession::arrive() {
  if (now() < context_.out_until)
    return break_off(no_connection("network is unreachable"));
  std::optional<Fault> fault;
  if (!context_.arrivals.empty()) {
    fault = std::move(context_.arrivals.front());
    context_.arrivals.pop_front();
  }
  if (fault && fault->kind == Kind::kRefuse)
    return break_off(no_connection("connection refused"));
  if (fault && fault->kind == Kind::kHttp)
    return break_off(refused_upgrade(*fault));
  phase_ = Phase::kOpened;
  put({.opened = true}, {});
  if (ping_interval_ > nanoseconds::zero())
    ping_ = context_.loop->after(ping_interval_, [this] { answer_ping(); });
  if (fault && fault->kind == Kind::kNoBegin)
    return;
  if (fault)
    return fail({fault->code, fault->text});
  if (const auto problem = admit())
    return fail(*problem);
  life_ = context_.loop->after(context_.behaviour.begin, [this] { begin(); });
}

std::optional<testserver::Problem> SimulatedSession::admit() {
  const unsigned limit = context_.behaviour.options.max_open_sessions;
  if (limit > 0 && context_.counters.open >= limit)
    return testserver::Problem{3009, "Too many concurrent sessions"};
  return testserver::apply_query(testserver::parse_query(query_.c_str()),
                                 context_.behaviour.options, &configuration_);
}

void SimulatedSession::begin() {
  const testserver::Options &options = context_.behaviour.options;
  SimulatedCounters &counters = context_.counters;
  note("begins");
  phase_ = Phase::kRunning;
  has_begun_ = true;
  began_ = now();
  counters.begun++;
  counters.open++;
  counters.most_open = std::max(counters.most_open, counters.open);
  testserver::EngineSetup setup;
  setup.observer = this;
  engine_ = testserver::make_coded_engine(setup);
  cap_ = context_.loop->after(options.max_session, [this] {
    fail({3008, "Session Expired: Maximum session duration exceeded"});
  });
  if (configuration_.heartbeat)
    beat_ = context_.loop->after(options.heartbeat_interval, [this] { beat(); });
  const auto lasts = std::chrono::floor<std::chrono::seconds>(
      options.announced_session.value_or(options.max_session));
  const std::int64_t expires_at = (context_.loop->wall_clock() + lasts).count();
  put({.text = testserver::begin_message("session-" + std::to_string(index_), expires_at,
                                         configuration_)},
      {});
}

bool SimulatedSession::writable() {
  is_awaited_ = is_awaited_ || (is_stalled() && held_bytes_ >= kNetworkBuffer);
  return !is_awaited_;
}

void SimulatedSession::send_text(const std::string &text) {
  if (text.find("\"Terminate\"") != std::string::npos)
    terminate_sent_ = true;
  take(false, text);
}

void SimulatedSession::send_binary(std::span<const std::byte> data) {
  if (!writable())
    violation("audio, though the network takes none");
  if (terminate_sent_)
    violation("audio after Terminate");
  take(true, {reinterpret_cast<const char *>(data.data()), data.size()});
}

// Messages to a session that is over are ignored: the client cannot know yet.
void SimulatedSession::take(bool binary, std::string payload) {
  if (is_stalled()) {
    held_bytes_ += payload.size();
    held_.emplace_back(binary, std::move(payload));
    return;
  }
  if (binary && phase_ == Phase::kOpened)
    violation("audio before Begin");
  if (phase_ == Phase::kFinishing)
    violation("a message after Terminate");
  if (phase_ == Phase::kRunning && binary)
    hear(payload);
  else if (!binary && (phase_ == Phase::kRunning || phase_ == Phase::kOpened))
    obey(payload);
}

void SimulatedSession::hear(const std::string &payload) {
  const testserver::AudioRules::TimePoint time{
      std::chrono::duration_cast<std::chrono::steady_clock::duration>(now())};
  if (const auto problem = rules_.check(payload.size(), time)) {
    violation(problem->text);
    return fail(*problem);
  }
  engine_->feed(testserver::from_little_endian(payload));
}

void SimulatedSession::obey(const std::string &text) {
  testserver::JsonText json;
  const bool parsed = json.parse(text) && json.object() != nullptr;
  const std::string type = parsed ? testserver::json_string(json.object(), "type") : "";
  std::optional<testserver::Problem> problem;
  if (type == "Terminate") {
    note("is told to end");
    context_.counters.terminated += phase_ == Phase::kRunning ? 1 : 0;
    phase_ = Phase::kFinishing;
    life_ = context_.loop->after(context_.behaviour.ending, [this] { finish(); });
  } else if (type == "ForceEndpoint" && engine_) {
    engine_->force_endpoint();
  } else if (type == "UpdateConfiguration") {
    problem = testserver::apply_update(json.object(), &configuration_);
  } else if (type != "KeepAlive") {
    problem = testserver::Problem{3006, "Invalid Message Type: " + type};
  }
  if (!problem)
    return;
  violation(problem->text);
  fail(*problem);
}

void SimulatedSession::finish() {
  if (!answers_terminate_)
    return;
  if (engine_)
    engine_->finish([] {});
  writer_.finish();
  if (has_begun_ && says_termination_)
    say(testserver::termination_message(rules_.seconds(), seconds(now() - began_)));
  close(1000, "Session Ended");
}

void SimulatedSession::beat() {
  const nanoseconds interval = context_.behaviour.options.heartbeat_interval;
  const double before = std::exchange(beat_seconds_, rules_.seconds());
  put({.text = testserver::heartbeat_message({.audio_seconds = rules_.seconds(),
                                              .new_audio_seconds = rules_.seconds() - before,
                                              .session_seconds = seconds(now() - began_),
                                              .interval_seconds = seconds(interval),
                                              .speech = writer_.in_turn() || now() < deaf_until_})},
      {});
  beat_ = context_.loop->after(interval, [this] { beat(); });
}

void SimulatedSession::answer_ping() {
  ping_ = context_.loop->after(ping_interval_, [this] { answer_ping(); });
  if (!is_stalled() && is_connected())
    observer_->on_alive();
}

void SimulatedSession::turn_changed(const Hypothesis &hypothesis) {
  if (now() >= deaf_until_)
    writer_.turn_changed(padded(hypothesis, false));
}

void SimulatedSession::turn_ended(const Hypothesis &hypothesis) {
  if (now() >= deaf_until_)
    writer_.turn_ended(padded(hypothesis, true));
  lead_ms_.reset();
}

Hypothesis SimulatedSession::padded(const Hypothesis &hypothesis, bool ended) {
  if (!context_.behaviour.pads_turns || hypothesis.words.empty())
    return hypothesis;
  Hypothesis copy = hypothesis;
  if (!lead_ms_)
    lead_ms_ = std::uniform_int_distribution<std::int64_t>(0, 1000)(random_);
  std::int64_t &start = copy.words.front().start_ms;
  start = std::max<std::int64_t>(start - *lead_ms_, 0);
  if (!ended)
    return copy;
  const auto heard_ms = static_cast<std::int64_t>(rules_.seconds() * 1000);
  std::int64_t &end = copy.words.back().end_ms;
  const std::int64_t late = end + std::uniform_int_distribution<std::int64_t>(240, 1300)(random_);
  end = std::max(end, std::min(late, heard_ms));
  return copy;
}

void SimulatedSession::inject(const Fault &fault) {
  switch (fault.kind) {
    case Kind::kStall:
      return hush(&stalled_until_, fault.duration);
    case Kind::kMute:
      return hush(&mute_until_, fault.duration);
    case Kind::kDeaf:
      deaf_until_ = now() + fault.duration;
      return;
    case Kind::kLate:
      late_by_ = fault.duration;
      late_until_ = now() + kLateFor;
      return;
    case Kind::kDuplicate:
      return writer_.duplicate_next();
    case Kind::kSwap:
      return writer_.swap_next();
    case Kind::kNoTermination:
      says_termination_ = false;
      return;
    case Kind::kSilentEnd:
      answers_terminate_ = false;
      return;
    default:
      meet(fault);
  }
}

void SimulatedSession::recover() {
  answers_terminate_ = true;
  says_termination_ = true;
  for (nanoseconds *until : {&stalled_until_, &mute_until_, &deaf_until_, &late_until_}) {
    if (*until != Fault::kForEver)
      *until = std::min(*until, now());
  }
  resume();
}

// Faults of an open connection. They have no effect before it is open.
void SimulatedSession::meet(const Fault &fault) {
  if (phase_ == Phase::kConnecting)
    return break_off(no_connection("connection reset"));
  if (fault.kind == Kind::kLoss)
    return break_off({.close_code = 1006});
  if (fault.kind == Kind::kGarbage) {
    if (has_begun_)
      put({.text = testserver::garbage(fault.text)->text}, {});
    return;
  }
  drop_unsaid();
  if (fault.kind == Kind::kError)
    fail({fault.code, fault.text});
  else if (fault.kind == Kind::kClose)
    close(fault.code, "");
}

void SimulatedSession::hush(nanoseconds *until, nanoseconds duration) {
  *until = duration == Fault::kForEver ? Fault::kForEver : std::max(*until, now() + duration);
  arm_resume();
}

void SimulatedSession::arm_resume() {
  nanoseconds next = Fault::kForEver;
  for (const nanoseconds until : {stalled_until_, mute_until_}) {
    if (until > now())
      next = std::min(next, until);
  }
  if (next == Fault::kForEver)
    resume_.reset();
  else
    resume_ = context_.loop->after(next - now(), [this] { resume(); });
}

void SimulatedSession::resume() {
  arm_resume();
  if (!is_stalled()) {
    take_held();
    if (std::exchange(is_awaited_, false) && is_connected())
      observer_->on_writable();
  }
  deliver();
}

void SimulatedSession::take_held() {
  held_bytes_ = 0;
  for (auto &[binary, payload] : std::exchange(held_, {}))
    take(binary, std::move(payload));
}

void SimulatedSession::fail(const testserver::Problem &problem) {
  put({.text = testserver::error_message(problem)}, {});
  close(problem.code, kSeeError);
}

void SimulatedSession::close(unsigned code, const std::string &reason) {
  end_session();
  put({.end = TransportEnd{.close_code = code, .reason = reason}}, {});
}

// The last messages are lost too.
void SimulatedSession::break_off(TransportEnd end) {
  end_session();
  out_.clear();
  hand_over({.end = std::move(end)});
}

void SimulatedSession::abandon() {
  const bool could_end = has_begun_ && phase_ == Phase::kRunning && !is_stalled();
  if (is_connected() && could_end && !terminate_sent_)
    context_.counters.abandoned++;
  observer_ = nullptr;
  end_session();
  out_.clear();
  delivery_.reset();
}

void SimulatedSession::end_session() {
  if (has_begun_ && phase_ != Phase::kOver) {
    note("is over after " + std::to_string(rules_.seconds()) + " s of audio");
    context_.counters.open--;
    context_.counters.billed_seconds += seconds(now() - began_);
  }
  phase_ = Phase::kOver;
  life_.reset();
  cap_.reset();
  beat_.reset();
}

void SimulatedSession::drop_unsaid() {
  std::erase_if(out_, [this](const Outgoing &what) { return what.due > now(); });
}

// Delivers in order, whatever the delays.
void SimulatedSession::put(Outgoing what, nanoseconds delay) {
  what.due = now() + delay;
  if (!out_.empty())
    what.due = std::max(what.due, out_.back().due);
  out_.push_back(std::move(what));
  if (out_.size() == 1)
    delivery_ = context_.loop->after(out_.front().due - now(), [this] { deliver(); });
}

void SimulatedSession::deliver() {
  while (is_connected() && !is_silent() && !out_.empty() && out_.front().due <= now()) {
    Outgoing what = std::move(out_.front());
    out_.pop_front();
    hand_over(std::move(what));
  }
  if (is_connected() && !is_silent() && !out_.empty())
    delivery_ = context_.loop->after(out_.front().due - now(), [this] { deliver(); });
}

void SimulatedSession::note(const std::string &what) const {
  context_.note("service " + std::to_string(index_) + ": " + what);
}

void SimulatedSession::violation(const std::string &what) {
  note("violation: " + what);
  context_.counters.violations.push_back(what);
}

// The observer may destroy the transport in any of these calls.
void SimulatedSession::hand_over(Outgoing what) {
  if (what.end && is_connected())
    std::exchange(observer_, nullptr)->on_ended(std::move(*what.end));
  else if (what.opened)
    observer_->on_opened();
  else
    observer_->on_text(what.text);
  if (what.end)
    ping_.reset();
}

}  // namespace testing
