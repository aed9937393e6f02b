// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "protocol/redaction.h"

namespace assemblyai {

// As set by an application or a user. The address may contain credentials; user and password take
// precedence.
struct ProxySettings {
  Secret address;  // URL; without a scheme it is an HTTP proxy
  std::string user;
  Secret password;
};

// The URL for GIO. Empty if no address is set. Refuses, with kind kSettings, an address that is not
// the URL of an HTTP or SOCKS proxy.
Result<Secret> proxy_url(const ProxySettings &settings);

// Whether the proxy of such a URL is this machine.
bool is_local_proxy(const Secret &url);

// Adds the user name, the password, and both in the form in which they are sent to an HTTP proxy.
void add_login(const Secret &url, Redaction *redaction);

// The address as it may be shown.
std::string display_proxy(const Secret &address);

}  // namespace assemblyai
