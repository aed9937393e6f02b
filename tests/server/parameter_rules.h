// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The table of parameters: one line each.

#pragma once

#include "parameters.h"

#include <span>

namespace testserver {

enum class ParameterType { boolean, integer, number, text, choice, strings, object };

// A value after parsing; only the member of the rule's type is set.
struct ParameterValue {
  bool boolean = false;
  std::int64_t integer = 0;
  double number = 0;
  std::string text;
  std::vector<std::string> strings;
};

struct ParameterRule {
  const char *name;
  ParameterType type;
  double min = 0;   // of numbers, both ends inclusive; min > max: unbounded. Of texts and lists
  double max = -1;  // the maximum length.
  const char *const *choices = nullptr;  // null-terminated
  bool updatable = false;                // in UpdateConfiguration too
  bool universal_3_only = false;         // refused with Universal-Streaming
  const char *needs = nullptr;           // refused without this one
  void (*store)(Configuration &, const ParameterValue &) = nullptr;
};

std::span<const ParameterRule> parameter_rules();
// "'a', 'b' or 'c'", as pydantic lists what it would have taken.
std::string list_choices(const char *const *choices);
bool is_choice(const char *const *choices, const std::string &text);

}  // namespace testserver
