// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The resources of this process. None may grow with use.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace testing {

// How often an endurance test repeats a step: less often where a sanitizer slows it down.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif
constexpr int often(int times) {
  return kSanitized ? (times + 9) / 10 : times;
}

struct ProcessResources {
  std::size_t threads = 0;
  std::size_t descriptors = 0;
  std::size_t heap = 0;  // bytes in use; stays 0 where a sanitizer has its own heap

  static ProcessResources now();
};

// The resources at the beginning of a test.
ProcessResources initial_resources();

// The names of all threads, as the kernel has them: at most 15 characters.
std::vector<std::string> thread_names();

// Waits until there are no more threads and descriptors than before, and fails at the deadline:
// background work ends a moment later. The caller checks the heap.
ProcessResources settle(const ProcessResources &before);

}  // namespace testing
