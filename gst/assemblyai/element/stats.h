// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// What the element counts.

#pragma once

#include <gst/gst.h>

#include <string>

#include "captions/text_source.h"
#include "element/gst_ptr.h"
#include "stream/stream.h"

namespace assemblyai {

// A session's figures on top of those before it.
void add(StreamStats &total, const StreamStats &part);
void add(TextCounts &total, const TextCounts &part);

struct Totals {
  StreamStats sessions;
  TextCounts texts;
};

// Fills the property `stats`.
void set_stats(GstStructure *structure, const Totals &totals);

// Audio as a duration, for people.
std::string time_text(std::uint64_t bytes);

}  // namespace assemblyai
