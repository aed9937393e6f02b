// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// To add a property, add a member to Settings (or TextSettings) and a row here.

#include "element/properties.h"

#include <span>
#include <string_view>

#include "element/property.h"
#include "protocol/address.h"
#include "protocol/endpoint.h"

namespace assemblyai {

namespace {

constexpr guint kReady = GST_PARAM_MUTABLE_READY;
constexpr guint kPlaying = GST_PARAM_MUTABLE_PLAYING;
constexpr guint kReadOnly = 0;

constexpr gint64 kMsPerHour = 3600000;
constexpr gint64 kMinLatencyMs = TextSettings::kLeastLatency.count();

void set_endpoint(Settings &settings, const GValue *value) {
  assign(settings.endpoint, value);
  if (settings.endpoint.empty())
    settings.endpoint = kDefaultEndpoint;
}

// Without credentials.
void get_endpoint(const Settings &settings, GValue *value) {
  store(display_address(settings.endpoint), value);
}
void get_proxy(const Settings &settings, GValue *value) {
  store(display_proxy(settings.proxy.address), value);
}

// libsoup pings in whole seconds: the property reads back what is used.
void set_keepalive_interval(Settings &settings, const GValue *value) {
  settings.keepalive_interval_ms = (g_value_get_uint(value) + 999) / 1000 * 1000;
}

constexpr Field kEndpoint{kMember<&Settings::endpoint>.spec, set_endpoint, get_endpoint};

template <auto kPart>
constexpr Field kProxy = kMember<&Settings::proxy, kPart>;
constexpr Field kProxyAddress{kProxy<&ProxySettings::address>.spec,
                              kProxy<&ProxySettings::address>.set, get_proxy};

constexpr Field kKeepaliveInterval{kMember<&Settings::keepalive_interval_ms>.spec,
                                   set_keepalive_interval,
                                   kMember<&Settings::keepalive_interval_ms>.get};

template <auto kPart>
constexpr Field kText = kMember<&Settings::text, kPart>;

// The element itself reads these.
template <typename T>
constexpr Field kObserved{
    .spec = [](const Property &property, const Settings &) { return make_spec(property, T{}); }};
constexpr Field kCurrentCaption{.spec = [](const Property &property, const Settings &) {
  return g_param_spec_string(property.name, property.nick, property.blurb, "", property.flags());
}};

constexpr auto kProperties = std::to_array<Property>({
    {"endpoint", "Endpoint",
     "WebSocket URL of the service. The default routes to the nearest region; streaming.us and "
     "streaming.eu keep the data in the US or the EU",
     kEndpoint, kReady},
    {"allow-insecure", "Allow insecure",
     "Allow unencrypted ws:// beyond loopback, which exposes the key, the audio and the text",
     kMember<&Settings::allow_insecure>, kReady},
    {"ssl-ca-file", "SSL CA file",
     "PEM file with the certificate authorities to trust instead of the system's, read for each "
     "connection",
     kMember<&Settings::ssl_ca_file>, kReady},
    {"tls-database", "TLS database", "Certificate authorities to trust instead of the system's",
     kMember<&Settings::tls_database>, kReady},
    {"proxy", "Proxy",
     "URL of an HTTP or SOCKS proxy (NULL = the system's proxy settings). Reading it hides the "
     "credentials",
     kProxyAddress, kReady},
    {"proxy-id", "Proxy user", "User name for the proxy", kProxy<&ProxySettings::user>, kReady},
    {"proxy-pw", "Proxy password", "Password for the proxy (write-only)",
     kProxy<&ProxySettings::password>, kReady},
    {"extra-headers", "Extra headers",
     "HTTP headers to add to the request, for example \"h,X-Team=captions\" (write-only)",
     kMember<&Settings::extra_headers>, kReady},
    {"api-key", "API key",
     "API key of the account (write-only). Without any credential, the environment variable "
     "ASSEMBLYAI_API_KEY is used",
     kMember<&Settings::api_key>, kReady},
    {"api-key-file", "API key file",
     "File that contains only the API key, read for each connection. api-key and token take "
     "precedence",
     kMember<&Settings::api_key_file>, kReady},
    {"token", "Token", "Temporary token (write-only). Takes precedence over API keys",
     kMember<&Settings::token>, kReady},
    {"extra-parameters", "Extra parameters",
     "Connection parameters without a property, by the service's own names, for example "
     "\"p,session_heartbeat=true\". Reading it omits secrets",
     kMember<&Settings::extra_parameters>, kReady},
    {"messages", "Messages", "Element messages to post on the bus", kMember<&Settings::messages>,
     kPlaying},
    {"chunk-duration", "Chunk duration",
     "Duration of the audio in each message to the service, in milliseconds",
     kMember<&Settings::chunk_duration_ms>, kReady, Range(kMinChunk.count(), kMaxChunk.count())},
    {"max-backlog", "Maximum backlog",
     "Maximum duration of unsent audio and of sent audio without a final turn, in milliseconds. "
     "When it is reached, a live source loses the oldest audio, any other source waits",
     kMember<&Settings::max_backlog_ms>, kReady, Range(1000, 600000)},
    {"connect-timeout", "Connect timeout",
     "Maximum time to connect and begin a session, in milliseconds",
     kMember<&Settings::connect_timeout_ms>, kReady, Range(100, 600000)},
    {"drain-timeout", "Drain timeout",
     "Maximum time without progress after EOS, in milliseconds. Each message of queued audio that "
     "is sent restarts it, then each result that is received",
     kMember<&Settings::drain_timeout_ms>, kReady, Range(100, 600000)},
    {"idle-timeout", "Idle timeout",
     "Time without audio after which the session is terminated to stop its billing, in "
     "milliseconds (0 = never). The next audio opens another session",
     kMember<&Settings::idle_timeout_ms>, kReady, Range(0, 24 * kMsPerHour)},
    {"keepalive-interval", "Keepalive interval",
     "Interval between pings in milliseconds, rounded up to whole seconds. A connection on which "
     "nothing arrives for two intervals is lost",
     kKeepaliveInterval, kReady, Range(1000, kMsPerHour)},
    {"max-retries", "Maximum retries",
     "Number of consecutive attempts to reconnect (-1 = unlimited, 0 = none)",
     kMember<&Settings::max_retries>, kReady, Range(-1, G_MAXINT)},
    {"retry-delay-min", "Shortest retry delay",
     "Delay before the first attempt to reconnect, in milliseconds. It doubles with each attempt; "
     "a random part of up to half is subtracted",
     kMember<&Settings::retry_delay_min_ms>, kReady, Range(1, kMsPerHour)},
    {"retry-delay-max", "Longest retry delay",
     "Maximum delay between attempts to reconnect, in milliseconds, at least retry-delay-min. "
     "Three times as long if the service has no capacity, longer if it requests that",
     kMember<&Settings::retry_delay_max_ms>, kReady, Range(1, kMsPerHour)},
    {"stats", "Statistics", "Statistics since READY. Durations are in nanoseconds",
     kObserved<GstStructure *>, kReadOnly},
});

constexpr auto kTextProperties = std::to_array<Property>({
    {"text-mode", "Text mode", "Format of the captions on the text pad", kText<&TextSettings::mode>,
     kReady},
    {"latency", "Latency",
     "Maximum time from the audio of a word to its text, in milliseconds. The text pad adds it to "
     "the pipeline latency. Not used in text-mode=rolling",
     kText<&TextSettings::latency_ms>, kPlaying, Range(kMinLatencyMs, kMsPerHour)},
    {"transcribe-latency", "Transcribe latency", "Alias of latency, in milliseconds",
     kText<&TextSettings::latency_ms>, kPlaying, Range(kMinLatencyMs, kMsPerHour)},
    {"lateness", "Lateness",
     "Delay to add to the timestamps of the text, in milliseconds. Gives captions more time "
     "without more pipeline latency. Not used in text-mode=rolling",
     kText<&TextSettings::lateness_ms>, kPlaying, Range(0, kMsPerHour)},
    {"late-text", "Late text", "What to do with text that arrives later than latency allows",
     kText<&TextSettings::late_text>, kPlaying},
    {"max-line-length", "Maximum line length",
     "Maximum number of characters per line. Wide characters, such as Chinese, count as two",
     kText<&TextSettings::max_line_length>, kPlaying, Range(8, 1000)},
    {"max-lines", "Maximum lines", "Maximum number of lines per caption",
     kText<&TextSettings::max_lines>, kPlaying, Range(1, 20)},
    {"min-cue-duration", "Minimum cue duration",
     "Minimum duration of a caption, in milliseconds, unless the next one replaces it earlier. "
     "Limited to max-cue-duration",
     kText<&TextSettings::min_cue_duration_ms>, kPlaying, Range(0, kMsPerHour)},
    {"max-cue-duration", "Maximum cue duration", "Maximum duration of a caption, in milliseconds",
     kText<&TextSettings::max_cue_duration_ms>, kPlaying, Range(100, kMsPerHour)},
    {"speaker-prefix", "Speaker prefix",
     "Text before the first word of another speaker, for example \"%s: \", where %s is the label "
     "of the speaker. Needs speaker-labels",
     kText<&TextSettings::speaker_prefix>, kPlaying},
    {"stable-only", "Stable only",
     "Show only words that will not change any more, in text-mode=rolling and current-caption",
     kText<&TextSettings::stable_only>, kPlaying},
    {"sound-tags", "Sound tags",
     "Show sounds that are named in brackets, such as [Music]. [Silence] is never shown",
     kText<&TextSettings::sound_tags>, kPlaying},
    {"max-observed-delay", "Maximum observed delay",
     "Longest time since READY from the audio of a word to its first text, in milliseconds",
     kObserved<guint>, kReadOnly, Range(0, G_MAXUINT)},
    {"current-caption", "Current caption",
     "Caption that grows word by word, escaped for Pango markup. Emits notify when it changes",
     kCurrentCaption, kReadOnly},
});

// gst-inspect-1.0 lists properties by id: the service's parameters before those of the captions.
constexpr guint kFirstProperty = 1;
constexpr guint kFirstParameter = kFirstProperty + kProperties.size();
constexpr guint kFirstTextProperty = 1000;

constexpr guint id_of(std::string_view name, std::span<const Property> rows, guint first) {
  while (rows[0].name != name) {
    rows = rows.subspan(1);
    first++;
  }
  return first;
}

template <typename Row>
const Row *row_at(std::span<const Row> rows, guint first, guint id) {
  return id >= first && id - first < rows.size() ? &rows[id - first] : nullptr;
}

const Property *find_property(guint id) {
  const Property *found = row_at<Property>(kProperties, kFirstProperty, id);
  return found != nullptr ? found : row_at<Property>(kTextProperties, kFirstTextProperty, id);
}

void install(GObjectClass *klass, std::span<const Property> rows, guint first,
             const Settings &defaults) {
  for (const Property &row : rows)
    g_object_class_install_property(klass, first++, row.field.spec(row, defaults));
}

}  // namespace

constinit const guint kPropertyStats = id_of("stats", kProperties, kFirstProperty);
constinit const guint kPropertyMaxObservedDelay =
    id_of("max-observed-delay", kTextProperties, kFirstTextProperty);
constinit const guint kPropertyCurrentCaption =
    id_of("current-caption", kTextProperties, kFirstTextProperty);

void install_properties(GObjectClass *klass, TextMode default_mode) {
  Settings defaults;
  defaults.text.mode = default_mode;
  install(klass, kProperties, kFirstProperty, defaults);
  install_parameter_properties(klass, kFirstParameter);
  install(klass, kTextProperties, kFirstTextProperty, defaults);
}

PropertyChange set_property(Settings &settings, guint id, const GValue *value) {
  if (const auto *property = row_at(parameter_properties(), kFirstParameter, id))
    return set_parameter_property(settings, *property, value);
  const Property *property = find_property(id);
  if (property == nullptr || property->field.set == nullptr)
    return {.known = false};
  property->field.set(settings, value);
  return {};
}

bool get_property(const Settings &settings, guint id, GValue *value) {
  if (const auto *property = row_at(parameter_properties(), kFirstParameter, id)) {
    get_parameter_property(settings, *property, value);
    return true;
  }
  const Property *property = find_property(id);
  if (property == nullptr || property->field.get == nullptr)
    return false;
  property->field.get(settings, value);
  return true;
}

}  // namespace assemblyai
