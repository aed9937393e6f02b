// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "support/faults.h"

#include <algorithm>
#include <iterator>

namespace faults {

namespace {

using enum Level;

// Codes with which the service refuses a request: protocol reference, section 5. All others report
// an error of the service; 1008 alone says nothing.
constexpr unsigned kUseless[] = {1003, 1007, 1009, 3006, 3007, 4000, 4001, 4002, 4003};
// Codes that require a long delay: too many sessions at once.
constexpr unsigned kPatience[] = {3009, 4029, 4102, 429};
// Codes that end a session, but do not refuse another one.
constexpr unsigned kSessionIsOver[] = {3008, 4008, 4031};
constexpr unsigned kCloseCodes[] = {0,    1000, 1001, 1005, 1006, 1008, 1011,
                                    1012, 1013, 3005, 3006, 3007, 3008, 3009,
                                    4000, 4001, 4002, 4008, 4029, 4031, 4999};

struct Spoken {
  unsigned code;
  const char *text;
  Effect effect;
};
constexpr Spoken kErrors[] = {
    {1008, "Unauthorized Connection: Missing Authorization header", Effect::refusal},
    {1011, "Internal error", Effect::loss},
    {3005, "Session Cancelled: An error occurred", Effect::loss},
    {3006, "User Input Validation Error: Invalid mode", Effect::refusal},
    {3006, "Session terminated due to inactivity: No messages received for 5 seconds",
     Effect::loss},
    {3007, "Input Duration Violation: 10 ms. Expected between 50 and 1000 ms", Effect::refusal},
    {3007, "Audio Transmission Rate Exceeded: 2.1x", Effect::loss},
    {3008, "Session Expired: Maximum session duration exceeded", Effect::loss},
    {3009, "Unauthorized Connection: Too many concurrent sessions", Effect::loss},
};

struct Garbage {
  const char *name;
  bool readable;
};
constexpr Garbage kGarbage[] = {{"not-json", false}, {"array", false},       {"truncated", false},
                                {"binary", true},    {"unknown-type", true}, {"no-type", false},
                                {"bad-turn", false}, {"huge", true},         {"deep", false}};

struct Status {
  unsigned status;
  bool retry_after;
};
constexpr Status kStatuses[] = {{401, false}, {403, false}, {404, false}, {408, false},
                                {425, false}, {429, false}, {429, true},  {500, false},
                                {503, false}, {503, true}};

template <std::size_t count>
bool is_in(const unsigned (&codes)[count], unsigned code) {
  return std::find(std::begin(codes), std::end(codes), code) != std::end(codes);
}

Delay delay_of(unsigned code) {
  if (is_in(kSessionIsOver, code))
    return Delay::none;
  return is_in(kPatience, code) ? Delay::longest : Delay::usual;
}

// Faults of the service, requests and network faults can pass; no others.
bool can_pass(unsigned status) {
  return status == 408 || status == 425 || status == 429 || status >= 500;
}

void add_network(std::vector<Fault> *all) {
  all->push_back({"connection dropped (FIN)", network, Effect::loss, "drop"});
  all->push_back({"connection reset (RST)", network, Effect::loss, "reset"});
  all->push_back({"connection refused", network, Effect::loss, "refuse"});
  all->push_back({"cut in the middle of a message", network, Effect::loss, "cut"});
  all->push_back(
      {"stall-read: nothing of ours arrives", network, Effect::loss, "stall-read", Sign::silence});
  all->push_back({"stall-write: nothing of theirs arrives", network, Effect::loss, "stall-write",
                  Sign::silence});
  all->push_back({"TCP in pieces of 7 bytes", network, Effect::none, "pieces"});
}

void add_handshake(std::vector<Fault> *all) {
  for (const char *name : {"unknown issuer", "expired", "wrong host"})
    all->push_back({std::string("certificate: ") + name, certificate, Effect::refusal, name});
  for (const Status &status : kStatuses) {
    Fault fault{"HTTP " + std::to_string(status.status), upgrade,
                can_pass(status.status) ? Effect::loss : Effect::refusal, ""};
    fault.name += status.retry_after ? " with Retry-After" : "";
    fault.code = status.status;
    fault.delay = status.retry_after ? Delay::requested : delay_of(status.status);
    all->push_back(fault);
  }
  all->push_back({"the answer to the upgrade cut short", upgrade, Effect::loss, "cut-answer"});
  all->push_back({"no answer to the upgrade", upgrade, Effect::loss, "", Sign::silence});
  all->push_back({"late Begin", Level::begin, Effect::none, "late"});
  all->push_back({"every message in fragments", Level::begin, Effect::none, "split"});
  all->push_back({"no Begin", Level::begin, Effect::loss, "never", Sign::deaf_silence});
}

void add_endings(std::vector<Fault> *all) {
  for (const unsigned code : kCloseCodes) {
    Fault fault{"close " + (code == 0 ? "without a code" : std::to_string(code)), frames,
                is_in(kUseless, code) ? Effect::refusal : Effect::loss,
                "close " + std::to_string(code)};
    fault.code = code;
    fault.delay = delay_of(code);
    all->push_back(fault);
  }
  for (const Spoken &error : kErrors) {
    const std::string text = std::to_string(error.code) + " " + error.text;
    Fault fault{"Error " + text, frames, error.effect, "error " + text};
    fault.code = error.code;
    // The server reports it only to a client that has just sent audio.
    const bool is_idleness = fault.name.find("inactivity") != std::string::npos;
    fault.delay = is_idleness ? Delay::none : delay_of(error.code);
    all->push_back(fault);
  }
  all->push_back(
      {"mute: only pings are answered", frames, Effect::loss, "mute", Sign::deaf_silence});
}

void add_messages(std::vector<Fault> *all) {
  for (const Garbage &garbage : kGarbage) {
    Fault fault{std::string("garbage: ") + garbage.name, frames, Effect::none,
                std::string("garbage ") + garbage.name};
    fault.is_message = true;
    fault.readable = garbage.readable;
    all->push_back(fault);
  }
  all->push_back({"a Turn twice", turns, Effect::none, "duplicate"});
  all->push_back({"two Turns in the wrong order", turns, Effect::none, "swap"});
  all->push_back(
      {"Terminate is not answered", Level::end, Effect::loss, "silent", Sign::deaf_silence});
  all->push_back({"closed without Termination", Level::end, Effect::none, "close-only"});
}

Expectation impossible(const char *why) {
  Expectation none;
  none.why = why;
  return none;
}

const char *why_impossible(const Fault &fault, Phase phase) {
  const bool no_websocket = phase == Phase::connecting || phase == Phase::tls;
  switch (fault.level) {
    case network:
      return fault.command == "stall-read" && phase == Phase::draining ? "all has arrived there"
                                                                       : nullptr;
    case certificate:
      return phase == Phase::tls ? nullptr : "certificates are looked at while TLS begins";
    case upgrade:
      if (phase == Phase::tls)
        return "the WebSocket is asked for after TLS";
      return phase == Phase::opening ? "the WebSocket is there" : nullptr;
    case Level::begin:
    case frames:
      return no_websocket ? "there is no WebSocket yet" : nullptr;
    case turns:
      return no_websocket || phase == Phase::opening ? "there are no turns yet" : nullptr;
    case Level::end:
      return phase == Phase::draining ? nullptr : "Terminate was not sent";
  }
  return nullptr;
}

// A fault of connecting, while the session exists: it applies to the next connection.
bool is_met_on_the_way_back(const Fault &fault, Phase phase) {
  const bool has_session = phase >= Phase::silence;
  if (fault.command == "refuse")
    return has_session || phase == Phase::opening;
  return has_session && (fault.level == upgrade || fault.level == Level::begin);
}

Noticed noticed(const Fault &fault, Phase phase, Input input, bool way_back) {
  if (fault.sign == Sign::told)
    return Noticed::at_once;
  if (phase <= Phase::opening || way_back)
    return Noticed::connect_timeout;
  if (fault.sign == Sign::silence)
    return Noticed::keepalive_interval;
  // A file ends long before a heartbeat is due.
  const bool is_draining = phase == Phase::draining || input == Input::file;
  return is_draining ? Noticed::drain_timeout : Noticed::heartbeats;
}

Outcome outcome(const Fault &fault, Phase phase) {
  if (fault.is_message && !fault.readable && phase == Phase::opening)
    return Outcome::error;  // this is another kind of service
  // A truncated response looks like that of another kind of server.
  if ((fault.command == "cut" || fault.command == "cut-answer") && phase == Phase::connecting)
    return Outcome::error;
  // The messages at the end of a session.
  const bool says_done = fault.level == frames && !fault.is_message && fault.sign == Sign::told &&
                         fault.command == "close " + std::to_string(fault.code) &&
                         (fault.code == 1000 || fault.code == 1005 || fault.code == 0);
  if (says_done && phase == Phase::draining)
    return Outcome::goes_on;
  switch (fault.effect) {
    case Effect::none:
      return Outcome::goes_on;
    case Effect::loss:
      return Outcome::recovers;
    case Effect::refusal:  // after a first session it is retried
      return phase <= Phase::opening ? Outcome::error : Outcome::recovers;
  }
  return Outcome::impossible;
}

}  // namespace

const std::vector<Fault> &all_faults() {
  static const std::vector<Fault> kAll = [] {
    std::vector<Fault> all;
    add_network(&all);
    add_handshake(&all);
    add_endings(&all);
    add_messages(&all);
    return all;
  }();
  return kAll;
}

Expectation expectation(const Fault &fault, Phase phase, Input input) {
  if (const char *why = why_impossible(fault, phase))
    return impossible(why);
  Expectation expected;
  expected.outcome = outcome(fault, phase);
  expected.delay = fault.delay;
  expected.on_the_way_back = is_met_on_the_way_back(fault, phase);
  if (expected.on_the_way_back && expected.outcome == Outcome::goes_on)
    expected.outcome = Outcome::recovers;
  if (expected.outcome == Outcome::recovers)
    expected.noticed = noticed(fault, phase, input, expected.on_the_way_back);
  // The application has waited long enough for the end.
  if (expected.noticed == Noticed::drain_timeout)
    expected.outcome = Outcome::error;
  return expected;
}

const char *in_words(Phase phase) {
  static const char *const kWords[] = {"connecting", "TLS",       "before Begin",
                                       "in silence", "in a turn", "between two finals",
                                       "at the end"};
  return kWords[static_cast<int>(phase)];
}

const char *in_words(Input input) {
  return input == Input::live ? "live" : "file";
}

const char *in_words(Output output) {
  return output == Output::bus ? "bus" : "text pad";
}

const char *in_words(Outcome outcome) {
  static const char *const kWords[] = {"goes on", "recovers", "ERROR", "impossible"};
  return kWords[static_cast<int>(outcome)];
}

}  // namespace faults
