// SPDX-License-Identifier: LGPL-2.1-or-later
// What can go wrong with a session, when, and what has to come of it. The list of faults has facts
// about each; what is expected is a rule over the facts. The fault matrix tries every combination,
// and docs/guide/reliability.md has the rule's answers as a table.

#pragma once

#include <string>
#include <vector>

namespace faults {

// What misbehaves. It decides in which phases a fault can be.
enum class Level {
  network,      // the path of bytes: at any time
  certificate,  // what TLS checks
  upgrade,      // the answer to the request for a WebSocket
  begin,        // how the service begins a session
  frames,       // what the service sends on an open WebSocket
  turns,        // the service's turns
  end,          // how the service answers Terminate
};

// What becomes of the session that meets it.
enum class Effect {
  none,     // it goes on
  loss,     // it is over, and a new one will be as good
  refusal,  // a new one would meet the same, but for who was accepted before
};

// How the other side shows it.
enum class Sign {
  told,          // by a message or the end of the connection
  silence,       // nothing comes any more, not even the answer to a ping
  deaf_silence,  // nothing but the answers to pings
};

// When to try again.
enum class Delay {
  none,       // at once
  usual,      // after retry-delay-min
  longest,    // after retry-delay-max
  requested,  // as the service says in Retry-After
};

struct Fault {
  std::string name;
  Level level;
  Effect effect;
  std::string command;  // for those of frames and turns: the local server's
  Sign sign = Sign::told;
  Delay delay = Delay::usual;
  unsigned code = 0;        // HTTP status or close code
  bool is_message = false;  // a message that is there besides what the service has to say
  bool readable = true;     // ... and is v3
};

enum class Phase { connecting, tls, opening, silence, partial, between_finals, draining };
inline constexpr Phase kPhases[] = {Phase::connecting, Phase::tls,     Phase::opening,
                                    Phase::silence,    Phase::partial, Phase::between_finals,
                                    Phase::draining};
enum class Input { live, file };
inline constexpr Input kInputs[] = {Input::live, Input::file};
enum class Output { bus, text_pad };
inline constexpr Output kOutputs[] = {Output::bus, Output::text_pad};

enum class Outcome {
  goes_on,     // as if nothing had been
  recovers,    // another session goes on, and no word is missing
  error,       // one ERROR
  impossible,  // there is no such thing
};

// The limits that pass until it is noticed.
enum class Noticed { at_once, connect_timeout, keepalive_interval, heartbeats, drain_timeout };

struct Expectation {
  Outcome outcome = Outcome::impossible;
  Noticed noticed = Noticed::at_once;
  Delay delay = Delay::usual;
  bool on_the_way_back = false;  // the connection is dropped, and the next one meets the fault
  const char *why = "";          // it is impossible
};

const std::vector<Fault> &all_faults();
Expectation expectation(const Fault &fault, Phase phase, Input input);

const char *in_words(Phase phase);
const char *in_words(Input input);
const char *in_words(Output output);
const char *in_words(Outcome outcome);

}  // namespace faults
