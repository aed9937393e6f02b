// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Writes the generated parts of documentation pages, or checks that they match the code.
//
//   generate-docs --update|--check PAGE...

#include <gst/gst.h>

#include <cstdio>
#include <span>

#include "base/glib_ptr.h"
#include "failure_blocks.h"
#include "fault_blocks.h"
#include "interface_blocks.h"

namespace {

using assemblyai::OutError;
using assemblyai::Owned;

bool read_page(const char *path, std::string *page) {
  char *text = nullptr;
  OutError error;
  if (g_file_get_contents(path, &text, nullptr, error.out()) == FALSE) {
    std::fprintf(stderr, "%s\n", error->message);
    return false;
  }
  *page = Owned<char>(text).get();
  return true;
}

bool write_page(const char *path, const std::string &page) {
  OutError error;
  if (g_file_set_contents(path, page.data(), static_cast<gssize>(page.size()), error.out()) !=
      FALSE)
    return true;
  std::fprintf(stderr, "%s\n", error->message);
  return false;
}

bool handle(const char *path, bool update, const std::map<std::string, docs::Block> &blocks) {
  std::string page;
  if (!read_page(path, &page))
    return false;
  const std::string wanted = docs::with_blocks(page, blocks);
  if (wanted == page)
    return true;
  if (update)
    return write_page(path, wanted);
  std::fprintf(stderr, "%s is not what the code says: run ninja -C build docs\n", path);
  return false;
}

}  // namespace

int main(int argc, char **argv) {
  gst_init(nullptr, nullptr);
  const std::span<char *> arguments(argv, static_cast<std::size_t>(argc));
  const std::string mode = argc > 1 ? arguments[1] : "";
  if (argc < 3 || (mode != "--update" && mode != "--check")) {
    std::fprintf(stderr, "usage: generate-docs --update|--check PAGE...\n");
    return 2;
  }
  std::map<std::string, docs::Block> blocks = docs::interface_blocks();
  blocks.merge(docs::failure_blocks());
  blocks.merge(docs::fault_blocks());
  bool good = true;
  for (const char *path : arguments.subspan(2))
    good = handle(path, mode == "--update", blocks) && good;
  return good ? 0 : 1;
}
