// SPDX-License-Identifier: LGPL-2.1-or-later
// What the user sees: captions on standard output, everything else on standard error.
//
// On a terminal the caption grows in the last line. What is typed would be mixed with
// it, so the user presses Enter first: that opens a prompt, and what happens meanwhile
// is kept until the next Enter. The terminal stays in its line mode: there is nothing
// to restore.

#pragma once

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

// One line that does nothing to a terminal, whatever the text holds: not UTF-8, control
// characters, escape sequences, changes of the direction of writing.
std::string printable(const std::string &text);

class Terminal {
 public:
  Terminal();
  Terminal(const Terminal &) = delete;
  Terminal &operator=(const Terminal &) = delete;

  void grow(const std::string &head, const std::string &text);  // replaces the growing caption
  void settle(const std::string &line);  // stays, in place of the growing caption
  void drop_growing();
  void note(const std::string &line);  // stays, before the growing caption

  void line_typed();  // to be called first for every line of input
  bool has_prompt() const { return prompt_; }
  void open_prompt();
  void close_prompt();

 private:
  void print(std::FILE *file, const std::string &line);
  void erase() const;
  void draw() const;

  const bool live_;  // there is a growing caption
  const bool echo_;  // input shows where the captions are
  bool prompt_ = false;
  std::string head_, growing_;
  std::vector<std::pair<std::FILE *, std::string>> kept_;  // while there is a prompt
};
