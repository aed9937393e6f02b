// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "element/settings_change.h"

#include <string>
#include <utility>

#include "element/connection_info.h"
#include "element/parameter_properties.h"

namespace assemblyai {

namespace {

std::optional<Failure> refuse_update(const std::string &name, const ParameterValue &value) {
  const Parameter *parameter = find_parameter(name);
  if (parameter != nullptr && !parameter->updatable)
    return settings_failure(name + " cannot be changed in a session; set it before the session");
  if (parameter != nullptr && is_cleared(value) && !parameter->clearable)
    return settings_failure(name + " cannot be reset in a session; set it to a value");
  return validate_value(name, value);
}

std::string text_of(const std::optional<ParameterValue> &value) {
  return value ? query_value(*value) : std::string();
}

std::string display_name(const std::string &parameter) {
  const std::string property = property_or_extra(parameter);
  return property_of_parameter(parameter) != nullptr ? property : property + ": " + parameter;
}

std::optional<Failure> find_wrong_value(const ParameterSet &changes, const Settings &settings) {
  if (std::optional<Failure> failure = check_extra_parameters(settings))
    return failure;
  for (const auto &[name, value] : changes) {
    if (std::optional<Failure> failure = validate_value(name, value))
      return in_property_names(std::move(*failure), settings);
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> restore_parameters(Settings &settings,
                                            const std::vector<RefusedChange> &changes) {
  std::vector<std::string> names;
  for (const RefusedChange &change : changes) {
    ParameterSet &parameters = parameters_with(settings, change.parameter);
    const auto now = parameters.find(change.parameter);
    if ((now != parameters.end() ? query_value(now->second) : "") != text_of(change.refused))
      continue;
    if (change.before)
      parameters.insert_or_assign(change.parameter, *change.before);
    else
      parameters.erase(change.parameter);
    names.push_back(change.parameter);
  }
  return names;
}

std::string refused_in_words(const std::vector<std::string> &names, const Failure &failure) {
  if (names.empty())
    return failure.message + "; retrying";
  std::string list;
  for (const std::string &name : names)
    list += (list.empty() ? "" : ", ") + display_name(name);
  return "The service refused " + list + "; the previous values are restored: " + failure.said;
}

std::optional<Failure> refuse_update(const ParameterSet &changes) {
  for (const auto &[name, value] : changes) {
    if (std::optional<Failure> refused = refuse_update(name, value))
      return refused;
  }
  return std::nullopt;
}

std::optional<Failure> accept_settings(const ParameterSet &changes, Settings &settings,
                                       SharedSettings &shared, Stream *stream) {
  const bool running = stream != nullptr && !stream->ended();
  std::optional<Failure> failure = running ? find_wrong_value(changes, settings) : std::nullopt;
  if (failure) {
    failure->message += "; the previous value is kept";
    return failure;
  }
  ParameterSet update;
  for (const auto &[name, value] : changes) {
    const Parameter *parameter = find_parameter(name);
    if (parameter == nullptr || parameter->updatable)
      update.emplace(name, value);
  }
  shared.swap(settings);
  if (running && !update.empty())
    stream->update(update);
  return std::nullopt;
}

}  // namespace assemblyai
