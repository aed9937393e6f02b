// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The service's parameters: what is accepted, from the query and from
// UpdateConfiguration, and the words it uses to refuse the rest.

#pragma once

#include "json.h"
#include "options.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace testserver {

using Query = std::vector<std::pair<std::string, std::string>>;  // decoded, repeated keys kept

// Why a session ends: an Error frame and a close with the same code.
struct Problem {
  unsigned code = 0;
  std::string text;
};

struct Configuration {
  std::string model;
  std::string mode;
  std::string encoding = "pcm_s16le";
  std::int64_t sample_rate = 16000;
  std::int64_t inactivity_seconds = 0;  // 0 = never
  std::int64_t revision_interval_ms = 0;
  std::int64_t min_turn_silence = 0;
  std::int64_t max_turn_silence = 0;
  std::vector<std::string> keyterms;
  std::vector<std::string> language_codes;
  std::vector<std::string> redact_policies;
  std::string domain;
  std::string voice_focus;
  std::string redact_sub = "hash";
  bool format_turns = false;
  bool language_detection = false;
  bool speaker_labels = false;
  bool redact_pii = false;
  bool filter_profanity = false;
  bool heartbeat = false;
  bool acknowledge_silence = false;
  std::optional<bool> include_partial_turns;

  bool universal_streaming() const;  // else: the U3 Pro family, or whisper
  bool universal_3() const;
  bool partials() const { return include_partial_turns.value_or(!redact_pii); }
  std::size_t bytes_per_sample() const;  // 0 for compressed audio
};

// Splits and decodes the query of a URL (without '?'): form encoding, '+' is a space.
Query parse_query(const char *encoded);
std::string query_value(const Query &query, const std::string &name);  // the last; "" if absent

std::optional<Problem> apply_query(const Query &query, const Options &options,
                                   Configuration *configuration);
std::optional<Problem> apply_update(JsonObject *message, Configuration *configuration);

}  // namespace testserver
