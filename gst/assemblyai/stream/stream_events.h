// SPDX-License-Identifier: LGPL-2.1-or-later

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
    kLost,          // for good, because of the failure
  };
  State state = State::kConnecting;
  bool is_new = false;   // the first failure since all went well, or the first of its kind here
  unsigned attempt = 1;  // since then; of one that is still to come, its number
  nanoseconds delay{};
  std::string reason;  // one sentence; empty where there is nothing to explain
  std::optional<Failure> failure;
};

// As on the bus.
const char *name_of(ConnectionReport::State state);

// Audio is sent to another session from now on, and turns come from it. Turns that were in flight
// are reported again, perhaps divided differently.
struct SessionSwitched {};

struct AudioLost {
  std::vector<AudioPiece> pieces;
  bool is_new = false;  // the first loss for long
};

// A text frame of the service, as it came.
struct RawFrame {
  std::string text;
};

// A frame that cannot be read. It is ignored.
struct UndecodableFrame {
  Failure failure;
  bool is_first = false;  // of the stream
};

// The service has heard speech for so long and sends no text.
struct SpeechWithoutText {
  nanoseconds duration{};
};

// The service refused what was changed since it accepted something last.
struct ChangesRefused {
  std::vector<std::string> parameters;  // that were taken back
  Failure failure;
};

// All is over, with a failure unless it ended as asked.
struct StreamEnd {
  std::optional<Failure> failure;
};

// All that a stream reports, in order. The service's own messages have their times in the input,
// and the numbers of turns. Begin does not say that the session is in use yet: SessionSwitched
// does. SessionEnd is the end of a session that had begun. StreamEnd comes once, last.
using StreamEvent =
    std::variant<ConnectionReport, Begin, SessionSwitched, AudioLost, TurnReport, SpeechStarted,
                 SpeakerRevision, Heartbeat, Silence, Warning, LlmGatewayResponse, RawFrame,
                 UndecodableFrame, SpeechWithoutText, ChangesRefused, SessionEnd, StreamEnd>;

struct StreamCallbacks {
  // What happened. Never called after the stream was left, nor under a lock. What the application
  // calls of the stream from there takes effect after the call.
  std::function<void(const StreamEvent &)> event;
  // I/O thread, must not wait: a message of audio is sent.
  std::function<void(const AudioChunk &)> audio_sent;
  // I/O thread, must not wait: the next session is requested with what is set after this call.
  // Returns the parameters that were taken back, for ChangesRefused.
  std::function<std::vector<std::string>(const std::vector<RefusedChange> &)> take_back;
  // Are raw frames of interest? Any thread.
  std::function<bool()> wants_frames;
  // Runs tasks one at a time, in order: those that call event().
  std::function<void(std::function<void()>)> deliver;
};

}  // namespace assemblyai
