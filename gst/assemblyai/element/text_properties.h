// SPDX-License-Identifier: LGPL-2.1-or-later
// The properties of captions as text. What they set is in text_settings.h.

#pragma once

#include <gst/gst.h>

#include "element/text_settings.h"

namespace assemblyai {

// Behind the ids of properties.h, which end with those of the service's parameters.
enum TextPropertyId : guint {
  kPropertyTextMode = 1000,
  kPropertyLatency,
  kPropertyTranscribeLatency,
  kPropertyLateness,
  kPropertyLateText,
  kPropertyMaxLineLength,
  kPropertyMaxLines,
  kPropertyMinCueDuration,
  kPropertyMaxCueDuration,
  kPropertySpeakerPrefix,
  kPropertyStableOnly,
  kPropertySoundTags,
  kPropertyMaxObservedDelay,
  kPropertyCurrentCaption,
};

void install_text_properties(GObjectClass *klass, TextMode default_mode);

// False when the id is not one of these, or read-only.
bool set_text_property(TextSettings &settings, guint id, const GValue *value);
// False when the id is not one of these. The read-only ones are the element's own.
bool get_text_property(const TextSettings &settings, guint id, GValue *value);

}  // namespace assemblyai
