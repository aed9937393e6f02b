// SPDX-License-Identifier: LGPL-2.1-or-later
// From options to the upgrade request.

#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "protocol/parameters.h"
#include "protocol/redaction.h"

namespace assemblyai {

inline constexpr std::string_view kDefaultEndpoint = "wss://streaming.assemblyai.com/v3/ws";

// Whether a host, by name or address, is this machine.
bool is_loopback(std::string_view host);

struct Credential {
  enum class Kind { kNone, kApiKey, kToken };
  Kind kind = Kind::kNone;
  Secret secret;
};

using Headers = std::vector<std::pair<std::string, Secret>>;

struct RequestOptions {
  std::string endpoint{kDefaultEndpoint};
  bool allow_insecure = false;  // plain ws:// to a host that is not loopback
  Credential credential;
  ParameterSet parameters;
  bool heartbeats = false;  // asks for them unless the parameters say something else
  std::string user_agent;
  Headers extra_headers;  // these replace ours of the same name
  Redaction redaction;    // what was secret before
};

// url holds the token when the credential is one: log display_url instead.
struct UpgradeRequest {
  Secret url;
  std::string display_url;
  Headers headers;
  // That of the options, which has learned what is secret in this one.
  Redaction redaction;
  // Those of the options.
  ParameterSet chosen;
  // What the session is asked for: those of the options, and texts and switches in the
  // endpoint's query.
  ParameterSet parameters;
};

// Refuses, with kind kSettings and a message that says what to do: no
// credential; a credential that is blank or has characters a header cannot carry;
// a URL that does not parse, has no host, has a scheme other than ws or wss, has
// user information or a fragment; plain ws:// beyond loopback unless allowed;
// extra headers that are no headers or belong to the connection or the credential;
// parameters that validate() refuses; a parameter in the URL's own query that is
// also set (the URL's other query parameters are kept).
//
// A URL without a path gets /v3/ws. sample_rate=16000 and encoding=pcm_s16le are
// added unless set in parameters. The API key goes into the
// Authorization header as it is; a token goes into the query, where display_url shows "token=***".
Result<UpgradeRequest> make_request(const RequestOptions &options);

}  // namespace assemblyai
