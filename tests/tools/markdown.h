// SPDX-License-Identifier: LGPL-2.1-or-later
// Pages with parts that a program writes.

#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace docs {

using Block = std::function<std::string()>;

// A table's row; with a header above it, the line below the header too.
std::string row(const std::vector<std::string> &cells);
std::string header(const std::vector<std::string> &cells);

std::string code(const std::string &text);

// The page with what stands between "<!-- NAME: generated -->" and "<!-- end -->"
// written anew. What is not the name of a block, or has no end, is fatal.
std::string with_blocks(const std::string &page, const std::map<std::string, Block> &blocks);

}  // namespace docs
