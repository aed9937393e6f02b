// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The plugin's debug categories.
//
//   assemblyaisink, assemblyaitranscriber   an element: states, audio, settings, bus
//   assemblyai-text                         the text pad: cues, gaps, segments
//   assemblyai-session                      sessions with the service: connections, audio, turns
//   assemblyai-protocol                     frames, cut, without secrets

#pragma once

#include <gst/gst.h>

#include <memory>

#include "base/log.h"

GST_DEBUG_CATEGORY_EXTERN(gst_assemblyai_sink_debug);
GST_DEBUG_CATEGORY_EXTERN(gst_assemblyai_transcriber_debug);
GST_DEBUG_CATEGORY_EXTERN(gst_assemblyai_text_debug);
GST_DEBUG_CATEGORY_EXTERN(gst_assemblyai_session_debug);
GST_DEBUG_CATEGORY_EXTERN(gst_assemblyai_protocol_debug);

namespace assemblyai {

// Once in a process, before anything is logged.
void init_debug_categories();

// The log of the streams of an element, which may outlive it.
std::shared_ptr<LogSink> make_log_sink(GstElement *element);

}  // namespace assemblyai
