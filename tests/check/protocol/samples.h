// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The recorded frames in data/v3.

#pragma once

#include <cstddef>
#include <string>

#include "base/glib_ptr.h"
#include "protocol/expect.h"

namespace assemblyai {

inline constexpr const char *kSamples[] = {
    "begin",
    "begin_without_configuration",
    "speech_started",
    "turn_streaming_first_partial",
    "turn_streaming_partial",
    "turn_streaming_final",
    "turn_utterance_before_end",
    "turn_final_after_utterance",
    "turn_classic_unformatted",
    "turn_classic_formatted",
    "turn_whisper",
    "turn_whisper_empty_word",
    "turn_pro_partial",
    "turn_pro_final",
    "turn_pro_formatted_partial",
    "turn_speakers",
    "turn_language",
    "turn_withheld",
    "turn_empty_final",
    "speaker_revision",
    "speaker_revision_short_words",
    "heartbeat",
    "silence",
    "error",
    "error_without_type",
    "warning",
    "llm_gateway_response",
    "termination",
    "unknown",
};

// TEST_DATA names the directory that holds v3/.
inline std::string sample(const std::string &name) {
  const char *directory = g_getenv("TEST_DATA");
  if (directory == nullptr)
    g_error("set TEST_DATA to the directory tests/check/data");
  const std::string path = std::string(directory) + "/v3/" + name + ".json";
  char *text = nullptr;
  gsize length = 0;
  if (!g_file_get_contents(path.c_str(), &text, &length, nullptr))
    g_error("cannot read %s", path.c_str());
  const Owned<char> owned(text);
  return {text, length};
}

}  // namespace assemblyai
