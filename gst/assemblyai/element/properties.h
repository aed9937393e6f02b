// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The element's properties: its own, and one for each service parameter that has a property
// (parameter_properties.h). Their values are Settings.

#pragma once

#include <gst/gst.h>

#include "element/parameter_properties.h"
#include "element/settings.h"

namespace assemblyai {

void install_properties(GObjectClass *klass, TextMode default_mode);

PropertyChange set_property(Settings &settings, guint id, const GValue *value);

// False for a property whose value is not a setting: the element itself knows these three.
bool get_property(const Settings &settings, guint id, GValue *value);
extern const guint kPropertyStats;
extern const guint kPropertyMaxObservedDelay;
extern const guint kPropertyCurrentCaption;

}  // namespace assemblyai
