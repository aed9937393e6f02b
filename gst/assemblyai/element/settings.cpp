// SPDX-License-Identifier: LGPL-2.1-or-later

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

// language_codes wins over language_code at the service; without both it is English,
// unless the service is to find out.
std::string Settings::language() const {
  if (const auto *codes = find<std::vector<std::string>>(parameters, "language_codes");
      codes != nullptr && !codes->empty())
    return main_language(codes->front());
  if (const auto *code = find<std::string>(parameters, "language_code"))
    return main_language(*code);
  const bool *detects = find<bool>(parameters, "language_detection");
  return detects != nullptr && *detects ? "" : "en";
}

}  // namespace assemblyai
