// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include <gst/gst.h>

#include "config.h"
#include "element/debug.h"
#include "element/gstassemblyaisink.h"
#include "element/gstassemblyaitranscriber.h"

static gboolean plugin_init(GstPlugin *plugin) {
  assemblyai::init_debug_categories();
  return static_cast<gboolean>(GST_ELEMENT_REGISTER(assemblyaisink, plugin) &&
                               GST_ELEMENT_REGISTER(assemblyaitranscriber, plugin));
}

GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, assemblyai,
                  "Live captions with AssemblyAI's streaming speech-to-text", plugin_init, VERSION,
                  GST_LICENSE, GST_PACKAGE_NAME, GST_PACKAGE_ORIGIN)
