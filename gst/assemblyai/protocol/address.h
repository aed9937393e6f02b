// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The parts of an address that may be shown.

#pragma once

#include <string>
#include <string_view>

namespace assemblyai {

// Replaces the parts that are hidden.
inline constexpr std::string_view kHidden = "***";

// A part of a query, decoded.
std::string unescaped(std::string_view text);

// A query or a part of it, with *** for values that are secret or are URLs with a login.
std::string display_query(std::string_view query);

// The address of an endpoint, with *** for a login and for secret values in its query. In a text
// that is not a URL, everything that may be a login is hidden.
std::string display_address(const std::string &address);
// The address of a proxy, where an @ can only end a login.
std::string display_proxy_address(const std::string &address);

}  // namespace assemblyai
