// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Without a fuzzer: runs a target on files, and on all files of directories.

#include <filesystem>
#include <fstream>
#include <iterator>

#include "target.h"

namespace {

bool replay(const std::filesystem::path &path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return false;
  std::fprintf(stderr, "%s\n", path.c_str());
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  const std::vector<std::uint8_t> input(bytes.begin(), bytes.end());
  LLVMFuzzerTestOneInput(input.data(), input.size());
  return true;
}

// The number of files replayed.
int replay_all(const std::filesystem::path &path) {
  std::error_code missing;
  if (!std::filesystem::is_directory(path, missing))
    return replay(path) ? 1 : 0;
  int count = 0;
  for (const auto &entry : std::filesystem::directory_iterator(path, missing))
    count += replay(entry.path()) ? 1 : 0;
  return count;
}

}  // namespace

int main(int count, char *paths[]) {
  fuzz::longest = 1U << 20U;
  for (int i = 1; i < count; ++i) {
    const int replayed = replay_all(paths[i]);
    std::printf("%d inputs in %s\n", replayed, paths[i]);
    if (replayed == 0)
      return EXIT_FAILURE;
  }
  return count > 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}
