// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Injects a fault at its moment, and removes it after it was detected.

#pragma once

#include "server.h"
#include "support/faults.h"

namespace testing {

inline constexpr std::chrono::seconds kRetryAfter{1};

class FaultMaker {
 public:
  // Without a fault nothing happens.
  FaultMaker(const faults::Fault *fault, faults::Phase phase, const faults::Expectation &expected,
             bool comes_back)
      : fault_(fault),
        phase_(phase),
        way_back_(expected.on_the_way_back),
        comes_back_(comes_back) {}

  testserver::Options options() const;
  void before_start(testserver::Server &server);
  // Must be called often. reconnecting: how often the element has reported a retry.
  void look(testserver::Server &server, std::size_t reconnecting);
  void heal(testserver::Server &server);
  bool made() const { return made_; }

 private:
  bool waits_for_a_moment() const;
  void make(testserver::Server &server);
  void go_away(testserver::Server &server);
  void make_network_fault(testserver::Server &server);
  void make_upgrade_fault(testserver::Server &server);
  void make_begin_fault(testserver::Server &server);

  const faults::Fault *fault_;
  faults::Phase phase_;
  bool way_back_;
  bool comes_back_;
  bool made_ = false;
  bool healed_ = false;
  bool gone_ = false;
};

}  // namespace testing
