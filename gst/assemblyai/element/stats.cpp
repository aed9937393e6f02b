// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "element/stats.h"

namespace assemblyai {

namespace {

guint64 ns(std::uint64_t bytes) {
  return gst_util_uint64_scale(bytes, GST_SECOND, kBytesPerSecond);
}

}  // namespace

void add(StreamStats &total, const StreamStats &part) {
  total.sessions += part.sessions;
  total.reconnects += part.reconnects;
  total.audio_sent_bytes += part.audio_sent_bytes;
  total.audio_resent_bytes += part.audio_resent_bytes;
  total.audio_dropped_bytes += part.audio_dropped_bytes;
  total.messages_sent += part.messages_sent;
  total.messages_received += part.messages_received;
  total.messages_undecodable += part.messages_undecodable;
  total.partials += part.partials;
  total.finals += part.finals;
  total.warnings += part.warnings;
  total.speaker_revisions += part.speaker_revisions;
  total.llm_responses += part.llm_responses;
  total.heartbeats += part.heartbeats;
  if (part.heartbeats > 0)
    total.realtime_factor = part.realtime_factor;
  total.silence += part.silence;
  total.audio_seconds += part.audio_seconds;
  total.session_seconds += part.session_seconds;
  total.audio_queued_bytes = part.audio_queued_bytes;
  total.state = part.state;
  if (!part.session_id.empty())
    total.session_id = part.session_id;
}

void add(TextCounts &total, const TextCounts &part) {
  total.texts += part.texts;
  total.late += part.late;
  total.dropped += part.dropped;
}

std::string time_text(std::uint64_t bytes) {
  const Owned<char> text(g_strdup_printf("%" GST_TIME_FORMAT, GST_TIME_ARGS(ns(bytes))));
  return text.get();
}

void set_stats(GstStructure *structure, const Totals &totals) {
  gst_structure_set_name(structure, "assemblyai-stats");
  const StreamStats &total = totals.sessions;
  gst_structure_set(
      structure, "state", G_TYPE_STRING, total.state.c_str(), "session-id", G_TYPE_STRING,
      total.session_id.c_str(), "sessions", G_TYPE_UINT64, guint64{total.sessions}, "reconnects",
      G_TYPE_UINT64, guint64{total.reconnects}, "audio-sent", G_TYPE_UINT64,
      ns(total.audio_sent_bytes), "audio-resent", G_TYPE_UINT64, ns(total.audio_resent_bytes),
      "audio-queued", G_TYPE_UINT64, ns(total.audio_queued_bytes), "audio-lost", G_TYPE_UINT64,
      ns(total.audio_dropped_bytes), "messages-sent", G_TYPE_UINT64, guint64{total.messages_sent},
      "messages-received", G_TYPE_UINT64, guint64{total.messages_received}, "messages-undecodable",
      G_TYPE_UINT64, guint64{total.messages_undecodable}, "partials", G_TYPE_UINT64,
      guint64{total.partials}, "finals", G_TYPE_UINT64, guint64{total.finals}, "warnings",
      G_TYPE_UINT64, guint64{total.warnings}, "speaker-revisions", G_TYPE_UINT64,
      guint64{total.speaker_revisions}, "llm-responses", G_TYPE_UINT64,
      guint64{total.llm_responses}, "heartbeats", G_TYPE_UINT64, guint64{total.heartbeats},
      "realtime-factor", G_TYPE_DOUBLE, total.realtime_factor, "silence", G_TYPE_UINT64,
      static_cast<guint64>(nanoseconds(total.silence).count()), "audio-seconds", G_TYPE_DOUBLE,
      total.audio_seconds, "session-seconds", G_TYPE_DOUBLE, total.session_seconds, "texts",
      G_TYPE_UINT64, guint64{totals.texts.texts}, "texts-late", G_TYPE_UINT64,
      guint64{totals.texts.late}, "texts-dropped", G_TYPE_UINT64, guint64{totals.texts.dropped},
      nullptr);
}

}  // namespace assemblyai
