// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "element/settings.h"

#include <variant>

namespace assemblyai {

namespace {

template <typename T>
const T *find(const ParameterSet &parameters, const char *name) {
  const auto found = parameters.find(name);
  return found != parameters.end() ? std::get_if<T>(&found->second) : nullptr;
}

}  // namespace

// language_codes wins over language_code at the service.
std::string Settings::language() const {
  if (const auto *codes = find<std::vector<std::string>>(parameters, "language_codes");
      codes != nullptr && !codes->empty())
    return main_language(codes->front());
  const auto *code = find<std::string>(parameters, "language_code");
  return code != nullptr ? main_language(*code) : "";
}

std::string Settings::assumed_language() const {
  const auto *codes = find<std::vector<std::string>>(parameters, "language_codes");
  const bool is_named =
      (codes != nullptr && !codes->empty()) || parameters.contains("language_code");
  return is_named || is_on(parameters, "language_detection") ? "" : "en";
}

}  // namespace assemblyai
