// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "element/parameter_properties.h"

#include <algorithm>
#include <array>

#include "element/parameter_values.h"

namespace assemblyai {

namespace {

// "Universal-3 Pro" is the family of universal-3-6-pro, universal-3-5-pro and u3-rt-pro.
constexpr auto kProperties = std::to_array<ParameterProperty>({
    {"speech-model", "speech_model", "Speech model",
     "Model of the service, for example universal-3-6-pro, universal-streaming-english or "
     "universal-streaming-multilingual"},
    {"mode", "mode", "Mode",
     "Preset of the turn detection: min_latency, balanced or max_accuracy. Universal-3 Pro only; "
     "its default is balanced"},
    {"format-turns", "format_turns", "Format turns",
     "Format final turns with punctuation, casing and numbers. For universal-streaming-english and "
     "whisper-rt; other models always format"},
    {"keyterms-prompt", "keyterms_prompt", "Key terms",
     "Words and names to recognise better, spelled as they should appear, for example "
     "'<GStreamer, \"two\\ words\">'"},
    {"prompt", "prompt", "Prompt",
     "Description of the content of the audio, without instructions. Universal-3 Pro only"},
    {"agent-context", "agent_context", "Agent context",
     "Last utterance of a voice agent. Each change adds to the context. Universal-3 Pro only"},
    {"language-codes", "language_codes", "Language codes",
     "Expected languages, for example '<en, de>', or only multi. The order matters; regions are "
     "removed. universal-3-5-pro and newer only"},
    {"language-detection", "language_detection", "Language detection",
     "Report the language of final turns. Multilingual models only"},
    {"language-code", "language_code", "Language code",
     "Expected language. Older form of language-codes, which takes precedence"},
    {"domain", "domain", "Domain",
     "Specialised vocabulary: medical-v1, for English, Spanish, German and French"},
    {"speaker-labels", "speaker_labels", "Speaker labels",
     "Distinguish speakers. Turns then end at other places"},
    {"max-speakers", "max_speakers", "Maximum speakers",
     "Maximum number of speakers to distinguish. Needs speaker-labels", "speakers"},
    {"filter-profanity", "filter_profanity", "Filter profanity",
     "Replace profane words with asterisks"},
    {"redact-pii", "redact_pii", "Redact PII",
     "Replace personal data in final turns. Disables partial turns unless "
     "include-partial-turns=true"},
    {"redact-pii-policies", "redact_pii_policies", "Redact PII policies",
     "Kinds of personal data to replace, for example '<person_name, phone_number>'; by default "
     "all. "
     "Needs redact-pii"},
    {"redact-pii-sub", "redact_pii_sub", "Redact PII substitution",
     "Replacement for personal data: hash (####) or entity_name. Needs redact-pii"},
    {"voice-focus", "voice_focus", "Voice focus",
     "Noise suppression: near-field or far-field. universal-3-5-pro and newer only"},
    {"voice-focus-threshold", "voice_focus_threshold", "Voice focus threshold",
     "Strength of the noise suppression. Needs voice-focus"},
    {"inactivity-timeout", "inactivity_timeout", "Inactivity timeout",
     "Time without audio after which the service ends the session, by default never", "seconds"},
    {"end-of-turn-confidence-threshold", "end_of_turn_confidence_threshold",
     "End of turn confidence threshold",
     "Confidence at which a turn ends after min-turn-silence. Universal-Streaming only"},
    {"min-turn-silence", "min_turn_silence", "Minimum turn silence",
     "Silence that ends a turn if it seems complete. The service clamps it to 50 to 10000",
     "milliseconds"},
    {"max-turn-silence", "max_turn_silence", "Maximum turn silence",
     "Silence that always ends a turn", "milliseconds"},
    {"vad-threshold", "vad_threshold", "VAD threshold",
     "Probability of speech below which audio is silence"},
    {"interruption-delay", "interruption_delay", "Interruption delay",
     "Delay of the first partial turn, to which the service adds 256 ms. Universal-3 Pro only",
     "milliseconds"},
    {"continuous-partials", "continuous_partials", "Continuous partials",
     "Send partial turns about every second during speech without pauses. Universal-3 Pro only"},
    {"include-partial-turns", "include_partial_turns", "Include partial turns",
     "Send partial turns, not only final ones"},
});

const char *unset_in_words(ParameterType type) {
  switch (type) {
    case ParameterType::kInteger:
    case ParameterType::kNumber:
      return "-1";
    case ParameterType::kBoolean:
      return "default";
    case ParameterType::kStringList:
      return "an empty array";
    case ParameterType::kString:
    case ParameterType::kJson:
      break;
  }
  return "NULL or empty";
}

std::string limits_in_words(const Parameter &parameter, const char *unit) {
  const bool is_number =
      parameter.type == ParameterType::kInteger || parameter.type == ParameterType::kNumber;
  if (is_number) {
    const Owned<char> range(
        g_strdup_printf("%.10g to %.10g", parameter.minimum, parameter.maximum));
    return std::string(range.get()) + (unit != nullptr ? std::string(" ") + unit : "");
  }
  std::string limits;
  if (parameter.max_items != 0)
    limits = "up to " + std::to_string(parameter.max_items) + " items";
  if (parameter.max_characters != 0)
    limits += (limits.empty() ? "up to " : " of up to ") +
              std::to_string(parameter.max_characters) + " characters";
  return limits;
}

// The blurb with range, unit and default, as gst-inspect-1.0 shows it.
std::string full_blurb(const ParameterProperty &property, const Parameter &parameter,
                       const std::string &initial) {
  const std::string limits = limits_in_words(parameter, property.unit);
  return std::string(property.blurb) + " (" + limits + (limits.empty() ? "" : ", ") +
         unset_in_words(parameter.type) + " = " +
         (initial.empty() ? "the service's default" : initial) + ")";
}

GParamFlags flags_of(const Parameter &parameter) {
  const guint mutability =
      parameter.updatable ? GST_PARAM_MUTABLE_PLAYING : GST_PARAM_MUTABLE_READY;
  return static_cast<GParamFlags>(static_cast<guint>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS) |
                                  mutability);
}

// The value with which UpdateConfiguration resets a parameter, if it can.
std::optional<ParameterValue> cleared_value(const Parameter &parameter) {
  if (!parameter.clearable)
    return std::nullopt;
  if (parameter.type == ParameterType::kStringList)
    return std::vector<std::string>();
  return std::string();
}

}  // namespace

std::span<const ParameterProperty> parameter_properties() {
  return kProperties;
}

const ParameterProperty *property_of_parameter(std::string_view parameter) {
  const auto *found = std::find_if(
      kProperties.begin(), kProperties.end(),
      [&](const ParameterProperty &property) { return property.parameter == parameter; });
  return found == kProperties.end() ? nullptr : found;
}

const char *property_or_extra(std::string_view parameter) {
  const ParameterProperty *property = property_of_parameter(parameter);
  return property != nullptr ? property->name : "extra-parameters";
}

ParameterSet &parameters_with(Settings &settings, std::string_view name) {
  return property_of_parameter(name) != nullptr ? settings.parameters : settings.extra_parameters;
}

void set_parameter(Settings &settings, const std::string &name, const ParameterValue &value) {
  ParameterSet &parameters = parameters_with(settings, name);
  if (is_cleared(value))
    parameters.erase(name);
  else
    parameters.insert_or_assign(name, value);
}

PropertyChange set_parameter_property(Settings &settings, const ParameterProperty &property,
                                      const GValue *value) {
  std::optional<ParameterValue> parsed = from_gvalue(value);
  if (is_unset(value) || is_cleared(*parsed))
    parsed = cleared_value(*find_parameter(property.parameter));
  PropertyChange change;
  if (parsed) {
    parsed = normalized(property.parameter, std::move(*parsed));
    set_parameter(settings, property.parameter, *parsed);
    change.parameter.emplace(property.parameter, std::move(*parsed));
    return change;
  }
  change.unset = property.parameter;
  settings.parameters.erase(change.unset);
  settings.parameters.merge(Settings().parameters);  // these are always sent
  return change;
}

void get_parameter_property(const Settings &settings, const ParameterProperty &property,
                            GValue *value) {
  const auto found = settings.parameters.find(property.parameter);
  if (found != settings.parameters.end())
    to_gvalue(found->second, value);
  else
    to_unset(value);
}

void install_parameter_properties(GObjectClass *klass, guint first_id) {
  const Settings defaults;
  for (const ParameterProperty &property : kProperties) {
    const Parameter &parameter = *find_parameter(property.parameter);
    const auto found = defaults.parameters.find(parameter.name);
    const std::string initial =
        found != defaults.parameters.end() ? query_value(found->second) : std::string();
    const char *blurb = g_intern_string(full_blurb(property, parameter, initial).c_str());
    g_object_class_install_property(klass, first_id++,
                                    parameter_spec(parameter, property.name, property.nick, blurb,
                                                   initial, flags_of(parameter)));
  }
}

}  // namespace assemblyai
