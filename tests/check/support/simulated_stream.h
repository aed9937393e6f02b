// SPDX-License-Identifier: LGPL-2.1-or-later
// The coded talk, through a session, to the simulated service, and what comes back: on the
// bus, and as captions.

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
  SimulatedHabits service;
  assemblyai::ParameterSet parameters;
  assemblyai::StreamOptions session;
  assemblyai::TextOptions captions;
  bool without_pauses = false;  // the speaker never ends a sentence
};

// What a live element has by default.
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

  // The talk goes on for so much audio: in real time when it is live, else as fast as it is
  // taken.
  void talk(nanoseconds duration);
  // The talk stops for a while, and nothing is heard; live.
  void be_silent(nanoseconds duration);
  // The same without audio.
  void pause(nanoseconds duration);
  // No more audio: waits for the end, at most so long.
  void finish(nanoseconds limit);

  // What is wrong with what was told and shown; empty: every word that was said came once, in
  // order, unless its audio was reported lost.
  std::string fault() const;
  // The same for times. There must not have been any loss.
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
    nanoseconds length{};    // with those before it
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
