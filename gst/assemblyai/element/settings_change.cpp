// SPDX-License-Identifier: LGPL-2.1-or-later

#include "element/settings_change.h"

#include <string>
#include <utility>

#include "element/target.h"

namespace assemblyai {

namespace {

std::optional<Failure> refuse_update(const std::string &name, const ParameterValue &value) {
  const Parameter *parameter = find_parameter(name);
  if (parameter != nullptr && !parameter->updatable)
    return Failure{.kind = FailureKind::kSettings,
                   .message = name + " cannot be changed in a session: set it before"};
  if (parameter != nullptr && is_cleared(value) && !parameter->clearable)
    return Failure{.kind = FailureKind::kSettings,
                   .message = name + " cannot be taken back in a session: give it a value"};
  return validate_value(name, value);
}

}  // namespace

std::optional<Failure> refuse_update(const ParameterSet &changes) {
  for (const auto &[name, value] : changes) {
    if (std::optional<Failure> refused = refuse_update(name, value))
      return refused;
  }
  return std::nullopt;
}

std::optional<Failure> accept_settings(const ParameterSet &changes, Settings &settings,
                                       SharedSettings &shared, Session *session) {
  const bool running = session != nullptr && !session->ended();
  ParameterSet update;
  for (const auto &[name, value] : changes) {
    std::optional<Failure> failure = validate_value(name, value);
    if (failure && running) {
      failure->message += "; the value before stays";
      return in_property_names(std::move(*failure), settings);
    }
    const Parameter *parameter = find_parameter(name);
    if (parameter == nullptr || parameter->updatable)
      update.emplace(name, value);
  }
  shared.swap(settings);
  if (running && !update.empty())
    session->update(update);
  return std::nullopt;
}

}  // namespace assemblyai
