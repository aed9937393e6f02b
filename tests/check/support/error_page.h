// SPDX-License-Identifier: LGPL-2.1-or-later
// docs/reference/errors.md, as a test reads it.

#pragma once

#include <string>
#include <vector>

namespace testing {

// A text that the page has in a table.
struct DocumentedText {
  std::string kind;
  std::string text;
  bool generated = false;  // in a table that a program writes
  bool seen = false;
};

struct DocumentedKind {
  std::string kind;
  std::string error;  // GST_RESOURCE_ERROR_BUSY, for example
};

struct ErrorPage {
  std::vector<DocumentedText> texts;
  std::vector<DocumentedKind> kinds;

  // The text that fits, with the most words of its own; or nullptr. Of a failure that is
  // tried again, its text.
  DocumentedText *find(const std::string &kind, const std::string &said);
  std::string error_of(const std::string &kind) const;
};

ErrorPage read_error_page(const std::string &path);

}  // namespace testing
