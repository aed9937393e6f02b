// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <string>
#include <variant>

#include "protocol/parameters.h"

namespace assemblyai {

struct Terminate {};
struct ForceEndpoint {};
struct KeepAlive {};
struct UpdateConfiguration {
  ParameterSet parameters;  // native JSON types; lists are arrays, not strings
};

using ClientMessage = std::variant<Terminate, ForceEndpoint, KeepAlive, UpdateConfiguration>;

// The text frame of a message: one line of compact JSON.
std::string encode(const ClientMessage &message);

}  // namespace assemblyai
