// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The properties proxy, proxy-id and proxy-pw, separated by 0x1E: the URL made of them is one that
// GIO takes, with the credentials given, and what is shown has no password.

#include "protocol/proxy.h"

#include "base/glib_ptr.h"
#include "target.h"

using namespace assemblyai;
using fuzz::require;

namespace {

constexpr std::string_view kPassword = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";

bool has_password(std::string_view text) {
  return text.find(kPassword) != std::string_view::npos;
}

Owned<GUri> parsed(const std::string &url) {
  return Owned<GUri>(g_uri_parse(url.c_str(), G_URI_FLAGS_HAS_PASSWORD, nullptr));
}

std::string_view text_or_empty(const char *text) {
  return text == nullptr ? "" : text;
}

void check_url(const Secret &url, const ProxySettings &settings) {
  const Owned<GUri> uri = parsed(url.reveal());
  require(uri != nullptr, "it is a URL");
  const std::string_view scheme = g_uri_get_scheme(uri.get());
  require(scheme == "http" || scheme == "https" || scheme.starts_with("socks"),
          "the scheme is a proxy's");
  const std::string_view host = text_or_empty(g_uri_get_host(uri.get()));
  require(!host.empty(), "there is a host");
  require(host.find_first_of("\r\n @/") == host.npos, "the host is a name or an address");
  require(text_or_empty(g_uri_get_path(uri.get())).empty(), "there is no path");
  require(g_uri_get_query(uri.get()) == nullptr, "there is no query");
  require(g_uri_get_fragment(uri.get()) == nullptr, "there is no fragment");
  if (!settings.user.empty())
    require(text_or_empty(g_uri_get_user(uri.get())) == settings.user, "the user is the one set");
  // Without a user there is nobody whose password it could be.
  if (!settings.password.empty() && g_uri_get_user(uri.get()) != nullptr)
    require(text_or_empty(g_uri_get_password(uri.get())) == settings.password.reveal(),
            "the password is the one set");
  (void)is_local_proxy(url);
}

void check(const ProxySettings &settings) {
  const Result<Secret> url = proxy_url(settings);
  if (!url) {
    require(url.failure().kind == FailureKind::kSettings, "the user can change it");
    require(!has_password(url.failure().message + url.failure().detail),
            "the password is in no error");
    return;
  }
  if (!settings.address.empty())
    check_url(*url, settings);
  // A host may spell the password once GUri has made ASCII of it.
  const Owned<GUri> uri = parsed(url->reveal());
  require(uri == nullptr || has_password(text_or_empty(g_uri_get_host(uri.get()))) ||
              !has_password(display_proxy(*url)),
          "the URL is shown without the password");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  std::vector<std::string> parts = fuzz::expanded_parts(fuzz::as_text(data, size));
  parts.resize(3);
  // Properties are C strings.
  for (std::string &part : parts)
    part = part.c_str();
  // A fuzzer guesses the password: it sees what is compared.
  if (std::any_of(parts.begin(), parts.end(), has_password))
    return 0;
  check({Secret(parts[0]), parts[1], Secret(parts[2])});
  check({Secret(parts[0]), parts[1], Secret(std::string(kPassword))});
  // In the address, as a URL has it.
  const std::string login = "http://u:" + std::string(kPassword) + "@";
  check({Secret(login + parts[0]), parts[1], {}});
  require(!has_password(display_proxy(Secret(login + parts[0]))),
          "the address is shown without the password");
  return 0;
}
