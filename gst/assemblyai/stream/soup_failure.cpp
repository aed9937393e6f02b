// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "stream/soup_failure.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>

#include "base/glib_ptr.h"
#include "base/resources.h"
#include "protocol/failure.h"
#include "protocol/text.h"

namespace assemblyai {

namespace {

// The limit of a name that the peer chose. A longer name is cut.
constexpr std::size_t kMaxName = 100;

std::string name_in(const char *text, const Redaction &redact) {
  return printable(redact(text != nullptr ? text : ""), kMaxName);
}

std::string untrusted_text(GTlsCertificateFlags faults) {
  if ((faults & G_TLS_CERTIFICATE_UNKNOWN_CA) != 0)
    return "The TLS certificate of the endpoint is not trusted; set ssl-ca-file if the service has "
           "its own certificate authority, or check the endpoint property and the system's "
           "certificates";
  if ((faults & G_TLS_CERTIFICATE_BAD_IDENTITY) != 0)
    return "The TLS certificate of the endpoint is for another host; check the endpoint property";
  if ((faults & (G_TLS_CERTIFICATE_EXPIRED | G_TLS_CERTIFICATE_NOT_ACTIVATED)) != 0)
    return "The TLS certificate of the endpoint is not valid at this time; check the system clock, "
           "or renew the certificate of the service";
  return "The TLS certificate of the endpoint is invalid; check the endpoint property";
}

const char *header(SoupMessage *message, const char *name) {
  return soup_message_headers_get_one(soup_message_get_response_headers(message), name);
}

// Seconds, or a date; 0 if there is no valid value.
std::chrono::seconds retry_after(SoupMessage *message) {
  const char *value = header(message, "Retry-After");
  if (value == nullptr)
    return {};
  guint64 seconds = 0;
  if (g_ascii_string_to_unsigned(value, 10, 0, G_MAXINT32, &seconds, nullptr) != FALSE)
    return std::chrono::seconds(seconds);
  GDateTime *date = soup_date_time_new_from_http_string(value);
  if (date == nullptr)
    return {};
  const gint64 wait = g_date_time_to_unix(date) - g_get_real_time() / G_USEC_PER_SEC;
  g_date_time_unref(date);
  return std::chrono::seconds(std::clamp<gint64>(wait, 0, G_MAXINT32));
}

// The subject of the certificate, which may be a portal's.
std::string certificate_owner(SoupMessage *message, const Redaction &redact) {
  GTlsCertificate *certificate = soup_message_get_tls_peer_certificate(message);
  if (certificate == nullptr)
    return {};
  const Owned<char> subject(g_tls_certificate_get_subject_name(certificate));
  const std::string name = name_in(subject.get(), redact);
  return name.empty() ? name : " (certificate subject: " + name + ")";
}

Failure untrusted(SoupMessage *message, const Redaction &redact) {
  const GTlsCertificateFlags faults = soup_message_get_tls_peer_certificate_errors(message);
  // A machine may reach the network before its clock is set. Other faults may come from a portal.
  const bool is_early = faults == G_TLS_CERTIFICATE_NOT_ACTIVATED;
  return {.kind = FailureKind::kConnect,
          .retry = is_early ? Retry::kBackOff : Retry::kOnceKnown,
          .message = untrusted_text(faults) + certificate_owner(message, redact)};
}

// The host of a redirect, without the other parts of the address; empty if the host is the same.
std::string redirect_host(SoupMessage *message, const Redaction &redact) {
  const char *location = header(message, "Location");
  if (location == nullptr)
    return {};
  const std::string address = valid_utf8(redact(location));
  char *found = nullptr;
  g_uri_split(address.c_str(), G_URI_FLAGS_PARSE_RELAXED, nullptr, nullptr, &found, nullptr,
              nullptr, nullptr, nullptr, nullptr);
  const Owned<char> host(found);
  return name_in(host.get(), redact);
}

// The response, and the server that sent it.
std::string answerer(SoupMessage *message, const Redaction &redact) {
  const std::string reason = name_in(soup_message_get_reason_phrase(message), redact);
  const std::string server = name_in(header(message, "Server"), redact);
  const std::string host = redirect_host(message, redact);
  std::string text = "; the answer was \"" + reason + '"';
  if (!server.empty())
    text += " from " + server;
  return host.empty() ? text : text + ", with a redirect to " + host;
}

std::string proxy_setting(const Way &way) {
  return way.is_of_system ? "the system's proxy settings (such as https_proxy)"
                          : "the proxy property";
}

// The response of the proxy itself. Refused credentials have their own text.
void blame_proxy(Failure &failure, const Way &way) {
  const unsigned status = failure.http_status;
  const std::string shown_status = " (HTTP status " + std::to_string(status) + ")";
  const bool may_pass = status >= 500 || status == 408 || status == 425 || status == 429;
  failure.kind = FailureKind::kConnect;
  failure.retry = may_pass ? Retry::kBackOff : Retry::kOnceKnown;
  failure.of_parameters = false;
  failure.message = "The proxy " + way.proxy;
  if (may_pass)
    failure.message += " cannot reach the endpoint" + shown_status +
                       "; check the endpoint property and the network of the proxy";
  else
    failure.message += " refused the connection to the endpoint" + shown_status +
                       "; have its administrator allow the endpoint, or check " +
                       proxy_setting(way);
}

// The errors of GIO about a SOCKS proxy.
std::optional<Failure> socks_failure(const GError *error, const Way &way) {
  if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PROXY_NEED_AUTH) != FALSE ||
      g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PROXY_AUTH_FAILED) != FALSE)
    return Failure{.kind = FailureKind::kSettings,
                   .retry = Retry::kOnceKnown,
                   .message = "The proxy " + way.proxy +
                              " requires a valid user name and password; check proxy-id and "
                              "proxy-pw, or the system's proxy settings"};
  if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PROXY_NOT_ALLOWED) != FALSE)
    return Failure{.kind = FailureKind::kConnect,
                   .retry = Retry::kOnceKnown,
                   .message = "The proxy " + way.proxy +
                              " refused the connection to the endpoint; have its administrator "
                              "allow the endpoint, or check " +
                              proxy_setting(way)};
  return std::nullopt;
}

// libsoup reads no more of the response headers. It has the same error for a response without
// headers.
constexpr guint64 kLongHeaders = 64 * 1024;

bool has_long_headers(SoupMessage *message, const GError *error) {
  SoupMessageMetrics *metrics = soup_message_get_metrics(message);
  return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT) != FALSE &&
         metrics != nullptr &&
         soup_message_metrics_get_response_header_bytes_received(metrics) > kLongHeaders;
}

Failure not_websocket_failure(const Way &way) {
  // A truncated response looks the same.
  return {.kind = FailureKind::kProtocol,
          .retry = Retry::kOnceKnown,
          .message = way.asks_for_tunnel
                         ? "The proxy " + way.proxy + " does not respond as an HTTP proxy; check " +
                               proxy_setting(way)
                         : "The endpoint does not speak WebSocket; check the endpoint property"};
}

// Matches the whole name, not the end of a longer one.
bool names_host(std::string_view text, std::string_view host) {
  const auto is_of_name = [](char c) { return g_ascii_isalnum(c) || c == '-' || c == '.'; };
  for (std::size_t at = text.find(host); at != std::string_view::npos;
       at = text.find(host, at + 1)) {
    const std::size_t end = at + host.size();
    if ((at == 0 || !is_of_name(text[at - 1])) && (end == text.size() || !is_of_name(text[end])))
      return true;
  }
  return false;
}

// A wrong name cannot be told from a correct name without a network. SOCKS 4 accepts addresses
// only, so GIO looks up the endpoint's name too.
Failure name_failure(SoupMessage *message, const GError *error, const Way &way) {
  Failure failure{.kind = FailureKind::kNotFound, .retry = Retry::kBackOff};
  const char *endpoint = g_uri_get_host(soup_message_get_uri(message));
  if (way.proxy.empty())
    failure.message =
        "The host name of the endpoint was not found; check the endpoint property and the network";
  else if (way.proxy.starts_with("socks4:") && names_host(error->message, endpoint))
    failure.message = "The host name of the endpoint was not found, and the proxy " + way.proxy +
                      " does not resolve host names; check the endpoint property and the network, "
                      "or use socks4a:// or socks5://";
  else
    failure.message =
        "The host name of the proxy " + way.proxy + " was not found; check " + proxy_setting(way);
  return failure;
}

// An https:// proxy. GIO uses the system's certificates only, and does not report the fault.
Failure proxy_tls_failure(const GError *error, const Way &way) {
  if (g_error_matches(error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE) != FALSE)
    return {.kind = FailureKind::kConnect,
            .retry = Retry::kOnceKnown,
            .message = "The TLS certificate of the proxy " + way.proxy +
                       " was rejected; add its certificate authority to the system's certificates "
                       "(ssl-ca-file applies only to the endpoint), or check " +
                       proxy_setting(way)};
  return {
      .kind = FailureKind::kConnect,
      .retry = Retry::kBackOff,
      .message = "The proxy " + way.proxy +
                 " did not complete the TLS handshake; use http:// if it has no TLS, or check " +
                 proxy_setting(way)};
}

Failure tls_failure(SoupMessage *message, const GError *error, const Way &way) {
  if (!way.proxy.empty() && !way.began_tls)
    return proxy_tls_failure(error, way);
  if (g_error_matches(error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE) != FALSE)
    return untrusted(message, way.redact);
  return {.kind = FailureKind::kConnect,
          .retry = Retry::kBackOff,
          .message =
              "The endpoint did not complete the TLS handshake; check the endpoint property and "
              "the network"};
}

Failure unreachable_failure(const Way &way) {
  return {.kind = FailureKind::kConnect,
          .retry = Retry::kBackOff,
          .message =
              way.proxy.empty()
                  ? "Could not connect to the endpoint; check the endpoint property and the network"
                  : "Could not connect through the proxy " + way.proxy + "; check " +
                        proxy_setting(way) + ", the endpoint property and the network"};
}

Failure no_proxy_failure() {
  return {.kind = FailureKind::kConnect,
          .retry = Retry::kBackOff,
          .message =
              "The system's proxy settings (such as https_proxy) contain no usable proxy; correct "
              "them or set the proxy property"};
}

Failure describe(SoupMessage *message, const GError *error, const Way &way) {
  if (error->domain == SOUP_WEBSOCKET_ERROR ||
      g_error_matches(error, SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_PARSING) != FALSE ||
      has_long_headers(message, error))
    return not_websocket_failure(way);
  if (error->domain == G_RESOLVER_ERROR)
    return name_failure(message, error, way);
  if (error->domain == G_TLS_ERROR)
    return tls_failure(message, error, way);
  if (way.is_of_system && !way.found_address)
    return no_proxy_failure();
  return socks_failure(error, way).value_or(unreachable_failure(way));
}

}  // namespace

Failure http_failure(SoupMessage *message, const Way &way) {
  const guint status = soup_message_get_status(message);
  const char *reason = soup_message_get_reason_phrase(message);
  Failure failure = failure_from_http(status, way.redact(reason != nullptr ? reason : ""),
                                      answerer(message, way.redact));
  failure.retry_after = retry_after(message);
  if (way.asks_for_tunnel && status != SOUP_STATUS_PROXY_AUTHENTICATION_REQUIRED)
    blame_proxy(failure, way);
  else if (!way.proxy.empty())  // the proxy may have responded itself
    failure.message += ", through the proxy " + way.proxy;
  return failure;
}

Failure connect_failure(SoupMessage *message, const GError *error, const Way &way) {
  const guint status = soup_message_get_status(message);
  if (error->domain == SOUP_WEBSOCKET_ERROR && status != SOUP_STATUS_NONE &&
      status != SOUP_STATUS_SWITCHING_PROTOCOLS)
    return http_failure(message, way);
  // Without descriptors, name lookup and certificate checks fail too.
  if (is_out_of_descriptors(error) || missing_descriptors())
    return out_of_descriptors(error->message);
  Failure failure = describe(message, error, way);
  failure.detail = error->message;
  return failure;
}

}  // namespace assemblyai
