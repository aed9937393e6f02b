// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "protocol/turn_tracker.h"
#include "protocol/types.h"
#include "stream/audio_queue.h"
#include "stream/probation.h"
#include "stream/service_session.h"

namespace assemblyai {

struct ConnectionReport {
  enum class State : std::uint8_t {
    kConnecting,
    kConnected,
    kReconnecting,  // after the delay, because of the failure
    kIdle,          // there is no audio; the next audio connects
    kLost,          // finally, because of the failure
  };
  State state = State::kConnecting;
  bool is_new = false;   // the first failure of an outage, or the first of its kind in it
  unsigned attempt = 1;  // within the outage; for a scheduled attempt, its number
  nanoseconds delay{};
  std::string reason;  // one sentence; empty if there is nothing to explain
  std::optional<Failure> failure;
};

// The same word as in bus messages.
const char *name_of(ConnectionReport::State state);

// Audio is sent to another session from now on, and turns come from it. Turns in flight are
// reported again, possibly divided differently.
struct SessionSwitched {};

struct AudioLost {
  std::vector<AudioPiece> pieces;
  bool is_new = false;  // the first loss for a long time
};

// A text frame of the service, unchanged.
struct RawFrame {
  std::string text;
};

// A frame that cannot be decoded. It is ignored.
struct UndecodableFrame {
  Failure failure;
  bool is_first = false;  // in the stream
};

// The service has reported speech for this long and sends no text.
struct SpeechWithoutText {
  nanoseconds duration{};
};

// The service refused changes that were made since it last accepted the parameters.
struct ChangesRefused {
  std::vector<std::string> parameters;  // that were reverted
  Failure failure;
};

// The stream is over, with a failure unless its end was requested.
struct StreamEnd {
  std::optional<Failure> failure;
};

// All reports of a stream, in order. Messages of the service have their times in the input, and the
// numbers of turns. Begin does not mean that the session is in use yet: SessionSwitched does.
// SessionEnd is the end of a session that had begun. StreamEnd comes once, last.
using StreamEvent =
    std::variant<ConnectionReport, Begin, SessionSwitched, AudioLost, TurnReport, SpeechStarted,
                 SpeakerRevision, Heartbeat, Silence, Warning, LlmGatewayResponse, RawFrame,
                 UndecodableFrame, SpeechWithoutText, ChangesRefused, SessionEnd, StreamEnd>;

struct StreamCallbacks {
  // Reports an event. Never called after the stream was left, or under a lock. Calls that the
  // application makes to the stream from there take effect after the event.
  std::function<void(const StreamEvent &)> event;
  // I/O thread, must not block: an audio message is sent.
  std::function<void(const AudioChunk &)> audio_sent;
  // I/O thread, must not block: reverts the changes before the next session is requested. Returns
  // the parameters that were reverted, for ChangesRefused.
  std::function<std::vector<std::string>(const std::vector<RefusedChange> &)> take_back;
  // Whether raw frames are wanted. Any thread.
  std::function<bool()> wants_frames;
  // Runs tasks one at a time, in order: those that call event().
  std::function<void(std::function<void()>)> deliver;
  // Whether this thread is running such a task. Any thread.
  std::function<bool()> is_delivering;
};

}  // namespace assemblyai
