// SPDX-License-Identifier: LGPL-2.1-or-later
// The service as a session meets it through its transport, in the time of a ManualLoop: an
// hour of talk takes a moment. It hears the coded talk (tests/server/talk.h) with the local
// server's engine, and says what it hears as the local server does.

#pragma once

#include <memory>
#include <vector>

#include "support/simulated_session.h"

namespace testing {

class SimulatedService {
 public:
  // Has to outlive the sessions that use its factory.
  explicit SimulatedService(std::shared_ptr<assemblyai::ManualLoop> loop,
                            SimulatedHabits habits = {});

  assemblyai::TransportFactory factory();

  // Now; what is for a connection has no effect while there is none.
  void strike(const Fault &fault);
  void strike_after(nanoseconds delay, const Fault &fault);
  // Random faults from now on, on average one in every interval.
  void disturb(unsigned seed, nanoseconds interval);
  // Nothing more happens, and what can recover does.
  void calm();

  const SimulatedFigures &figures() const { return house_.figures; }
  const std::vector<std::string> &faults() const { return faults_; }  // that there were
  std::size_t connections() const;
  void note(const std::string &what) const { house_.note(what); }

 private:
  SimulatedSession *find(bool oldest) const;
  void strike_at_random();

  SimulatedHouse house_;
  // All there were: a call into one may lead to the next.
  std::vector<std::shared_ptr<SimulatedSession>> sessions_;
  std::vector<std::unique_ptr<assemblyai::Timer>> planned_;
  std::vector<std::string> faults_;
  std::mt19937 random_;
  nanoseconds interval_{};
  std::unique_ptr<assemblyai::Timer> next_;
};

}  // namespace testing
