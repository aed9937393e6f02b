// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"

namespace assemblyai {

// Removes secrets that were sent from text that is received: an error or an address may quote them.
// Applied where such text is read, before any of it is cut.
//
// Finds a secret as it is, percent-encoded, with JSON escapes, and where the text breaks off inside
// it. A short secret counts only where it is a separate word. A text shorter than kLeast is not
// treated as a secret.
//
// Copies share the same secrets, including those of earlier sessions, because a service quotes a
// token after it has expired. Any thread.
class Redaction {
 public:
  static constexpr std::size_t kLeast = 4;
  static constexpr std::size_t kLong = 8;
  static constexpr std::size_t kMost = 64;  // the newest secrets that are kept

  // least: kLong where a short secret may be an ordinary word.
  void add(const Secret &secret, std::size_t least = kLeast);
  // The value of a header, and its parts.
  void add_header(std::string_view name, const Secret &value);

  // Reads the text once, regardless of the number of secrets.
  std::string operator()(std::string_view text) const;

 private:
  struct Entry {
    Secret secret;
    std::uint64_t added;
  };
  struct Known {
    std::mutex mutex;
    std::vector<Entry> secrets;  // the longest first
    std::uint64_t count = 0;
  };

  static std::size_t match_any(const Known &known, std::string_view text, std::size_t at);

  std::shared_ptr<Known> known_ = std::make_shared<Known>();
};

}  // namespace assemblyai
