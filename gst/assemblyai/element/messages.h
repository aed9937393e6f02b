// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The element messages, as docs/reference/messages.md describes them. Names and fields are
// API.

#pragma once

#include <gst/gst.h>

#include <string_view>
#include <vector>

#include "element/gst_ptr.h"
#include "protocol/turn_tracker.h"
#include "stream/stream.h"

namespace assemblyai {

GstOwned<GstStructure> connection_message(const ConnectionReport &report);
GstOwned<GstStructure> begin_message(const Begin &begin);
GstOwned<GstStructure> end_message(const SessionEnd &end);
// now is the monotonic time of the message.
GstOwned<GstStructure> turn_message(const TurnReport &report, nanoseconds now);
GstOwned<GstStructure> speech_started_message(const SpeechStarted &event);
GstOwned<GstStructure> speaker_revision_message(const SpeakerRevision &revision);
GstOwned<GstStructure> llm_response_message(const LlmGatewayResponse &response);
GstOwned<GstStructure> heartbeat_message(const Heartbeat &heartbeat);
GstOwned<GstStructure> silence_message(const Silence &silence);
GstOwned<GstStructure> warning_message(const Warning &warning);
GstOwned<GstStructure> audio_lost_message(const std::optional<AudioTime> &begin,
                                          const std::optional<AudioTime> &end);
GstOwned<GstStructure> raw_message(std::string_view frame);

}  // namespace assemblyai
