// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Service parameters as GObject values. Each type has a value for "not set":
//
//   kString, kJson   NULL
//   kInteger         -1
//   kNumber          -1
//   kBoolean         GstAssemblyAISwitch "default" (-1)
//   kStringList      an empty array
//
// The range of a number is from -1 to the parameter's maximum; validate() refuses values between -1
// and the parameter's minimum.
//
// In a property, an empty string is "not set", too.

#pragma once

#include <gst/gst.h>

#include <string>

#include "element/gst_ptr.h"
#include "protocol/parameters.h"

namespace assemblyai {

// The default of a string; empty: not set.
GParamSpec *parameter_spec(const Parameter &parameter, const char *name, const char *nick,
                           const char *blurb, const std::string &initial, GParamFlags flags);

// A string as it is, any other value as gst-launch-1.0 writes it. Empty for NULL.
std::string text_of(const GValue *value);

// Any value. Of a type that no parameter has, its text.
ParameterValue from_gvalue(const GValue *value);
// A number or switch that says "not set". Strings and arrays are cleared values (is_cleared()).
bool is_unset(const GValue *value);
void to_gvalue(const ParameterValue &parameter, GValue *value);
void to_unset(GValue *value);

// The fields of a structure. validate() refuses values of a type that the parameter does not have.
ParameterSet from_structure(const GstStructure *structure);
GstOwned<GstStructure> to_structure(const ParameterSet &parameters);

}  // namespace assemblyai
