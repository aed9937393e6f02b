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

// A query or a part of it, with *** for values that are secret or are URLs with a login.
std::string display_query(std::string_view query);

// The address of an endpoint, with *** for a login and for secret values in its query. It need not
// be a URL: of others all that may be a login is hidden.
std::string display_address(const std::string &address);
// That of a proxy, where no @ but that of a login has a meaning.
std::string display_proxy_address(const std::string &address);

}  // namespace assemblyai
