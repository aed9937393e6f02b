// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "protocol/encode.h"

#include <algorithm>

#include "protocol/json.h"

namespace assemblyai {

namespace {

struct ValueWriter {
  std::string operator()(const std::string &text) const { return json_string(text); }
  std::string operator()(double number) const { return json_number(number); }
  // JSON text that spans lines can be written on one line: line breaks occur between tokens only.
  std::string operator()(const JsonText &json) const {
    std::string line = json.text;
    std::replace_if(
        line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return line;
  }
  template <typename T>
  std::string operator()(const T &value) const {
    return query_value(value);
  }
};

struct MessageWriter {
  std::string operator()(const Terminate &) const { return R"({"type":"Terminate"})"; }
  std::string operator()(const ForceEndpoint &) const { return R"({"type":"ForceEndpoint"})"; }
  std::string operator()(const KeepAlive &) const { return R"({"type":"KeepAlive"})"; }
  std::string operator()(const UpdateConfiguration &update) const {
    std::string out = R"({"type":"UpdateConfiguration")";
    for (const auto &[name, value] : update.parameters)
      out += ',' + json_string(name) + ':' + std::visit(ValueWriter{}, value);
    return out + '}';
  }
};

}  // namespace

std::string encode(const ClientMessage &message) {
  return std::visit(MessageWriter{}, message);
}

}  // namespace assemblyai
