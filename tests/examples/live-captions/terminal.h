// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Output for the user: captions on standard output, everything else on standard error.
//
// On a terminal the caption grows in the last line. Typed text would be mixed with it, so
// the user presses Enter first. That opens a prompt, and output is kept until the next
// Enter. The terminal stays in line mode, so there is nothing to restore.

#pragma once

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

// The text as one line that does not control a terminal: without invalid UTF-8, control
// characters, escape sequences and changes of the writing direction.
std::string printable(const std::string &text);

class Terminal {
 public:
  Terminal();
  Terminal(const Terminal &) = delete;
  Terminal &operator=(const Terminal &) = delete;

  void grow(const std::string &head, const std::string &text);  // replaces the growing caption
  void settle(const std::string &line);  // replaces the growing caption and stays
  void drop_growing();
  void note(const std::string &line);  // printed before the growing caption, and stays

  void line_typed();  // call it first for every line of input
  bool has_prompt() const { return prompt_; }
  void open_prompt();
  void close_prompt();

 private:
  void print(std::FILE *file, const std::string &line);
  void erase() const;
  void draw() const;

  const bool live_;  // show a growing caption
  const bool echo_;  // typed text appears among the captions
  bool prompt_ = false;
  std::string head_, growing_;
  std::vector<std::pair<std::FILE *, std::string>> kept_;  // output during a prompt
};
