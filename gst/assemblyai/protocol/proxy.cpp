// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "protocol/proxy.h"

#include <algorithm>
#include <array>

#include "base/glib_ptr.h"
#include "protocol/address.h"
#include "protocol/endpoint.h"
#include "protocol/text.h"

namespace assemblyai {

namespace {

constexpr std::array<std::string_view, 6> kSchemes{"http",   "https",   "socks",
                                                   "socks4", "socks4a", "socks5"};

std::string with_scheme(const std::string &address) {
  return address.find("://") == std::string::npos ? "http://" + address : address;
}

// GUri decodes %0d%0a and %40 in a host.
bool is_host(const char *host) {
  const auto fits = [](char c) {
    return !g_ascii_iscntrl(c) && std::string_view(" @/?#\\").find(c) == std::string_view::npos;
  };
  const std::string_view text = host == nullptr ? "" : host;
  return !text.empty() && std::all_of(text.begin(), text.end(), fits);
}

const char *or_null(const std::string &text) {
  return text.empty() ? nullptr : text.c_str();
}

}  // namespace

Result<Secret> proxy_url(const ProxySettings &settings) {
  if (settings.address.empty())
    return Secret();
  const std::string text = with_scheme(settings.address.reveal());
  // GLib's message is not used: it quotes parts of the address.
  const Owned<GUri> uri(g_uri_parse(text.c_str(), G_URI_FLAGS_HAS_PASSWORD, nullptr));
  const char *host = uri != nullptr ? g_uri_get_host(uri.get()) : nullptr;
  if (!is_host(host))
    return settings_failure(
        "The proxy is not a URL; use a URL such as http://proxy.example.com:3128");
  const std::string_view scheme = g_uri_get_scheme(uri.get());
  if (std::find(kSchemes.begin(), kSchemes.end(), scheme) == kSchemes.end())
    return settings_failure(
        "The proxy has an unsupported scheme; use http://, https:// or socks5://");
  // A URL can contain UTF-8 only.
  if (!is_valid_utf8(settings.user) || !is_valid_utf8(settings.password.reveal()))
    return settings_failure(
        "The user name or password of the proxy is not UTF-8 text; set it in UTF-8");
  const char *user = or_null(settings.user);
  const char *password = or_null(settings.password.reveal());
  const Owned<char> url(
      g_uri_join_with_user(G_URI_FLAGS_HAS_PASSWORD, g_uri_get_scheme(uri.get()),
                           user != nullptr ? user : g_uri_get_user(uri.get()),
                           password != nullptr ? password : g_uri_get_password(uri.get()), nullptr,
                           host, g_uri_get_port(uri.get()), "", nullptr, nullptr));
  return Secret(url.get());
}

bool is_local_proxy(const Secret &url) {
  const Owned<GUri> uri(g_uri_parse(url.reveal().c_str(), G_URI_FLAGS_HAS_PASSWORD, nullptr));
  const char *host = uri != nullptr ? g_uri_get_host(uri.get()) : nullptr;
  return host != nullptr && is_loopback(host);
}

void add_login(const Secret &url, Redaction *redaction) {
  const Owned<GUri> uri(g_uri_parse(url.reveal().c_str(), G_URI_FLAGS_HAS_PASSWORD, nullptr));
  if (uri == nullptr || g_uri_get_userinfo(uri.get()) == nullptr)
    return;
  const auto text = [](const char *part) { return std::string(part != nullptr ? part : ""); };
  const std::string user = text(g_uri_get_user(uri.get()));
  const std::string password = text(g_uri_get_password(uri.get()));
  const std::string login = user + ':' + password;
  const Owned<char> encoded(
      g_base64_encode(reinterpret_cast<const guchar *>(login.data()), login.size()));
  redaction->add(Secret(user));
  redaction->add(Secret(password));
  redaction->add(Secret(encoded.get()));
}

std::string display_proxy(const Secret &address) {
  return display_proxy_address(address.reveal());
}

}  // namespace assemblyai
