// SPDX-License-Identifier: LGPL-2.1-or-later

#include "protocol/redaction.h"

#include <glib.h>

#include <algorithm>
#include <array>
#include <optional>

#include "protocol/parameters.h"
#include "protocol/text.h"

namespace assemblyai {

namespace {

constexpr std::string_view kHidden = "***";

// A character of text as it is meant, and how much of the text it takes.
struct Meant {
  char character = 0;
  std::size_t size = 1;
};

std::optional<char> hex_at(std::string_view text, std::size_t at) {
  if (at + 1 >= text.size())
    return std::nullopt;
  const int high = g_ascii_xdigit_value(text[at]);
  const int low = g_ascii_xdigit_value(text[at + 1]);
  return high < 0 || low < 0 ? std::nullopt : std::optional(static_cast<char>(high * 16 + low));
}

Meant escaped_at(std::string_view text, std::size_t at) {
  if (text[at] == '%') {
    if (const std::optional<char> code = hex_at(text, at + 1))
      return {*code, 3};
  }
  if (text[at] == '\\' && text.substr(at + 1).starts_with("u00")) {
    if (const std::optional<char> code = hex_at(text, at + 4))
      return {*code, 6};
  }
  if (text[at] == '\\' && at + 1 < text.size())
    return {text[at + 1], 2};
  return {text[at], 1};
}

bool same(char a, char b, bool folded) {
  return folded ? g_ascii_tolower(a) == g_ascii_tolower(b) : a == b;
}

// How much of the text is the secret; 0 when it is not there.
std::size_t match(std::string_view text, std::string_view secret) {
  const bool is_long = secret.size() >= Redaction::kLong;
  std::size_t at = 0;
  std::size_t found = 0;
  for (; found < secret.size() && at < text.size(); found++) {
    const Meant meant = escaped_at(text, at);
    if (same(text[at], secret[found], is_long))
      at++;
    else if (same(meant.character, secret[found], is_long))
      at += meant.size;
    else
      return 0;
  }
  // The text may break off inside it.
  const bool is_enough = found == secret.size() || (is_long && found >= Redaction::kLong);
  return is_enough ? at : 0;
}

bool stands_alone(std::string_view text, std::size_t begin, std::size_t end) {
  const auto is_of_word = [&](std::size_t at) { return g_ascii_isalnum(text[at]) != FALSE; };
  return (begin == 0 || !is_of_word(begin - 1)) && (end == text.size() || !is_of_word(end));
}

std::string without(std::string_view text, std::string_view secret) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = match(text.substr(at), secret);
    if (size > 0 && (secret.size() >= Redaction::kLong || stands_alone(text, at, at + size))) {
      out += kHidden;
      at += size;
    } else {
      out += text[at++];
    }
  }
  return out;
}

}  // namespace

void Redaction::add(const Secret &secret, std::size_t least) {
  const std::string &text = secret.reveal();
  if (text.size() < std::max(least, kLeast))
    return;
  const auto place = std::find_if(secrets_.begin(), secrets_.end(), [&](const Secret &other) {
    return other.reveal().size() <= text.size();
  });
  secrets_.insert(place, secret);
}

void Redaction::add_header(std::string_view name, const Secret &value) {
  const bool is_named = is_secret(name) || contains(name, "cookie");
  add(value, is_named ? kLeast : kLong);
  const bool is_login = contains(value.reveal(), "basic ");
  std::string_view rest = value.reveal();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find_first_of(" ,;"), rest.size());
    std::string part(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    add(Secret(part), kLong);
    add(Secret(part.substr(part.find('=') + 1)), kLong);
    if (!is_login || part.size() < kLong)
      continue;
    gsize size = 0;
    g_base64_decode_inplace(part.data(), &size);
    add(Secret(part.substr(0, size)), kLong);
  }
}

std::string Redaction::operator()(std::string_view text) const {
  std::string out(text);
  for (const Secret &secret : secrets_)
    out = without(out, secret.reveal());
  return out;
}

}  // namespace assemblyai
