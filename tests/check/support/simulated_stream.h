// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Sends the coded talk through a stream to the simulated service, and checks the results: bus
// messages and captions.

#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "captions/text_source.h"
#include "stream/stream.h"
#include "support/exact_times.h"
#include "support/manual_loop.h"
#include "support/simulated_service.h"

namespace testing {

struct StreamSettings {
  SimulatedBehaviour service;
  assemblyai::ParameterSet parameters;
  assemblyai::StreamOptions session;
  assemblyai::TextOptions captions;
  bool without_pauses = false;  // the speaker never ends a sentence
};

// The default of a live element.
StreamSettings default_settings(bool live);

struct LostAudio {
  nanoseconds from{};  // running time
  nanoseconds until{};
};

class SimulatedStream {
 public:
  explicit SimulatedStream(const StreamSettings &settings);
  ~SimulatedStream();

  SimulatedService &service() { return service_; }
  assemblyai::ManualLoop &loop() { return *loop_; }
  assemblyai::Stream &session() { return *session_; }

  // Continues the talk for this much audio: in real time if it is live, otherwise as fast as it is
  // accepted.
  void talk(nanoseconds duration);
  // A pause of the talk with silence; live.
  void be_silent(nanoseconds duration);
  // The same without audio.
  void pause(nanoseconds duration);
  // No more audio: waits for the end, up to the limit.
  void finish(nanoseconds limit);

  // The error in the reported and shown text; empty: every spoken word was reported once, in order,
  // unless its audio was reported lost.
  std::string fault() const;
  // The same for times. Only without losses.
  std::string time_fault(nanoseconds tolerance) const;

  const std::vector<LostAudio> &lost() const;
  nanoseconds lost_in_all() const;
  const std::optional<assemblyai::Failure> &failure() const;
  std::size_t sessions_ended() const;
  bool ended() const;

 private:
  class Listener;

  struct Pause {
    nanoseconds position{};  // in the audio
    nanoseconds length{};    // including the ones before it
  };

  void push_block(const std::vector<std::int16_t> &samples);
  bool has_room() const;
  void wait_for_room();
  void step(nanoseconds duration);
  void check_bounds() const;
  struct SaidAt {
    nanoseconds from{};  // in the audio
    nanoseconds until{};
  };
  SaidAt said_at(std::size_t index) const;
  std::vector<TimedText> said() const;
  std::vector<std::int16_t> next_samples() const;
  nanoseconds skipped() const;
  void skip(nanoseconds duration);

  const StreamSettings settings_;
  std::shared_ptr<assemblyai::ManualLoop> loop_ = std::make_shared<assemblyai::ManualLoop>();
  SimulatedService service_;
  std::shared_ptr<Listener> listener_;
  std::shared_ptr<assemblyai::Stream> session_;
  nanoseconds begun_;
  nanoseconds talked_{};  // audio
  std::vector<Pause> pauses_;
};

}  // namespace testing
