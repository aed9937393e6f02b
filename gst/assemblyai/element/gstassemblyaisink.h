// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <gst/base/gstbasesink.h>

G_BEGIN_DECLS

#define GST_TYPE_ASSEMBLYAI_SINK (gst_assemblyai_sink_get_type())
G_DECLARE_FINAL_TYPE(GstAssemblyAISink, gst_assemblyai_sink, GST, ASSEMBLYAI_SINK, GstBaseSink)

GST_ELEMENT_REGISTER_DECLARE(assemblyaisink)

G_END_DECLS
