// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The lifetime of one service session as a table: (state, input) -> (state, actions). No I/O, no
// clock: ServiceSession feeds it and carries out its actions.
//
//   Idle -> Preparing -> Connecting -> Beginning -> Streaming -> Draining -> Terminating -> Closing
//   -> Ended
//                                                       \----> Leaving
//                                                       ------------------------------^
//
// From every state but Idle and Ended an error, a lost connection, a missed
// deadline or leaving leads to Ended, which is reported once.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace assemblyai {

enum class State : std::uint8_t {
  kIdle,
  kPreparing,    // preparing the connection: a token may have to be fetched
  kConnecting,   // name look-up, TCP, TLS, upgrade
  kBeginning,    // connected, waiting for Begin
  kStreaming,    // audio goes out, turns come in
  kDraining,     // no more input: sending what is queued
  kLeaving,      // the same, without waiting for the last turns
  kTerminating,  // Terminate sent, receiving the last turns
  kClosing,      // Termination received, waiting for the close frame
  kEnded,
};
inline constexpr std::size_t kStateCount = 10;

enum class Input : std::uint8_t {
  kStart,
  kPrepared,     // the preparation is done
  kOpened,       // the upgrade succeeded
  kBegin,        // Begin received
  kFinish,       // no more audio will be queued
  kAudioSent,    // a message of audio was sent
  kHeard,        // a message about the audio arrived
  kAudioDone,    // the queue is empty, the last message is sent
  kTermination,  // Termination received
  kError,        // Error received, or the peer violates the protocol
  kClosed,       // the peer closed, the connection was lost, or the preparation failed
  kDeadline,     // the armed timer fired
  kLeave,        // the stream is left: end as soon as possible
};
inline constexpr std::size_t kInputCount = 13;

enum class Action : std::uint8_t {
  kNone,
  kPrepare,     // prepare the connection
  kOpen,        // open the transport
  kArmConnect,  // start the timer of connect and Begin
  kArmDrain,    // restart the timer of draining
  kArmClose,    // start the short timer for the close frame
  kDisarm,      // stop the timer
  kAllowAudio,  // audio may be sent from now on
  kSendTerminate,
  kClose,  // close the transport; a session that may be open is terminated first
  kReportConnecting,
  kReportBegin,
  kNoteTimeout,  // the reported end is a missed deadline
  kNoteLeft,     // the reported end was requested
  kReportEnd,
};

struct Transition {
  State next = State::kIdle;
  std::array<Action, 4> actions{};

  bool operator==(const Transition &) const = default;
};

// The next state and its actions. An input without a meaning in a state changes nothing.
Transition step(State state, Input input);

std::string_view name_of(State state);
std::string_view name_of(Input input);

}  // namespace assemblyai
