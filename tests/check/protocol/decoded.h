// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <string>
#include <variant>

#include "protocol/decode.h"
#include "protocol/expect.h"

namespace assemblyai {

// The message in a frame that must hold one of this type.
template <typename T>
T decoded(const std::string &frame) {
  const Result<ServerMessage> result = decode(frame);
  if (!result)
    g_error("%s: %s", frame.substr(0, 200).c_str(), result.failure().detail.c_str());
  const T *message = std::get_if<T>(&result.value());
  if (message == nullptr)
    g_error("message of another type (%zu): %s", result->index(), frame.substr(0, 200).c_str());
  return *message;
}

inline std::string turn_with(const std::string &fields) {
  return R"({"type":"Turn","turn_order":0,"end_of_turn":false,)" + fields + "}";
}

inline std::string word_with(const std::string &fields) {
  return turn_with("\"words\":[{" + fields + "}]");
}

}  // namespace assemblyai
