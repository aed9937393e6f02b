// SPDX-License-Identifier: LGPL-2.1-or-later

#include "element/properties.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <optional>
#include <utility>

#include "config.h"
#include "element/parameter_values.h"

namespace assemblyai {

namespace {

constexpr auto kReadWrite =
    static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);
constexpr auto kPlaying = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                   GST_PARAM_MUTABLE_PLAYING);

// A service parameter that has a property. The property's type follows from the
// parameter's; its name is the parameter's with dashes.
struct ParameterProperty {
  const char *name;
  const char *parameter;
  const char *nick;
  const char *blurb;
};

constexpr auto kParameterProperties = std::to_array<ParameterProperty>({
    {"speech-model", "speech_model", "Speech model",
     "Model of the service, for example universal-3-5-pro, universal-streaming-english or "
     "universal-streaming-multilingual; always sent"},
    {"format-turns", "format_turns", "Format turns",
     "Punctuation, casing and numbers in final turns (universal-streaming-english; the "
     "Universal-3 Pro family always formats); default = the service's default"},
    {"keyterms-prompt", "keyterms_prompt", "Key terms",
     "Words and names to recognise better, spelled as they should appear: up to 100 of up to 50 "
     "characters, for example '<GStreamer, \"two\\ words\">'"},
    {"min-turn-silence", "min_turn_silence", "Minimum turn silence",
     "Silence in milliseconds after which a turn that seems complete ends, 0..86400000 (the "
     "service keeps it within 50..10000); -1 = the service's default"},
    {"max-turn-silence", "max_turn_silence", "Maximum turn silence",
     "Silence in milliseconds that always ends a turn, 0..86400000; -1 = the service's default"},
});

GType messages_type() {
  static const GType type = [] {
    static const std::array<GFlagsValue, 6> values{{
        {kMessageSession, "Connection states, begin and end of sessions, audio lost, warnings",
         "session"},
        {kMessagePartial, "Turns while they grow", "partial"},
        {kMessageFinal, "Final turns", "final"},
        {kMessageSpeech, "Speech started", "speech"},
        {kMessageRaw, "The service's messages as they come, as JSON", "raw"},
        {0, nullptr, nullptr},
    }};
    const GType made = g_flags_register_static("GstAssemblyAIMessages", values.data());
    gst_type_mark_as_plugin_api(made, static_cast<GstPluginAPIFlags>(0));
    return made;
  }();
  return type;
}

void install_milliseconds(GObjectClass *klass, guint id, const char *name, const char *nick,
                          const char *blurb, guint minimum, guint maximum, guint initial) {
  g_object_class_install_property(
      klass, id, g_param_spec_uint(name, nick, blurb, minimum, maximum, initial, kReadWrite));
}

void install_connection(GObjectClass *klass) {
  /**
   * GstAssemblyAISink:endpoint:
   *
   * WebSocket URL of the service: the default routes to the nearest region,
   * wss://streaming.us.assemblyai.com/v3/ws and
   * wss://streaming.eu.assemblyai.com/v3/ws keep audio and text in the US or the
   * EU; a self-hosted stack has a URL of its own. Plain ws:// is refused beyond
   * loopback unless #GstAssemblyAISink:allow-insecure is set.
   */
  g_object_class_install_property(
      klass, kPropertyEndpoint,
      g_param_spec_string("endpoint", "Endpoint", "WebSocket URL of the streaming service",
                          kDefaultEndpoint.data(), kReadWrite));
  /**
   * GstAssemblyAISink:allow-insecure:
   *
   * Allow plain ws:// to hosts that are not this one: key, audio and text then
   * cross the network readable for all.
   */
  g_object_class_install_property(
      klass, kPropertyAllowInsecure,
      g_param_spec_boolean("allow-insecure", "Allow insecure",
                           "Allow unencrypted ws:// beyond loopback", FALSE, kReadWrite));
  /**
   * GstAssemblyAISink:api-key:
   *
   * The account's API key. It cannot be read back. When it is not set, the
   * environment variable ASSEMBLYAI_API_KEY is used.
   */
  g_object_class_install_property(
      klass, kPropertyApiKey,
      g_param_spec_string(
          "api-key", "API key",
          "API key of the account; write-only; default: environment ASSEMBLYAI_API_KEY", nullptr,
          static_cast<GParamFlags>(G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS |
                                   GST_PARAM_MUTABLE_READY)));
}

void install_parameters(GObjectClass *klass) {
  guint id = kPropertyFirstParameter;
  const Settings defaults;
  for (const ParameterProperty &property : kParameterProperties) {
    const Parameter *parameter = find_parameter(property.parameter);
    const auto initial = defaults.parameters.find(property.parameter);
    const ParameterValue *value = initial != defaults.parameters.end() ? &initial->second : nullptr;
    g_object_class_install_property(klass, id++,
                                    parameter_spec(*parameter, property.name, property.nick,
                                                   property.blurb, value, kReadWrite));
  }
  /**
   * GstAssemblyAISink:extra-parameters:
   *
   * Any other parameter of the service's connection query, by the service's own
   * name, for example "p,language_detection=true,max_speakers=2". Types must be
   * right; lists are arrays of strings. Parameters that have a property, those that
   * describe the audio (sample_rate, encoding) and credentials (token) are refused.
   * Secrets among them, such as webhook_auth_header_value, cannot be read back.
   */
  g_object_class_install_property(
      klass, kPropertyExtraParameters,
      g_param_spec_boxed("extra-parameters", "Extra parameters",
                         "Further connection parameters by the service's own names, for example "
                         "\"p,language_detection=true\"",
                         GST_TYPE_STRUCTURE, kReadWrite));
}

void install_limits(GObjectClass *klass) {
  install_milliseconds(klass, kPropertyChunkDuration, "chunk-duration", "Chunk duration",
                       "Audio in one message, in milliseconds", kMinChunk.count(),
                       kMaxChunk.count(), kMinChunk.count());
  install_milliseconds(klass, kPropertyMaxBacklog, "max-backlog", "Maximum backlog",
                       "Audio that may wait to be sent, in milliseconds; beyond it live input "
                       "loses the oldest and other input waits",
                       1000, 600000, kDefaultMaxBacklogMs);
  install_milliseconds(klass, kPropertyConnectTimeout, "connect-timeout", "Connect timeout",
                       "Longest time to connect and begin a session, in milliseconds", 100, 600000,
                       kDefaultConnectTimeoutMs);
  install_milliseconds(klass, kPropertyDrainTimeout, "drain-timeout", "Drain timeout",
                       "Longest wait for progress at the end of the stream, in milliseconds: for "
                       "each piece of waiting audio to go out, then for the last turns",
                       100, 600000, kDefaultDrainTimeoutMs);
  install_milliseconds(klass, kPropertyKeepaliveInterval, "keepalive-interval",
                       "Keepalive interval",
                       "Time between pings in milliseconds, in whole seconds; a peer that stays "
                       "silent for two of them counts as gone",
                       1000, 3600000, kDefaultKeepaliveIntervalMs);
}

void install_output(GObjectClass *klass) {
  /**
   * GstAssemblyAISink:messages:
   *
   * Which element messages are posted on the bus.
   */
  g_object_class_install_property(
      klass, kPropertyMessages,
      g_param_spec_flags("messages", "Messages", "Which element messages are posted on the bus",
                         messages_type(), kDefaultMessages, kPlaying));
  /**
   * GstAssemblyAISink:stats:
   *
   * What happened so far, since the element left READY. All fields are always
   * there. Durations are in nanoseconds.
   */
  g_object_class_install_property(
      klass, kPropertyStats,
      g_param_spec_boxed("stats", "Statistics",
                         "Counters of the audio sent, in nanoseconds, and the turns received",
                         GST_TYPE_STRUCTURE,
                         static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)));
}

const ParameterProperty *parameter_property(guint id) {
  const std::size_t index = id - kPropertyFirstParameter;
  return id >= kPropertyFirstParameter && index < kParameterProperties.size()
             ? &kParameterProperties[index]
             : nullptr;
}

guint *milliseconds_field(Settings &settings, guint id) {
  switch (id) {
    case kPropertyChunkDuration:
      return &settings.chunk_duration_ms;
    case kPropertyMaxBacklog:
      return &settings.max_backlog_ms;
    case kPropertyConnectTimeout:
      return &settings.connect_timeout_ms;
    case kPropertyDrainTimeout:
      return &settings.drain_timeout_ms;
    case kPropertyKeepaliveInterval:
      return &settings.keepalive_interval_ms;
    default:
      return nullptr;
  }
}

std::string string_of(const GValue *value) {
  const char *text = g_value_get_string(value);
  return text != nullptr ? text : "";
}

Failure settings_failure(std::string message) {
  return {.kind = FailureKind::kSettings, .message = std::move(message)};
}

// The caps fix what these say, and what has a property is set there.
std::optional<Failure> refuse_extra(const std::string &name) {
  if (name == "sample_rate" || name == "encoding")
    return settings_failure("extra-parameters must not set " + name +
                            ": the element always sends 16 kHz pcm_s16le");
  if (name == "token")
    return settings_failure("extra-parameters must not set token: it is a credential; use api-key");
  for (const ParameterProperty &property : kParameterProperties) {
    if (name == property.parameter)
      return settings_failure("extra-parameters must not set " + name + ": use the property " +
                              property.name);
  }
  return std::nullopt;
}

}  // namespace

void install_properties(GObjectClass *klass) {
  install_connection(klass);
  install_parameters(klass);
  install_limits(klass);
  install_output(klass);
}

bool set_property(Settings &settings, guint id, const GValue *value) {
  if (const ParameterProperty *property = parameter_property(id)) {
    const ParameterSet defaults = Settings().parameters;
    const auto initial = defaults.find(property->parameter);
    if (std::optional<ParameterValue> parsed = from_gvalue(value))
      settings.parameters.insert_or_assign(property->parameter, std::move(*parsed));
    else if (initial != defaults.end())
      settings.parameters.insert_or_assign(property->parameter, initial->second);
    else
      settings.parameters.erase(property->parameter);
    return true;
  }
  if (guint *field = milliseconds_field(settings, id)) {
    *field = g_value_get_uint(value);
    return true;
  }
  switch (id) {
    case kPropertyEndpoint:
      settings.endpoint =
          g_value_get_string(value) != nullptr ? string_of(value) : std::string(kDefaultEndpoint);
      return true;
    case kPropertyAllowInsecure:
      settings.allow_insecure = g_value_get_boolean(value) != FALSE;
      return true;
    case kPropertyApiKey:
      settings.api_key = Secret(string_of(value));
      return true;
    case kPropertyExtraParameters:
      settings.extra_parameters = from_structure(gst_value_get_structure(value));
      return true;
    case kPropertyMessages:
      settings.messages = g_value_get_flags(value);
      return true;
    default:
      return false;
  }
}

bool get_property(const Settings &settings, guint id, GValue *value) {
  if (const ParameterProperty *property = parameter_property(id)) {
    const auto found = settings.parameters.find(property->parameter);
    if (found != settings.parameters.end())
      to_gvalue(found->second, value);
    else
      to_unset(value);
    return true;
  }
  if (const guint *field = milliseconds_field(const_cast<Settings &>(settings), id)) {
    g_value_set_uint(value, *field);
    return true;
  }
  switch (id) {
    case kPropertyEndpoint:
      g_value_set_string(value, settings.endpoint.c_str());
      return true;
    case kPropertyAllowInsecure:
      g_value_set_boolean(value, static_cast<gboolean>(settings.allow_insecure));
      return true;
    case kPropertyExtraParameters:
      g_value_take_boxed(value, to_structure(settings.extra_parameters).release());
      return true;
    case kPropertyMessages:
      g_value_set_flags(value, settings.messages);
      return true;
    default:
      return false;
  }
}

Failure in_property_names(Failure failure, const Settings &settings) {
  for (const ParameterProperty &property : kParameterProperties) {
    const std::string_view parameter = property.parameter;
    for (std::size_t at = failure.message.find(parameter); at != std::string::npos;
         at = failure.message.find(parameter, at + 1))
      failure.message.replace(at, parameter.size(), property.name);
  }
  for (const auto &[name, value] : settings.extra_parameters) {
    if (failure.message.starts_with(name + " "))
      failure.message = "extra-parameters: " + failure.message;
  }
  return failure;
}

Result<RequestOptions> request_options(const Settings &settings) {
  RequestOptions options{.endpoint = settings.endpoint,
                         .allow_insecure = settings.allow_insecure,
                         .credential = {Credential::Kind::kApiKey, settings.api_key},
                         .parameters = settings.parameters,
                         .user_agent = "AssemblyAI/1.0 (integration=GStreamer/" VERSION ")"};
  if (options.credential.secret.empty()) {
    const char *key = g_getenv("ASSEMBLYAI_API_KEY");
    options.credential.secret = Secret(key != nullptr ? key : "");
  }
  if (options.credential.secret.empty())
    options.credential.kind = Credential::Kind::kNone;
  for (const auto &[name, value] : settings.extra_parameters) {
    if (std::optional<Failure> failure = refuse_extra(name))
      return std::move(*failure);
    const Parameter *known = find_parameter(name);
    const std::string *text = std::get_if<std::string>(&value);
    if (known != nullptr && known->type == ParameterType::kJson && text != nullptr)
      options.parameters.insert_or_assign(name, JsonText{*text});
    else
      options.parameters.insert_or_assign(name, value);
  }
  return options;
}

}  // namespace assemblyai
