// SPDX-License-Identifier: LGPL-2.1-or-later

#include "protocol/address.h"

#include <glib.h>

#include <algorithm>
#include <iterator>

#include "base/glib_ptr.h"
#include "protocol/parameters.h"

namespace assemblyai {

namespace {

// Where the authority begins: after the scheme, if it is one.
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

// The value of a parameter that is itself a URL with a login.
bool has_url_login(const std::string &value) {
  const std::size_t begin = value.find("//");
  if (begin == value.npos)
    return false;
  const std::string_view rest = std::string_view(value).substr(begin + 2);
  return rest.substr(0, rest.find_first_of("/?#")).find('@') != rest.npos;
}

// Calls with each part of the query and the fragment, the mark before it included.
template <typename Visit>
void for_each_part(std::string_view tail, Visit visit) {
  while (!tail.empty()) {
    const std::size_t end = std::min(tail.find_first_of("?&#", 1), tail.size());
    visit(tail.substr(0, end));
    tail.remove_prefix(end);
  }
}

// Whether the only login that an address may have is in its authority, as in a URL.
bool is_plain_url(const std::string &address, std::size_t authority, std::size_t path) {
  if (authority == 0 && address.find("://") != address.npos)
    return false;
  const std::string url = (authority == 0 ? "http://" : "") + address;
  if (g_uri_is_valid(url.c_str(), G_URI_FLAGS_ENCODED, nullptr) == FALSE)
    return false;
  const std::size_t tail = std::min(address.find_first_of("?#", path), address.size());
  bool plain = !looks_like_login(std::string_view(address).substr(path, tail - path));
  for_each_part(std::string_view(address).substr(tail), [&plain](std::string_view part) {
    plain = plain && (part.find('=') != part.npos || !looks_like_login(part));
  });
  return plain;
}

// Of the last @, also an encoded one.
std::size_t last_at(const std::string &text) {
  const std::size_t plain = text.rfind('@');
  const std::size_t encoded = text.rfind("%40");
  return plain == text.npos || (encoded != text.npos && encoded > plain) ? encoded : plain;
}

// Of what is no URL all before the last @ is taken for a login.
std::string without_login(const std::string &address) {
  const std::size_t begin = authority_of(address);
  const std::size_t path = std::min(address.find_first_of("/?#", begin), address.size());
  const bool plain = is_plain_url(address, begin, path);
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

std::string display_pair(std::string_view pair) {
  const std::size_t equals = pair.find('=');
  if (equals == pair.npos)
    return std::string(pair);
  const bool secret = is_secret(unescaped(pair.substr(0, equals))) ||
                      has_url_login(unescaped(pair.substr(equals + 1)));
  return std::string(pair.substr(0, equals + 1)) +
         std::string(secret ? kHidden : pair.substr(equals + 1));
}

std::string display_address(const std::string &address) {
  const std::string url = without_login(address);
  const std::size_t tail = std::min(url.find_first_of("?#"), url.size());
  std::string shown = url.substr(0, tail);
  for_each_part(std::string_view(url).substr(tail), [&shown](std::string_view part) {
    shown += part.front();
    shown += display_pair(part.substr(1));
  });
  return shown;
}

}  // namespace assemblyai
