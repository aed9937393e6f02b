// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A state, and what happens from there on, a byte each: a way through the states of a session,
// however unlikely, ends once and leaves nothing behind.

#include "stream/state_machine.h"

#include "stream/state_walk.h"
#include "target.h"

using namespace assemblyai;
using fuzz::require;
using testing::connected;
using testing::timed;
using testing::Walk;

namespace {

template <typename Value>
Value value_of(char byte, std::size_t count) {
  return static_cast<Value>(static_cast<std::uint8_t>(byte - 'a') % count);
}

void check(const Walk &walk) {
  require(walk.timer == timed(walk.state), "what waits has a deadline, and nothing else");
  require(walk.open == connected(walk.state), "a connection is open as long as it is needed");
  require(walk.begins <= 1, "a session begins once");
  require(walk.terminates <= 1, "a session is terminated once");
  require(walk.sent_too_late == 0, "nothing is sent after Terminate, nor without a connection");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  std::string_view input = fuzz::as_text(data, size);
  if (input.empty())
    return 0;
  const auto first = value_of<State>(input.front(), kStateCount);
  Walk walk{.state = first};
  for (const char byte : input.substr(1)) {
    const State before = walk.state;
    walk.take(value_of<Input>(byte, kInputCount));
    require(before != State::kEnded || walk.state == State::kEnded, "ended is the end");
    check(walk);
  }
  // Whoever leaves and waits gets to the end.
  walk.take(first == State::kIdle && walk.state == State::kIdle ? Input::kStart : Input::kLeave);
  walk.take(Input::kLeave);
  walk.take(Input::kDeadline);
  check(walk);
  require(walk.state == State::kEnded, "there is a way to the end from everywhere");
  require(walk.ends == (first == State::kEnded ? 0 : 1), "the end is reported once");
  return 0;
}
