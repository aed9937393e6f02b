// SPDX-License-Identifier: LGPL-2.1-or-later
// What this process holds: nothing of it may grow with use.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace testing {

// How often an endurance test does a thing: less where a sanitizer slows it down.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif
constexpr int often(int times) {
  return kSanitized ? (times + 9) / 10 : times;
}

struct ProcessFigures {
  std::size_t threads = 0;
  std::size_t descriptors = 0;
  std::size_t heap = 0;  // bytes in use; stays 0 where a sanitizer has its own heap

  static ProcessFigures now();
};

// The figures at the beginning of a test.
ProcessFigures first_figures();

// The names of all threads, as the kernel has them: at most 15 characters.
std::vector<std::string> thread_names();

// Waits until there are no more threads and descriptors than before, and fails at
// the deadline: what ends in the background takes a moment. The heap is judged by
// the caller.
ProcessFigures settle(const ProcessFigures &before);

}  // namespace testing
