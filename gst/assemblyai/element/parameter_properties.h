// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The service's parameters that have a property. The type, range, limits and mutability of the
// property follow from the parameter (protocol/parameters.h). To add a property, add a row in
// parameter_properties.cpp.

#pragma once

#include <gst/gst.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "element/settings.h"

namespace assemblyai {

struct ParameterProperty {
  const char *name;       // the parameter's, with dashes
  const char *parameter;  // in protocol/parameters.h
  const char *nick;
  const char *blurb;
  const char *unit = nullptr;  // of a number
};

std::span<const ParameterProperty> parameter_properties();

// nullptr when the parameter has no property.
const ParameterProperty *property_of_parameter(std::string_view parameter);

// The name of the parameter's property, or "extra-parameters".
const char *property_or_extra(std::string_view parameter);

// The set that holds a parameter of this name: those with a property, or the extra ones.
ParameterSet &parameters_with(Settings &settings, std::string_view name);
// A cleared value removes the parameter.
void set_parameter(Settings &settings, const std::string &name, const ParameterValue &value);

// The result of setting a property.
struct PropertyChange {
  bool known = true;  // the property exists and is writable
  // The service parameter behind it, with its new value. If it was unset and UpdateConfiguration
  // can reset it, the cleared value.
  std::optional<std::pair<std::string, ParameterValue>> parameter;
  // The parameter that was unset, if UpdateConfiguration cannot reset it.
  std::string unset;
};
PropertyChange set_parameter_property(Settings &settings, const ParameterProperty &property,
                                      const GValue *value);
void get_parameter_property(const Settings &settings, const ParameterProperty &property,
                            GValue *value);

// Installs them with consecutive ids.
void install_parameter_properties(GObjectClass *klass, guint first_id);

}  // namespace assemblyai
