// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include "credentials.h"

#include <glib.h>

namespace testserver {

namespace {

constexpr std::size_t kTokenLength = 2583;  // as observed: the URL of a token session is long
constexpr std::size_t kMostTokens = 10000;  // whoever asks for more than this loses the first

bool has_scheme(const std::string &authorization) {
  return authorization.compare(0, 7, "Bearer ") == 0 || authorization.compare(0, 6, "Token ") == 0;
}

bool matches_key(const std::string &key, const Options &options) {
  return !key.empty() && (options.api_key.empty() || key == options.api_key);
}

Login refused(const char *why) {
  return {Problem{1008, std::string("Unauthorized Connection: ") + why}, {}};
}

}  // namespace

std::string Credentials::issue_token(std::chrono::seconds expires,
                                     std::chrono::seconds max_session) {
  static const char kAlphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string token = "AQI";
  while (token.size() < kTokenLength)
    token += kAlphabet[g_random_int_range(0, 64)];
  if (tokens_.size() >= kMostTokens)
    tokens_.erase(tokens_.begin());
  tokens_[token] = {std::chrono::steady_clock::now() + expires, max_session, false};
  return token;
}

Login Credentials::check(const char *authorization, const std::string &token,
                         const Options &options) {
  if (authorization == nullptr && token.empty())
    return refused("Missing Authorization header");
  std::string credential = authorization != nullptr ? authorization : token;
  if (auto known = tokens_.find(credential); known != tokens_.end()) {
    if (known->second.expires <= std::chrono::steady_clock::now())
      return refused("Signature has expired");
    if (known->second.used && options.single_use_tokens)
      return refused("Invalid API key");
    known->second.used = true;
    return {std::nullopt, known->second.max_session};
  }
  if (authorization == nullptr || has_scheme(credential) || !matches_key(credential, options))
    return refused("Invalid API key");
  return {};
}

bool is_key(const std::string &authorization, const Options &options) {
  bool bearer = authorization.compare(0, 7, "Bearer ") == 0;
  return matches_key(bearer ? authorization.substr(7) : authorization, options);
}

}  // namespace testserver
