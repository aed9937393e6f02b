// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The only table of the service's connection parameters. The connection query, UpdateConfiguration
// messages, local validation and the element's properties all derive from it: a new parameter is
// one line here.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace assemblyai {

enum class ParameterType : std::uint8_t {
  kString,
  kInteger,
  kNumber,
  kBoolean,
  kStringList,  // a JSON array of strings
  kJson,        // a JSON object or array, carried as its text
};

// A JSON value that is passed on unchanged.
struct JsonText {
  std::string text;
  bool operator==(const JsonText &) const = default;
};

using ParameterValue =
    std::variant<std::string, std::int64_t, double, bool, std::vector<std::string>, JsonText>;

struct Parameter {
  std::string_view name;  // the name in the protocol
  ParameterType type = ParameterType::kString;
  // Documented range of a number; unbounded when both are zero.
  double minimum = 0;
  double maximum = 0;
  std::size_t max_characters = 0;  // of a string or of each list item; 0 = no limit
  std::size_t max_items = 0;       // of a list; 0 = no limit
  // May be sent in UpdateConfiguration, not only in the connection query.
  bool updatable = false;
  // An update may reset it with its empty value.
  bool clearable = false;
  bool of_mode = false;         // set again by a change of mode
  bool additive = false;        // each update counts, even with the same value
  bool secret = false;          // its value must not be printed
  bool language = false;        // a language or several, without their regions
  std::string_view alone = {};  // an item that allows no other items beside it
};

// "en" for "en-US"; empty for a value that is not a language ("multi").
std::string main_language(const std::string &code);

// All known parameters, in the order of the protocol reference.
std::span<const Parameter> parameter_table();

// nullptr if the name is not in the table. (The service may have newer parameters.)
const Parameter *find_parameter(std::string_view name);

// Whether the value must not be shown: the parameter carries a credential, or is unknown and its
// name suggests one.
bool is_secret(std::string_view name);

// The parameters that are set. Parameters that are not in it are not sent.
using ParameterSet = std::map<std::string, ParameterValue, std::less<>>;

// Whether the parameter is set to true.
bool is_on(const ParameterSet &parameters, std::string_view name);

// Refuses values that the service would refuse: a wrong type, out of range, too long, too many
// items, and invalid combinations (voice_focus_threshold without voice_focus, redact_pii_policies
// without redact_pii, a JSON text that is not JSON). Unknown names pass. The failure has the kind
// kSettings, and its message names the parameter, the fault and the limit. It never contains a
// value that may be secret.
std::optional<Failure> validate(const ParameterSet &parameters);

// The form that the service expects: languages in lower case, without region and duplicates.
ParameterValue normalized(std::string_view name, ParameterValue value);
ParameterSet normalized(ParameterSet parameters);

// Each update with it counts: two updates must not be merged into one.
bool is_additive(std::string_view name);

// Whether the value resets a parameter in UpdateConfiguration: an empty string or list.
bool is_cleared(const ParameterValue &value);

// Checks one value as validate() does, without its combinations.
std::optional<Failure> validate_value(std::string_view name, const ParameterValue &value);

// The value of the parameter as it appears in the query, before percent-encoding: integers and
// numbers in C locale, booleans in lower case, lists as one JSON array.
std::string query_value(const ParameterValue &value);

}  // namespace assemblyai
