// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Builds the upgrade request from the options.

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

// Whether a host, given by name or address, is this machine.
bool is_loopback(std::string_view host);

struct Credential {
  enum class Kind { kNone, kApiKey, kToken };
  Kind kind = Kind::kNone;
  Secret secret;
};

using Headers = std::vector<std::pair<std::string, Secret>>;

struct RequestOptions {
  std::string endpoint{kDefaultEndpoint};
  bool allow_insecure = false;  // allows plain ws:// to a host that is not loopback
  Credential credential;
  ParameterSet parameters;
  bool heartbeats = false;  // requests them unless the parameters set the value
  std::string user_agent;
  Headers extra_headers;  // replace the element's headers of the same name
  Redaction redaction;    // the earlier secrets
};

// url contains the token when the credential is a token: log display_url instead.
struct UpgradeRequest {
  Secret url;
  std::string display_url;
  Headers headers;
  // The redaction of the options, extended by the secrets of this request.
  Redaction redaction;
  // The parameters of the options.
  ParameterSet chosen;
  // The parameters that the session is requested with: those of the options, and strings and
  // booleans in the query of the endpoint.
  ParameterSet parameters;
};

// Refuses the following, with kind kSettings and a message that says what to do:
//
// - no credential; a credential that is blank or has characters that a header cannot carry;
// - a URL that does not parse, has no host, has a scheme other than ws or wss, or has user
//   information or a fragment;
// - plain ws:// to another machine, unless allowed;
// - extra headers that are not valid, or that control the connection or the credential;
// - parameters that validate() refuses;
// - a parameter that is set and is also in the query of the URL. (Other query parameters of the URL
//   are kept.)
//
// A URL without a path gets /v3/ws. sample_rate=16000 and encoding=pcm_s16le are added unless they
// are set in the parameters. The API key is sent unchanged in the Authorization header. A token is
// sent in the query; display_url shows "token=***" for it.
Result<UpgradeRequest> make_request(const RequestOptions &options);

}  // namespace assemblyai
