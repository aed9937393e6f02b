// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Words for the growing caption, and the text of its markup.

#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "captions/words.h"
#include "support/check.h"

using assemblyai::CaptionWord;

inline CaptionWord word_of(const std::string &text, bool stable = true,
                           const std::string &speaker = {}) {
  CaptionWord word;
  word.text = text;
  word.stable = stable;
  word.speaker = speaker;
  return word;
}

// Words between blanks. "~" before words: not stable; "@A": A speaks from here on, "@":
// nobody known; "+" at a word: joined to the one before.
inline std::vector<CaptionWord> words(const std::string &text) {
  std::vector<CaptionWord> words;
  std::string speaker;
  bool stable = true;
  std::istringstream in(text);
  for (std::string token; in >> token;) {
    if (token == "~")
      stable = false;
    else if (token[0] == '@')
      speaker = token.substr(1);
    else
      words.push_back(word_of(token, stable, speaker));
    if (token.size() > 1 && token[0] == '+') {
      words.back().text.erase(0, 1);
      words.back().joined = true;
    }
  }
  return words;
}

inline void collect_text(GMarkupParseContext *, const char *text, gsize length, gpointer into,
                         GError **) {
  static_cast<std::string *>(into)->append(text, length);
}

inline void check_element(GMarkupParseContext *, const char *name, const char **attributes,
                          const char **, gpointer, GError **) {
  if (std::string(name) == "markup")
    return;
  fail_unless_equals_text(name, "span");
  fail_unless_equals_text(attributes[0], "alpha");
  fail_unless(attributes[1] == nullptr);
}

// The text of the markup, read as Pango does.
inline std::string without_tags(const std::string &markup) {
  const GMarkupParser parser{check_element, nullptr, collect_text, nullptr, nullptr};
  std::string text;
  GMarkupParseContext *context =
      g_markup_parse_context_new(&parser, GMarkupParseFlags{}, &text, nullptr);
  const std::string document = "<markup>" + markup + "</markup>";
  fail_unless(g_markup_parse_context_parse(context, document.data(),
                                           static_cast<gssize>(document.size()), nullptr) &&
                  g_markup_parse_context_end_parse(context, nullptr),
              "%s", document.c_str());
  g_markup_parse_context_free(context);
  return text;
}
