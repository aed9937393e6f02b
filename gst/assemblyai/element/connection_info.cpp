// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "element/connection_info.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

#include "base/resources.h"
#include "config.h"
#include "element/parameter_properties.h"
#include "protocol/host_name.h"

namespace assemblyai {

namespace {

// More than the length of any key or token.
constexpr std::size_t kMaxKeyFile = 16384;

Failure unreadable_key_file(const std::string &path, int error) {
  if (is_out_of_descriptors(error))
    return out_of_descriptors(path + ": " + g_strerror(error));
  return settings_failure(
      "The key file cannot be read; check api-key-file and the permissions of the file",
      path + ": " + g_strerror(error));
}

// At most kMaxKeyFile bytes, and only from a file that cannot block for long.
Result<Secret> read_key_file(const std::string &path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0)
    return unreadable_key_file(path, errno);
  struct stat status {};
  if (fstat(file, &status) == 0 && !S_ISREG(status.st_mode)) {
    close(file);
    return settings_failure(
        "The key file is not a regular file; set api-key-file to a regular file", path);
  }
  std::array<char, kMaxKeyFile> buffer{};
  const ssize_t size = read(file, buffer.data(), buffer.size());
  const int error = errno;
  close(file);
  if (size < 0)
    return unreadable_key_file(path, error);
  std::string_view key(buffer.data(), static_cast<std::size_t>(size));
  const std::size_t begin = key.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos)
    return settings_failure("The key file is empty; check api-key-file", path);
  key = key.substr(begin, key.find_last_not_of(" \t\r\n") - begin + 1);
  return Secret(std::string(key));
}

bool uses_key_file(const Settings &settings, const Secret &fresh_token) {
  return fresh_token.empty() && settings.token.empty() && settings.api_key.empty() &&
         !settings.api_key_file.empty();
}

Result<Credential> find_credential(const Settings &settings, const Secret &fresh_token) {
  if (!fresh_token.empty())
    return Credential{Credential::Kind::kToken, fresh_token};
  if (!settings.token.empty())
    return Credential{Credential::Kind::kToken, settings.token};
  if (!settings.api_key.empty())
    return Credential{Credential::Kind::kApiKey, settings.api_key};
  if (uses_key_file(settings, fresh_token)) {
    Result<Secret> key = read_key_file(settings.api_key_file);
    if (!key)
      return std::move(key.failure());
    return Credential{Credential::Kind::kApiKey, std::move(*key)};
  }
  const char *key = g_getenv("ASSEMBLYAI_API_KEY");
  if (key == nullptr || *key == '\0')
    return Credential{};
  return Credential{Credential::Kind::kApiKey, Secret(key)};
}

Result<Ref<GTlsDatabase>> find_tls_database(const Settings &settings) {
  if (settings.tls_database && !settings.ssl_ca_file.empty())
    return settings_failure("ssl-ca-file and tls-database are both set; set only one of them");
  if (settings.ssl_ca_file.empty())
    return settings.tls_database;
  const Owned<char> path(g_canonicalize_filename(settings.ssl_ca_file.c_str(), nullptr));
  OutError error;
  if (GTlsDatabase *database = g_tls_file_database_new(path.get(), error.out()))
    return adopt(database);
  if (is_out_of_descriptors(error.get()))
    return out_of_descriptors(error->message);
  Failure failure = settings_failure(
      "The certificates of ssl-ca-file cannot be read; set it to a readable file in PEM format",
      error ? error->message : "");
  failure.retry = Retry::kOnceKnown;  // the file may appear later
  return failure;
}

// The system's proxies, for example from the environment variable https_proxy. May take long.
std::vector<Secret> system_proxies(const UpgradeRequest &request) {
  std::string url = request.display_url.substr(0, request.display_url.find('?'));
  url.replace(0, 2, "http");  // ws: and wss:
  const Owned<char *> found(
      g_proxy_resolver_lookup(g_proxy_resolver_get_default(), url.c_str(), nullptr, nullptr));
  std::vector<Secret> proxies;
  for (char **one = found.get(); one != nullptr && *one != nullptr; one++)
    proxies.emplace_back(*one);
  return proxies;
}

// Unencrypted data must not leave this machine, and a proxy is another machine.
std::optional<Failure> refuse_open_proxy(const UpgradeRequest &request, const Secret &proxy) {
  if (!request.display_url.starts_with("ws:") || proxy.reveal().starts_with("direct:") ||
      is_local_proxy(proxy))
    return std::nullopt;
  return settings_failure("The proxy " + display_proxy(proxy) +
                          " would receive the API key and the audio unencrypted; use wss://, "
                          "exclude the endpoint in the proxy settings, or set "
                          "allow-insecure=true on a network you trust");
}

// The proxy that libsoup is given: that of the property, or the system's if it needs credentials,
// which libsoup cannot supply itself. Texts name the system's proxy in any case.
std::optional<Failure> find_proxy(const Settings &settings, ConnectionInfo &info) {
  Result<Secret> proxy = proxy_url(settings.proxy);
  if (!proxy)
    return std::move(proxy.failure());
  std::vector<Secret> proxies;
  if (proxy->empty())
    proxies = system_proxies(info.request);
  else
    proxies.push_back(*proxy);
  bool may_go_direct = proxies.empty();
  for (const Secret &one : proxies) {
    std::optional<Failure> failure = refuse_open_proxy(info.request, one);
    if (failure && !settings.allow_insecure)
      return failure;
    may_go_direct = may_go_direct || one.reveal().starts_with("direct:");
  }
  info.is_system_proxy = proxy->empty();
  const bool has_credentials =
      !proxies.empty() && proxies[0].reveal().find('@') != std::string::npos;
  info.proxy = has_credentials ? proxies[0] : std::move(*proxy);
  if (!may_go_direct)
    info.shown_proxy = display_proxy(proxies[0]);
  return std::nullopt;
}

void doubt_key_file(const std::string &path, ConnectionInfo &info) {
  struct stat status {};
  if (stat(path.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0)
    info.doubts.push_back(settings_failure(
        "All users of this machine can read the key file; remove that permission (chmod 600)",
        path));
}

void doubt_host(const std::string &url, const char *whose, const char *property,
                ConnectionInfo &info) {
  const Owned<GUri> uri(g_uri_parse(url.c_str(), G_URI_FLAGS_HAS_PASSWORD, nullptr));
  const char *host = uri != nullptr ? g_uri_get_host(uri.get()) : nullptr;
  if (host != nullptr && mixes_scripts(host))
    info.doubts.push_back(settings_failure(
        std::string("The host name of the ") + whose + " is " + host +
        ", which mixes letters of several alphabets and may imitate another name; check " +
        property));
}

// The implementation of TLS is a GIO module in a separate package.
std::optional<Failure> missing_tls(const UpgradeRequest &request) {
  if (!request.display_url.starts_with("wss:") ||
      g_tls_backend_supports_tls(g_tls_backend_get_default()) != FALSE)
    return std::nullopt;
  return settings_failure(
      "GIO has no TLS support, which wss:// requires; install glib-networking and restart the "
      "process");
}

// These are fixed by the caps, or have a property.
std::optional<Failure> refuse_extra(const std::string &name) {
  if (name == "sample_rate" || name == "encoding")
    return settings_failure("extra-parameters must not set " + name +
                            ", because the element always sends 16 kHz pcm_s16le; remove it");
  if (name == "token")
    return settings_failure(
        "extra-parameters must not set token, which is a credential; set the token property");
  if (const ParameterProperty *property = property_of_parameter(name))
    return settings_failure("extra-parameters must not set " + name + "; use the property " +
                            property->name);
  return std::nullopt;
}

Result<ParameterSet> extra_parameters(const Settings &settings) {
  ParameterSet parameters;
  for (const auto &[name, value] : settings.extra_parameters) {
    if (std::optional<Failure> failure = refuse_extra(name))
      return std::move(*failure);
    const Parameter *known = find_parameter(name);
    const std::string *text = std::get_if<std::string>(&value);
    if (known != nullptr && known->type == ParameterType::kJson && text != nullptr)
      parameters.insert_or_assign(name, JsonText{*text});
    else if (known == nullptr || !is_cleared(value))
      parameters.insert_or_assign(name, value);
  }
  return parameters;
}

// The parameters with a property and the others.
Result<ParameterSet> all_parameters(const Settings &settings) {
  Result<ParameterSet> parameters = extra_parameters(settings);
  if (parameters)
    parameters->insert(settings.parameters.begin(), settings.parameters.end());
  return parameters;
}

Result<UpgradeRequest> make_upgrade(const Settings &settings, Credential credential,
                                    const Redaction &redaction) {
  Result<ParameterSet> parameters = all_parameters(settings);
  if (!parameters)
    return std::move(parameters.failure());
  Result<UpgradeRequest> request =
      make_request({.endpoint = settings.endpoint,
                    .allow_insecure = settings.allow_insecure,
                    .credential = std::move(credential),
                    .parameters = std::move(*parameters),
                    .heartbeats = true,
                    .user_agent = "AssemblyAI/1.0 (integration=GStreamer/" VERSION ")",
                    .extra_headers = settings.extra_headers,
                    .redaction = redaction});
  if (!request)
    return in_property_names(std::move(request.failure()), settings);
  return request;
}

// Does not match inside a longer name.
void replace_name(std::string &text, std::string_view name, std::string_view replacement) {
  const auto in_name = [&](std::size_t at) {
    return at < text.size() && (g_ascii_isalnum(text[at]) != FALSE || text[at] == '_');
  };
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    if ((at == 0 || !in_name(at - 1)) && !in_name(at + name.size()))
      text.replace(at, name.size(), replacement);
  }
}

}  // namespace

Failure in_property_names(Failure failure, const Settings &settings) {
  for (const ParameterProperty &property : parameter_properties())
    replace_name(failure.message, property.parameter, property.name);
  for (const auto &[name, value] : settings.extra_parameters) {
    if (failure.message.starts_with(name + " "))
      failure.message = "extra-parameters: " + failure.message;
  }
  return failure;
}

std::optional<Failure> check_extra_parameters(const Settings &settings) {
  const Result<ParameterSet> parameters = extra_parameters(settings);
  if (!parameters)
    return parameters.failure();
  for (const auto &[name, value] : *parameters) {
    if (std::optional<Failure> failure = validate_value(name, value))
      return in_property_names(std::move(*failure), settings);
  }
  return std::nullopt;
}

Result<ConnectionInfo> make_connection_info(const Settings &settings, const Secret &fresh_token,
                                            const Redaction &redaction) {
  const DescriptorClaim claim;
  // A module that GIO cannot load now, for example TLS, is not loaded later either.
  if (std::optional<Failure> missing = missing_resources())
    return std::move(*missing);
  Result<Credential> credential = find_credential(settings, fresh_token);
  if (!credential) {
    if (credential.failure().kind == FailureKind::kSettings)
      credential.failure().retry = Retry::kOnceKnown;
    return std::move(credential.failure());
  }
  Result<UpgradeRequest> request = make_upgrade(settings, std::move(*credential), redaction);
  if (!request)
    return std::move(request.failure());
  if (std::optional<Failure> missing = missing_tls(*request))
    return std::move(*missing);
  Result<Ref<GTlsDatabase>> tls_database = find_tls_database(settings);
  if (!tls_database)
    return std::move(tls_database.failure());
  ConnectionInfo info{.request = std::move(*request),
                      .tls_database = std::move(*tls_database),
                      .has_new_token = !fresh_token.empty()};
  if (std::optional<Failure> failure = find_proxy(settings, info))
    return std::move(*failure);
  add_login(info.proxy, &info.request.redaction);
  if (uses_key_file(settings, fresh_token))
    doubt_key_file(settings.api_key_file, info);
  doubt_host(info.request.display_url, "endpoint", "the endpoint property", info);
  doubt_host(info.shown_proxy, "proxy", "the proxy property or the system's proxy settings", info);
  return info;
}

}  // namespace assemblyai
