// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "element/debug.h"

#include "element/gst_ptr.h"

GST_DEBUG_CATEGORY(gst_assemblyai_sink_debug);
GST_DEBUG_CATEGORY(gst_assemblyai_transcriber_debug);
GST_DEBUG_CATEGORY(gst_assemblyai_text_debug);
GST_DEBUG_CATEGORY(gst_assemblyai_session_debug);
GST_DEBUG_CATEGORY(gst_assemblyai_protocol_debug);

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
    case LogLevel::kLog:
      return GST_LEVEL_LOG;
    case LogLevel::kTrace:
      break;
  }
  return GST_LEVEL_TRACE;
}

class ElementLog final : public LogSink {
 public:
  explicit ElementLog(GstElement *element)
      : element_(element), name_(gst_object_get_name(GST_OBJECT(element))) {}

  bool is_enabled(LogTopic topic, LogLevel level) const override {
    return level_of(level) <= gst_debug_category_get_threshold(category(topic));
  }

  // A stream can outlive its element. Then the name has to do.
  void write(LogTopic topic, LogLevel level, const LogPlace &place, const char *text) override {
    const Ref<GstElement> element = element_.lock();
    if (element)
      gst_debug_log(category(topic), level_of(level), place.file, place.function, place.line,
                    G_OBJECT(element.get()), "%s", text);
    else
      gst_debug_log(category(topic), level_of(level), place.file, place.function, place.line,
                    nullptr, "<%s, gone> %s", name_.get(), text);
  }

 private:
  static GstDebugCategory *category(LogTopic topic) {
    return topic == LogTopic::kSession ? gst_assemblyai_session_debug
                                       : gst_assemblyai_protocol_debug;
  }

  WeakRef<GstElement> element_;
  const Owned<char> name_;
};

}  // namespace

void init_debug_categories() {
  GST_DEBUG_CATEGORY_INIT(gst_assemblyai_sink_debug, "assemblyaisink", 0,
                          "AssemblyAI caption sink");
  GST_DEBUG_CATEGORY_INIT(gst_assemblyai_transcriber_debug, "assemblyaitranscriber", 0,
                          "AssemblyAI transcriber");
  GST_DEBUG_CATEGORY_INIT(gst_assemblyai_text_debug, "assemblyai-text", 0,
                          "AssemblyAI text pads: cues, gaps, segments");
  GST_DEBUG_CATEGORY_INIT(gst_assemblyai_session_debug, "assemblyai-session", 0,
                          "AssemblyAI sessions: connections, audio, turns");
  GST_DEBUG_CATEGORY_INIT(gst_assemblyai_protocol_debug, "assemblyai-protocol", 0,
                          "AssemblyAI protocol: frames");
}

std::shared_ptr<LogSink> make_log_sink(GstElement *element) {
  return std::make_shared<ElementLog>(element);
}

}  // namespace assemblyai
