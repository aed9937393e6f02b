// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <gst/gst.h>

#include <string>

#include "base/log.h"
#include "base/result.h"
#include "element/gst_ptr.h"
#include "protocol/text.h"

namespace assemblyai {

// Characters of a text: our own, and the text of the service, which is cut separately.
inline constexpr std::size_t kMaxFailureText = kMaxExplanation + 2000;

// A failure in GStreamer's terms. Only this file converts one to the other.
struct ErrorReport {
  GQuark domain = 0;
  gint code = 0;
  std::string text;   // for the user
  std::string debug;  // for developers
  GstOwned<GstStructure> details;
};

ErrorReport describe(const Failure &failure);

// Posts it, as from the place of the call. No lock of ours may be held: a bus handler may read
// properties.
void post_error(GstElement *element, const Failure &failure, LogPlace place = LogPlace::here());
void post_warning(GstElement *element, const Failure &failure, LogPlace place = LogPlace::here());

}  // namespace assemblyai
