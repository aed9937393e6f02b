// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include "parameters.h"

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/glib_ptr.h"
#include "parameter_rules.h"

namespace testserver {

namespace {

using Type = ParameterType;

// A value as given: the text of a query parameter, or a JSON node of UpdateConfiguration.
struct Given {
  std::string text;
  JsonNode *node = nullptr;
};

// The complaint about a value, or "" if it was taken. `element` says which one of a list is wrong.
struct Complaint {
  std::string message;
  int element = -1;
};

Problem refuse(const std::string &name, const std::string &message) {
  return {3006, "User Input Validation Error: Invalid '" + name + "': " + message};
}

std::string number_text(double value) {
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  return g_ascii_formatd(buffer, sizeof buffer, "%.12g", value);
}

std::string check_range(const ParameterRule &rule, double value) {
  if (rule.min > rule.max)
    return {};
  if (value < rule.min)
    return "Input should be greater than or equal to " + number_text(rule.min);
  if (!(value <= rule.max))
    return "Input should be less than or equal to " + number_text(rule.max);
  return {};
}

std::string parse_boolean(const Given &given, ParameterValue *value) {
  if (given.node != nullptr) {
    if (!JSON_NODE_HOLDS_VALUE(given.node) ||
        json_node_get_value_type(given.node) != G_TYPE_BOOLEAN)
      return "Input should be a valid boolean";
    value->boolean = json_node_get_boolean(given.node) != FALSE;
    return {};
  }
  static const char *const kTrue[] = {"true", "1", "yes", "on", "t", "y", nullptr};
  static const char *const kFalse[] = {"false", "0", "no", "off", "f", "n", nullptr};
  assemblyai::Owned<char> lower(g_ascii_strdown(given.text.c_str(), -1));
  if (is_choice(kTrue, lower.get()))
    value->boolean = true;
  else if (!is_choice(kFalse, lower.get()))
    return "Input should be a valid boolean, unable to interpret input";
  return {};
}

std::string check_sample_rate(std::int64_t rate) {
  if (rate < 8000)
    return "Value error, sample_rate must be at least 8,000 Hz";
  if (rate > 96000)
    return "Value error, sample_rate must be at most 96,000 Hz";
  return {};
}

std::string parse_integer(const ParameterRule &rule, const Given &given, ParameterValue *value) {
  if (given.node != nullptr) {
    if (!json_is_number(given.node) ||
        json_node_get_double(given.node) != std::floor(json_node_get_double(given.node)))
      return "Input should be a valid integer";
    value->integer = json_node_get_int(given.node);
  } else {
    char *end = nullptr;
    errno = 0;
    value->integer = g_ascii_strtoll(given.text.c_str(), &end, 10);
    if (given.text.empty() || *end != '\0' || errno != 0)
      return "Input should be a valid integer, unable to parse string as an integer";
  }
  if (std::strcmp(rule.name, "sample_rate") == 0)
    return check_sample_rate(value->integer);
  return check_range(rule, static_cast<double>(value->integer));
}

std::string parse_number(const ParameterRule &rule, const Given &given, ParameterValue *value) {
  if (given.node != nullptr) {
    if (!json_is_number(given.node))
      return "Input should be a valid number";
    value->number = json_node_get_double(given.node);
  } else {
    char *end = nullptr;
    value->number = g_ascii_strtod(given.text.c_str(), &end);
    if (given.text.empty() || *end != '\0')
      return "Input should be a valid number, unable to parse string as a number";
  }
  return check_range(rule, value->number);
}

std::string parse_text(const ParameterRule &rule, const Given &given, ParameterValue *value) {
  if (given.node != nullptr && !json_is_string(given.node))
    return "Input should be a valid string";
  value->text = given.node != nullptr ? json_node_get_string(given.node) : given.text;
  if (rule.type == Type::choice && !is_choice(rule.choices, value->text)) {
    // The one enum of the service that is checked by hand, not by pydantic.
    if (std::strcmp(rule.name, "encoding") == 0)
      return "Value error, '" + value->text + "' is not a valid Encoding";
    return "Input should be " + list_choices(rule.choices);
  }
  if (rule.type != Type::text)
    return {};
  glong length = g_utf8_strlen(value->text.c_str(), -1);
  if (static_cast<double>(length) > rule.max)
    return "Value error, " + std::string(rule.name) + " exceeds maximum length of " +
           number_text(rule.max) + " characters (got " + std::to_string(length) + ")";
  return {};
}

// redact_pii_policies is documented as a comma-separated text and seen as a JSON array: both pass.
std::optional<std::vector<std::string>> split_policies(const ParameterRule &rule,
                                                       const std::string &text) {
  if (std::strcmp(rule.name, "redact_pii_policies") != 0 || text.empty() || text[0] == '[')
    return std::nullopt;
  std::vector<std::string> parts(1);
  for (char c : text) {
    if (c == ',')
      parts.emplace_back();
    else if (c != ' ')
      parts.back() += c;
  }
  return parts;
}

Complaint check_list(const ParameterRule &rule, const std::vector<std::string> &strings) {
  if (rule.max >= rule.min && static_cast<double>(strings.size()) > rule.max) {
    if (std::strcmp(rule.name, "keyterms_prompt") == 0)
      return {"Value error, Max 100 items"};
    return {"List should have at most " + number_text(rule.max) + " items after validation, not " +
            std::to_string(strings.size())};
  }
  for (std::size_t i = 0; rule.choices != nullptr && i < strings.size(); i++) {
    if (!is_choice(rule.choices, strings[i]))
      return {"Input should be " + list_choices(rule.choices), static_cast<int>(i)};
  }
  return {};
}

Complaint parse_strings(const ParameterRule &rule, const Given &given, ParameterValue *value) {
  JsonText json;
  std::optional<std::vector<std::string>> strings;
  if (given.node != nullptr) {
    strings = json_strings(given.node);
    if (!strings)
      return {"Input should be a valid list"};
  } else {
    strings = split_policies(rule, given.text);
    if (!strings && json.parse(given.text))
      strings = json_strings(json.root());
    if (!strings)
      return {"Value error, Invalid JSON array; expected a JSON-encoded list of strings"};
  }
  value->strings = *strings;
  return check_list(rule, value->strings);
}

Complaint parse_object(const Given &given) {
  JsonText json;
  if (given.node != nullptr ? JSON_NODE_HOLDS_OBJECT(given.node)
                            : json.parse(given.text) && json.object() != nullptr)
    return {};
  return {"Value error, Invalid JSON object"};
}

Complaint parse_value(const ParameterRule &rule, const Given &given, ParameterValue *value) {
  switch (rule.type) {
    case Type::boolean:
      return {parse_boolean(given, value)};
    case Type::integer:
      return {parse_integer(rule, given, value)};
    case Type::number:
      return {parse_number(rule, given, value)};
    case Type::text:
    case Type::choice:
      return {parse_text(rule, given, value)};
    case Type::strings:
      return parse_strings(rule, given, value);
    case Type::object:
      return parse_object(given);
  }
  return {};
}

std::optional<Problem> apply_rule(const ParameterRule &rule, const Given &given,
                                  Configuration *configuration) {
  if (rule.universal_3_only && configuration->universal_streaming())
    return refuse(rule.name, "Value error, " + std::string(rule.name) +
                                 " is not supported with speech_model '" + configuration->model +
                                 "'");
  ParameterValue value;
  Complaint complaint = parse_value(rule, given, &value);
  if (complaint.message.empty()) {
    if (rule.store != nullptr)
      rule.store(*configuration, value);
    return std::nullopt;
  }
  std::string name = rule.name;
  if (complaint.element >= 0)
    name += "." + std::to_string(complaint.element);
  return refuse(name, complaint.message);
}

bool is_given(const Query &query, const std::string &name) {
  for (const auto &[key, value] : query) {
    if (key == name)
      return true;
  }
  return false;
}

// What a parameter needs beside itself. redact_pii must be on, voice_focus only be there.
std::optional<Problem> check_needs(const ParameterRule &rule, const Query &query,
                                   const Configuration &configuration) {
  if (rule.needs == nullptr || !is_given(query, rule.name))
    return std::nullopt;
  bool met = std::strcmp(rule.needs, "redact_pii") == 0 ? configuration.redact_pii
                                                        : is_given(query, rule.needs);
  if (met)
    return std::nullopt;
  return refuse(rule.name, "Value error, " + std::string(rule.name) + " requires " + rule.needs);
}

// A repeated list is joined so that it is no JSON array any more, as the service sees it; of a
// repeated scalar the last one counts.
std::string given_text(const ParameterRule &rule, const Query &query) {
  std::string text;
  int count = 0;
  for (const auto &[key, value] : query) {
    if (key != rule.name)
      continue;
    text = rule.type == Type::strings && count > 0 ? "repeated" : value;
    count++;
  }
  return text;
}

std::string decode_component(const char *start, const char *end) {
  std::string decoded;
  for (const char *p = start; p < end; p++) {
    if (*p == '%' && end - p > 2 && g_ascii_isxdigit(p[1]) && g_ascii_isxdigit(p[2])) {
      decoded += static_cast<char>(g_ascii_xdigit_value(p[1]) * 16 + g_ascii_xdigit_value(p[2]));
      p += 2;
    } else {
      decoded += *p == '+' ? ' ' : *p;
    }
  }
  assemblyai::Owned<char> valid(
      g_utf8_make_valid(decoded.data(), static_cast<gssize>(decoded.size())));
  return valid.get();
}

}  // namespace

bool Configuration::universal_streaming() const {
  return model.compare(0, 20, "universal-streaming-") == 0;
}

bool Configuration::universal_3() const {
  return !universal_streaming() && model != "whisper-rt";
}

std::size_t Configuration::bytes_per_sample() const {
  if (encoding == "pcm_s16le")
    return 2;
  return encoding == "pcm_mulaw" ? 1 : 0;
}

Query parse_query(const char *encoded) {
  Query query;
  const char *p = encoded != nullptr ? encoded : "";
  while (*p != '\0') {
    const char *end = p + std::strcspn(p, "&");
    const char *equals =
        static_cast<const char *>(std::memchr(p, '=', static_cast<std::size_t>(end - p)));
    const char *name_end = equals != nullptr ? equals : end;
    if (name_end > p)
      query.emplace_back(decode_component(p, name_end),
                         equals != nullptr ? decode_component(equals + 1, end) : std::string());
    p = *end == '&' ? end + 1 : end;
  }
  return query;
}

std::string query_value(const Query &query, const std::string &name) {
  std::string found;
  for (const auto &[key, value] : query) {
    if (key == name)
      found = value;
  }
  return found;
}

std::optional<Problem> apply_query(const Query &query, const Options &options,
                                   Configuration *configuration) {
  configuration->model = options.default_model;
  if (options.require_speech_model && !is_given(query, "speech_model"))
    return refuse("speech_model", "Field required");
  for (const ParameterRule &rule : parameter_rules()) {
    if (!is_given(query, rule.name))
      continue;
    Given given;
    given.text = given_text(rule, query);
    if (auto problem = apply_rule(rule, given, configuration))
      return problem;
  }
  for (const ParameterRule &rule : parameter_rules()) {
    if (auto problem = check_needs(rule, query, *configuration))
      return problem;
  }
  if (configuration->mode.empty() && configuration->universal_3())
    configuration->mode = "balanced";
  return std::nullopt;
}

std::optional<Problem> apply_update(JsonObject *message, Configuration *configuration) {
  for (const ParameterRule &rule : parameter_rules()) {
    if (!rule.updatable || json_object_has_member(message, rule.name) == FALSE)
      continue;
    Given given;
    given.node = json_object_get_member(message, rule.name);
    if (auto problem = apply_rule(rule, given, configuration))
      return problem;
  }
  return std::nullopt;
}

}  // namespace testserver
