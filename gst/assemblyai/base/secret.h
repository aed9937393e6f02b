// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace assemblyai {

// Text that must not reach a log, message, error or dump. It does not convert to a string: each use
// is marked by reveal().
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  bool empty() const { return text_.empty(); }
  const std::string &reveal() const { return text_; }

 private:
  std::string text_;
};

}  // namespace assemblyai
