// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The service behind the transport of a session, in the time of a ManualLoop: an hour of talk takes
// a moment. It recognizes the coded talk (tests/server/talk.h) with the local server's engine, and
// sends messages as the local server does.

#pragma once

#include <memory>
#include <vector>

#include "support/simulated_session.h"

namespace testing {

class SimulatedService {
 public:
  // Must outlive the sessions that use its factory.
  explicit SimulatedService(std::shared_ptr<assemblyai::ManualLoop> loop,
                            SimulatedBehaviour behaviour = {});

  assemblyai::TransportFactory factory();

  // Injects the fault now. A fault of a connection has no effect while there is none.
  void inject(const Fault &fault);
  void strike_after(nanoseconds delay, const Fault &fault);
  // Injects random faults from now on, on average one per interval.
  void disturb(unsigned seed, nanoseconds interval);
  // Stops the random faults, and ends those that can end.
  void calm();

  const SimulatedCounters &counters() const { return context_.counters; }
  const std::vector<std::string> &faults() const { return faults_; }  // the injected faults
  std::size_t connections() const;
  void note(const std::string &what) const { context_.note(what); }

 private:
  SimulatedSession *find(bool oldest) const;
  void strike_at_random();

  SimulatedContext context_;
  // All sessions ever: a call into one may lead to the next.
  std::vector<std::shared_ptr<SimulatedSession>> sessions_;
  std::vector<std::unique_ptr<assemblyai::Timer>> planned_;
  std::vector<std::string> faults_;
  std::mt19937 random_;
  nanoseconds interval_{};
  std::unique_ptr<assemblyai::Timer> next_;
};

}  // namespace testing
