// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// What the fuzz targets share.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

// A target defines it. An input is wrong when this does not come back.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

namespace fuzz {

// What must hold whatever the input is.
inline void require(bool holds, const char *what) {
  if (holds)
    return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

// Cuts off what stands before the next mark.
inline std::string_view take_until(char mark, std::string_view *rest) {
  const std::string_view part = rest->substr(0, rest->find(mark));
  rest->remove_prefix(std::min(rest->size(), part.size() + 1));
  return part;
}

// The longest text that expanded() makes. A fuzzer wants many short runs; a
// replay makes it a megabyte.
inline std::size_t longest = 1U << 14U;

// The input as text. What stands between two unit separators (0x1F) is repeated,
// so that a small file stands for a long text of brackets, letters or words.
inline std::string expanded(std::string_view input) {
  constexpr char kRepeat = '\x1f';
  std::string text;
  for (bool repeated = false; !input.empty(); repeated = !repeated) {
    const std::string_view part = take_until(kRepeat, &input);
    const std::size_t copies = repeated ? longest / 8 : 1;
    for (std::size_t i = 0; i < copies && (i == 0 || text.size() + part.size() <= longest); ++i)
      text += part;
  }
  return text;
}

// The parts of an input that are separated by record separators (0x1E).
inline std::vector<std::string> expanded_parts(std::string_view input) {
  std::vector<std::string> parts;
  do
    parts.push_back(expanded(take_until('\x1e', &input)));
  while (!input.empty());
  return parts;
}

// Takes numbers off the front of an input, a byte each. '0' is 0, and so is what is missing.
class Numbers {
 public:
  explicit Numbers(std::string_view input) : rest_(input) {}

  unsigned next() {
    if (rest_.empty())
      return 0;
    const auto byte = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return static_cast<std::uint8_t>(byte - '0');
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

inline std::string_view as_text(const std::uint8_t *data, std::size_t size) {
  return {reinterpret_cast<const char *>(data), size};
}

}  // namespace fuzz
