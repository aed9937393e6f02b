// SPDX-License-Identifier: LGPL-2.1-or-later

#include "element/log_bridge.h"

#include <gst/gst.h>

#include "base/log.h"

GST_DEBUG_CATEGORY_STATIC(gst_assemblyai_session_debug);

namespace assemblyai {

namespace {

GstDebugLevel level_of(LogLevel level) {
  switch (level) {
    case LogLevel::kWarning:
      return GST_LEVEL_WARNING;
    case LogLevel::kInfo:
      return GST_LEVEL_INFO;
    case LogLevel::kDebug:
      return GST_LEVEL_DEBUG;
    case LogLevel::kTrace:
      break;
  }
  return GST_LEVEL_TRACE;
}

class CategorySink final : public LogSink {
 public:
  bool enabled(LogLevel level) const override {
    return level_of(level) <= gst_debug_category_get_threshold(gst_assemblyai_session_debug);
  }
  void write(LogLevel level, const char *text) override {
    GST_CAT_LEVEL_LOG(gst_assemblyai_session_debug, level_of(level), nullptr, "%s", text);
  }
};

}  // namespace

void install_log_bridge() {
  // Never destroyed: the I/O thread may log while the process exits.
  static auto *const sink = new CategorySink;
  GST_DEBUG_CATEGORY_INIT(gst_assemblyai_session_debug, "assemblyai-session", 0,
                          "AssemblyAI sessions: connection, protocol, audio queue");
  set_log_sink(sink);
}

}  // namespace assemblyai
