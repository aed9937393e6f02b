// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The faults of a session, their phases, and the expected outcomes. The list of faults has facts
// about each; the expectation is a rule over the facts. The fault matrix tries every combination,
// and docs/guide/reliability.md shows the results of the rule as a table.

#pragma once

#include <string>
#include <vector>

namespace faults {

// The faulty part. It decides in which phases a fault is possible.
enum class Level {
  network,      // the bytes below the WebSocket: at any time
  certificate,  // the certificate check
  upgrade,      // the response to the upgrade request
  begin,        // the start of a session
  frames,       // frames on an open WebSocket
  turns,        // turns of the service
  end,          // the response to Terminate
};

// The effect on the session.
enum class Effect {
  none,     // the session continues
  loss,     // the session is lost, and a new one will work
  refusal,  // a new session is refused in the same way, final only before the first session
};

// How the peer shows the fault.
enum class Sign {
  told,          // by a message or the end of the connection
  silence,       // nothing arrives any more, not even pongs
  deaf_silence,  // only pongs arrive
};

// The delay before the retry.
enum class Delay {
  none,       // immediate
  usual,      // after retry-delay-min
  longest,    // after retry-delay-max
  requested,  // the Retry-After of the service
};

struct Fault {
  std::string name;
  Level level;
  Effect effect;
  std::string command;  // of the local server, for frames and turns
  Sign sign = Sign::told;
  Delay delay = Delay::usual;
  unsigned code = 0;        // HTTP status or close code
  bool is_message = false;  // an additional message
  bool readable = true;     // ... that is valid v3
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
  goes_on,     // without any effect
  recovers,    // another session continues, and no word is missing
  error,       // one ERROR
  impossible,  // the combination does not exist
};

// The limits that pass until the fault is detected.
enum class Noticed { at_once, connect_timeout, keepalive_interval, heartbeats, drain_timeout };

struct Expectation {
  Outcome outcome = Outcome::impossible;
  Noticed noticed = Noticed::at_once;
  Delay delay = Delay::usual;
  bool on_the_way_back = false;  // the connection is lost, and the next one meets the fault
  const char *why = "";          // the reason for impossible
};

const std::vector<Fault> &all_faults();
Expectation expectation(const Fault &fault, Phase phase, Input input);

const char *in_words(Phase phase);
const char *in_words(Input input);
const char *in_words(Output output);
const char *in_words(Outcome outcome);

}  // namespace faults
