// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/parameters.h"

namespace assemblyai {

using std::chrono::nanoseconds;

// A parameter that the service refused. Nothing stands for one that is not set.
struct RefusedChange {
  std::string parameter;
  std::optional<ParameterValue> refused;
  std::optional<ParameterValue> before;  // as it was accepted last
};

// Which parameters the service has accepted, and which changes it may still refuse. It confirms
// nothing: it refuses a session before it begins, or ends it about a second after an update. No
// clock.
class Probation {
 public:
  // An update counts as accepted when the service speaks so long after it.
  static constexpr std::chrono::seconds kLength{10};

  // A session that was asked for with these has begun.
  void begin(ParameterSet parameters);
  // It was sent an update.
  void tell(const ParameterSet &changes, nanoseconds now);
  // It has said something.
  void hear(nanoseconds now);

  // It was ended because of an update. What is to be taken back: the message that has the
  // parameter that the service's words name, as a whole; when they name none, all that is not
  // accepted yet. Nothing when several messages may be meant: another session tells, which is asked
  // for with the last of them.
  std::vector<RefusedChange> refuse_update(std::string_view words);
  // A session that was asked for with these was refused. What is to be taken back of all that
  // differs from what was accepted: what the words name, or all.
  std::vector<RefusedChange> refuse_request(const ParameterSet &parameters, std::string_view words);

 private:
  struct Update {
    ParameterSet changes;
    nanoseconds sent{};
  };

  std::optional<ParameterValue> value_of(const std::string &parameter) const;
  std::optional<ParameterValue> value_before(const std::string &parameter,
                                             const std::optional<ParameterValue> &refused) const;
  std::vector<RefusedChange> differences(const ParameterSet &changes) const;

  ParameterSet accepted_;
  std::vector<Update> updates_;  // not accepted yet
};

}  // namespace assemblyai
