// SPDX-License-Identifier: LGPL-2.1-or-later
// The one table of the service's connection parameters. The connection query,
// UpdateConfiguration messages, local validation and the element's properties
// all derive from it: a new parameter is one line here.

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

// A JSON value that is passed on as it is.
struct JsonText {
  std::string text;
  bool operator==(const JsonText &) const = default;
};

using ParameterValue =
    std::variant<std::string, std::int64_t, double, bool, std::vector<std::string>, JsonText>;

struct Parameter {
  std::string_view name;  // the service's own name
  ParameterType type = ParameterType::kString;
  // Documented range of a number; unbounded when both are zero.
  double minimum = 0;
  double maximum = 0;
  std::size_t max_characters = 0;  // of a string or of each list item; 0 = no limit
  std::size_t max_items = 0;       // of a list; 0 = no limit
  // May be sent in UpdateConfiguration, not only in the connection query.
  bool updatable = false;
  // An update may take it back, by its empty value.
  bool clearable = false;
  bool of_mode = false;         // part of what a change of mode sets anew
  bool additive = false;        // each update counts, also with the same value
  bool secret = false;          // its value is not to be printed
  bool language = false;        // a language or several, without their regions
  std::string_view alone = {};  // an item that no other one stands beside
};

// "en-US" is "en"; what is no language ("multi") is nothing.
std::string main_language(const std::string &code);

// All known parameters, in the order of the protocol reference.
std::span<const Parameter> parameter_table();

// nullptr when the name is not in the table (the service may know newer ones).
const Parameter *find_parameter(std::string_view name);

// Its value must not be shown: a parameter that carries a credential, or an unknown one whose name
// looks like that.
bool is_secret(std::string_view name);

// Parameters that are set; one that is not here is not sent.
using ParameterSet = std::map<std::string, ParameterValue, std::less<>>;

// Is set, and true.
bool is_on(const ParameterSet &parameters, std::string_view name);

// Refuses what the service would refuse: wrong type, out of range, too long, too
// many, and combinations (voice_focus_threshold without voice_focus,
// redact_pii_policies without redact_pii, a JSON text that is not JSON). Unknown
// names pass. The failure's kind is kSettings and its message names the
// parameter, the value's fault and the limit; never the value of a parameter
// that may be secret.
std::optional<Failure> validate(const ParameterSet &parameters);

// As the service wants it said: languages without region and in lower case, each once.
ParameterValue normalized(std::string_view name, ParameterValue value);
ParameterSet normalized(ParameterSet parameters);

// Each update with it counts: two must not become one.
bool is_additive(std::string_view name);

// The form in which UpdateConfiguration takes a parameter back: an empty text or list.
bool is_cleared(const ParameterValue &value);

// Refuses one value as validate() does, without its combinations.
std::optional<Failure> validate_value(std::string_view name, const ParameterValue &value);

// The parameter's value as it stands in the query, not yet percent-encoded:
// integers and numbers in C locale, booleans in lower case, lists as one JSON
// array.
std::string query_value(const ParameterValue &value);

}  // namespace assemblyai
