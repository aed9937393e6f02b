// SPDX-License-Identifier: LGPL-2.1-or-later
// The plugin's debug category, for tests of the element's parts without the plugin.

#include <gst/gst.h>

GST_DEBUG_CATEGORY(gst_assemblyai_sink_debug);
