// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "protocol/redaction.h"
#include "protocol/types.h"

namespace assemblyai {

struct DecodeLimits {
  std::size_t max_bytes = 16U << 20U;
  std::size_t max_depth = 32;
};

// One text frame to one message. A part that cannot be read does not take the rest with it: it
// counts as missing, or is left out of its list. What is missing of a turn is then put in by
// TurnRepair. Only what has nothing in it is a failure of kind kProtocol: text that is no JSON
// object, a message of no known kind, a Turn with neither text nor turn_order, a Silence without
// its times, revisions none of which says of which turn it is.
//
// The type is compared without regard to case; one that is missing, or no text, follows from the
// fields. An unknown type is an UnknownMessage. Numbers and truth values may be given as text.
//
// All strings in the result are valid UTF-8 without NUL. What was said (transcripts, utterances,
// words, the gateway's answers) is as the service told it; all other texts can be printed, and are
// cut to 100 characters, those for people to read to 1000.
// What explains, names or quotes is free of the secrets; what was said is not touched.
Result<ServerMessage> decode(std::string_view frame, const DecodeLimits &limits = {},
                             const Redaction &redact = {});

}  // namespace assemblyai
