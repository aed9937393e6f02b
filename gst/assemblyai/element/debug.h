// SPDX-License-Identifier: LGPL-2.1-or-later
// The element's debug category, for the files that log with an object.

#pragma once

#include <gst/gst.h>

GST_DEBUG_CATEGORY_EXTERN(gst_assemblyai_sink_debug);
#define GST_CAT_DEFAULT gst_assemblyai_sink_debug
