// SPDX-License-Identifier: LGPL-2.1-or-later

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

// Takes what was sent as a secret out of the text that comes back: an error or an address may quote
// it. Asked where such text is read, before any of it is cut.
//
// It is found as it is, percent-encoded, with the escapes of JSON, and where the text breaks off
// inside it. A short one counts only where it stands alone; what is shorter than kLeast is no
// secret that could be kept.
//
// Copies know the same secrets: those of earlier sessions too, because a service quotes a token
// when it has expired. Any thread.
class Redaction {
 public:
  static constexpr std::size_t kLeast = 4;
  static constexpr std::size_t kLong = 8;
  static constexpr std::size_t kMost = 64;  // secrets: the newest

  // Only a long one, where a short one may be an ordinary word.
  void add(const Secret &secret, std::size_t least = kLeast);
  // A header's value, and the parts that it is made of.
  void add_header(std::string_view name, const Secret &value);

  // Reads the text once, however many secrets there are.
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
