// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include "service_messages.h"

#include <algorithm>
#include <cmath>

#include "json.h"

namespace testserver {

std::string begin_message(const std::string &id, std::int64_t expires_at,
                          const Configuration &configuration) {
  JsonWriter json;
  json.begin_object().key("type").string("Begin").key("id").string(id);
  json.key("expires_at").integer(expires_at);
  json.key("configuration").begin_object();
  json.key("model").string(configuration.model);
  json.key("mode").string_or_null(configuration.mode);
  json.key("api_version").string("2025-05-12");
  json.key("speaker_labels").boolean(configuration.speaker_labels);
  json.key("redact_pii").boolean(configuration.redact_pii);
  json.key("filter_profanity").boolean(configuration.filter_profanity);
  json.key("domain").string_or_null(configuration.domain);
  json.key("voice_focus").string_or_null(configuration.voice_focus);
  json.end_object().end_object();
  return json.text();
}

std::string error_message(const Problem &problem) {
  JsonWriter json;
  json.begin_object().key("type").string("Error").key("error_code").integer(problem.code);
  json.key("error").string(problem.text).end_object();
  return json.text();
}

std::string warning_message(unsigned code, const std::string &text) {
  JsonWriter json;
  json.begin_object().key("type").string("Warning").key("warning_code").integer(code);
  json.key("warning").string(text).end_object();
  return json.text();
}

std::string termination_message(double audio_seconds, double session_seconds) {
  JsonWriter json;
  json.begin_object().key("type").string("Termination");
  json.key("audio_duration_seconds").integer(std::lround(audio_seconds));
  json.key("session_duration_seconds").integer(std::lround(session_seconds)).end_object();
  return json.text();
}

std::string heartbeat_message(const HeartbeatValues &values) {
  const double factor = values.new_audio_seconds / std::max(values.interval_seconds, 0.001);
  JsonWriter json;
  json.begin_object().key("type").string("Heartbeat");
  json.key("total_audio_received_ms").integer(std::lround(values.audio_seconds * 1000));
  json.key("total_duration_ms").integer(std::lround(values.session_seconds * 1000));
  json.key("realtime_factor").number(factor);
  json.key("max_speech_probability").number(values.speech ? 0.999999 : 0.021).end_object();
  return json.text();
}

}  // namespace testserver
