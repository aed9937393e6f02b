// SPDX-License-Identifier: LGPL-2.1-or-later
// The life of one service session as a table: (state, input) -> (state, actions).
// No I/O, no clock: ServiceSession feeds it and carries out what it says.
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
  kPreparing,    // finding out what to connect with: a token may have to be fetched
  kConnecting,   // name look-up, TCP, TLS, upgrade
  kBeginning,    // connected, waiting for Begin
  kStreaming,    // audio goes out, turns come in
  kDraining,     // no more input: sending what is queued
  kLeaving,      // the same, but nobody waits for the last turns
  kTerminating,  // Terminate sent, the last turns come in
  kClosing,      // Termination received, waiting for the close frame
  kEnded,
};
inline constexpr std::size_t kStateCount = 10;

enum class Input : std::uint8_t {
  kStart,
  kPrepared,     // what to connect with is known
  kOpened,       // the upgrade succeeded
  kBegin,        // Begin received
  kFinish,       // no more audio will be queued
  kAudioSent,    // a message of audio was sent
  kHeard,        // the service said something about the audio
  kAudioDone,    // the queue is empty, the tail is sent
  kTermination,  // Termination received
  kError,        // Error received, or the peer does not speak the protocol
  kClosed,       // the peer closed, the connection broke, or there is none to make
  kDeadline,     // the armed timer fired
  kLeave,        // the caller loses interest: end as fast as is decent
};
inline constexpr std::size_t kInputCount = 13;

enum class Action : std::uint8_t {
  kNone,
  kPrepare,     // find out what to connect with
  kOpen,        // open the transport
  kArmConnect,  // start the timer of connect and Begin
  kArmDrain,    // start the timer of draining, anew
  kArmClose,    // start the short timer for the close frame
  kDisarm,      // stop the timer
  kAllowAudio,  // audio may be sent from now on
  kSendTerminate,
  kClose,  // close the transport; a session that may be open is terminated first
  kReportConnecting,
  kReportBegin,
  kNoteTimeout,  // the reported end is a missed deadline
  kNoteLeft,     // the reported end is the caller's own wish
  kReportEnd,
};

struct Transition {
  State next = State::kIdle;
  std::array<Action, 4> actions{};

  bool operator==(const Transition &) const = default;
};

// What follows. An input that means nothing in a state changes nothing.
Transition step(State state, Input input);

std::string_view name_of(State state);
std::string_view name_of(Input input);

}  // namespace assemblyai
