// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "protocol/json_lexer.h"

#include <glib.h>

namespace assemblyai {

namespace {

constexpr std::string_view kReplacement = "\\ufffd";
constexpr std::size_t kUnicodeEscape = 6;  // \uXXXX

// A few bytes of JSON need a hundred bytes in memory, an object several hundred. A member may cost
// a search through all members of its object. The largest message that is decoded has 100,000 words
// with 8 members each.
constexpr std::size_t kMaxMembers = 256;  // of one object
constexpr std::size_t kMaxBrackets = 200000;
constexpr std::size_t kMaxCommas = 1000000;

bool is_high_surrogate(unsigned code) {
  return code >= 0xD800 && code <= 0xDBFF;
}
bool is_low_surrogate(unsigned code) {
  return code >= 0xDC00 && code <= 0xDFFF;
}

}  // namespace

const char *JsonLexer::run() {
  out_.reserve(text_.size());
  while (at_ < text_.size()) {
    if (const char *fault = token())
      return fault;
  }
  return complete_ ? nullptr : "ends early";
}

const char *JsonLexer::token() {
  const char c = text_[at_];
  if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
    copy(1);
    return nullptr;
  }
  if (complete_)
    return "something follows the JSON text";
  if (c == '{' || c == '[')
    return open();
  if (depth_ == 0)
    return "not a JSON object or array";
  if (c == '}' || c == ']')
    return close();
  if (c == '"')
    return string();
  if (no_number())
    return nullptr;
  if (c == '-' || g_ascii_isdigit(c)) {
    number();
    return nullptr;
  }
  if (c == ':' || c == ',')
    return separator();
  if (!g_ascii_isalpha(c))
    return "unexpected character";
  copy(1);
  return nullptr;
}

const char *JsonLexer::open() {
  if (++depth_ > max_depth_)
    return "nested too deeply";
  if (++brackets_ > kMaxBrackets)
    return "too many objects";
  members_.push_back(0);
  copy(1);
  return nullptr;
}

const char *JsonLexer::close() {
  complete_ = --depth_ == 0;
  members_.pop_back();
  copy(1);
  return nullptr;
}

const char *JsonLexer::separator() {
  if (text_[at_] == ':' && ++members_.back() > kMaxMembers)
    return "too many members in an object";
  if (text_[at_] == ',' && ++commas_ > kMaxCommas)
    return "too many values";
  copy(1);
  return nullptr;
}

const char *JsonLexer::string() {
  copy(1);
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == '\\') {
      if (const char *fault = escape())
        return fault;
      continue;
    }
    copy(1);
    if (c == '"')
      return nullptr;
  }
  return "unterminated string";
}

const char *JsonLexer::escape() {
  if (at_ + 1 >= text_.size())
    return "unterminated string";
  const char c = text_[at_ + 1];
  if (c == 'u')
    return unicode_escape();
  if (std::string_view("\"\\/bfnrt").find(c) == std::string_view::npos)
    return "unknown escape in a string";
  copy(2);
  return nullptr;
}

const char *JsonLexer::unicode_escape() {
  const std::optional<unsigned> code = unicode_at(at_);
  if (!code)
    return "broken \\u escape in a string";
  if (is_high_surrogate(*code)) {
    const std::optional<unsigned> next = unicode_at(at_ + kUnicodeEscape);
    if (next && is_low_surrogate(*next)) {
      copy(2 * kUnicodeEscape);
      return nullptr;
    }
  }
  if (*code == 0 || is_high_surrogate(*code) || is_low_surrogate(*code)) {
    out_ += kReplacement;
    at_ += kUnicodeEscape;
  } else {
    copy(kUnicodeEscape);
  }
  return nullptr;
}

void JsonLexer::number() {
  constexpr std::size_t kSafeDigits = 18;
  const std::size_t end = text_.find_first_not_of("0123456789+-.eE", at_);
  const std::string_view digits = text_.substr(at_, end == text_.npos ? end : end - at_);
  copy(digits.size());
  if (digits.size() > kSafeDigits && digits.find_first_of(".eE") == std::string_view::npos)
    out_ += ".0";
}

// Values that Python writes for numbers that JSON does not have. One of them must not invalidate
// the message.
bool JsonLexer::no_number() {
  for (const std::string_view name : {"NaN", "Infinity", "-Infinity"}) {
    if (!text_.substr(at_).starts_with(name))
      continue;
    out_ += "null";
    at_ += name.size();
    return true;
  }
  return false;
}

// The code of the escape \uXXXX at the position.
std::optional<unsigned> JsonLexer::unicode_at(std::size_t at) const {
  if (text_.size() < at + kUnicodeEscape || text_[at] != '\\' || text_[at + 1] != 'u')
    return std::nullopt;
  unsigned code = 0;
  for (const char c : text_.substr(at + 2, 4)) {
    const int digit = g_ascii_xdigit_value(c);
    if (digit < 0)
      return std::nullopt;
    code = code * 16 + static_cast<unsigned>(digit);
  }
  return code;
}

void JsonLexer::copy(std::size_t count) {
  out_.append(text_, at_, count);
  at_ += count;
}

}  // namespace assemblyai
