// SPDX-License-Identifier: LGPL-2.1-or-later

#include "base/log.h"

#include <glib.h>

#include <atomic>
#include <cstdarg>

#include "base/glib_ptr.h"

namespace assemblyai {

namespace {

std::atomic<LogSink *> current_sink{nullptr};

}  // namespace

void set_log_sink(LogSink *sink) {
  current_sink.store(sink);
}

void log(LogLevel level, std::string_view who, const char *format, ...) {
  LogSink *sink = current_sink.load();
  if (sink == nullptr || !sink->enabled(level))
    return;
  va_list arguments;
  va_start(arguments, format);
  const Owned<char> text(g_strdup_vprintf(format, arguments));
  va_end(arguments);
  const Owned<char> line(
      g_strdup_printf("%.*s: %s", static_cast<int>(who.size()), who.data(), text.get()));
  sink->write(level, line.get());
}

}  // namespace assemblyai
