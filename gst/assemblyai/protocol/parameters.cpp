// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "protocol/parameters.h"

#include <glib.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/glib_ptr.h"
#include "protocol/json.h"
#include "protocol/text.h"

namespace assemblyai {

namespace {

using enum ParameterType;

constexpr double kDay = 24.0 * 3600 * 1000;  // the limit of times without a documented one
constexpr std::size_t kPromptCharacters = 1750;

// The service silently ignores key terms that are too long: they are refused here. It clamps the
// turn silences: these are passed on.
constexpr Parameter kTable[] = {
    {.name = "speech_model"},
    {.name = "sample_rate", .type = kInteger, .minimum = 8000, .maximum = 96000},
    {.name = "encoding"},
    {.name = "inactivity_timeout", .type = kInteger, .minimum = 5, .maximum = 3600},
    {.name = "session_heartbeat", .type = kBoolean, .updatable = true},
    {.name = "acknowledge_silence", .type = kBoolean, .updatable = true},
    {.name = "_customer_support_audio_capture", .type = kBoolean},

    {.name = "mode", .updatable = true},
    {.name = "min_turn_silence",
     .type = kInteger,
     .maximum = kDay,
     .updatable = true,
     .of_mode = true},
    {.name = "max_turn_silence",
     .type = kInteger,
     .maximum = kDay,
     .updatable = true,
     .of_mode = true},
    {.name = "end_of_turn_confidence_threshold", .type = kNumber, .maximum = 1, .updatable = true},
    {.name = "vad_threshold", .type = kNumber, .maximum = 1, .updatable = true, .of_mode = true},
    {.name = "format_turns", .type = kBoolean, .updatable = true},
    {.name = "interruption_delay",
     .type = kInteger,
     .maximum = 1000,
     .updatable = true,
     .of_mode = true},
    {.name = "continuous_partials", .type = kBoolean, .updatable = true},
    {.name = "include_partial_turns", .type = kBoolean},
    {.name = "turn_left_pad_ms", .type = kInteger, .maximum = kDay, .updatable = true},

    {.name = "keyterms_prompt",
     .type = kStringList,
     .max_characters = 50,
     .max_items = 100,
     .updatable = true,
     .clearable = true},
    {.name = "prompt", .max_characters = kPromptCharacters, .updatable = true, .clearable = true},
    {.name = "agent_context",
     .max_characters = kPromptCharacters,
     .updatable = true,
     .additive = true},
    {.name = "previous_context_n_turns", .type = kInteger, .maximum = 100},
    {.name = "domain"},

    {.name = "language_codes",
     .type = kStringList,
     .max_items = 10,
     .updatable = true,
     .clearable = true,
     .language = true,
     .alone = "multi"},
    {.name = "language_code", .language = true},
    {.name = "language", .language = true},
    {.name = "language_detection", .type = kBoolean},

    {.name = "speaker_labels", .type = kBoolean},
    {.name = "max_speakers", .type = kInteger, .minimum = 1, .maximum = 10},
    {.name = "speaker_labels_revision_interval_ms", .type = kInteger, .maximum = kDay},
    {.name = "voice_focus"},
    {.name = "voice_focus_threshold", .type = kNumber, .maximum = 1},
    {.name = "filter_profanity", .type = kBoolean, .updatable = true},
    {.name = "redact_pii", .type = kBoolean},
    {.name = "redact_pii_policies", .type = kStringList},
    {.name = "redact_pii_sub"},

    {.name = "llm_gateway", .type = kJson},
    {.name = "webhook_url"},
    {.name = "webhook_auth_header_name"},
    {.name = "webhook_auth_header_value", .secret = true},
};

// The functions below return an error as the end of a sentence that begins with the name of the
// parameter, or an empty string.
using Fault = std::string;

std::string_view type_in_words(ParameterType type) {
  switch (type) {
    case kString:
      return "a string";
    case kInteger:
      return "a whole number";
    case kNumber:
      return "a number";
    case kBoolean:
      return "true or false";
    case kStringList:
      return "a list of strings";
    case kJson:
      return "a JSON object or array";
  }
  return "something else";
}

Fault must_be(const Parameter &parameter) {
  return "must be " + std::string(type_in_words(parameter.type));
}

Fault text_fault(const Parameter &parameter, const std::string &text) {
  const std::size_t limit = parameter.max_characters;
  const std::size_t count = count_characters(text);
  if (limit == 0 || count <= limit)
    return {};
  return "is " + std::to_string(count) + " characters long; use at most " + std::to_string(limit);
}

Fault list_fault(const Parameter &parameter, const std::vector<std::string> &list) {
  if (parameter.max_items != 0 && list.size() > parameter.max_items)
    return "has " + std::to_string(list.size()) + " items; use at most " +
           std::to_string(parameter.max_items);
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string item = "has an item (number " + std::to_string(i + 1) + ") that ";
    if (is_blank(list[i]))
      return item + "is blank; remove it";
    if (const Fault fault = text_fault(parameter, list[i]); !fault.empty())
      return item + fault;
    if (list.size() > 1 && list[i] == parameter.alone)
      return "has " + list[i] + " together with other items; set it alone or remove it";
  }
  return {};
}

Fault number_fault(const Parameter &parameter, double number) {
  if (parameter.type == kInteger && std::trunc(number) != number)
    return must_be(parameter) + ", not " + json_number(number);
  const bool bounded = parameter.minimum != 0 || parameter.maximum != 0;
  if (!bounded || (number >= parameter.minimum && number <= parameter.maximum))
    return {};
  return "must be between " + json_number(parameter.minimum) + " and " +
         json_number(parameter.maximum) + ", not " + json_number(number);
}

Fault known_fault(const Parameter &parameter, const ParameterValue &value) {
  switch (parameter.type) {
    case kString:
      if (const auto *text = std::get_if<std::string>(&value))
        return text_fault(parameter, *text);
      break;
    case kInteger:
    case kNumber:
      if (const auto *integer = std::get_if<std::int64_t>(&value))
        return number_fault(parameter, static_cast<double>(*integer));
      if (const auto *number = std::get_if<double>(&value))
        return number_fault(parameter, *number);
      break;
    case kBoolean:
      if (std::holds_alternative<bool>(value))
        return {};
      break;
    case kStringList:
      if (const auto *list = std::get_if<std::vector<std::string>>(&value))
        return list_fault(parameter, *list);
      break;
    case kJson:
      if (std::holds_alternative<JsonText>(value))
        return {};
      break;
  }
  return must_be(parameter);
}

// Values that no parameter can carry, known or not.
Fault value_fault(const ParameterValue &value) {
  if (const auto *number = std::get_if<double>(&value); number && !std::isfinite(*number))
    return "must be a finite number";
  if (const auto *text = std::get_if<std::string>(&value); text && !is_valid_utf8(*text))
    return "must be UTF-8 text";
  const auto *list = std::get_if<std::vector<std::string>>(&value);
  if (list && !std::all_of(list->begin(), list->end(), is_valid_utf8))
    return "must be UTF-8 text";
  const auto *json = std::get_if<JsonText>(&value);
  constexpr std::size_t kMaxBytes = 1U << 20U;
  constexpr std::size_t kMaxDepth = 32;
  if (json && (!is_valid_utf8(json->text) || !parse_json(json->text, kMaxBytes, kMaxDepth)))
    return "must be a JSON object or array";
  return {};
}

std::optional<Failure> check_name(std::string_view name) {
  if (name == "token")
    return settings_failure(
        "token is a credential, not a parameter; remove it and set the token property");
  if (name == "type")
    return settings_failure("type is the name of a message, not a parameter; remove it");
  const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return g_ascii_isalnum(c) || c == '_';
  });
  if (plain)
    return std::nullopt;
  return settings_failure("\"" + printable(name, 50) +
                          "\" is not a parameter name; use letters, digits and underscores "
                          "(session_heartbeat, not session-heartbeat)");
}

std::optional<Failure> check_combinations(const ParameterSet &parameters) {
  if (parameters.contains("voice_focus_threshold") && !parameters.contains("voice_focus"))
    return settings_failure("voice_focus_threshold has no effect alone; set voice_focus too");
  if (parameters.contains("redact_pii_policies") && !is_on(parameters, "redact_pii"))
    return settings_failure("redact_pii_policies has no effect alone; set redact_pii to true too");
  return std::nullopt;
}

std::string normalized_language(const std::string &code) {
  const std::string main = main_language(code);
  const Owned<char> lower(g_ascii_strdown(main.empty() ? code.c_str() : main.c_str(), -1));
  return lower.get();
}

std::string joined_json(const std::vector<std::string> &list) {
  std::string out = "[";
  for (const std::string &item : list) {
    if (out.size() > 1)
      out += ',';
    out += json_string(item);
  }
  return out + ']';
}

struct QueryWriter {
  std::string operator()(const std::string &text) const { return text; }
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(double number) const { return json_number(number); }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(const std::vector<std::string> &list) const { return joined_json(list); }
  std::string operator()(const JsonText &json) const { return json.text; }
};

}  // namespace

std::span<const Parameter> parameter_table() {
  return kTable;
}

const Parameter *find_parameter(std::string_view name) {
  const auto *found = std::find_if(std::begin(kTable), std::end(kTable),
                                   [name](const Parameter &entry) { return entry.name == name; });
  return found == std::end(kTable) ? nullptr : found;
}

std::string main_language(const std::string &code) {
  const std::string main = code.substr(0, code.find_first_of("-_"));
  const bool is_code =
      (main.size() == 2 || main.size() == 3) &&
      std::all_of(main.begin(), main.end(), [](char c) { return g_ascii_isalpha(c); });
  return is_code ? main : std::string();
}

ParameterValue normalized(std::string_view name, ParameterValue value) {
  const Parameter *parameter = find_parameter(name);
  if (parameter == nullptr || !parameter->language)
    return value;
  if (auto *code = std::get_if<std::string>(&value))
    *code = normalized_language(*code);
  auto *codes = std::get_if<std::vector<std::string>>(&value);
  if (codes == nullptr)
    return value;
  std::vector<std::string> once;
  for (const std::string &code : *codes) {
    std::string language = normalized_language(code);
    if (std::find(once.begin(), once.end(), language) == once.end())
      once.push_back(std::move(language));
  }
  return once;
}

ParameterSet normalized(ParameterSet parameters) {
  for (auto &[name, value] : parameters)
    value = normalized(name, std::move(value));
  return parameters;
}

bool is_secret(std::string_view name) {
  if (const Parameter *parameter = find_parameter(name))
    return parameter->secret;
  static constexpr std::string_view kSigns[] = {"token", "key", "secret", "password", "auth"};
  return std::any_of(std::begin(kSigns), std::end(kSigns),
                     [name](std::string_view sign) { return contains(name, sign); });
}

bool is_additive(std::string_view name) {
  const Parameter *parameter = find_parameter(name);
  return parameter != nullptr && parameter->additive;
}

bool is_on(const ParameterSet &parameters, std::string_view name) {
  const auto found = parameters.find(name);
  const bool *value = found == parameters.end() ? nullptr : std::get_if<bool>(&found->second);
  return value != nullptr && *value;
}

bool is_cleared(const ParameterValue &value) {
  if (const auto *text = std::get_if<std::string>(&value))
    return text->empty();
  const auto *list = std::get_if<std::vector<std::string>>(&value);
  return list != nullptr && list->empty();
}

std::optional<Failure> validate_value(std::string_view name, const ParameterValue &value) {
  if (std::optional<Failure> failure = check_name(name))
    return failure;
  const Parameter *parameter = find_parameter(name);
  Fault fault = value_fault(value);
  if (fault.empty() && parameter != nullptr)
    fault = known_fault(*parameter, value);
  if (fault.empty())
    return std::nullopt;
  return settings_failure(std::string(name).append(" ").append(fault));
}

std::optional<Failure> validate(const ParameterSet &parameters) {
  for (const auto &[name, value] : parameters) {
    if (std::optional<Failure> failure = validate_value(name, value))
      return failure;
  }
  return check_combinations(parameters);
}

std::string query_value(const ParameterValue &value) {
  return std::visit(QueryWriter{}, value);
}

}  // namespace assemblyai
