// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Reads JSON from a peer safely with json-glib, and writes JSON.

#pragma once

#include <json-glib/json-glib.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assemblyai {

struct JsonNodeDeleter {
  void operator()(JsonNode *node) const { json_node_unref(node); }
};
using JsonNodePtr = std::unique_ptr<JsonNode, JsonNodeDeleter>;

// Parses one JSON object or array. The detail of the failure says what is wrong.
//
// The text passes a lexical check first, because json-glib 1.6 recurses without limit, accepts
// comments and octal escapes, reads past the end of a string with a lone surrogate, cuts strings at
// \u0000, wraps large integers around, searches all members of an object for a duplicate, and needs
// a hundred times the memory of the text. The check replaces lone surrogates and \u0000 by U+FFFD,
// integers beyond 18 digits by floating point numbers, and NaN and Infinity by null, and limits the
// numbers of members and values.
Result<JsonNodePtr> parse_json(std::string_view text, std::size_t max_bytes, std::size_t max_depth);

// Compact JSON text of a parsed node. (json-glib's own writer turns 1e-5 into
// "1.0000000000000001e-05.0", which is not JSON.)
std::string json_text(JsonNode *node);

// With quotes and escapes, on one line.
std::string json_string(std::string_view text);

// The shortest text that reads back as the same number; "null" if not finite.
std::string json_number(double number);

// Typed access to the fields of an object. A field that is missing, null or of
// another type is nullopt, nullptr or an empty string. Any number is a number,
// whether it was written as an integer or not.
class JsonFields {
 public:
  explicit JsonFields(JsonObject *object) : object_(object) {}

  JsonNode *node(const char *name) const;
  JsonObject *object(const char *name) const;
  JsonArray *array(const char *name) const;
  std::string string(const char *name) const;
  std::optional<bool> boolean(const char *name) const;
  std::optional<double> number(const char *name) const;  // finite

 private:
  JsonObject *object_;
};

}  // namespace assemblyai
