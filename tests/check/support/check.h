// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// gst-check for C++.

#pragma once

#include <gst/check/gstcheck.h>

#include <string>

// Would match every member of that name.
#undef fail

namespace testing {

// How often a random test repeats: under a sanitizer each run takes many times as long.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr unsigned tries(unsigned count) {
  return (count + 9) / 10;
}
constexpr int kSlowness = 2;  // of all deadlines
#else
constexpr int kSlowness = 1;
constexpr unsigned tries(unsigned count) {
  return count;
}
#endif

// A program has the suites of a folder, one a file (support/main.cpp).
class RegisteredSuite {
 public:
  // can_run: returns what the machine lacks.
  RegisteredSuite(const char *name, const char *file, Suite *(*create)(),
                  bool (*can_run)() = nullptr);
  RegisteredSuite(const RegisteredSuite &) = delete;
  RegisteredSuite &operator=(const RegisteredSuite &) = delete;

  const char *name() const { return name_; }
  // The program's exit status.
  int run() const;

 private:
  const char *name_;
  const char *file_;
  Suite *(*create_)();
  bool (*can_run_)();
};

}  // namespace testing

// The last line of a file with the suite name_suite().
#define CHECK_SUITE(name) \
  static const testing::RegisteredSuite name##_registered(#name, __FILE__, name##_suite)

// The check library writes each fail_unless() to a file: too slow for millions.
#define must(condition, ...)               \
  do {                                     \
    if (!(condition))                      \
      fail_unless(condition, __VA_ARGS__); \
  } while (0)

// fail_unless_equals_string keeps pointers into what may be a temporary.
#define fail_unless_equals_text(got, expected)                                                 \
  do {                                                                                         \
    const std::string got_text(got);                                                           \
    const std::string expected_text(expected);                                                 \
    fail_unless(got_text == expected_text, "%s is \"%s\", not \"%s\"", #got, got_text.c_str(), \
                expected_text.c_str());                                                        \
  } while (0)
