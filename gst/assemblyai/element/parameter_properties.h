// SPDX-License-Identifier: LGPL-2.1-or-later
// The service's parameters that have a property. A property's type, range, limits
// and mutability follow from the parameter (protocol/parameters.h): adding one is
// one line here.

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

// The name of its property, or of the one that holds all without one.
const char *property_or_extra(std::string_view parameter);

// The parameters among which one of this name is: those with a property, or the extra ones.
ParameterSet &parameters_with(Settings &settings, std::string_view name);
// A cleared value removes the parameter.
void set_parameter(Settings &settings, const std::string &name, const ParameterValue &value);

// What setting a property came to.
struct PropertyChange {
  bool known = true;
  // The service parameter that it stands for, with its new value; a cleared value
  // where it was unset and an update can say so.
  std::optional<std::pair<std::string, ParameterValue>> parameter;
  // The one that was unset where an update cannot say so.
  std::string unset;
};
PropertyChange set_parameter_property(Settings &settings, const ParameterProperty &property,
                                      const GValue *value);
void get_parameter_property(const Settings &settings, const ParameterProperty &property,
                            GValue *value);

// Installs them with the ids from first_id on.
void install_parameter_properties(GObjectClass *klass, guint first_id);

// The blurb with range, unit and default, as gst-inspect-1.0 shows it.
std::string full_blurb(const ParameterProperty &property);

}  // namespace assemblyai
