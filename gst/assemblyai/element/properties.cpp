// SPDX-License-Identifier: LGPL-2.1-or-later

#include "element/properties.h"

#include <array>
#include <utility>

#include "element/parameter_properties.h"
#include "element/parameter_values.h"
#include "element/text_properties.h"
#include "protocol/address.h"
#include "protocol/endpoint.h"

namespace assemblyai {

namespace {

constexpr auto kReadWrite =
    static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);
constexpr auto kWriteOnly =
    static_cast<GParamFlags>(G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);
constexpr auto kPlaying = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                   GST_PARAM_MUTABLE_PLAYING);

GType messages_type() {
  static const GType type = [] {
    static const std::array<GFlagsValue, 6> values{{
        {kMessageSession,
         "Connection states, begin and end of sessions, audio lost, warnings, heartbeats",
         "session"},
        {kMessagePartial, "Turns while they grow", "partial"},
        {kMessageFinal, "Final turns, corrections of their speakers, answers of an LLM", "final"},
        {kMessageSpeech, "Speech started, silence", "speech"},
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

void install_string(GObjectClass *klass, guint id, const char *name, const char *nick,
                    const char *blurb, const char *initial = nullptr,
                    GParamFlags flags = kReadWrite) {
  g_object_class_install_property(klass, id,
                                  g_param_spec_string(name, nick, blurb, initial, flags));
}

void install_endpoint(GObjectClass *klass) {
  /**
   * GstAssemblyAISink:endpoint:
   *
   * WebSocket URL of the service: the default routes to the nearest region,
   * wss://streaming.us.assemblyai.com/v3/ws and
   * wss://streaming.eu.assemblyai.com/v3/ws keep audio and text in the US or the
   * EU; a self-hosted stack has a URL of its own. Plain ws:// is refused beyond
   * loopback unless #GstAssemblyAISink:allow-insecure is set.
   */
  install_string(klass, kPropertyEndpoint, "endpoint", "Endpoint",
                 "WebSocket URL of the service: the default is routed to the nearest region, those "
                 "with streaming.us and streaming.eu keep the data there",
                 kDefaultEndpoint.data());
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
}

void install_network(GObjectClass *klass) {
  install_string(klass, kPropertySslCaFile, "ssl-ca-file", "SSL CA file",
                 "File with the certificate authorities to trust instead of the system's, in PEM "
                 "format; read for each connection");
  /**
   * GstAssemblyAISink:tls-database:
   *
   * Trusted certificate authorities, for applications: instead of the system's.
   */
  g_object_class_install_property(
      klass, kPropertyTlsDatabase,
      g_param_spec_object("tls-database", "TLS database",
                          "Certificate authorities to trust instead of the system's",
                          G_TYPE_TLS_DATABASE, kReadWrite));
  /**
   * GstAssemblyAISink:proxy:
   *
   * HTTP or SOCKS proxy to connect through, for example
   * http://proxy.example.com:3128 or socks5://localhost:1080. Credentials in it are
   * not shown when it is read. When it is not set, the system's proxy settings hold.
   */
  install_string(klass, kPropertyProxy, "proxy", "Proxy",
                 "URL of an HTTP or SOCKS proxy; default: the system's settings");
  install_string(klass, kPropertyProxyId, "proxy-id", "Proxy user", "User name at the proxy");
  install_string(klass, kPropertyProxyPw, "proxy-pw", "Proxy password",
                 "Password at the proxy; write-only", nullptr, kWriteOnly);
  /**
   * GstAssemblyAISink:extra-headers:
   *
   * HTTP headers for the upgrade request, for gateways that want them, for example
   * "h,X-Team=captions". They replace the element's own User-Agent and
   * AssemblyAI-Version. They cannot be read back, since they may be credentials.
   */
  g_object_class_install_property(
      klass, kPropertyExtraHeaders,
      g_param_spec_boxed("extra-headers", "Extra headers",
                         "HTTP headers to add to the request, for example \"h,X-Team=captions\"; "
                         "write-only",
                         GST_TYPE_STRUCTURE, kWriteOnly));
}

void install_credentials(GObjectClass *klass) {
  /**
   * GstAssemblyAISink:api-key:
   *
   * The account's API key. It cannot be read back. When no credential is set, the
   * environment variable ASSEMBLYAI_API_KEY is used.
   */
  install_string(klass, kPropertyApiKey, "api-key", "API key",
                 "API key of the account; write-only; default: environment ASSEMBLYAI_API_KEY",
                 nullptr, kWriteOnly);
  /**
   * GstAssemblyAISink:api-key-file:
   *
   * File that holds the API key and nothing else but white space. It is read for
   * each connection, so that a key can be exchanged while a pipeline runs.
   */
  install_string(klass, kPropertyApiKeyFile, "api-key-file", "API key file",
                 "File that holds the API key; read for each connection; api-key and token win");
  /**
   * GstAssemblyAISink:token:
   *
   * A temporary token instead of a key. It opens sessions until it expires, after
   * 10 minutes at most; #GstAssemblyAISink::request-token supplies a new one for
   * each connection. It wins over keys.
   */
  install_string(klass, kPropertyToken, "token", "Token",
                 "Temporary token to connect with; wins over keys; write-only", nullptr,
                 kWriteOnly);
}

void install_extra_parameters(GObjectClass *klass) {
  /**
   * GstAssemblyAISink:extra-parameters:
   *
   * Any other parameter of the service's connection query, by the service's own
   * name, for example "p,session_heartbeat=true,previous_context_n_turns=2". Types
   * must be right; lists are arrays of strings. Parameters that have a property,
   * those that describe the audio (sample_rate, encoding) and credentials (token)
   * are refused. Secrets among them, such as webhook_auth_header_value, cannot be
   * read back.
   */
  g_object_class_install_property(
      klass, kPropertyExtraParameters,
      g_param_spec_boxed("extra-parameters", "Extra parameters",
                         "Further connection parameters by the service's own names, for example "
                         "\"p,session_heartbeat=true\"",
                         GST_TYPE_STRUCTURE, kReadWrite));
}

void install_limits(GObjectClass *klass) {
  install_milliseconds(klass, kPropertyChunkDuration, "chunk-duration", "Chunk duration",
                       "Audio in one message, in milliseconds", kMinChunk.count(),
                       kMaxChunk.count(), kMinChunk.count());
  install_milliseconds(
      klass, kPropertyMaxBacklog, "max-backlog", "Maximum backlog",
      "Audio that is kept, in milliseconds: until it can be sent, and until a final turn "
      "has come of it; beyond it live input loses the oldest and other input waits",
      1000, 600000, kDefaultMaxBacklogMs);
  install_milliseconds(klass, kPropertyConnectTimeout, "connect-timeout", "Connect timeout",
                       "Longest time to connect and begin a session, in milliseconds", 100, 600000,
                       kDefaultConnectTimeoutMs);
  install_milliseconds(klass, kPropertyDrainTimeout, "drain-timeout", "Drain timeout",
                       "Longest wait for progress at the end of the stream, in milliseconds: for "
                       "each piece of waiting audio to go out, then for each of the last messages",
                       100, 600000, kDefaultDrainTimeoutMs);
  install_milliseconds(klass, kPropertyIdleTimeout, "idle-timeout", "Idle timeout",
                       "Without audio for that long, in milliseconds, the session is terminated, "
                       "because an open one is billed; the next audio opens another. 0 = never",
                       0, 86400000, kDefaultIdleTimeoutMs);
  install_milliseconds(
      klass, kPropertyKeepaliveInterval, "keepalive-interval", "Keepalive interval",
      "Time between pings in milliseconds, rounded up to whole seconds; a service of which nothing "
      "is heard for two of them counts as gone",
      1000, 3600000, kDefaultKeepaliveIntervalMs);
}

void install_retries(GObjectClass *klass) {
  /**
   * GstAssemblyAISink:max-retries:
   *
   * How often in a row to try to connect again, after what a retry may cure. -1: for ever,
   * 0: never, the first failure is an error. Thirty seconds of a working connection begin a
   * new row.
   */
  g_object_class_install_property(
      klass, kPropertyMaxRetries,
      g_param_spec_int("max-retries", "Maximum retries",
                       "Number of attempts in a row to connect again; -1 = for ever, 0 = none", -1,
                       G_MAXINT, -1, kReadWrite));
  install_milliseconds(klass, kPropertyRetryDelayMin, "retry-delay-min", "Shortest retry delay",
                       "Time before the first attempt to connect again, in milliseconds; each "
                       "further one doubles it, and up to half of it is left out at random",
                       1, 3600000, kDefaultRetryDelayMinMs);
  install_milliseconds(klass, kPropertyRetryDelayMax, "retry-delay-max", "Longest retry delay",
                       "Longest time between two attempts, in milliseconds, and at least "
                       "retry-delay-min; three times that when the service has no room. It may "
                       "ask for more itself",
                       1, 3600000, kDefaultRetryDelayMaxMs);
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
  return id >= kPropertyFirstParameter && index < parameter_properties().size()
             ? &parameter_properties()[index]
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
    case kPropertyIdleTimeout:
      return &settings.idle_timeout_ms;
    case kPropertyKeepaliveInterval:
      return &settings.keepalive_interval_ms;
    case kPropertyRetryDelayMin:
      return &settings.retry_delay_min_ms;
    case kPropertyRetryDelayMax:
      return &settings.retry_delay_max_ms;
    default:
      return nullptr;
  }
}

// libsoup pings every so many seconds: that is what reads back.
guint whole_seconds(guint milliseconds) {
  return (milliseconds + 999) / 1000 * 1000;
}

std::string string_of(const GValue *value) {
  const char *text = g_value_get_string(value);
  return text != nullptr ? text : "";
}

Headers headers_from(const GstStructure *structure) {
  Headers headers;
  const int count = structure != nullptr ? gst_structure_n_fields(structure) : 0;
  for (int i = 0; i < count; i++) {
    const char *name = gst_structure_nth_field_name(structure, static_cast<guint>(i));
    const GValue *value = gst_structure_get_value(structure, name);
    const Owned<char> text(G_VALUE_HOLDS_STRING(value) ? g_value_dup_string(value)
                                                       : gst_value_serialize(value));
    headers.emplace_back(name, Secret(text ? text.get() : ""));
  }
  return headers;
}

bool set_secret(Settings &settings, guint id, const GValue *value) {
  switch (id) {
    case kPropertyApiKey:
      settings.api_key = Secret(string_of(value));
      return true;
    case kPropertyToken:
      settings.token = Secret(string_of(value));
      return true;
    case kPropertyProxy:
      settings.proxy.address = Secret(string_of(value));
      return true;
    case kPropertyProxyPw:
      settings.proxy.password = Secret(string_of(value));
      return true;
    case kPropertyExtraHeaders:
      settings.extra_headers = headers_from(gst_value_get_structure(value));
      return true;
    default:
      return false;
  }
}

std::string *string_field(Settings &settings, guint id) {
  switch (id) {
    case kPropertySslCaFile:
      return &settings.ssl_ca_file;
    case kPropertyProxyId:
      return &settings.proxy.user;
    case kPropertyApiKeyFile:
      return &settings.api_key_file;
    default:
      return nullptr;
  }
}

bool set_other(Settings &settings, guint id, const GValue *value) {
  switch (id) {
    case kPropertyEndpoint:
      settings.endpoint = string_of(value);
      if (settings.endpoint.empty())
        settings.endpoint = kDefaultEndpoint;
      return true;
    case kPropertyAllowInsecure:
      settings.allow_insecure = g_value_get_boolean(value) != FALSE;
      return true;
    case kPropertyTlsDatabase:
      settings.tls_database = adopt(G_TLS_DATABASE(g_value_dup_object(value)));
      return true;
    case kPropertyExtraParameters:
      settings.extra_parameters = normalized(from_structure(gst_value_get_structure(value)));
      return true;
    case kPropertyMessages:
      settings.messages = g_value_get_flags(value);
      return true;
    case kPropertyMaxRetries:
      settings.max_retries = g_value_get_int(value);
      return true;
    default:
      return set_secret(settings, id, value);
  }
}

// What an update says to take a parameter back; nothing when it has no words for it.
std::optional<ParameterValue> cleared_value(const Parameter &parameter) {
  if (!parameter.clearable)
    return std::nullopt;
  if (parameter.type == ParameterType::kStringList)
    return std::vector<std::string>();
  return std::string();
}

PropertyChange set_parameter_property(Settings &settings, const ParameterProperty &property,
                                      const GValue *value) {
  const Parameter &parameter = *find_parameter(property.parameter);
  std::optional<ParameterValue> parsed = from_gvalue(value);
  if (!parsed || is_cleared(*parsed))
    parsed = cleared_value(parameter);
  PropertyChange change;
  if (parsed) {
    parsed = normalized(property.parameter, std::move(*parsed));
    set_parameter(settings, property.parameter, *parsed);
    change.parameter.emplace(property.parameter, std::move(*parsed));
    return change;
  }
  change.unset = property.parameter;
  const ParameterSet defaults = Settings().parameters;
  const auto initial = defaults.find(property.parameter);
  if (initial != defaults.end())
    settings.parameters.insert_or_assign(property.parameter, initial->second);
  else
    settings.parameters.erase(property.parameter);
  return change;
}

void string_to_gvalue(const std::string &text, GValue *value) {
  g_value_set_string(value, text.empty() ? nullptr : text.c_str());
}

bool get_other(const Settings &settings, guint id, GValue *value) {
  switch (id) {
    case kPropertyEndpoint:
      string_to_gvalue(display_address(settings.endpoint), value);
      return true;
    case kPropertyAllowInsecure:
      g_value_set_boolean(value, static_cast<gboolean>(settings.allow_insecure));
      return true;
    case kPropertyTlsDatabase:
      g_value_set_object(value, settings.tls_database.get());
      return true;
    case kPropertyProxy:
      string_to_gvalue(display_proxy(settings.proxy.address), value);
      return true;
    case kPropertyExtraParameters:
      g_value_take_boxed(value, to_structure(settings.extra_parameters).release());
      return true;
    case kPropertyMessages:
      g_value_set_flags(value, settings.messages);
      return true;
    case kPropertyMaxRetries:
      g_value_set_int(value, settings.max_retries);
      return true;
    default:
      return false;
  }
}

}  // namespace

void install_properties(GObjectClass *klass, TextMode default_mode) {
  install_endpoint(klass);
  install_network(klass);
  install_credentials(klass);
  install_parameter_properties(klass, kPropertyFirstParameter);
  install_extra_parameters(klass);
  install_limits(klass);
  install_retries(klass);
  install_output(klass);
  install_text_properties(klass, default_mode);
}

void set_parameter(Settings &settings, const std::string &name, const ParameterValue &value) {
  const bool has_property = property_of_parameter(name) != nullptr;
  ParameterSet &parameters = has_property ? settings.parameters : settings.extra_parameters;
  if (is_cleared(value))
    parameters.erase(name);
  else
    parameters.insert_or_assign(name, value);
}

PropertyChange set_property(Settings &settings, guint id, const GValue *value) {
  if (const ParameterProperty *property = parameter_property(id))
    return set_parameter_property(settings, *property, value);
  if (guint *field = milliseconds_field(settings, id)) {
    *field = g_value_get_uint(value);
    if (id == kPropertyKeepaliveInterval)
      *field = whole_seconds(*field);
  } else if (std::string *text = string_field(settings, id)) {
    *text = string_of(value);
  } else {
    return {.known = set_text_property(settings.text, id, value) || set_other(settings, id, value)};
  }
  return {};
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
  auto &fields = const_cast<Settings &>(settings);  // only read here
  if (const guint *field = milliseconds_field(fields, id)) {
    g_value_set_uint(value, *field);
    return true;
  }
  if (const std::string *text = string_field(fields, id)) {
    string_to_gvalue(*text, value);
    return true;
  }
  return get_other(settings, id, value) || get_text_property(settings.text, id, value);
}

}  // namespace assemblyai
