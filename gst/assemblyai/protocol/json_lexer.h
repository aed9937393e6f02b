// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assemblyai {

// Scans the text of one JSON object or array once: checks its characters, strings, escapes, depth
// and numbers of parts, and copies it in a form that json-glib reads correctly (see parse_json).
// The parser checks the rest of the grammar.
class JsonLexer {
 public:
  JsonLexer(std::string_view text, std::size_t max_depth) : text_(text), max_depth_(max_depth) {}

  // nullptr, or a description of the error.
  const char *run();

  const std::string &checked() const { return out_; }

 private:
  const char *token();
  const char *open();
  const char *close();
  const char *string();
  const char *escape();
  const char *unicode_escape();
  const char *separator();
  void number();
  bool no_number();
  std::optional<unsigned> unicode_at(std::size_t at) const;
  void copy(std::size_t count);

  std::string_view text_;
  std::size_t max_depth_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::vector<std::size_t> members_;  // members of each open bracket
  std::size_t brackets_ = 0;
  std::size_t commas_ = 0;
  bool complete_ = false;  // the outermost bracket has closed
  std::string out_;
};

}  // namespace assemblyai
