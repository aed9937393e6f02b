// SPDX-License-Identifier: LGPL-2.1-or-later
#include "json.h"

#include <cmath>
#include <cstdio>

#include "base/glib_ptr.h"

namespace testserver {

namespace {

constexpr int kMaxDepth = 64;

// Depth of brackets outside strings. Good enough on broken texts too: it only has to be an upper
// bound for the parser's recursion.
int nesting_depth(std::string_view text) {
  int depth = 0;
  int deepest = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); i++) {
    char c = text[i];
    if (in_string) {
      if (c == '\\')
        i++;
      else if (c == '"')
        in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if (c == '}' || c == ']') {
      depth--;
    }
  }
  return deepest;
}

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
  if (text.find('\0') != std::string_view::npos || nesting_depth(text) > kMaxDepth) {
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
