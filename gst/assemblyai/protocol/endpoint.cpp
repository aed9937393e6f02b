// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "protocol/endpoint.h"

#include <algorithm>
#include <set>

#include "base/glib_ptr.h"
#include "protocol/address.h"
#include "protocol/text.h"

namespace assemblyai {

namespace {

// A temporary token has about 2600 characters.
constexpr std::size_t kMaxCredential = 8192;

constexpr std::string_view kDefaultPath = "/v3/ws";
constexpr std::string_view kApiVersion = "2025-05-12";

using Names = std::set<std::string, std::less<>>;

bool is_blank_or_control(unsigned char c) {
  return c <= 0x20 || c == 0x7F;
}

std::optional<Failure> check_credential(const Credential &credential) {
  const std::string &secret = credential.secret.reveal();
  const bool is_token = credential.kind == Credential::Kind::kToken;
  if (credential.kind == Credential::Kind::kNone || is_blank(secret)) {
    return is_token ? settings_failure(
                          "The temporary token is blank; supply a token, or unset the token "
                          "property to use an API key")
                    : settings_failure(
                          "No API key; set the api-key property or the ASSEMBLYAI_API_KEY "
                          "environment variable");
  }
  if (secret.size() > kMaxCredential)
    return settings_failure(std::string(is_token ? "The token" : "The API key") +
                            " is too long; check that it was copied correctly");
  const bool printable_ascii =
      std::all_of(secret.begin(), secret.end(), [](char c) { return g_ascii_isgraph(c); });
  if (printable_ascii)
    return std::nullopt;
  return settings_failure(
      std::string(is_token ? "The token" : "The API key") +
      " contains a space, a line break or another invalid character; check that it was "
      "copied without surrounding text");
}

// Letters, digits and the characters of IPv6 addresses. GUri decodes %0d%0a in a host.
bool is_host(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return g_ascii_isalnum(c) || c == '.' || c == '-' || c == '_' || c == ':';
  });
}

// GLib's message is not used: it quotes parts of the URL, which may include a password.
Result<Owned<GUri>> parse_url(const std::string &text) {
  const bool has_blank = std::any_of(text.begin(), text.end(), is_blank_or_control);
  Owned<GUri> uri(has_blank ? nullptr : g_uri_parse(text.c_str(), G_URI_FLAGS_ENCODED, nullptr));
  if (uri == nullptr)
    return settings_failure("The endpoint is not a URL; use a URL such as " +
                            std::string(kDefaultEndpoint));
  return uri;
}

std::optional<Failure> check_url(GUri *uri, bool allow_insecure) {
  const std::string_view scheme = g_uri_get_scheme(uri);
  if (scheme != "ws" && scheme != "wss")
    return settings_failure("The endpoint does not begin with wss:// or ws://; use a URL such as " +
                            std::string(kDefaultEndpoint));
  const char *host = g_uri_get_host(uri);
  if (host == nullptr || !is_host(host))
    return settings_failure("The endpoint has no valid host name; use a URL such as " +
                            std::string(kDefaultEndpoint));
  if (g_uri_get_userinfo(uri) != nullptr)
    return settings_failure(
        "The endpoint must not contain a user name or password; remove them and set api-key or "
        "token");
  if (g_uri_get_fragment(uri) != nullptr)
    return settings_failure(
        "The endpoint must not contain a fragment; remove the # and the text after it");
  if (scheme == "ws" && !allow_insecure && !is_loopback(host))
    return settings_failure(
        "The endpoint would receive the API key and the audio unencrypted; use wss://, or set "
        "allow-insecure=true on a network you trust");
  return std::nullopt;
}

// The URL without query.
std::string base_of(GUri *uri) {
  std::string_view path = g_uri_get_path(uri);
  if (path.empty() || path == "/")
    path = kDefaultPath;
  const Owned<char> base(g_uri_join(G_URI_FLAGS_ENCODED, g_uri_get_scheme(uri), nullptr,
                                    g_uri_get_host(uri), g_uri_get_port(uri),
                                    std::string(path).c_str(), nullptr, nullptr));
  return base.get();
}

// Joins name=value pairs to a query in two forms: as it is sent and as it is shown.
class Query {
 public:
  void add(std::string_view name, std::string_view value, bool secret) {
    const std::string head = escaped(name) + '=';
    append(head + escaped(value), secret ? head + std::string(kHidden) : head + escaped(value));
  }

  // A pair, unchanged from the endpoint.
  void add_raw(std::string_view pair, std::string_view name) {
    append(std::string(pair), display_query(pair));
    names_.emplace(name);
  }

  bool from_endpoint(std::string_view name) const { return names_.contains(name); }
  const Names &endpoint_names() const { return names_; }
  const std::string &sent() const { return sent_; }
  const std::string &shown() const { return shown_; }

 private:
  static std::string escaped(std::string_view text) {
    const Owned<char> out(g_uri_escape_string(std::string(text).c_str(), nullptr, FALSE));
    return out.get();
  }

  void append(const std::string &sent, const std::string &shown) {
    const char joint = sent_.empty() ? '?' : '&';
    sent_ += joint + sent;
    shown_ += joint + shown;
  }

  std::string sent_;
  std::string shown_;
  Names names_;
};

// Stores a parameter of the endpoint if its value matters to the element.
void note_parameter(const std::string &name, const std::string &value, ParameterSet *parameters) {
  const Parameter *known = find_parameter(name);
  if (known == nullptr)
    return;
  if (known->type == ParameterType::kBoolean)
    parameters->insert_or_assign(name, value == "true" || value == "True");
  else if (known->type == ParameterType::kString)
    parameters->insert_or_assign(name, value);
}

void add_endpoint_query(GUri *uri, Query *query, ParameterSet *parameters) {
  const char *text = g_uri_get_query(uri);
  std::string_view rest = text == nullptr ? "" : text;
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    const std::string name = unescaped(pair.substr(0, pair.find('=')));
    if (pair.empty())
      continue;
    query->add_raw(pair, name);
    if (const std::size_t value = pair.find('='); value != std::string_view::npos)
      note_parameter(name, unescaped(pair.substr(value + 1)), parameters);
  }
}

std::optional<Failure> check_conflicts(const Query &query, const ParameterSet &parameters) {
  if (query.from_endpoint("token"))
    return settings_failure(
        "The endpoint must not contain a token; remove it and set the token property");
  for (const std::string &name : query.endpoint_names()) {
    if (is_secret(name))
      return settings_failure("The endpoint must not contain " + printable(name, 50) +
                              ", which is a secret; set it in extra-parameters");
  }
  for (const auto &[name, value] : parameters) {
    if (query.from_endpoint(name))
      return settings_failure(
          name + " is set and is also in the query of the endpoint; remove one of the two");
  }
  return std::nullopt;
}

void add_parameters(const RequestOptions &options, Query *query) {
  ParameterSet parameters = options.parameters;
  if (!query->from_endpoint("sample_rate"))
    parameters.try_emplace("sample_rate", std::int64_t{16000});
  if (!query->from_endpoint("encoding"))
    parameters.try_emplace("encoding", std::string("pcm_s16le"));
  if (options.heartbeats && !query->from_endpoint("session_heartbeat"))
    parameters.try_emplace("session_heartbeat", true);
  for (const auto &[name, value] : parameters)
    query->add(name, query_value(value), is_secret(name));
  if (options.credential.kind == Credential::Kind::kToken)
    query->add("token", options.credential.secret.reveal(), true);
}

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return g_ascii_tolower(x) == g_ascii_tolower(y); });
}

// The values are not quoted: they may be credentials of a gateway.
std::optional<Failure> check_header(const std::string &name, const std::string &value) {
  constexpr std::string_view kTokenMarks = "!#$%&'*+-.^_`|~";
  const bool is_token = !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return g_ascii_isalnum(c) || kTokenMarks.find(c) != std::string_view::npos;
  });
  if (!is_token)
    return settings_failure("extra-headers: \"" + printable(name, 50) +
                            "\" is not a valid header name; use letters, digits and hyphens");
  if (same_name(name, "Authorization"))
    return settings_failure("extra-headers must not set Authorization; set api-key or token");
  if (same_name(name, "Proxy-Authorization"))
    return settings_failure(
        "extra-headers must not set Proxy-Authorization; set proxy-id and proxy-pw");
  constexpr std::string_view kConnection[] = {"Host",    "Connection",        "Content-Length",
                                              "Upgrade", "Transfer-Encoding", "Expect"};
  const bool reserved = g_ascii_strncasecmp(name.c_str(), "Sec-WebSocket-", 14) == 0 ||
                        std::any_of(std::begin(kConnection), std::end(kConnection),
                                    [&](std::string_view one) { return same_name(name, one); });
  if (reserved)
    return settings_failure("extra-headers must not set " + name +
                            ", which controls the connection; remove it");
  const bool is_line = std::none_of(value.begin(), value.end(),
                                    [](char c) { return g_ascii_iscntrl(c) && c != '\t'; });
  if (!is_line || !is_valid_utf8(value))
    return settings_failure("extra-headers: the value of " + name +
                            " must be one line of UTF-8 text");
  return std::nullopt;
}

void replace_header(const std::string &name, const Secret &value, Headers *headers) {
  std::erase_if(*headers, [&](const auto &header) { return same_name(header.first, name); });
  headers->emplace_back(name, value);
}

Headers headers_of(const RequestOptions &options) {
  Headers headers;
  if (options.credential.kind == Credential::Kind::kApiKey)
    headers.emplace_back("Authorization", options.credential.secret);
  headers.emplace_back("AssemblyAI-Version", Secret(std::string(kApiVersion)));
  if (!options.user_agent.empty())
    headers.emplace_back("User-Agent", Secret(options.user_agent));
  for (const auto &[name, value] : options.extra_headers)
    replace_header(name, value, &headers);
  return headers;
}

Redaction redaction_of(const RequestOptions &options) {
  Redaction redaction = options.redaction;
  redaction.add(options.credential.secret);
  for (const auto &[name, value] : options.parameters) {
    if (is_secret(name))
      redaction.add(Secret(query_value(value)));
  }
  for (const auto &[name, value] : options.extra_headers)
    redaction.add_header(name, value);
  return redaction;
}

}  // namespace

bool is_loopback(std::string_view host) {
  const std::string name = [host] {
    std::string lower(host);
    std::transform(lower.begin(), lower.end(), lower.begin(), g_ascii_tolower);
    return lower;
  }();
  if (name == "localhost" || name.ends_with(".localhost"))
    return true;
  const Ref<GInetAddress> address = adopt(g_inet_address_new_from_string(name.c_str()));
  return address && g_inet_address_get_is_loopback(address.get());
}

Result<UpgradeRequest> make_request(const RequestOptions &options) {
  if (std::optional<Failure> failure = check_credential(options.credential)) {
    // A credential that was available before may be available again: a key file is being replaced,
    // or the source of tokens and the service are unreachable at the same time.
    failure->retry = Retry::kOnceKnown;
    return *failure;
  }
  const Result<Owned<GUri>> uri = parse_url(options.endpoint);
  if (!uri)
    return uri.failure();
  if (std::optional<Failure> failure = check_url(uri->get(), options.allow_insecure))
    return *failure;
  if (std::optional<Failure> failure = validate(options.parameters))
    return *failure;

  for (const auto &[name, value] : options.extra_headers) {
    if (std::optional<Failure> failure = check_header(name, value.reveal()))
      return *failure;
  }

  Query query;
  UpgradeRequest request;
  request.chosen = options.parameters;
  request.parameters = options.parameters;
  add_endpoint_query(uri->get(), &query, &request.parameters);
  if (std::optional<Failure> failure = check_conflicts(query, options.parameters))
    return *failure;
  add_parameters(options, &query);

  const std::string base = base_of(uri->get());
  request.url = Secret(base + query.sent());
  request.display_url = base + query.shown();
  request.headers = headers_of(options);
  request.redaction = redaction_of(options);
  return request;
}

}  // namespace assemblyai
