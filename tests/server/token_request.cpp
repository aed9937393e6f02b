// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include "token_request.h"

#include "credentials.h"
#include "json.h"

namespace testserver {

namespace {

struct Detail {
  const char *type;
  const char *place;  // "query" or "header"
  const char *name;
  std::string message;
  const char *input;            // null = none was given
  const char *bound = nullptr;  // "ge" or "le"
  std::int64_t limit = 0;
};

TokenRequest unprocessable(const Detail &detail) {
  JsonWriter json;
  json.begin_object().key("detail").begin_array().begin_object();
  json.key("type").string(detail.type);
  json.key("loc").begin_array().string(detail.place).string(detail.name).end_array();
  json.key("msg").string(detail.message).key("input");
  if (detail.input != nullptr)
    json.string(detail.input);
  else
    json.null();
  if (detail.bound != nullptr)
    json.key("ctx").begin_object().key(detail.bound).integer(detail.limit).end_object();
  json.end_object().end_array().end_object();
  return {422, json.text()};
}

// Whether the parameter is a number within its bounds; otherwise *request is the refusal.
bool read_seconds(const char *name, const char *text, std::int64_t least, std::int64_t most,
                  std::chrono::seconds *seconds, TokenRequest *request) {
  gint64 value = 0;
  if (g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &value, nullptr) == FALSE) {
    *request = unprocessable({"int_parsing", "query", name,
                              "Input should be a valid integer, unable to parse string as an "
                              "integer",
                              text});
    return false;
  }
  *seconds = std::chrono::seconds(value);
  if (value >= least && value <= most)
    return true;
  bool low = value < least;
  std::string limit = std::to_string(low ? least : most);
  *request = unprocessable({low ? "greater_than_equal" : "less_than_equal", "query", name,
                            (low ? "Input should be greater than or equal to "
                                 : "Input should be less than or equal to ") +
                                limit,
                            text, low ? "ge" : "le", low ? least : most});
  return false;
}

const char *parameter(GHashTable *query, const char *name) {
  return query != nullptr ? static_cast<const char *>(g_hash_table_lookup(query, name)) : nullptr;
}

}  // namespace

TokenRequest read_token_request(const char *authorization, GHashTable *query,
                                const Options &options) {
  TokenRequest request;
  if (authorization == nullptr)
    return unprocessable({"missing", "header", "authorization", "Field required", nullptr});
  const char *expires = parameter(query, "expires_in_seconds");
  if (expires == nullptr)
    return unprocessable({"missing", "query", "expires_in_seconds", "Field required", nullptr});
  if (!read_seconds("expires_in_seconds", expires, 1, 600, &request.expires, &request))
    return request;
  const char *cap = parameter(query, "max_session_duration_seconds");
  if (cap != nullptr &&
      !read_seconds("max_session_duration_seconds", cap, 60, 10800, &request.max_session, &request))
    return request;
  if (!is_key(authorization, options))
    return {401, R"({"error":"Unauthorized: Invalid API key","code":401,"details":null})"};
  return request;
}

}  // namespace testserver
