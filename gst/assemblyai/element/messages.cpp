// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "element/messages.h"

#include <algorithm>
#include <optional>
#include <string>

#include "element/errors.h"
#include "protocol/text.h"

namespace assemblyai {

namespace {

GstClockTime clock_time(nanoseconds time) {
  return static_cast<GstClockTime>(std::max<nanoseconds::rep>(time.count(), 0));
}

GstOwned<GstStructure> make(const char *name) {
  return GstOwned<GstStructure>(gst_structure_new_empty(name));
}

void set_string(GstStructure *structure, const char *field, const std::string &text) {
  gst_structure_set(structure, field, G_TYPE_STRING, text.c_str(), nullptr);
}

// Unknown fields are left out.
void set_if_known(GstStructure *structure, const char *field, const std::string &text) {
  if (!text.empty())
    set_string(structure, field, text);
}

void set_if_known(GstStructure *structure, const char *field, const std::optional<double> &value) {
  if (value)
    gst_structure_set(structure, field, G_TYPE_DOUBLE, *value, nullptr);
}

void set_time(GstStructure *structure, const char *field, GstClockTime time) {
  gst_structure_set(structure, field, G_TYPE_UINT64, time, nullptr);
}

// The names are those of the messages of `level` and `spectrum`.
void set_times(GstStructure *structure, const std::optional<AudioTime> &begin,
               const std::optional<AudioTime> &end) {
  set_time(structure, "running-time",
           begin ? clock_time(begin->running_time) : GST_CLOCK_TIME_NONE);
  set_time(structure, "stream-time",
           begin && begin->stream_time ? clock_time(*begin->stream_time) : GST_CLOCK_TIME_NONE);
  set_time(
      structure, "duration",
      begin && end ? clock_time(end->running_time - begin->running_time) : GST_CLOCK_TIME_NONE);
}

void append(GValue *array, GstOwned<GstStructure> structure) {
  GValue value = G_VALUE_INIT;
  g_value_init(&value, GST_TYPE_STRUCTURE);
  g_value_take_boxed(&value, structure.release());
  gst_value_array_append_and_take_value(array, &value);
}

// Our number of the turn, if it was reported, and that of the service.
void set_turn(GstStructure *structure, std::int64_t order,
              const std::optional<std::uint64_t> &number) {
  if (number)
    gst_structure_set(structure, "turn", G_TYPE_UINT, static_cast<guint>(*number), nullptr);
  if (order != kUnknownOrder)
    gst_structure_set(structure, "turn-order", G_TYPE_INT,
                      static_cast<gint>(std::min<std::int64_t>(order, G_MAXINT)), nullptr);
}

void append_word(GValue *array, const Word &word) {
  GstOwned<GstStructure> structure = make("word");
  set_string(structure.get(), "text", word.text);
  set_times(structure.get(), word.begins, word.ends);
  gst_structure_set(structure.get(), "confidence", G_TYPE_DOUBLE, word.confidence, "final",
                    G_TYPE_BOOLEAN, static_cast<gboolean>(word.is_final), nullptr);
  set_if_known(structure.get(), "speaker", attributed(word.speaker));
  if (word.inferred)
    gst_structure_set(structure.get(), "inferred", G_TYPE_BOOLEAN, TRUE, nullptr);
  append(array, std::move(structure));
}

void set_words(GstStructure *structure, const std::vector<Word> &words) {
  GValue array = G_VALUE_INIT;
  g_value_init(&array, GST_TYPE_ARRAY);
  for (const Word &word : words)
    append_word(&array, word);
  gst_structure_take_value(structure, "words", &array);
}

double mean_confidence(const std::vector<Word> &words) {
  if (words.empty())
    return 0;
  double sum = 0;
  for (const Word &word : words)
    sum += word.confidence;
  return sum / static_cast<double>(words.size());
}

void set_turn_times(GstStructure *structure, const Turn &turn, nanoseconds now) {
  const Word unknown;
  const Word &first = turn.words.empty() ? unknown : turn.words.front();
  const Word &last = turn.words.empty() ? unknown : turn.words.back();
  set_times(structure, first.begins, last.ends);
  const bool has_delay = last.ends && !last.inferred;
  set_time(structure, "delay",
           has_delay ? clock_time(now - last.ends->arrival) : GST_CLOCK_TIME_NONE);
}

}  // namespace

GstOwned<GstStructure> connection_message(const ConnectionReport &report) {
  GstOwned<GstStructure> structure = make("assemblyai-connection");
  set_string(structure.get(), "state", name_of(report.state));
  gst_structure_set(structure.get(), "attempt", G_TYPE_UINT, report.attempt, nullptr);
  if (report.state == ConnectionReport::State::kReconnecting)
    set_time(structure.get(), "delay", clock_time(report.delay));
  set_if_known(structure.get(), "reason", printable(report.reason, kMaxFailureText));
  return structure;
}

GstOwned<GstStructure> begin_message(const Begin &begin) {
  GstOwned<GstStructure> structure = make("assemblyai-session-begin");
  set_string(structure.get(), "session-id", begin.id);
  set_if_known(structure.get(), "model", begin.configuration.model);
  if (begin.expires_at != 0)
    gst_structure_set(structure.get(), "expires-at", G_TYPE_INT64, gint64{begin.expires_at},
                      nullptr);
  return structure;
}

GstOwned<GstStructure> end_message(const SessionEnd &end) {
  GstOwned<GstStructure> structure = make("assemblyai-session-end");
  set_string(structure.get(), "session-id", end.session_id);
  const Termination told = end.termination.value_or(Termination());
  const double measured = std::chrono::duration<double>(end.open_for).count();
  set_if_known(structure.get(), "audio-seconds", told.audio_seconds);
  gst_structure_set(structure.get(), "session-seconds", G_TYPE_DOUBLE,
                    told.session_seconds.value_or(measured), "confirmed", G_TYPE_BOOLEAN,
                    static_cast<gboolean>(told.session_seconds.has_value()), nullptr);
  gst_structure_set(structure.get(), "close-code", G_TYPE_UINT, end.close_code, nullptr);
  set_if_known(structure.get(), "reason", printable(end.reason, kMaxFailureText));
  return structure;
}

GstOwned<GstStructure> turn_message(const TurnReport &report, nanoseconds now) {
  const Turn &turn = report.turn;
  GstOwned<GstStructure> structure = make("assemblyai-turn");
  // The important fields come first: gst-launch-1.0 -m prints them in this order.
  gst_structure_set(structure.get(), "turn", G_TYPE_UINT, static_cast<guint>(report.number),
                    "final", G_TYPE_BOOLEAN, static_cast<gboolean>(report.final), nullptr);
  set_string(structure.get(), "transcript", report.text);
  set_turn_times(structure.get(), turn, now);
  gst_structure_set(structure.get(), "formatted", G_TYPE_BOOLEAN,
                    static_cast<gboolean>(turn.formatted), "confidence", G_TYPE_DOUBLE,
                    mean_confidence(turn.words), "turn-order", G_TYPE_INT,
                    static_cast<gint>(std::min<std::int64_t>(turn.order, G_MAXINT)), nullptr);
  set_if_known(structure.get(), "speaker", attributed(turn.speaker_label));
  set_if_known(structure.get(), "language-code", turn.language_code);
  set_if_known(structure.get(), "language-confidence", turn.language_confidence);
  set_if_known(structure.get(), "error", turn.error);
  set_string(structure.get(), "session-id", report.session_id);
  set_words(structure.get(), turn.words);
  return structure;
}

GstOwned<GstStructure> speech_started_message(const SpeechStarted &event) {
  GstOwned<GstStructure> structure = make("assemblyai-speech-started");
  set_times(structure.get(), event.begins, std::nullopt);
  set_if_known(structure.get(), "confidence", event.confidence);
  return structure;
}

GstOwned<GstStructure> speaker_revision_message(const SpeakerRevision &revision) {
  GstOwned<GstStructure> structure = make("assemblyai-speaker-revision");
  GValue array = G_VALUE_INIT;
  g_value_init(&array, GST_TYPE_ARRAY);
  for (const SpeakerRevision::Item &item : revision.revisions) {
    GstOwned<GstStructure> turn = make("turn");
    set_turn(turn.get(), item.turn_order, item.number);
    set_if_known(turn.get(), "speaker", attributed(item.speaker_label));
    set_words(turn.get(), item.words);
    append(&array, std::move(turn));
  }
  gst_structure_take_value(structure.get(), "turns", &array);
  return structure;
}

GstOwned<GstStructure> llm_response_message(const LlmGatewayResponse &response) {
  GstOwned<GstStructure> structure = make("assemblyai-llm-response");
  set_turn(structure.get(), response.turn_order, response.number);
  set_string(structure.get(), "transcript", response.transcript);
  set_string(structure.get(), "json", response.data);
  return structure;
}

GstOwned<GstStructure> heartbeat_message(const Heartbeat &heartbeat) {
  GstOwned<GstStructure> structure = make("assemblyai-heartbeat");
  set_time(structure.get(), "audio-received", clock_time(heartbeat.total_audio_received));
  set_time(structure.get(), "session-duration", clock_time(heartbeat.total_duration));
  gst_structure_set(structure.get(), "realtime-factor", G_TYPE_DOUBLE, heartbeat.realtime_factor,
                    nullptr);
  set_if_known(structure.get(), "max-speech-probability", heartbeat.max_speech_probability);
  return structure;
}

GstOwned<GstStructure> silence_message(const Silence &silence) {
  GstOwned<GstStructure> structure = make("assemblyai-silence");
  set_times(structure.get(), silence.begins, silence.ends);
  return structure;
}

GstOwned<GstStructure> warning_message(const Warning &warning) {
  GstOwned<GstStructure> structure = make("assemblyai-warning");
  gst_structure_set(structure.get(), "code", G_TYPE_INT, warning.code.value_or(0), nullptr);
  set_string(structure.get(), "text", warning.text);
  return structure;
}

GstOwned<GstStructure> audio_lost_message(const std::optional<AudioTime> &begin,
                                          const std::optional<AudioTime> &end) {
  GstOwned<GstStructure> structure = make("assemblyai-audio-lost");
  set_times(structure.get(), begin, end);
  return structure;
}

GstOwned<GstStructure> raw_message(std::string_view frame) {
  GstOwned<GstStructure> structure = make("assemblyai-raw");
  set_string(structure.get(), "json", std::string(frame));
  return structure;
}

}  // namespace assemblyai
