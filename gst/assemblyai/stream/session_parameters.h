// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <string>

#include "protocol/parameters.h"
#include "protocol/types.h"

namespace assemblyai {

// The parameters of one session: those it was requested with, and those of its updates.
class SessionParameters {
 public:
  void begin(const ParameterSet &requested, const Begin &begin);

  const ParameterSet &values() const { return values_; }
  bool is_on(std::string_view name) const { return assemblyai::is_on(values_, name); }
  // The requested model; empty if none was requested.
  const std::string &requested_model() const { return requested_model_; }
  // The model in use, as far as it is known.
  const std::string &model() const { return model_; }
  // Each turn has two finals, and the formatted one counts.
  bool expects_formatted() const;
  // Partial turns are reported.
  bool reports_partials() const;

  // Removes values that the service already has from the changes, and records the rest.
  void update(ParameterSet *changes);

 private:
  void renew_mode(ParameterSet *changes);

  ParameterSet values_;
  std::string requested_model_;
  std::string model_;
};

}  // namespace assemblyai
