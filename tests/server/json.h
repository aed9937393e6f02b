// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// JSON out (a string builder that keeps the order of the keys) and in
// (json-glib behind a check of what it cannot bear).

#pragma once

#include <json-glib/json-glib.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace testserver {

class JsonWriter {
 public:
  JsonWriter &begin_object();
  JsonWriter &end_object();
  JsonWriter &begin_array();
  JsonWriter &end_array();
  JsonWriter &key(std::string_view name);
  JsonWriter &string(std::string_view value);
  JsonWriter &string_or_null(std::string_view value);  // "" is null
  JsonWriter &integer(std::int64_t value);
  JsonWriter &number(double value);
  JsonWriter &boolean(bool value);
  JsonWriter &null();

  const std::string &text() const { return text_; }

 private:
  void separate();
  std::string text_;
  bool comma_ = false;
};

// A parsed text. What is nested deeper than any message of the protocol, and lone surrogates, which
// Python's json module takes, are refused.
class JsonText {
 public:
  JsonText() = default;
  ~JsonText();
  JsonText(const JsonText &) = delete;
  JsonText &operator=(const JsonText &) = delete;

  bool parse(std::string_view text);
  JsonNode *root() const { return root_; }                 // borrowed; null if not parsed
  JsonObject *object() const;                              // null if the root is no object
  const std::string &problem() const { return problem_; }  // in the words of Python's json module

 private:
  JsonNode *root_ = nullptr;
  std::string problem_;
};

// Members of an object; the fallback if absent or of another type.
std::string json_string(JsonObject *object, const char *name, std::string_view fallback = {});
std::int64_t json_integer(JsonObject *object, const char *name, std::int64_t fallback);
double json_number(JsonObject *object, const char *name, double fallback);
bool json_boolean(JsonObject *object, const char *name, bool fallback);
JsonArray *json_array(JsonObject *object, const char *name);  // borrowed, or null
bool json_is_string(JsonNode *node);
bool json_is_number(JsonNode *node);
// Strings of an array; nullopt if the node is no array or has another element.
std::optional<std::vector<std::string>> json_strings(JsonNode *node);
std::string json_print(JsonNode *node);

}  // namespace testserver
