// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "terminal.h"

#include <glib.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace {

constexpr int kShortest = 20;  // columns; without the head, if a caption would have less

bool does_something(gunichar c) {
  const GUnicodeType type = g_unichar_type(c);
  return type == G_UNICODE_CONTROL || type == G_UNICODE_LINE_SEPARATOR ||
         type == G_UNICODE_PARAGRAPH_SEPARATOR || (c >= 0x202a && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069);
}

int columns_at(const char *p) {
  const gunichar c = g_utf8_get_char(p);
  return g_unichar_iszerowidth(c) != FALSE ? 0 : g_unichar_iswide(c) != FALSE ? 2 : 1;
}

int columns_of(const std::string &text) {
  int columns = 0;
  for (const char *p = text.c_str(); *p != '\0'; p = g_utf8_next_char(p))
    columns += columns_at(p);
  return columns;
}

int terminal_columns() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return 80;
  return size.ws_col;
}

// The end of the text, which is where it grows.
std::string tail_of(const std::string &text, int room) {
  int columns = columns_of(text);
  if (columns <= room)
    return text;
  const char *from = text.c_str();
  for (; *from != '\0' && (columns >= room || columns_at(from) == 0); from = g_utf8_next_char(from))
    columns -= columns_at(from);
  // Starts with a whole word, if one is near.
  const std::string rest = from;
  const std::size_t blank = rest.find(' ');
  return "…" + (blank < kShortest ? rest.substr(blank) : rest);
}

}  // namespace

std::string printable(const std::string &text) {
  g_autofree char *valid = g_utf8_make_valid(text.c_str(), static_cast<gssize>(text.size()));
  std::string out;
  for (const char *p = valid, *next = nullptr; *p != '\0'; p = next) {
    next = g_utf8_next_char(p);
    if (does_something(g_utf8_get_char(p)))
      out += ' ';
    else
      out.append(p, next);
  }
  return out;
}

Terminal::Terminal()
    : live_(isatty(STDOUT_FILENO) != 0 && g_strcmp0(g_getenv("TERM"), "dumb") != 0),
      echo_(live_ && isatty(STDIN_FILENO) != 0) {}

void Terminal::erase() const {
  if (live_)
    std::fputs("\r\033[K", stdout);
}

// The line is never as wide as the terminal, because a wrapped line cannot be erased.
void Terminal::draw() const {
  if (live_ && !growing_.empty()) {
    const int width = terminal_columns() - 1;
    const int room = width - columns_of(head_);
    const std::string line =
        room >= kShortest ? head_ + tail_of(growing_, room) : tail_of(growing_, width);
    std::fputs(line.c_str(), stdout);
  }
  std::fflush(stdout);
}

void Terminal::print(std::FILE *file, const std::string &line) {
  if (prompt_) {
    kept_.emplace_back(file, line);
    return;
  }
  erase();
  std::fflush(stdout);
  std::fprintf(file, "%s\n", printable(line).c_str());
  std::fflush(file);
  draw();
}

void Terminal::grow(const std::string &head, const std::string &text) {
  head_ = head;
  growing_ = printable(text);
  if (prompt_)
    return;
  erase();
  draw();
}

void Terminal::settle(const std::string &line) {
  growing_.clear();
  print(stdout, line);
}

void Terminal::drop_growing() {
  grow("", "");
}

void Terminal::note(const std::string &line) {
  print(stderr, line);
}

// The terminal has moved to the next line with the Enter of the user.
void Terminal::line_typed() {
  if (echo_ && !prompt_)
    std::fputs("\033[A", stdout);
}

void Terminal::open_prompt() {
  if (!echo_)
    return;
  erase();
  std::fputs("> ", stdout);
  std::fflush(stdout);
  prompt_ = true;
}

void Terminal::close_prompt() {
  if (!std::exchange(prompt_, false))
    return;
  for (const auto &[file, line] : std::exchange(kept_, {}))
    print(file, line);
  draw();
}
