// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The totals of the property `stats`.

#pragma once

#include <gst/gst.h>

#include <string>

#include "captions/text_source.h"
#include "element/gst_ptr.h"
#include "stream/stream.h"

namespace assemblyai {

// Adds the figures of one stream or text pad to the total.
void add(StreamStats &total, const StreamStats &part);
void add(TextCounts &total, const TextCounts &part);

struct Totals {
  StreamStats sessions;
  TextCounts texts;
};

// Fills the property `stats`.
void set_stats(GstStructure *structure, const Totals &totals);

// Audio as a duration, for texts.
std::string time_text(std::uint64_t bytes);

}  // namespace assemblyai
