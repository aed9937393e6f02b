// SPDX-License-Identifier: LGPL-2.1-or-later
// The service's parameters that have a property. A property's type, range, limits
// and mutability follow from the parameter (protocol/parameters.h): adding one is
// one line here.

#pragma once

#include <gst/gst.h>

#include <span>
#include <string>
#include <string_view>

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

// Installs them with the ids from first_id on.
void install_parameter_properties(GObjectClass *klass, guint first_id);

// The blurb with range, unit and default, as gst-inspect-1.0 shows it.
std::string full_blurb(const ParameterProperty &property);

}  // namespace assemblyai
