// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include "parameter_rules.h"

#include <algorithm>
#include <iterator>

namespace testserver {

namespace {

using Type = ParameterType;
using Value = ParameterValue;

const char *const kModels[] = {"universal-streaming-english",
                               "universal-streaming-multilingual",
                               "whisper-rt",
                               "u3-rt-pro",
                               "u3-rt-pro-beta-1",
                               "u3-rt-agent",
                               "universal-3-5-pro",
                               "universal-3-6-pro",
                               "universal-3-6",
                               "universal-3-7-preview",
                               "_universal-3-5-notetaker",
                               nullptr};
const char *const kModes[] = {"min_latency", "balanced", "max_accuracy", nullptr};
const char *const kEncodings[] = {"pcm_s16le", "pcm_mulaw", "opus", "ogg_opus", "aac", nullptr};
const char *const kDomains[] = {"medical-v1", nullptr};
const char *const kVoiceFocus[] = {"near-field", "far-field", nullptr};
const char *const kSubstitutions[] = {"hash", "entity_name", nullptr};
const char *const kLanguages[] = {"en", "es", "de", "fr", "it", "pt",    "tr",   "nl", "sv",
                                  "no", "da", "fi", "hi", "vi", "ar",    "he",   "ja", "ur",
                                  "zh", "ru", "ko", "ca", "gl", "ro",    "et",   "fa", "yue",
                                  "af", "mr", "zu", "xh", "nn", "multi", nullptr};
const char *const kPolicies[] = {"account_number",
                                 "banking_information",
                                 "blood_type",
                                 "corporate_action",
                                 "credit_card_cvv",
                                 "credit_card_expiration",
                                 "credit_card_number",
                                 "date",
                                 "date_interval",
                                 "date_of_birth",
                                 "day",
                                 "drivers_license",
                                 "drug",
                                 "duration",
                                 "effect",
                                 "email_address",
                                 "event",
                                 "filename",
                                 "financial_metric",
                                 "gender",
                                 "gender_sexuality",
                                 "healthcare_number",
                                 "injury",
                                 "ip_address",
                                 "language",
                                 "location",
                                 "location_address",
                                 "location_address_street",
                                 "location_city",
                                 "location_coordinate",
                                 "location_country",
                                 "location_state",
                                 "location_zip",
                                 "marital_status",
                                 "medical_code",
                                 "medical_condition",
                                 "medical_process",
                                 "money_amount",
                                 "month",
                                 "nationality",
                                 "number_sequence",
                                 "occupation",
                                 "organization",
                                 "organization_id",
                                 "organization_medical_facility",
                                 "passport_number",
                                 "password",
                                 "person_age",
                                 "person_name",
                                 "phone_number",
                                 "physical_attribute",
                                 "political_affiliation",
                                 "product",
                                 "project",
                                 "religion",
                                 "sexuality",
                                 "statistics",
                                 "time",
                                 "trend",
                                 "url",
                                 "us_social_security_number",
                                 "username",
                                 "vehicle_id",
                                 "year",
                                 "zodiac_sign",
                                 nullptr};

constexpr double kNoLimit = -1;  // as `max`, with a greater `min`
constexpr double kPromptLength = 1750;

// speech_model comes first: what else is allowed depends on it. sample_rate, prompt lengths and
// the count of key terms have texts of their own, in parameters.cpp.
const ParameterRule kRules[] = {
    {.name = "speech_model",
     .type = Type::choice,
     .choices = kModels,
     .store = [](Configuration &c, const Value &v) { c.model = v.text; }},
    {.name = "sample_rate",
     .type = Type::integer,
     .max = kNoLimit,
     .store = [](Configuration &c, const Value &v) { c.sample_rate = v.integer; }},
    {.name = "encoding",
     .type = Type::choice,
     .choices = kEncodings,
     .store = [](Configuration &c, const Value &v) { c.encoding = v.text; }},
    {.name = "inactivity_timeout",
     .type = Type::integer,
     .min = 5,
     .max = 3600,
     .store = [](Configuration &c, const Value &v) { c.inactivity_seconds = v.integer; }},
    {.name = "session_heartbeat",
     .type = Type::boolean,
     .updatable = true,
     .store = [](Configuration &c, const Value &v) { c.heartbeat = v.boolean; }},
    {.name = "acknowledge_silence",
     .type = Type::boolean,
     .updatable = true,
     .store = [](Configuration &c, const Value &v) { c.acknowledge_silence = v.boolean; }},
    {.name = "mode",
     .type = Type::choice,
     .choices = kModes,
     .updatable = true,
     .universal_3_only = true,
     .store = [](Configuration &c, const Value &v) { c.mode = v.text; }},
    {.name = "min_turn_silence",
     .type = Type::integer,
     .max = kNoLimit,
     .updatable = true,
     .store =
         [](Configuration &c, const Value &v) {
           c.min_turn_silence = std::clamp<std::int64_t>(v.integer, 50, 10000);
         }},
    {.name = "min_end_of_turn_silence_when_confident",
     .type = Type::integer,
     .max = kNoLimit,
     .updatable = true},
    {.name = "max_turn_silence",
     .type = Type::integer,
     .max = kNoLimit,
     .updatable = true,
     .store = [](Configuration &c, const Value &v) { c.max_turn_silence = v.integer; }},
    {.name = "end_of_turn_confidence_threshold", .type = Type::number, .max = 1, .updatable = true},
    {.name = "vad_threshold", .type = Type::number, .max = 1, .updatable = true},
    {.name = "format_turns",
     .type = Type::boolean,
     .updatable = true,
     .store = [](Configuration &c, const Value &v) { c.format_turns = v.boolean; }},
    {.name = "interruption_delay",
     .type = Type::integer,
     .max = 1000,
     .updatable = true,
     .universal_3_only = true},
    {.name = "continuous_partials",
     .type = Type::boolean,
     .updatable = true,
     .universal_3_only = true},
    {.name = "include_partial_turns",
     .type = Type::boolean,
     .store = [](Configuration &c, const Value &v) { c.include_partial_turns = v.boolean; }},
    {.name = "turn_left_pad_ms", .type = Type::integer, .max = kNoLimit, .updatable = true},
    {.name = "keyterms_prompt",
     .type = Type::strings,
     .max = 100,
     .updatable = true,
     .store = [](Configuration &c, const Value &v) { c.keyterms = v.strings; }},
    {.name = "prompt",
     .type = Type::text,
     .max = kPromptLength,
     .updatable = true,
     .universal_3_only = true},
    {.name = "agent_context",
     .type = Type::text,
     .max = kPromptLength,
     .updatable = true,
     .universal_3_only = true},
    {.name = "previous_context_n_turns",
     .type = Type::integer,
     .max = 100,
     .universal_3_only = true},
    {.name = "domain",
     .type = Type::choice,
     .choices = kDomains,
     .store = [](Configuration &c, const Value &v) { c.domain = v.text; }},
    {.name = "language_codes",
     .type = Type::strings,
     .max = 10,
     .choices = kLanguages,
     .updatable = true,
     .universal_3_only = true,
     .store = [](Configuration &c, const Value &v) { c.language_codes = v.strings; }},
    {.name = "language_code", .type = Type::choice, .choices = kLanguages},
    {.name = "language_detection",
     .type = Type::boolean,
     .store = [](Configuration &c, const Value &v) { c.language_detection = v.boolean; }},
    {.name = "speaker_labels",
     .type = Type::boolean,
     .store = [](Configuration &c, const Value &v) { c.speaker_labels = v.boolean; }},
    {.name = "max_speakers", .type = Type::integer, .min = 1, .max = 10},
    {.name = "speaker_labels_revision_interval_ms",
     .type = Type::integer,
     .max = 86400000,
     .store =
         [](Configuration &c, const Value &v) {
           bool off = v.integer == 0;
           c.revision_interval_ms = off ? 0 : std::clamp<std::int64_t>(v.integer, 120000, 300000);
         }},
    {.name = "voice_focus",
     .type = Type::choice,
     .choices = kVoiceFocus,
     .universal_3_only = true,
     .store = [](Configuration &c, const Value &v) { c.voice_focus = v.text; }},
    {.name = "voice_focus_threshold", .type = Type::number, .max = 1, .needs = "voice_focus"},
    {.name = "filter_profanity",
     .type = Type::boolean,
     .updatable = true,
     .store = [](Configuration &c, const Value &v) { c.filter_profanity = v.boolean; }},
    {.name = "redact_pii",
     .type = Type::boolean,
     .store = [](Configuration &c, const Value &v) { c.redact_pii = v.boolean; }},
    {.name = "redact_pii_policies",
     .type = Type::strings,
     .max = kNoLimit,
     .choices = kPolicies,
     .needs = "redact_pii",
     .store = [](Configuration &c, const Value &v) { c.redact_policies = v.strings; }},
    {.name = "redact_pii_sub",
     .type = Type::choice,
     .choices = kSubstitutions,
     .store = [](Configuration &c, const Value &v) { c.redact_sub = v.text; }},
    {.name = "llm_gateway", .type = Type::object},
    {.name = "_customer_support_audio_capture", .type = Type::boolean},
    {.name = "customer_support_audio_capture", .type = Type::boolean},
};

}  // namespace

std::span<const ParameterRule> parameter_rules() {
  return kRules;
}

std::string list_choices(const char *const *choices) {
  std::string list;
  for (std::size_t i = 0; choices[i] != nullptr; i++) {
    if (i > 0)
      list += choices[i + 1] == nullptr ? " or " : ", ";
    list += "'" + std::string(choices[i]) + "'";
  }
  return list;
}

bool is_choice(const char *const *choices, const std::string &text) {
  for (; *choices != nullptr; choices++) {
    if (text == *choices)
      return true;
  }
  return false;
}

}  // namespace testserver
