// SPDX-License-Identifier: LGPL-2.1-or-later

#include "session/soup_failure.h"

#include <algorithm>
#include <chrono>

#include "base/resources.h"
#include "protocol/failure.h"

namespace assemblyai {

namespace {

std::string untrusted_text(GTlsCertificateFlags faults) {
  if ((faults & G_TLS_CERTIFICATE_UNKNOWN_CA) != 0)
    return "The TLS certificate of the endpoint is not trusted: if the service has a certificate "
           "authority of its own, set ssl-ca-file; else check the endpoint property and the "
           "system's certificates";
  if ((faults & G_TLS_CERTIFICATE_BAD_IDENTITY) != 0)
    return "The TLS certificate of the endpoint is for another host: check the endpoint property";
  if ((faults & (G_TLS_CERTIFICATE_EXPIRED | G_TLS_CERTIFICATE_NOT_ACTIVATED)) != 0)
    return "The TLS certificate of the endpoint is not valid at this time: check the system's "
           "clock; if it is right, the service needs a new certificate";
  return "The TLS certificate of the endpoint is not acceptable: check the endpoint property";
}

// Seconds, or a date; 0 when there is none that makes sense.
std::chrono::seconds retry_after(SoupMessage *message) {
  const char *value =
      soup_message_headers_get_one(soup_message_get_response_headers(message), "Retry-After");
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

Failure http_failure(SoupMessage *message, const std::string &proxy) {
  const char *reason = soup_message_get_reason_phrase(message);
  Failure failure =
      failure_from_http(soup_message_get_status(message), reason != nullptr ? reason : "");
  failure.retry_after = retry_after(message);
  if (!proxy.empty())  // which may be the one that answered
    failure.message += ", through the proxy " + proxy;
  return failure;
}

}  // namespace

Failure connect_failure(SoupMessage *message, const GError *error, const std::string &proxy) {
  const guint status = soup_message_get_status(message);
  if (error->domain == SOUP_WEBSOCKET_ERROR && status != SOUP_STATUS_NONE &&
      status != SOUP_STATUS_SWITCHING_PROTOCOLS) {
    return http_failure(message, proxy);
  }
  // Without them a name is not found and a certificate not trusted either.
  if (is_out_of_descriptors(error) || missing_descriptors())
    return out_of_descriptors(error->message);
  Failure failure{
      .kind = FailureKind::kConnect, .retry = Retry::kBackOff, .detail = error->message};
  if (error->domain == SOUP_WEBSOCKET_ERROR ||
      g_error_matches(error, SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_PARSING)) {
    failure.kind = FailureKind::kProtocol;
    // An answer that is cut short looks the same.
    failure.retry = Retry::kOnceKnown;
    failure.message = "The endpoint does not speak WebSocket: check the endpoint property";
  } else if (error->domain == G_RESOLVER_ERROR) {
    failure.kind = FailureKind::kNotFound;
    // Without a network no name is found; a wrong one is not found with it either.
    if (g_error_matches(error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
      failure.retry = Retry::kOnceKnown;
    failure.message =
        proxy.empty()
            ? "The host name of the endpoint was not found: check the endpoint property and the "
              "network"
            : "The host name of the proxy " + proxy + " was not found: check the proxy property";
  } else if (g_error_matches(error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE)) {
    failure.retry = Retry::kFewTimesOnceKnown;  // a portal may be in between
    failure.message = untrusted_text(soup_message_get_tls_peer_certificate_errors(message));
  } else if (error->domain == G_TLS_ERROR) {
    failure.message =
        "The endpoint did not complete the TLS handshake: check the endpoint property "
        "and the network";
  } else {
    failure.message =
        proxy.empty()
            ? "Could not connect to the endpoint: check the endpoint property and the network"
            : "Could not connect through the proxy " + proxy +
                  ": check the proxy and endpoint properties and the network";
  }
  return failure;
}

}  // namespace assemblyai
