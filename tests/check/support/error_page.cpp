// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "support/error_page.h"

#include <algorithm>
#include <map>
#include <sstream>
#include <string_view>

#include "support/check.h"

namespace testing {

namespace {

std::string trimmed(const std::string &text) {
  const std::size_t begin = text.find_first_not_of(" `");
  return begin == std::string::npos ? ""
                                    : text.substr(begin, text.find_last_not_of(" `") - begin + 1);
}

std::vector<std::string> cells_of(const std::string &line) {
  std::vector<std::string> cells;
  std::istringstream stream(line.substr(1));
  for (std::string cell; std::getline(stream, cell, '|');)
    cells.push_back(trimmed(cell));
  return cells;
}

// Cells by the name of their column.
using Row = std::map<std::string, std::string>;

void take(const Row &row, bool generated, ErrorPage *page) {
  if (!row.contains("kind"))
    return;
  if (row.contains("text"))
    page->texts.push_back({row.at("kind"), row.at("text"), generated});
  else if (row.contains("domain and code"))
    page->kinds.push_back({row.at("kind"), row.at("domain and code")});
}

// Text in italics matches anything.
std::string pattern_of(const std::string &text) {
  std::string pattern;
  bool italics = false;
  for (const char c : text) {
    if (!italics)
      pattern += c;
    italics = c == '*' ? !italics : italics;
  }
  return pattern;
}

// The WARNING about a failure that is retried has the text of the failure, and this suffix.
std::string without_retry(const std::string &message) {
  constexpr std::string_view kRetry = "; retrying.";
  if (!message.ends_with(kRetry))
    return message;
  const std::string text = message.substr(0, message.size() - kRetry.size());
  return text.ends_with(".") ? text : text + ".";
}

}  // namespace

DocumentedText *ErrorPage::find(const std::string &kind, const std::string &said) {
  const std::string message = without_retry(said);
  DocumentedText *best = nullptr;
  std::size_t best_size = 0;
  for (DocumentedText &text : texts) {
    const std::string pattern = pattern_of(text.text);
    if (text.kind == kind && pattern.size() > best_size &&
        g_pattern_match_simple(pattern.c_str(), message.c_str()) != FALSE) {
      best = &text;
      best_size = pattern.size();
    }
  }
  return best;
}

std::string ErrorPage::error_of(const std::string &kind) const {
  const auto found = std::ranges::find(kinds, kind, &DocumentedKind::kind);
  return found != kinds.end() ? found->error : "";
}

ErrorPage read_error_page(const std::string &path) {
  gchar *text = nullptr;
  fail_unless(g_file_get_contents(path.c_str(), &text, nullptr, nullptr), "%s", path.c_str());
  std::istringstream stream(text);
  g_free(text);
  ErrorPage page;
  std::vector<std::string> columns;
  bool generated = false;
  for (std::string line; std::getline(stream, line);) {
    generated = line.starts_with("<!--") ? line.ends_with("generated -->") : generated;
    if (!line.starts_with("|")) {
      columns.clear();
      continue;
    }
    const std::vector<std::string> cells = cells_of(line);
    if (columns.empty()) {
      columns = cells;
      continue;
    }
    if (line.starts_with("|---"))
      continue;
    Row row;
    for (std::size_t i = 0; i < std::min(cells.size(), columns.size()); i++)
      row.emplace(columns[i], cells[i]);
    take(row, generated, &page);
  }
  return page;
}

}  // namespace testing
