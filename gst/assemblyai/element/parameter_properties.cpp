// SPDX-License-Identifier: LGPL-2.1-or-later

#include "element/parameter_properties.h"

#include <algorithm>
#include <array>

#include "element/parameter_values.h"

namespace assemblyai {

namespace {

// Models: "U3" stands for the Universal-3 Pro family (universal-3-6-pro,
// universal-3-5-pro, u3-rt-pro).
constexpr auto kProperties = std::to_array<ParameterProperty>({
    {"speech-model", "speech_model", "Speech model",
     "Model of the service, for example universal-3-6-pro, universal-streaming-english or "
     "universal-streaming-multilingual; always sent"},
    {"mode", "mode", "Mode",
     "Preset of the turn detection: min_latency, balanced or max_accuracy (Universal-3 Pro, where "
     "balanced is the default)"},
    {"format-turns", "format_turns", "Format turns",
     "Punctuation, casing and numbers in final turns (universal-streaming-english, whisper-rt; "
     "other models always format)"},
    {"keyterms-prompt", "keyterms_prompt", "Key terms",
     "Words and names to recognise better, spelled as they should appear, for example "
     "'<GStreamer, \"two\\ words\">'"},
    {"prompt", "prompt", "Prompt",
     "What the audio is about, in words; no instructions (Universal-3 Pro)"},
    {"agent-context", "agent_context", "Agent context",
     "What a voice agent has said last; each change adds to the context (Universal-3 Pro)"},
    {"language-codes", "language_codes", "Language codes",
     "Languages to expect, for example '<en, de>', or multi alone; the order counts, a region does "
     "not (universal-3-5-pro and newer)"},
    {"language-detection", "language_detection", "Language detection",
     "Tell the language of final turns (multilingual models)"},
    {"language-code", "language_code", "Language code",
     "One language to expect; the older form of language-codes, which wins"},
    {"domain", "domain", "Domain",
     "Specialised vocabulary: medical-v1 (English, Spanish, German, French)"},
    {"speaker-labels", "speaker_labels", "Speaker labels",
     "Tell speakers apart; turns are cut differently then"},
    {"max-speakers", "max_speakers", "Maximum speakers",
     "Most speakers to tell apart, with speaker-labels", "speakers"},
    {"filter-profanity", "filter_profanity", "Filter profanity",
     "Replace profane words by asterisks"},
    {"redact-pii", "redact_pii", "Redact PII",
     "Replace personal data in final turns; no partial turns then, unless "
     "include-partial-turns=true"},
    {"redact-pii-policies", "redact_pii_policies", "Redact PII policies",
     "Kinds of personal data to replace, for example '<person_name, phone_number>'; all when not "
     "set; needs redact-pii"},
    {"redact-pii-sub", "redact_pii_sub", "Redact PII substitution",
     "What replaces personal data: hash (####) or entity_name; needs redact-pii"},
    {"voice-focus", "voice_focus", "Voice focus",
     "Noise suppression: near-field or far-field (universal-3-5-pro and newer)"},
    {"voice-focus-threshold", "voice_focus_threshold", "Voice focus threshold",
     "Strength of the noise suppression; needs voice-focus"},
    {"inactivity-timeout", "inactivity_timeout", "Inactivity timeout",
     "Time without audio after which the service ends the session; it never does by default",
     "seconds"},
    {"end-of-turn-confidence-threshold", "end_of_turn_confidence_threshold",
     "End of turn confidence threshold",
     "Confidence at which a turn ends after min-turn-silence (Universal-Streaming)"},
    {"min-turn-silence", "min_turn_silence", "Minimum turn silence",
     "Silence after which a turn that seems complete ends; the service keeps it within 50 to "
     "10000",
     "milliseconds"},
    {"max-turn-silence", "max_turn_silence", "Maximum turn silence",
     "Silence that always ends a turn", "milliseconds"},
    {"vad-threshold", "vad_threshold", "VAD threshold",
     "Probability of speech below which audio counts as silence"},
    {"interruption-delay", "interruption_delay", "Interruption delay",
     "Delay of the first partial turn; the service adds 256 ms (Universal-3 Pro)", "milliseconds"},
    {"continuous-partials", "continuous_partials", "Continuous partials",
     "Partial turns about every second while someone speaks without a pause (Universal-3 Pro)"},
    {"include-partial-turns", "include_partial_turns", "Include partial turns",
     "Send turns while they grow, not only final ones"},
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
  return "NULL or an empty string";
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

GParamFlags flags_of(const Parameter &parameter) {
  const guint mutability =
      parameter.updatable ? GST_PARAM_MUTABLE_PLAYING : GST_PARAM_MUTABLE_READY;
  return static_cast<GParamFlags>(static_cast<guint>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS) |
                                  mutability);
}

// What an update says to take a parameter back; nothing when it has no words for it.
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
  std::optional<ParameterValue> parsed = from_property(value);
  if (!parsed || is_cleared(*parsed))
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
  settings.parameters.merge(Settings().parameters);  // those that are always sent
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

std::string full_blurb(const ParameterProperty &property) {
  const Parameter &parameter = *find_parameter(property.parameter);
  const std::string limits = limits_in_words(parameter, property.unit);
  std::string blurb = property.blurb;
  if (!limits.empty())
    blurb += "; " + limits;
  if (!Settings().parameters.contains(parameter.name))
    blurb += std::string("; ") + unset_in_words(parameter.type) + " = the service's default";
  return blurb;
}

void install_parameter_properties(GObjectClass *klass, guint first_id) {
  const Settings defaults;
  for (const ParameterProperty &property : kProperties) {
    const Parameter &parameter = *find_parameter(property.parameter);
    const auto initial = defaults.parameters.find(property.parameter);
    const ParameterValue *value = initial != defaults.parameters.end() ? &initial->second : nullptr;
    const char *blurb = g_intern_string(full_blurb(property).c_str());
    g_object_class_install_property(
        klass, first_id++,
        parameter_spec(parameter, property.name, property.nick, blurb, value, flags_of(parameter)));
  }
}

}  // namespace assemblyai
