// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <cstddef>
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
class Redaction {
 public:
  static constexpr std::size_t kLeast = 4;
  static constexpr std::size_t kLong = 8;

  // Only a long one, where a short one may be an ordinary word.
  void add(const Secret &secret, std::size_t least = kLeast);
  // A header's value, and the parts that it is made of.
  void add_header(std::string_view name, const Secret &value);

  std::string operator()(std::string_view text) const;

 private:
  std::vector<Secret> secrets_;  // the longest first
};

}  // namespace assemblyai
