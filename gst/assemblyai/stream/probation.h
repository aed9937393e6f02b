// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/parameters.h"

namespace assemblyai {

using std::chrono::nanoseconds;

// A parameter that the service refused. An empty value means that the parameter is not set.
struct RefusedChange {
  std::string parameter;
  std::optional<ParameterValue> refused;
  std::optional<ParameterValue> before;  // the value that was accepted last
};

// Records which parameters the service has accepted, and which changes it may still refuse. The
// service confirms nothing: it refuses a session before it begins, or ends it about a second after
// an update. No clock.
class Probation {
 public:
  // An update counts as accepted when a message arrives this long after it.
  static constexpr std::chrono::seconds kLength{10};

  // A session that was requested with these parameters has begun.
  void begin(ParameterSet parameters);
  // An update was sent.
  void tell(const ParameterSet &changes, nanoseconds now);
  // A message has arrived.
  void hear(nanoseconds now);

  // The session was ended because of an update. Returns the changes to revert: the whole message
  // that has the parameter named in the text of the service; if the text names none, all changes
  // that are not accepted yet. Returns nothing if several messages are possible causes: then the
  // next session, which is requested with the last of them, decides.
  std::vector<RefusedChange> refuse_update(std::string_view words);
  // A session that was requested with these parameters was refused. Returns the changes to revert
  // among all that differ from the accepted values: those that the text names, or all.
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
