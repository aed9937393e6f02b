// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The reports of a stream as direct calls, on the thread on which they happen.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "stream/stream_events.h"

namespace testing {

class StreamObserver {
 public:
  StreamObserver() = default;
  StreamObserver(const StreamObserver &) = delete;
  StreamObserver &operator=(const StreamObserver &) = delete;
  virtual ~StreamObserver() = default;

  virtual void on_connection(const assemblyai::ConnectionReport &) {}
  virtual void on_begin(const assemblyai::Begin &) {}
  virtual void on_switched() {}
  virtual void on_audio_sent(const assemblyai::AudioChunk &) {}
  virtual void on_audio_lost(const std::vector<assemblyai::AudioPiece> &, bool) {}
  virtual void on_turn(const assemblyai::TurnReport &) {}
  // SpeechStarted, SpeakerRevision, Heartbeat, Silence, Warning, LlmGatewayResponse.
  virtual void on_message() {}
  virtual void on_frame(std::string_view) {}
  virtual void on_undecodable(const assemblyai::Failure &) {}
  virtual void on_refused(const std::vector<assemblyai::RefusedChange> &) {}
  virtual void on_deaf() {}
  virtual void on_session_end(const assemblyai::SessionEnd &) {}
  virtual void on_ended(const std::optional<assemblyai::Failure> &) {}

  void operator()(const assemblyai::ConnectionReport &report) { on_connection(report); }
  void operator()(const assemblyai::Begin &begin) { on_begin(begin); }
  void operator()(const assemblyai::SessionSwitched &) { on_switched(); }
  void operator()(const assemblyai::AudioLost &lost) { on_audio_lost(lost.pieces, lost.is_new); }
  void operator()(const assemblyai::TurnReport &report) { on_turn(report); }
  void operator()(const assemblyai::RawFrame &frame) { on_frame(frame.text); }
  void operator()(const assemblyai::UndecodableFrame &frame) { on_undecodable(frame.failure); }
  void operator()(const assemblyai::SpeechWithoutText &) { on_deaf(); }
  void operator()(const assemblyai::ChangesRefused &) {}
  void operator()(const assemblyai::SessionEnd &end) { on_session_end(end); }
  void operator()(const assemblyai::StreamEnd &end) { on_ended(end.failure); }
  void operator()(const assemblyai::SpeechStarted &) { on_message(); }
  void operator()(const assemblyai::SpeakerRevision &) { on_message(); }
  void operator()(const assemblyai::Heartbeat &) { on_message(); }
  void operator()(const assemblyai::Silence &) { on_message(); }
  void operator()(const assemblyai::Warning &) { on_message(); }
  void operator()(const assemblyai::LlmGatewayResponse &) { on_message(); }
};

inline assemblyai::StreamCallbacks callbacks_of(const std::shared_ptr<StreamObserver> &observer) {
  return {
      .event = [observer](const assemblyai::StreamEvent &event) { std::visit(*observer, event); },
      .audio_sent =
          [observer](const assemblyai::AudioChunk &chunk) { observer->on_audio_sent(chunk); },
      .take_back =
          [observer](const std::vector<assemblyai::RefusedChange> &changes) {
            observer->on_refused(changes);
            return std::vector<std::string>();
          },
      .wants_frames = [] { return true; },
      .deliver = [](const std::function<void()> &task) { task(); },
      .is_delivering = [] { return false; },
  };
}

}  // namespace testing
