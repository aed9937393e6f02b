// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <string>

#include "protocol/parameters.h"
#include "protocol/types.h"

namespace assemblyai {

// The parameters of one session: what it was requested with, and what it was sent since.
class SessionParameters {
 public:
  void begin(const ParameterSet &requested, const Begin &begin);

  const ParameterSet &values() const { return values_; }
  bool is_on(std::string_view name) const { return assemblyai::is_on(values_, name); }
  // The model that was requested; empty when none was.
  const std::string &requested_model() const { return requested_model_; }
  // The one that is in use, as far as is known.
  const std::string &model() const { return model_; }
  // Finals come twice, and the formatted one counts.
  bool expects_formatted() const;
  // Turns are reported while they grow.
  bool reports_partials() const;

  // Removes what the service has already from the changes, and notes the rest.
  void update(ParameterSet *changes);

 private:
  void renew_mode(ParameterSet *changes);

  ParameterSet values_;
  std::string requested_model_;
  std::string model_;
};

}  // namespace assemblyai
