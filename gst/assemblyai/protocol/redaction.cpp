// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "protocol/redaction.h"

#include <glib.h>

#include <algorithm>
#include <array>
#include <optional>

#include "protocol/address.h"
#include "protocol/parameters.h"
#include "protocol/text.h"

namespace assemblyai {

namespace {

// The UTF-8 that the beginning of a text stands for, and its length in the text.
struct Meant {
  std::string bytes;
  std::size_t size = 1;
};

std::optional<gunichar> hex_at(std::string_view text, std::size_t at, std::size_t digits) {
  if (at + digits > text.size())
    return std::nullopt;
  gunichar value = 0;
  for (const char digit : text.substr(at, digits)) {
    if (g_ascii_isxdigit(digit) == FALSE)
      return std::nullopt;
    value = value * 16 + static_cast<gunichar>(g_ascii_xdigit_value(digit));
  }
  return value;
}

std::string utf8(gunichar character) {
  std::array<char, 6> bytes{};
  const int size = g_unichar_to_utf8(character, bytes.data());
  return {bytes.data(), static_cast<std::size_t>(size)};
}

// JSON inside a JSON string escapes the escape, any number of times.
Meant unescaped_at(std::string_view text, std::size_t at) {
  constexpr std::size_t kMostTimes = 8;
  const std::size_t most = std::min(text.size(), at + kMostTimes);
  const std::size_t next = std::min(text.substr(0, most).find_first_not_of('\\', at), most);
  if (next == most)
    return {"\\", 1};
  const std::optional<gunichar> code = text[next] == 'u' ? hex_at(text, next + 1, 4) : std::nullopt;
  if (!code)
    return {{text[next]}, next + 1 - at};
  const bool is_half =
      *code >= 0xd800 && *code < 0xdc00 && text.substr(next + 5).starts_with("\\u");
  const gunichar other = is_half ? hex_at(text, next + 7, 4).value_or(0) : 0;
  if (other >= 0xdc00 && other < 0xe000)
    return {utf8(0x10000 + ((*code - 0xd800) << 10U) + (other - 0xdc00)), next + 11 - at};
  return {utf8(*code), next + 5 - at};
}

bool is_escape(char c) {
  return c == '%' || c == '\\' || c == '+';
}

Meant meant_at(std::string_view text, std::size_t at) {
  if (text[at] == '\\')
    return unescaped_at(text, at);
  if (text[at] == '+')
    return {" ", 1};
  const std::optional<gunichar> code = text[at] == '%' ? hex_at(text, at + 1, 2) : std::nullopt;
  return code ? Meant{{static_cast<char>(*code)}, 3} : Meant{{text[at]}, 1};
}

bool same(char a, char b, bool folded) {
  return folded ? g_ascii_tolower(a) == g_ascii_tolower(b) : a == b;
}

bool begins_with(std::string_view text, std::string_view part, bool folded) {
  return text.size() >= part.size() &&
         std::equal(part.begin(), part.end(), text.begin(),
                    [folded](char a, char b) { return same(a, b, folded); });
}

// The length of the secret in the text; 0 if it is not there.
std::size_t match(std::string_view text, std::string_view secret) {
  const bool is_long = secret.size() >= Redaction::kLong;
  std::size_t at = 0;
  std::size_t found = 0;
  while (found < secret.size() && at < text.size()) {
    if (same(text[at], secret[found], is_long)) {
      at++;
      found++;
      continue;
    }
    const Meant meant = meant_at(text, at);
    if (!begins_with(secret.substr(found), meant.bytes, is_long))
      break;
    at += meant.size;
    found += meant.bytes.size();
  }
  if (found == secret.size())
    return at;
  // The peer may quote only the beginning: at the end of a text that is enough, elsewhere it must
  // be half of the secret.
  const std::size_t least = at == text.size() ? 0 : (secret.size() + 1) / 2;
  return is_long && found >= std::max(Redaction::kLong, least) ? at : 0;
}

bool stands_alone(std::string_view text, std::size_t begin, std::size_t end) {
  const auto is_of_word = [&](std::size_t at) { return g_ascii_isalnum(text[at]) != FALSE; };
  return (begin == 0 || !is_of_word(begin - 1)) && (end == text.size() || !is_of_word(end));
}

}  // namespace

void Redaction::add(const Secret &secret, std::size_t least) {
  std::string text = secret.reveal();
  // The padding of base64 is sometimes left out.
  const std::size_t end = text.find_last_not_of('=') + 1;
  if (end >= kLong)
    text.resize(end);
  if (text.size() < std::max(least, kLeast))
    return;
  const std::lock_guard lock(known_->mutex);
  std::vector<Entry> &all = known_->secrets;
  std::erase_if(all, [&](const Entry &entry) { return entry.secret.reveal() == text; });
  if (all.size() == kMost)
    all.erase(std::min_element(all.begin(), all.end(),
                               [](const Entry &a, const Entry &b) { return a.added < b.added; }));
  const auto place = std::find_if(all.begin(), all.end(), [&](const Entry &other) {
    return other.secret.reveal().size() <= text.size();
  });
  all.insert(place, {Secret(text), known_->count++});
}

void Redaction::add_header(std::string_view name, const Secret &value) {
  const bool is_named = is_secret(name) || contains(name, "cookie");
  add(value, is_named ? kLeast : kLong);
  const bool is_login = contains(value.reveal(), "basic ");
  std::string_view rest = value.reveal();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find_first_of(" ,;\""), rest.size());
    std::string part(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    add(Secret(part), kLong);
    add(Secret(part.substr(part.find('=') + 1)), kLong);
    if (!is_login || part.size() < kLong)
      continue;
    gsize size = 0;
    g_base64_decode_inplace(part.data(), &size);
    part.resize(size);
    add(Secret(part), kLong);
    if (const std::size_t colon = part.find(':'); colon != part.npos)
      add(Secret(part.substr(colon + 1)));
  }
}

std::size_t Redaction::match_any(const Known &known, std::string_view text, std::size_t at) {
  for (const Entry &entry : known.secrets) {
    const std::string &secret = entry.secret.reveal();
    const std::size_t size = match(text.substr(at), secret);
    if (size > 0 && (secret.size() >= kLong || stands_alone(text, at, at + size)))
      return size;
  }
  return 0;
}

std::string Redaction::operator()(std::string_view text) const {
  const std::lock_guard lock(known_->mutex);
  if (known_->secrets.empty())
    return std::string(text);
  std::array<bool, 256> begins{};
  const auto place = [&begins](char c) -> bool & { return begins[static_cast<unsigned char>(c)]; };
  for (const Entry &entry : known_->secrets) {
    place(g_ascii_tolower(entry.secret.reveal().front())) = true;
    place(g_ascii_toupper(entry.secret.reveal().front())) = true;
  }
  const auto may_begin = [&](std::size_t at) {
    return place(text[at]) || (is_escape(text[at]) && place(meant_at(text, at).bytes.front()));
  };
  std::string out;
  std::size_t copied = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = may_begin(at) ? match_any(*known_, text, at) : 0;
    if (size > 0) {
      out.append(text, copied, at - copied);
      out += kHidden;
      copied = at + size;
    }
    at += std::max<std::size_t>(size, 1);
  }
  return out.append(text, copied);
}

}  // namespace assemblyai
