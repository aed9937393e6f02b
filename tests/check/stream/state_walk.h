// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A walk through the states of a service session, with the effects of its actions.

#pragma once

#include "stream/state_machine.h"

namespace testing {

using assemblyai::Action;
using assemblyai::Input;
using assemblyai::State;

// A state that is left at a deadline.
constexpr bool timed(State state) {
  return state != State::kIdle && state != State::kStreaming && state != State::kEnded;
}

// A state with a session.
constexpr bool connected(State state) {
  return state >= State::kConnecting && state <= State::kClosing;
}

struct Walk {
  State state = State::kIdle;
  bool timer = timed(state);
  bool open = connected(state);
  int begins = 0;
  int ends = 0;
  int terminates = 0;
  int sent_too_late = 0;  // after Terminate, or without a connection

  // False if the input is impossible: a timer that is not armed does not fire.
  bool take(Input input) {
    if (input == Input::kDeadline && !timer)
      return false;
    if (input == Input::kClosed)
      open = false;
    if (input == Input::kDeadline)
      timer = false;
    const assemblyai::Transition transition = step(state, input);
    state = transition.next;
    for (const Action action : transition.actions)
      book(action);
    return true;
  }

 private:
  void book(Action action) {
    if (action == Action::kSendTerminate || action == Action::kAllowAudio)
      sent_too_late += terminates > 0 || !open ? 1 : 0;
    if (action == Action::kOpen)
      open = true;
    if (action == Action::kClose)
      open = false;
    if (action == Action::kArmConnect || action == Action::kArmDrain || action == Action::kArmClose)
      timer = true;
    if (action == Action::kDisarm)
      timer = false;
    if (action == Action::kReportBegin)
      begins++;
    if (action == Action::kReportEnd)
      ends++;
    if (action == Action::kSendTerminate)
      terminates++;
  }
};

}  // namespace testing
