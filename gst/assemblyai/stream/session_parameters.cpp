// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "stream/session_parameters.h"

#include "protocol/turn_tracker.h"

namespace assemblyai {

void SessionParameters::begin(const ParameterSet &requested, const Begin &begin) {
  values_ = requested;
  const auto model = requested.find("speech_model");
  const auto *text = model == requested.end() ? nullptr : std::get_if<std::string>(&model->second);
  requested_model_ = text != nullptr ? *text : std::string();
  model_ = begin.configuration.model.empty() ? requested_model_ : begin.configuration.model;
}

bool SessionParameters::expects_formatted() const {
  return is_on("format_turns") && !formats_by_itself(model_);
}

bool SessionParameters::reports_partials() const {
  return values_.contains("include_partial_turns") ? is_on("include_partial_turns")
                                                   : !is_on("redact_pii");
}

// A mode resets its parameters. Those that are set explicitly take precedence, so they are sent
// again.
void SessionParameters::renew_mode(ParameterSet *changes) {
  if (!changes->contains("mode"))
    return;
  values_.erase("mode");
  for (auto known = values_.begin(); known != values_.end();) {
    const Parameter *parameter = find_parameter(known->first);
    if (parameter == nullptr || !parameter->of_mode) {
      ++known;
      continue;
    }
    changes->insert(*known);
    known = values_.erase(known);
  }
}

void SessionParameters::update(ParameterSet *changes) {
  renew_mode(changes);
  std::erase_if(*changes, [this](const auto &change) {
    const auto known = values_.find(change.first);
    if (is_additive(change.first))
      return false;
    return known == values_.end() ? is_cleared(change.second) : known->second == change.second;
  });
  for (const auto &[name, value] : *changes)
    values_.insert_or_assign(name, value);
}

}  // namespace assemblyai
