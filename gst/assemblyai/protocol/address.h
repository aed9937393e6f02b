// SPDX-License-Identifier: LGPL-2.1-or-later
// What of an address may be shown.

#pragma once

#include <string>
#include <string_view>

namespace assemblyai {

// Stands for what is not shown.
inline constexpr std::string_view kHidden = "***";

// A part of a query as it is meant.
std::string unescaped(std::string_view text);

// A pair of a query, with *** for its value if that is secret or a URL with a login.
std::string display_pair(std::string_view pair);

// The address of an endpoint, with *** for a login and for secret values in its query. It need not
// be a URL: of others all that may be a login is hidden.
std::string display_address(const std::string &address);
// That of a proxy, where no @ but that of a login has a meaning.
std::string display_proxy_address(const std::string &address);

}  // namespace assemblyai
