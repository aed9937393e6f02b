// SPDX-License-Identifier: LGPL-2.1-or-later
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

// A value that only the element knows, which reads it.
template <typename T>
GParamSpec *observed_spec(const Property &property, const Settings &) {
  return make_spec(property, T{});
}
GParamSpec *caption_spec(const Property &property, const Settings &) {
  return g_param_spec_string(property.name, property.nick, property.blurb, "", property.flags());
}

constexpr auto kProperties = std::to_array<Property>({
    {"endpoint", "Endpoint",
     "WebSocket URL of the service: the default is routed to the nearest region, those with "
     "streaming.us and streaming.eu keep the data there",
     kEndpoint, kReady},
    {"allow-insecure", "Allow insecure", "Allow unencrypted ws:// beyond loopback",
     kMember<&Settings::allow_insecure>, kReady},
    {"ssl-ca-file", "SSL CA file",
     "File with the certificate authorities to trust instead of the system's, in PEM format; read "
     "for each connection",
     kMember<&Settings::ssl_ca_file>, kReady},
    {"tls-database", "TLS database", "Certificate authorities to trust instead of the system's",
     kMember<&Settings::tls_database>, kReady},
    {"proxy", "Proxy", "URL of an HTTP or SOCKS proxy; default: the system's settings",
     kProxyAddress, kReady},
    {"proxy-id", "Proxy user", "User name at the proxy", kProxy<&ProxySettings::user>, kReady},
    {"proxy-pw", "Proxy password", "Password at the proxy; write-only",
     kProxy<&ProxySettings::password>, kReady},
    {"extra-headers", "Extra headers",
     "HTTP headers to add to the request, for example \"h,X-Team=captions\"; write-only",
     kMember<&Settings::extra_headers>, kReady},
    {"api-key", "API key",
     "API key of the account; write-only; default: environment ASSEMBLYAI_API_KEY",
     kMember<&Settings::api_key>, kReady},
    {"api-key-file", "API key file",
     "File that holds the API key; read for each connection; api-key and token win",
     kMember<&Settings::api_key_file>, kReady},
    {"token", "Token", "Temporary token to connect with; wins over keys; write-only",
     kMember<&Settings::token>, kReady},
    {"extra-parameters", "Extra parameters",
     "Further connection parameters by the service's own names, for example "
     "\"p,session_heartbeat=true\"",
     kMember<&Settings::extra_parameters>, kReady},
    {"messages", "Messages", "Which element messages are posted on the bus",
     kMember<&Settings::messages>, kPlaying},
    {"chunk-duration",
     "Chunk duration",
     "Audio in one message, in milliseconds",
     kMember<&Settings::chunk_duration_ms>,
     kReady,
     {kMinChunk.count(), kMaxChunk.count()}},
    {"max-backlog",
     "Maximum backlog",
     "Audio that is kept, in milliseconds: until it can be sent, and until a final turn has come "
     "of it; beyond it live input loses the oldest and other input waits",
     kMember<&Settings::max_backlog_ms>,
     kReady,
     {1000, 600000}},
    {"connect-timeout",
     "Connect timeout",
     "Longest time to connect and begin a session, in milliseconds",
     kMember<&Settings::connect_timeout_ms>,
     kReady,
     {100, 600000}},
    {"drain-timeout",
     "Drain timeout",
     "Longest wait for progress at the end of the stream, in milliseconds: for each piece of "
     "waiting audio to go out, then for each of the last messages",
     kMember<&Settings::drain_timeout_ms>,
     kReady,
     {100, 600000}},
    {"idle-timeout",
     "Idle timeout",
     "Without audio for that long, in milliseconds, the session is terminated, because an open "
     "one is billed; the next audio opens another. 0 = never",
     kMember<&Settings::idle_timeout_ms>,
     kReady,
     {0, 24 * kMsPerHour}},
    {"keepalive-interval",
     "Keepalive interval",
     "Time between pings in milliseconds, rounded up to whole seconds; a service of which nothing "
     "is heard for two of them counts as gone",
     kKeepaliveInterval,
     kReady,
     {1000, kMsPerHour}},
    {"max-retries",
     "Maximum retries",
     "Number of attempts in a row to connect again; -1 = for ever, 0 = none",
     kMember<&Settings::max_retries>,
     kReady,
     {-1, G_MAXINT}},
    {"retry-delay-min",
     "Shortest retry delay",
     "Time before the first attempt to connect again, in milliseconds; each further one doubles "
     "it, and up to half of it is left out at random",
     kMember<&Settings::retry_delay_min_ms>,
     kReady,
     {1, kMsPerHour}},
    {"retry-delay-max",
     "Longest retry delay",
     "Longest time between two attempts, in milliseconds, and at least retry-delay-min; three "
     "times that when the service has no room. It may ask for more itself",
     kMember<&Settings::retry_delay_max_ms>,
     kReady,
     {1, kMsPerHour}},
    {"stats",
     "Statistics",
     "Counters of the audio sent, in nanoseconds, and the turns received",
     {.spec = observed_spec<GstStructure *>},
     kReadOnly},
});

constexpr auto kTextProperties = std::to_array<Property>({
    {"text-mode", "Text mode", "What the text pad gives", kText<&TextSettings::mode>, kReady},
    {"latency",
     "Latency",
     "How long after its audio a word may come, in milliseconds: what the text pad adds to the "
     "pipeline's latency; not in text-mode=live",
     kText<&TextSettings::latency_ms>,
     kPlaying,
     {TextSettings::kLeastLatency.count(), kMsPerHour}},
    {"transcribe-latency",
     "Transcribe latency",
     "Another name of latency, in milliseconds",
     kText<&TextSettings::latency_ms>,
     kPlaying,
     {TextSettings::kLeastLatency.count(), kMsPerHour}},
    {"lateness",
     "Lateness",
     "How much later than spoken text is shown, in milliseconds, without more latency of the "
     "pipeline; not in text-mode=live",
     kText<&TextSettings::lateness_ms>,
     kPlaying,
     {0, kMsPerHour}},
    {"late-text", "Late text", "What to do with text that comes later than latency allows",
     kText<&TextSettings::late_text>, kPlaying},
    {"max-line-length",
     "Maximum line length",
     "Characters in a line; wide ones, as of Chinese, count as two",
     kText<&TextSettings::max_line_length>,
     kPlaying,
     {8, 1000}},
    {"max-lines",
     "Maximum lines",
     "Lines in a caption",
     kText<&TextSettings::max_lines>,
     kPlaying,
     {1, 20}},
    {"min-cue-duration",
     "Minimum cue duration",
     "Shortest time that a caption stays, in milliseconds, unless the next one needs its place; "
     "at most max-cue-duration",
     kText<&TextSettings::min_cue_duration_ms>,
     kPlaying,
     {0, kMsPerHour}},
    {"max-cue-duration",
     "Maximum cue duration",
     "Longest time that a caption stays, in milliseconds",
     kText<&TextSettings::max_cue_duration_ms>,
     kPlaying,
     {100, kMsPerHour}},
    {"speaker-prefix", "Speaker prefix",
     "What stands before the words of another speaker; %s in it is the speaker's label",
     kText<&TextSettings::speaker_prefix>, kPlaying},
    {"settled-only", "Settled only",
     "In text-mode=live and current-caption: show only words that will not change any more",
     kText<&TextSettings::settled_only>, kPlaying},
    {"sound-tags", "Sound tags",
     "Show sounds that are named in brackets, such as [Music]; [Silence] is never shown",
     kText<&TextSettings::sound_tags>, kPlaying},
    {"max-observed-delay",
     "Maximum observed delay",
     "Longest time from a word's audio to its first text so far, in milliseconds",
     {.spec = observed_spec<guint>},
     kReadOnly,
     {0, G_MAXUINT}},
    {"current-caption",
     "Current caption",
     "The caption as it grows, escaped for Pango markup; notifies when it changes",
     {.spec = caption_spec},
     kReadOnly},
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
