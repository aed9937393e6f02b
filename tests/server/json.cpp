// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include "json.h"

#include <cmath>
#include <cstdio>

#include "base/glib_ptr.h"

namespace testserver {

namespace {

constexpr int kMaxDepth = 64;

// The code of an escape \uXXXX at the beginning; -1 if there is none.
int unicode_escape(std::string_view text) {
  if (text.size() < 6 || !text.starts_with("\\u"))
    return -1;
  int code = 0;
  for (char c : text.substr(2, 4)) {
    int digit = g_ascii_xdigit_value(c);
    if (digit < 0)
      return -1;
    code = 16 * code + digit;
  }
  return code;
}

// The length of the escape at the beginning; 0 if it is none of JSON's, or a lone surrogate.
std::size_t escape_length(std::string_view text) {
  constexpr std::string_view kSimple = "\"\\/bfnrt";
  if (text.size() > 1 && kSimple.find(text[1]) != std::string_view::npos)
    return 2;
  int code = unicode_escape(text);
  if (code < 0xD800 || code > 0xDFFF)
    return code < 0 ? 0 : 6;
  int second = code < 0xDC00 ? unicode_escape(text.substr(6)) : -1;
  return second >= 0xDC00 && second <= 0xDFFF ? 12 : 0;
}

// Keeps from json-glib 1.6 what it cannot bear: it descends by recursion, takes comments and
// single quotes for JSON, loses the quote behind a lone surrogate, and leaks what comes before a
// second value. The grammar beyond that is left to it.
class Guard {
 public:
  explicit Guard(std::string_view text) : text_(text) {}

  bool passes() {
    bool ended = false;  // the outermost value
    for (; at_ < text_.size(); at_++) {
      if (g_ascii_isspace(text_[at_]))
        continue;
      if (ended || !pass_token())
        return false;
      ended = depth_ == 0;
    }
    return true;
  }

 private:
  // These leave the position at the last character of what they pass.
  bool pass_token() {
    char c = text_[at_];
    if (c == '{' || c == '[')
      return ++depth_ <= kMaxDepth;
    if (c == '}' || c == ']')
      return --depth_ >= 0;
    if (c == ':' || c == ',')
      return depth_ > 0;
    return c == '"' ? pass_string() : pass_word();
  }

  bool pass_string() {
    for (at_++; at_ < text_.size() && text_[at_] != '"';) {
      std::size_t length = text_[at_] == '\\' ? escape_length(text_.substr(at_)) : 1;
      if (length == 0)
        return false;
      at_ += length;
    }
    return at_ < text_.size();
  }

  bool pass_word() {
    if (!in_word(at_))
      return false;
    while (in_word(at_ + 1))
      at_++;
    return true;
  }

  bool in_word(std::size_t at) const {
    if (at >= text_.size())
      return false;
    char c = text_[at];
    return g_ascii_isalnum(c) || c == '-' || c == '+' || c == '.';
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

// The service answers with what Python's json module says. The two commonest complaints are
// located exactly; anything further inside is called a missing value at the end.
std::string python_problem(std::string_view text) {
  std::size_t at = text.find_first_not_of(" \t\r\n");
  const char *what = "Expecting value";
  if (at == std::string_view::npos) {
    at = 0;
  } else if (text[at] == '{') {
    std::size_t next = text.find_first_not_of(" \t\r\n", at + 1);
    if (next == std::string_view::npos || text[next] != '"') {
      what = "Expecting property name enclosed in double quotes";
      at = next == std::string_view::npos ? text.size() : next;
    } else {
      what = "Expecting ',' delimiter";
      at = text.size();
    }
  }
  char buffer[120];
  std::snprintf(buffer, sizeof buffer, "%s: line 1 column %zu (char %zu)", what, at + 1, at);
  return buffer;
}

JsonNode *member(JsonObject *object, const char *name) {
  if (object == nullptr || json_object_has_member(object, name) == FALSE)
    return nullptr;
  return json_object_get_member(object, name);
}

}  // namespace

void JsonWriter::separate() {
  if (comma_)
    text_ += ',';
  comma_ = true;
}

JsonWriter &JsonWriter::begin_object() {
  separate();
  text_ += '{';
  comma_ = false;
  return *this;
}

JsonWriter &JsonWriter::end_object() {
  text_ += '}';
  comma_ = true;
  return *this;
}

JsonWriter &JsonWriter::begin_array() {
  separate();
  text_ += '[';
  comma_ = false;
  return *this;
}

JsonWriter &JsonWriter::end_array() {
  text_ += ']';
  comma_ = true;
  return *this;
}

JsonWriter &JsonWriter::key(std::string_view name) {
  string(name);
  text_ += ':';
  comma_ = false;
  return *this;
}

JsonWriter &JsonWriter::string(std::string_view value) {
  separate();
  text_ += '"';
  for (char c : value) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      text_ += '\\';
      text_ += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      char buffer[8];
      std::snprintf(buffer, sizeof buffer, "\\u%04x", byte);
      text_ += buffer;
    } else {
      text_ += c;
    }
  }
  text_ += '"';
  return *this;
}

JsonWriter &JsonWriter::string_or_null(std::string_view value) {
  return value.empty() ? null() : string(value);
}

JsonWriter &JsonWriter::integer(std::int64_t value) {
  separate();
  text_ += std::to_string(value);
  return *this;
}

JsonWriter &JsonWriter::number(double value) {
  separate();
  // Six digits, as on the wire; not printf, whose decimal point follows the locale.
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  double rounded = std::round(value * 1e6) / 1e6;
  text_ += g_ascii_formatd(buffer, sizeof buffer, "%.9g", rounded);
  return *this;
}

JsonWriter &JsonWriter::boolean(bool value) {
  separate();
  text_ += value ? "true" : "false";
  return *this;
}

JsonWriter &JsonWriter::null() {
  separate();
  text_ += "null";
  return *this;
}

JsonText::~JsonText() {
  if (root_ != nullptr)
    json_node_unref(root_);
}

bool JsonText::parse(std::string_view text) {
  if (root_ != nullptr)
    json_node_unref(root_);
  root_ = nullptr;
  if (text.find('\0') != std::string_view::npos || !Guard(text).passes()) {
    problem_ = python_problem(text.substr(0, text.find('\0')));
    return false;
  }
  auto parser = assemblyai::adopt(json_parser_new());
  assemblyai::OutError error;
  if (json_parser_load_from_data(parser.get(), text.data(), static_cast<gssize>(text.size()),
                                 error.out()) == FALSE) {
    problem_ = python_problem(text);
    return false;
  }
  root_ = json_parser_steal_root(parser.get());
  if (root_ == nullptr)
    problem_ = python_problem(text);
  return root_ != nullptr;
}

JsonObject *JsonText::object() const {
  return root_ != nullptr && JSON_NODE_HOLDS_OBJECT(root_) ? json_node_get_object(root_) : nullptr;
}

bool json_is_string(JsonNode *node) {
  return node != nullptr && JSON_NODE_HOLDS_VALUE(node) &&
         json_node_get_value_type(node) == G_TYPE_STRING;
}

bool json_is_number(JsonNode *node) {
  if (node == nullptr || !JSON_NODE_HOLDS_VALUE(node))
    return false;
  GType type = json_node_get_value_type(node);
  return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE;
}

std::string json_string(JsonObject *object, const char *name, std::string_view fallback) {
  JsonNode *node = member(object, name);
  return json_is_string(node) ? std::string(json_node_get_string(node)) : std::string(fallback);
}

std::int64_t json_integer(JsonObject *object, const char *name, std::int64_t fallback) {
  JsonNode *node = member(object, name);
  return json_is_number(node) ? json_node_get_int(node) : fallback;
}

double json_number(JsonObject *object, const char *name, double fallback) {
  JsonNode *node = member(object, name);
  return json_is_number(node) ? json_node_get_double(node) : fallback;
}

bool json_boolean(JsonObject *object, const char *name, bool fallback) {
  JsonNode *node = member(object, name);
  if (node == nullptr || !JSON_NODE_HOLDS_VALUE(node) ||
      json_node_get_value_type(node) != G_TYPE_BOOLEAN)
    return fallback;
  return json_node_get_boolean(node) != FALSE;
}

JsonArray *json_array(JsonObject *object, const char *name) {
  JsonNode *node = member(object, name);
  return node != nullptr && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : nullptr;
}

std::optional<std::vector<std::string>> json_strings(JsonNode *node) {
  if (node == nullptr || !JSON_NODE_HOLDS_ARRAY(node))
    return std::nullopt;
  JsonArray *array = json_node_get_array(node);
  std::vector<std::string> strings;
  for (guint i = 0; i < json_array_get_length(array); i++) {
    JsonNode *element = json_array_get_element(array, i);
    if (!json_is_string(element))
      return std::nullopt;
    strings.emplace_back(json_node_get_string(element));
  }
  return strings;
}

std::string json_print(JsonNode *node) {
  assemblyai::Owned<char> text(json_to_string(node, FALSE));
  return text.get();
}

}  // namespace testserver
