// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

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

// Decodes one text frame into one message. A part that cannot be read does not invalidate the rest:
// it counts as missing, or it is skipped in its list. TurnRepair then fills in the missing parts of
// a turn. Only a message without content is a failure of kind kProtocol: text that is not a JSON
// object, a message of unknown kind, a Turn with neither text nor turn_order, a Silence without
// times, revisions of which none names a turn.
//
// The type is compared case-insensitively. A type that is missing or not a string follows from the
// fields. An unknown type is an UnknownMessage. Numbers and booleans may be written as strings.
//
// All strings in the result are valid UTF-8 without NUL. Recognized speech (transcripts,
// utterances, words, the answers of the LLM gateway) is unchanged. All other texts are made
// printable and are cut to 100 characters, texts for users to 1000.
//
// Secrets are removed from texts that explain, name or quote something, but not from recognized
// speech.
Result<ServerMessage> decode(std::string_view frame, const DecodeLimits &limits = {},
                             const Redaction &redact = {});

}  // namespace assemblyai
