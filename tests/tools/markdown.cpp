// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "markdown.h"

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace docs {

namespace {

constexpr std::string_view kBegin = "<!-- ";
constexpr std::string_view kGenerated = ": generated -->\n";
constexpr std::string_view kEnd = "<!-- end -->";

[[noreturn]] void give_up(const std::string &why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(2);
}

// The start of a generated part.
struct Marker {
  std::string name;
  std::size_t body = 0;
};

Marker next_marker(const std::string &page, std::size_t from) {
  const std::size_t tail = page.find(kGenerated, from);
  if (tail == std::string::npos)
    return {};
  const std::size_t begin = page.rfind(kBegin, tail) + kBegin.size();
  return {page.substr(begin, tail - begin), tail + kGenerated.size()};
}

}  // namespace

std::string row(const std::vector<std::string> &cells) {
  std::string line = "|";
  for (const std::string &cell : cells) {
    line += ' ';
    for (const char c : cell)
      line += c == '|' ? std::string("\\|") : std::string(1, c);
    line += cell.empty() ? "|" : " |";
  }
  return line + '\n';
}

std::string header(const std::vector<std::string> &cells) {
  std::string line = "|";
  for (std::size_t i = 0; i < cells.size(); i++)
    line += "---|";
  return row(cells) + line + '\n';
}

std::string code(const std::string &text) {
  return '`' + text + '`';
}

std::string with_blocks(const std::string &page, const std::map<std::string, Block> &blocks) {
  std::string result;
  std::size_t at = 0;
  for (Marker marker = next_marker(page, 0); !marker.name.empty(); marker = next_marker(page, at)) {
    const auto block = blocks.find(marker.name);
    const std::size_t end = page.find(kEnd, marker.body);
    if (block == blocks.end() || end == std::string::npos)
      give_up("There is no block " + marker.name + ", or it has no end");
    result += page.substr(at, marker.body - at) + '\n' + block->second() + '\n';
    at = end;
  }
  return result + page.substr(at);
}

}  // namespace docs
