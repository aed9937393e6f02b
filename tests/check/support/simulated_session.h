// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// One connection to the simulated service, and the session on it.

#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "audio_rules.h"
#include "engine.h"
#include "stream/transport.h"
#include "support/manual_loop.h"
#include "support/simulated_fault.h"
#include "turn_writer.h"

namespace testing {

struct SimulatedBehaviour {
  testserver::Options options;  // limits, and the form of turns
  nanoseconds upgrade = std::chrono::milliseconds(200);
  nanoseconds begin = std::chrono::milliseconds(100);    // after the upgrade
  nanoseconds hearing = std::chrono::milliseconds(300);  // from audio to its messages
  nanoseconds ending = std::chrono::milliseconds(500);   // from Terminate to the last messages
  // The first word of a turn is up to a second early and the last one ends up to 1.3 s late, but
  // never after the audio received when the turn ended.
  bool pads_turns = false;
  unsigned seed = 1;  // for the padding
};

struct SimulatedCounters {
  unsigned attempts = 0;    // to connect
  unsigned begun = 0;       // sessions
  unsigned terminated = 0;  // sessions that the client ended
  unsigned abandoned = 0;   // sessions that the client could have terminated, but only left
  unsigned open = 0;        // billed sessions
  unsigned most_open = 0;
  double billed_seconds = 0;
  std::vector<std::string> violations;  // of the protocol, by the client
};

// The state that the connections share.
struct SimulatedContext {
  // For replaying a seed: prints everything that happens if ASSEMBLYAI_TEST_JOURNAL is in the
  // environment.
  void note(const std::string &what) const;

  std::shared_ptr<assemblyai::ManualLoop> loop;
  SimulatedBehaviour behaviour;
  SimulatedCounters counters;
  std::deque<Fault> arrivals;  // for the next connections
  nanoseconds out_until{};     // connections fail before this time
};

// Both directions meet here: the client calls the methods of its transport, and the service calls
// the transport's observer.
class SimulatedSession final : private testserver::EngineObserver {
 public:
  SimulatedSession(SimulatedContext &context, assemblyai::TransportObserver &observer,
                   const assemblyai::TransportOptions &options);
  ~SimulatedSession() override = default;
  SimulatedSession(const SimulatedSession &) = delete;
  SimulatedSession &operator=(const SimulatedSession &) = delete;

  void open(const assemblyai::ConnectionInfo &info);
  bool writable();
  void send_text(const std::string &text);
  void send_binary(std::span<const std::byte> data);
  void abandon();  // the transport was destroyed

  bool is_connected() const { return observer_ != nullptr; }
  void inject(const Fault &fault);
  void recover();  // Ends all faults except the permanent ones.

 private:
  // The amount that the network accepts without delivering it.
  static constexpr std::size_t kNetworkBuffer = 64000;

  enum class Phase { kConnecting, kOpened, kRunning, kFinishing, kOver };

  struct Outgoing {
    nanoseconds due{};
    std::string text;                             // for a message
    bool opened = false;                          // for the upgrade
    std::optional<assemblyai::TransportEnd> end;  // for the end
  };

  // EngineObserver
  void turn_changed(const testserver::Hypothesis &hypothesis) override;
  void turn_ended(const testserver::Hypothesis &hypothesis) override;
  void step(const testserver::Command &) override {}

  nanoseconds now() const { return context_.loop->now(); }
  bool is_stalled() const { return now() < stalled_until_; }
  bool is_silent() const { return is_stalled() || now() < mute_until_; }

  void arrive();
  std::optional<testserver::Problem> admit();
  void meet(const Fault &fault);
  void begin();
  void take(bool binary, std::string payload);
  void take_held();
  void hear(const std::string &payload);
  void obey(const std::string &text);
  void finish();
  void beat();
  void answer_ping();
  void hush(nanoseconds *until, nanoseconds duration);
  void arm_resume();
  void resume();
  testserver::Hypothesis padded(const testserver::Hypothesis &hypothesis, bool ended);

  void fail(const testserver::Problem &problem);
  void close(unsigned code, const std::string &reason);
  void break_off(assemblyai::TransportEnd end);
  void end_session();
  void drop_unsaid();
  void say(const std::string &text) { put({.text = text}, context_.behaviour.hearing + late()); }
  nanoseconds late() const { return now() < late_until_ ? late_by_ : nanoseconds::zero(); }
  void put(Outgoing what, nanoseconds delay);
  void deliver();
  void hand_over(Outgoing what);
  void note(const std::string &what) const;
  void violation(const std::string &what);

  SimulatedContext &context_;
  assemblyai::TransportObserver *observer_;  // null after the transport was destroyed or has ended
  const nanoseconds ping_interval_;
  const unsigned index_;
  Phase phase_ = Phase::kConnecting;
  std::string query_;
  testserver::Configuration configuration_;
  testserver::AudioRules rules_;
  testserver::TurnWriter writer_;
  std::unique_ptr<testserver::Engine> engine_;
  std::mt19937 random_;
  std::optional<std::int64_t> lead_ms_;  // by which the start of the turn in progress is early

  std::deque<Outgoing> out_;
  std::deque<std::pair<bool, std::string>> held_;  // by the network: whether binary, and the data
  std::size_t held_bytes_ = 0;
  bool is_awaited_ = false;  // writable() returned false
  bool terminate_sent_ = false;
  bool has_begun_ = false;
  bool answers_terminate_ = true;
  bool says_termination_ = true;
  nanoseconds began_{};
  double beat_seconds_ = 0;  // of audio at the last Heartbeat
  nanoseconds stalled_until_{};
  nanoseconds mute_until_{};
  nanoseconds deaf_until_{};
  nanoseconds late_until_{};
  nanoseconds late_by_{};

  std::unique_ptr<assemblyai::Timer> life_;  // until the next step of opening or ending
  std::unique_ptr<assemblyai::Timer> cap_;
  std::unique_ptr<assemblyai::Timer> beat_;
  std::unique_ptr<assemblyai::Timer> ping_;
  std::unique_ptr<assemblyai::Timer> resume_;
  std::unique_ptr<assemblyai::Timer> delivery_;
};

}  // namespace testing
