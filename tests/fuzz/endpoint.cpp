// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The endpoint, and extra headers ("name:value") behind it, separated by 0x1E:
// the request made of them may be sent, and the secret is only where it belongs.

#include "protocol/endpoint.h"

#include <span>

#include "base/glib_ptr.h"
#include "target.h"

using namespace assemblyai;
using fuzz::require;

namespace {

constexpr std::string_view kSecret = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";

bool has_secret(std::string_view text) {
  return text.find(kSecret) != std::string_view::npos;
}

// Holds for an endpoint that is accepted, and for the URL made of it.
void check_url(const std::string &url) {
  const Owned<GUri> uri(g_uri_parse(url.c_str(), G_URI_FLAGS_ENCODED, nullptr));
  require(uri != nullptr, "it is a URL");
  const std::string_view scheme = g_uri_get_scheme(uri.get());
  require(scheme == "wss" || scheme == "ws", "the scheme is WebSocket's");
  const char *host = g_uri_get_host(uri.get());
  require(host != nullptr && *host != '\0', "there is a host");
  require(g_uri_get_userinfo(uri.get()) == nullptr, "there is no password");
  require(g_uri_get_fragment(uri.get()) == nullptr, "there is no fragment");
}

void check_request(const UpgradeRequest &request, bool with_token) {
  const std::string &url = request.url.reveal();
  check_url(url);
  require(std::all_of(url.begin(), url.end(), [](char c) { return g_ascii_isgraph(c); }),
          "a request line can carry the URL");
  require(!has_secret(request.display_url), "the secret is not shown");
  require(g_utf8_validate(request.display_url.c_str(), -1, nullptr), "what is shown is text");
  require(has_secret(url) == with_token, "a token goes into the URL, a key not");
  for (const auto &[name, value] : request.headers) {
    require(has_secret(value.reveal()) == (name == "Authorization"), "a key has its header");
    require((name + value.reveal()).find_first_of({"\r\n\0", 3}) == std::string::npos,
            "a header is one line");
  }
}

RequestOptions options_of(std::string_view input) {
  const std::vector<std::string> parts = fuzz::expanded_parts(input);
  RequestOptions options;
  options.endpoint = parts.front();
  for (std::string_view header : std::span(parts).subspan(1)) {
    const std::string name(fuzz::take_until(':', &header));
    options.extra_headers.emplace_back(name, Secret(std::string(header)));
  }
  return options;
}

// A fuzzer guesses the secret: it sees what is compared.
bool gives_secret_away(const RequestOptions &options) {
  return has_secret(options.endpoint) ||
         std::any_of(options.extra_headers.begin(), options.extra_headers.end(),
                     [](const auto &one) {
                       return has_secret(one.first) || has_secret(one.second.reveal());
                     });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  RequestOptions options = options_of(fuzz::as_text(data, size));
  if (gives_secret_away(options))
    return 0;
  for (const auto kind : {Credential::Kind::kApiKey, Credential::Kind::kToken}) {
    options.credential = {kind, Secret(std::string(kSecret))};
    const Result<UpgradeRequest> request = make_request(options);
    if (request) {
      check_url(options.endpoint);
      check_request(*request, kind == Credential::Kind::kToken);
    } else {
      require(request.failure().kind == FailureKind::kSettings, "the user can change it");
      require(g_utf8_validate(request.failure().message.c_str(), -1, nullptr), "errors are text");
      require(!has_secret(request.failure().message + request.failure().detail),
              "the secret is in no error");
    }
  }
  return 0;
}
