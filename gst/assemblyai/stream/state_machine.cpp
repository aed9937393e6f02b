// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "stream/state_machine.h"

namespace assemblyai {

namespace {

using enum Action;

struct Row {
  State state;
  Input input;
  Transition transition;
};

constexpr auto kTable = std::to_array<Row>({
    {State::kIdle, Input::kStart, {State::kPreparing, {kArmConnect, kPrepare}}},
    {State::kIdle, Input::kLeave, {State::kEnded, {kNoteLeft, kReportEnd}}},

    {State::kPreparing, Input::kPrepared, {State::kConnecting, {kReportConnecting, kOpen}}},
    {State::kPreparing, Input::kClosed, {State::kEnded, {kDisarm, kReportEnd}}},
    {State::kPreparing, Input::kDeadline, {State::kEnded, {kNoteTimeout, kReportEnd}}},
    {State::kPreparing, Input::kLeave, {State::kEnded, {kDisarm, kNoteLeft, kReportEnd}}},

    {State::kConnecting, Input::kOpened, {State::kBeginning, {}}},
    {State::kConnecting, Input::kClosed, {State::kEnded, {kDisarm, kReportEnd}}},
    {State::kConnecting, Input::kDeadline, {State::kEnded, {kNoteTimeout, kClose, kReportEnd}}},
    {State::kConnecting, Input::kLeave, {State::kEnded, {kDisarm, kNoteLeft, kClose, kReportEnd}}},

    {State::kBeginning, Input::kBegin, {State::kStreaming, {kDisarm, kReportBegin, kAllowAudio}}},
    {State::kBeginning, Input::kError, {State::kEnded, {kDisarm, kClose, kReportEnd}}},
    {State::kBeginning, Input::kTermination, {State::kClosing, {kArmClose}}},
    {State::kBeginning, Input::kClosed, {State::kEnded, {kDisarm, kReportEnd}}},
    {State::kBeginning, Input::kDeadline, {State::kEnded, {kNoteTimeout, kClose, kReportEnd}}},
    {State::kBeginning, Input::kLeave, {State::kEnded, {kDisarm, kNoteLeft, kClose, kReportEnd}}},

    {State::kStreaming, Input::kFinish, {State::kDraining, {kArmDrain, kAllowAudio}}},
    {State::kStreaming, Input::kLeave, {State::kLeaving, {kNoteLeft, kArmDrain, kAllowAudio}}},
    {State::kStreaming, Input::kError, {State::kEnded, {kClose, kReportEnd}}},
    {State::kStreaming, Input::kTermination, {State::kClosing, {kArmClose}}},
    {State::kStreaming, Input::kClosed, {State::kEnded, {kReportEnd}}},

    {State::kDraining, Input::kAudioSent, {State::kDraining, {kArmDrain}}},
    {State::kDraining, Input::kHeard, {State::kDraining, {kArmDrain}}},
    {State::kDraining, Input::kAudioDone, {State::kTerminating, {kSendTerminate, kArmDrain}}},
    {State::kDraining, Input::kLeave, {State::kLeaving, {kNoteLeft, kAllowAudio}}},
    {State::kDraining, Input::kError, {State::kEnded, {kDisarm, kClose, kReportEnd}}},
    {State::kDraining, Input::kTermination, {State::kClosing, {kArmClose}}},
    {State::kDraining, Input::kClosed, {State::kEnded, {kDisarm, kReportEnd}}},
    {State::kDraining, Input::kDeadline, {State::kEnded, {kNoteTimeout, kClose, kReportEnd}}},

    {State::kLeaving, Input::kAudioSent, {State::kLeaving, {kArmDrain}}},
    {State::kLeaving,
     Input::kAudioDone,
     {State::kEnded, {kDisarm, kSendTerminate, kClose, kReportEnd}}},
    {State::kLeaving, Input::kError, {State::kEnded, {kDisarm, kClose, kReportEnd}}},
    {State::kLeaving, Input::kTermination, {State::kEnded, {kDisarm, kClose, kReportEnd}}},
    {State::kLeaving, Input::kClosed, {State::kEnded, {kDisarm, kReportEnd}}},
    {State::kLeaving, Input::kDeadline, {State::kEnded, {kClose, kReportEnd}}},

    {State::kTerminating, Input::kHeard, {State::kTerminating, {kArmDrain}}},
    {State::kTerminating, Input::kTermination, {State::kClosing, {kArmClose}}},
    {State::kTerminating, Input::kLeave, {State::kEnded, {kDisarm, kNoteLeft, kClose, kReportEnd}}},
    {State::kTerminating, Input::kError, {State::kEnded, {kDisarm, kClose, kReportEnd}}},
    {State::kTerminating, Input::kClosed, {State::kEnded, {kDisarm, kReportEnd}}},
    {State::kTerminating, Input::kDeadline, {State::kEnded, {kNoteTimeout, kClose, kReportEnd}}},

    // The session is over and its statistics are known: an error of the connection is no failure
    // now.
    {State::kClosing, Input::kClosed, {State::kEnded, {kDisarm, kReportEnd}}},
    {State::kClosing, Input::kError, {State::kEnded, {kDisarm, kClose, kReportEnd}}},
    {State::kClosing, Input::kDeadline, {State::kEnded, {kClose, kReportEnd}}},
    {State::kClosing, Input::kLeave, {State::kEnded, {kDisarm, kClose, kReportEnd}}},
});

constexpr std::array<std::string_view, kStateCount> kStateNames{
    "idle",     "preparing", "connecting",  "beginning", "streaming",
    "draining", "leaving",   "terminating", "closing",   "ended"};

constexpr std::array<std::string_view, kInputCount> kInputNames{
    "start",      "prepared",    "opened", "begin",  "finish",   "audio-sent", "heard",
    "audio-done", "termination", "error",  "closed", "deadline", "leave"};

}  // namespace

Transition step(State state, Input input) {
  for (const Row &row : kTable) {
    if (row.state == state && row.input == input)
      return row.transition;
  }
  return {state, {}};
}

std::string_view name_of(State state) {
  return kStateNames[static_cast<std::size_t>(state)];
}

std::string_view name_of(Input input) {
  return kInputNames[static_cast<std::size_t>(input)];
}

}  // namespace assemblyai
