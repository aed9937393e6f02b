// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "protocol/json.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/glib_ptr.h"
#include "protocol/json_lexer.h"
#include "protocol/text.h"

namespace assemblyai {

namespace {

Failure not_json(std::string detail) {
  Failure failure;
  failure.kind = FailureKind::kProtocol;
  failure.message = "The text is not usable JSON";
  failure.detail = std::move(detail);
  return failure;
}

std::string object_text(JsonObject *object) {
  std::string out = "{";
  JsonObjectIter iter;
  const char *name = nullptr;
  JsonNode *member = nullptr;
  json_object_iter_init_ordered(&iter, object);
  while (json_object_iter_next_ordered(&iter, &name, &member)) {
    if (out.size() > 1)
      out += ',';
    out += json_string(name) + ':' + json_text(member);
  }
  return out + '}';
}

std::string array_text(JsonArray *array) {
  std::string out = "[";
  for (guint i = 0; i < json_array_get_length(array); ++i) {
    if (i > 0)
      out += ',';
    out += json_text(json_array_get_element(array, i));
  }
  return out + ']';
}

std::string value_text(JsonNode *node) {
  switch (json_node_get_value_type(node)) {
    case G_TYPE_STRING:
      return json_string(json_node_get_string(node));
    case G_TYPE_BOOLEAN:
      return json_node_get_boolean(node) ? "true" : "false";
    case G_TYPE_INT64:
      return std::to_string(json_node_get_int(node));
    case G_TYPE_DOUBLE:
      return json_number(json_node_get_double(node));
    default:
      return "null";
  }
}

}  // namespace

Result<JsonNodePtr> parse_json(std::string_view text, std::size_t max_bytes,
                               std::size_t max_depth) {
  if (text.size() > max_bytes)
    return not_json("longer than " + std::to_string(max_bytes) + " bytes");
  const std::string valid = valid_utf8(text);
  JsonLexer lexer(valid, max_depth);
  if (const char *fault = lexer.run())
    return not_json(fault);
  const std::string &checked = lexer.checked();

  const Ref<JsonParser> parser = adopt(json_parser_new());
  OutError error;
  if (!json_parser_load_from_data(parser.get(), checked.data(), static_cast<gssize>(checked.size()),
                                  error.out()))
    return not_json(printable(error->message, 100));
  JsonNodePtr root(json_parser_steal_root(parser.get()));
  if (root == nullptr)
    return not_json("empty");
  return root;
}

std::string json_text(JsonNode *node) {
  switch (json_node_get_node_type(node)) {
    case JSON_NODE_OBJECT:
      return object_text(json_node_get_object(node));
    case JSON_NODE_ARRAY:
      return array_text(json_node_get_array(node));
    case JSON_NODE_VALUE:
      return value_text(node);
    case JSON_NODE_NULL:
      break;
  }
  return "null";
}

std::string json_string(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : valid_utf8(text)) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (g_ascii_iscntrl(c)) {
      const auto code = static_cast<unsigned char>(c);
      out += "\\u00";
      out += kHex[code >> 4U];
      out += kHex[code & 0xFU];
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string json_number(double number) {
  if (!std::isfinite(number))
    return "null";
  // The value of an integer parameter may be a whole double, which is written without an exponent.
  constexpr double kPlainLimit = 1e15;
  const bool plain = std::abs(number) >= 1e-4 && std::abs(number) < kPlainLimit;
  std::array<char, 64> text{};
  char *const end = text.data() + text.size();
  const auto written = plain ? std::to_chars(text.data(), end, number, std::chars_format::fixed)
                             : std::to_chars(text.data(), end, number);
  return {text.data(), written.ptr};
}

JsonNode *JsonFields::node(const char *name) const {
  JsonNode *member = json_object_get_member(object_, name);
  return member != nullptr && !JSON_NODE_HOLDS_NULL(member) ? member : nullptr;
}

JsonObject *JsonFields::object(const char *name) const {
  JsonNode *member = node(name);
  return member != nullptr && JSON_NODE_HOLDS_OBJECT(member) ? json_node_get_object(member)
                                                             : nullptr;
}

JsonArray *JsonFields::array(const char *name) const {
  JsonNode *member = node(name);
  return member != nullptr && JSON_NODE_HOLDS_ARRAY(member) ? json_node_get_array(member) : nullptr;
}

std::string JsonFields::string(const char *name) const {
  JsonNode *member = node(name);
  if (member == nullptr || json_node_get_value_type(member) != G_TYPE_STRING)
    return {};
  return json_node_get_string(member);
}

std::optional<bool> JsonFields::boolean(const char *name) const {
  JsonNode *member = node(name);
  if (member == nullptr || json_node_get_value_type(member) != G_TYPE_BOOLEAN)
    return std::nullopt;
  return json_node_get_boolean(member) != FALSE;
}

std::optional<double> JsonFields::number(const char *name) const {
  JsonNode *member = node(name);
  if (member == nullptr)
    return std::nullopt;
  const GType type = json_node_get_value_type(member);
  if (type == G_TYPE_INT64)
    return static_cast<double>(json_node_get_int(member));
  if (type != G_TYPE_DOUBLE || !std::isfinite(json_node_get_double(member)))
    return std::nullopt;
  return json_node_get_double(member);
}

}  // namespace assemblyai
