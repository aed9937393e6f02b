// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "base/log.h"

#include <glib.h>

#include <cstdarg>

#include "base/glib_ptr.h"

namespace assemblyai {

void Logger::write(LogTopic topic, LogLevel level, const LogPlace &place, const char *format,
                   ...) const {
  va_list arguments;
  va_start(arguments, format);
  const Owned<char> text(g_strdup_vprintf(format, arguments));
  va_end(arguments);
  sink_->write(topic, level, place, text.get());
}

}  // namespace assemblyai
