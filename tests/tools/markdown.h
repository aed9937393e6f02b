// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Pages with generated parts.

#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace docs {

using Block = std::function<std::string()>;

// A row of a table. header() includes the line below it.
std::string row(const std::vector<std::string> &cells);
std::string header(const std::vector<std::string> &cells);

std::string code(const std::string &text);

// Replaces the text between "<!-- NAME: generated -->" and "<!-- end -->"
// in the page. An unknown name or a missing end is fatal.
std::string with_blocks(const std::string &page, const std::map<std::string, Block> &blocks);

}  // namespace docs
