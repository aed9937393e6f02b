// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "protocol/address.h"

#include <glib.h>

#include <algorithm>
#include <iterator>

#include "base/glib_ptr.h"
#include "protocol/parameters.h"

namespace assemblyai {

namespace {

// The position of the authority: after the scheme, if the scheme is known.
std::size_t authority_of(const std::string &address) {
  constexpr std::string_view kSchemes[] = {"ws",    "wss",    "http",    "https",
                                           "socks", "socks4", "socks4a", "socks5"};
  const std::size_t end = std::min(address.find("://"), address.size());
  const Owned<char> scheme(g_ascii_strdown(address.c_str(), static_cast<gssize>(end)));
  const bool known =
      std::find(std::begin(kSchemes), std::end(kSchemes), scheme.get()) != std::end(kSchemes);
  return known && end < address.size() ? end + 3 : 0;
}

// In "domain/user:password@host", which is a URL, the login is in the path.
bool looks_like_login(std::string_view text) {
  const std::size_t at = text.rfind('@');
  return at != text.npos && text.find(':') < at;
}

// The characters that begin a part of a query or a fragment.
constexpr char kMarks[] = "?&;#";

// Calls visit with each part of the query and the fragment, including the mark before it.
template <typename Visit>
void for_each_part(std::string_view tail, Visit visit) {
  while (!tail.empty()) {
    const std::size_t end = std::min(tail.find_first_of(kMarks, 1), tail.size());
    visit(tail.substr(0, end));
    tail.remove_prefix(end);
  }
}

// Whether the value of a parameter is a URL with a login, or with a secret in its query.
bool has_url_secret(const std::string &value) {
  const std::size_t begin = value.find("//");
  if (begin == value.npos)
    return false;
  const std::string_view rest = std::string_view(value).substr(begin + 2);
  bool has_secret = rest.substr(0, rest.find_first_of("/?#")).find('@') != rest.npos;
  const std::size_t tail = std::min(rest.find_first_of("?#"), rest.size());
  for_each_part(rest.substr(tail), [&has_secret](std::string_view part) {
    const std::size_t equals = part.find('=');
    has_secret = has_secret || (equals != part.npos && is_secret(part.substr(1, equals - 1)));
  });
  return has_secret;
}

// Whether the text that looks like host and port may be the user and the beginning of a password
// that was not encoded. Then this part contains the rest of the password, up to an @. A fragment
// has no other use here.
bool may_end_login(std::string_view authority, std::string_view part) {
  const std::size_t colon = authority.rfind(':');
  const bool has_port = colon != authority.npos && colon + 1 < authority.size();
  return colon != authority.npos && (!has_port || part.starts_with('#')) &&
         part.find('@') != part.npos;
}

// Whether the address can have a login in its authority only, as in a URL.
bool is_plain_url(const std::string &address, std::size_t authority, std::size_t path) {
  if (authority == 0 && address.find("://") != address.npos)
    return false;
  const std::string url = (authority == 0 ? "http://" : "") + address;
  if (g_uri_is_valid(url.c_str(), G_URI_FLAGS_ENCODED, nullptr) == FALSE)
    return false;
  const std::size_t tail = std::min(address.find_first_of("?#", path), address.size());
  const std::string_view all = address;
  const std::string_view host = all.substr(authority, path - authority);
  const std::string_view in_path = all.substr(path, tail - path);
  bool plain = !looks_like_login(in_path) && !may_end_login(host, in_path);
  for_each_part(all.substr(tail), [&](std::string_view part) {
    plain = plain && (part.find('=') != part.npos || !looks_like_login(part)) &&
            !may_end_login(host, part);
  });
  return plain;
}

// The position of the last @, plain or encoded.
std::size_t last_at(const std::string &text) {
  const std::size_t plain = text.rfind('@');
  const std::size_t encoded = text.rfind("%40");
  return plain == text.npos || (encoded != text.npos && encoded > plain) ? encoded : plain;
}

// In a text that is not a URL, everything before the last @ is treated as a login.
std::string without_login(const std::string &address, bool may_have_query) {
  const std::size_t begin = authority_of(address);
  const std::size_t path = std::min(address.find_first_of("/?#", begin), address.size());
  const bool plain = may_have_query && is_plain_url(address, begin, path);
  const std::size_t at = plain ? address.substr(0, path).rfind('@') : last_at(address);
  if (at == address.npos || at < begin)
    return address;
  return address.substr(0, begin) + std::string(kHidden) + address.substr(at);
}

}  // namespace

std::string unescaped(std::string_view text) {
  std::string blanks(text);
  std::replace(blanks.begin(), blanks.end(), '+', ' ');
  const Owned<char> plain(g_uri_unescape_string(blanks.c_str(), nullptr));
  return plain == nullptr ? blanks : plain.get();
}

namespace {

// Shows *** for a value that is secret, or that is a URL with a login or a secret.
std::string display_pair(std::string_view pair) {
  const std::size_t equals = pair.find('=');
  if (equals == pair.npos)
    return std::string(pair);
  const bool secret = is_secret(unescaped(pair.substr(0, equals))) ||
                      has_url_secret(unescaped(pair.substr(equals + 1)));
  return std::string(pair.substr(0, equals + 1)) +
         std::string(secret ? kHidden : pair.substr(equals + 1));
}

std::string display(const std::string &address, bool may_have_query) {
  const std::string url = without_login(address, may_have_query);
  const std::size_t tail = std::min(url.find_first_of("?#"), url.size());
  return url.substr(0, tail) + display_query(std::string_view(url).substr(tail));
}

}  // namespace

std::string display_query(std::string_view query) {
  std::string shown;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find_first_of(kMarks), query.size());
    const std::size_t next = std::min(end + 1, query.size());
    shown += display_pair(query.substr(0, end));
    shown += query.substr(end, next - end);
    query.remove_prefix(next);
  }
  return shown;
}

std::string display_address(const std::string &address) {
  return display(address, true);
}

std::string display_proxy_address(const std::string &address) {
  return display(address, false);
}

}  // namespace assemblyai
