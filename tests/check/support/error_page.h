// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Reads docs/reference/errors.md for tests.

#pragma once

#include <string>
#include <vector>

namespace testing {

// A text in a table of the page.
struct DocumentedText {
  std::string kind;
  std::string text;
  bool generated = false;  // in a generated table
  bool seen = false;
};

struct DocumentedKind {
  std::string kind;
  std::string error;  // GST_RESOURCE_ERROR_BUSY, for example
};

struct ErrorPage {
  std::vector<DocumentedText> texts;
  std::vector<DocumentedKind> kinds;

  // The matching text with the most fixed words, or nullptr. The suffix of a retry is ignored.
  DocumentedText *find(const std::string &kind, const std::string &said);
  std::string error_of(const std::string &kind) const;
};

ErrorPage read_error_page(const std::string &path);

}  // namespace testing
