// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "protocol/types.h"

namespace assemblyai {

struct DecodeLimits {
  std::size_t max_bytes = 16U << 20U;
  std::size_t max_depth = 32;
};

// One text frame to one message. Tolerant: unknown types and fields are ignored,
// optional fields may be missing or null, integers may come as floats, an
// unusable optional field counts as missing. Strict on what makes up the
// message: a Turn without turn_order or end_of_turn, a word without text or
// times, a time that is negative or absurd is a failure of kind kProtocol.
// All strings in the result are valid UTF-8 without NUL. What was said (transcripts,
// utterances, words, the gateway's answers) is as the service told it; all other texts
// can be printed, and are cut to 100 characters, those for people to read to 1000. An
// object without a type but with an "error" is a ServerError.
Result<ServerMessage> decode(std::string_view frame, const DecodeLimits &limits = {});

}  // namespace assemblyai
