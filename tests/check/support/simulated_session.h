// SPDX-License-Identifier: LGPL-2.1-or-later
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

struct SimulatedHabits {
  testserver::Options options;  // limits, and how turns look
  nanoseconds upgrade = std::chrono::milliseconds(200);
  nanoseconds begin = std::chrono::milliseconds(100);    // after the upgrade
  nanoseconds hearing = std::chrono::milliseconds(300);  // from audio to what is said about it
  nanoseconds ending = std::chrono::milliseconds(500);   // from Terminate to the rest
  // The first word of a turn begins up to a second early and the last one ends up to 1.3 s
  // late, but never later than the audio that was there when the turn ended.
  bool pads_turns = false;
  unsigned seed = 1;  // for the padding
};

struct SimulatedFigures {
  unsigned attempts = 0;    // to connect
  unsigned begun = 0;       // sessions
  unsigned terminated = 0;  // sessions that the client ended
  unsigned abandoned = 0;   // sessions that the client could have ended, and only left
  unsigned open = 0;        // sessions that are paid for
  unsigned most_open = 0;
  double billed_seconds = 0;
  std::vector<std::string> violations;  // of the protocol, by the client
};

// What the connections share.
struct SimulatedHouse {
  // For who replays a seed: with ASSEMBLYAI_TEST_JOURNAL in the environment all that happens
  // is printed.
  void note(const std::string &what) const;

  std::shared_ptr<assemblyai::ManualLoop> loop;
  SimulatedHabits habits;
  SimulatedFigures figures;
  std::deque<Fault> arrivals;  // for the next connections
  nanoseconds out_until{};     // nobody gets in before
};

// Both ends of what happens are here: what the client does comes in by the methods that a
// transport has, what the service does goes out to the transport's observer.
class SimulatedSession final : private testserver::EngineObserver {
 public:
  SimulatedSession(SimulatedHouse &house, assemblyai::TransportObserver &observer,
                   const assemblyai::TransportOptions &options);
  ~SimulatedSession() override = default;
  SimulatedSession(const SimulatedSession &) = delete;
  SimulatedSession &operator=(const SimulatedSession &) = delete;

  void open(const assemblyai::ConnectionInfo &info);
  bool writable();
  void send_text(const std::string &text);
  void send_binary(std::span<const std::byte> data);
  void abandon();  // the transport is gone

  bool is_connected() const { return observer_ != nullptr; }
  void strike(const Fault &fault);
  void recover();  // from all that is not for ever

 private:
  // What the network takes without passing it on.
  static constexpr std::size_t kNetworkBuffer = 64000;

  enum class Phase { kConnecting, kOpened, kRunning, kFinishing, kOver };

  struct Outgoing {
    nanoseconds due{};
    std::string text;                             // unless it is
    bool opened = false;                          // the upgrade, or
    std::optional<assemblyai::TransportEnd> end;  // the end
  };

  // EngineObserver
  void turn_changed(const testserver::Hypothesis &hypothesis) override;
  void turn_ended(const testserver::Hypothesis &hypothesis) override;
  void step(const testserver::Command &) override {}

  nanoseconds now() const { return house_.loop->now(); }
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
  void say(const std::string &text) { put({.text = text}, house_.habits.hearing + late()); }
  nanoseconds late() const { return now() < late_until_ ? late_by_ : nanoseconds::zero(); }
  void put(Outgoing what, nanoseconds delay);
  void deliver();
  void hand_over(Outgoing what);
  void note(const std::string &what) const;
  void violation(const std::string &what);

  SimulatedHouse &house_;
  assemblyai::TransportObserver *observer_;  // null once the transport is gone or has ended
  const nanoseconds ping_interval_;
  const unsigned index_;
  Phase phase_ = Phase::kConnecting;
  std::string query_;
  testserver::Configuration configuration_;
  testserver::AudioRules rules_;
  testserver::TurnWriter writer_;
  std::unique_ptr<testserver::Engine> engine_;
  std::mt19937 random_;
  std::optional<std::int64_t> lead_ms_;  // by which the turn in progress begins early

  std::deque<Outgoing> out_;
  std::deque<std::pair<bool, std::string>> held_;  // by the network: binary or not, and what
  std::size_t held_bytes_ = 0;
  bool is_awaited_ = false;  // writable() said no
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

  std::unique_ptr<assemblyai::Timer> life_;  // to the next step of opening and ending
  std::unique_ptr<assemblyai::Timer> cap_;
  std::unique_ptr<assemblyai::Timer> beat_;
  std::unique_ptr<assemblyai::Timer> ping_;
  std::unique_ptr<assemblyai::Timer> resume_;
  std::unique_ptr<assemblyai::Timer> delivery_;
};

}  // namespace testing
