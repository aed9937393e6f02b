// SPDX-License-Identifier: LGPL-2.1-or-later
// Logging for code that does not know GStreamer. The element installs a sink
// which forwards to a GStreamer debug category.

#pragma once

#include <cstdint>
#include <string_view>

namespace assemblyai {

enum class LogLevel : std::uint8_t { kWarning, kInfo, kDebug, kTrace };

class LogSink {
 public:
  LogSink() = default;
  LogSink(const LogSink &) = delete;
  LogSink &operator=(const LogSink &) = delete;
  virtual ~LogSink() = default;

  virtual bool enabled(LogLevel level) const = 0;
  virtual void write(LogLevel level, const char *text) = 0;
};

// The sink must outlive all logging; nullptr (the default) is silence.
void set_log_sink(LogSink *sink);

// printf-like. "who" names the stream, so that one of many can be followed.
void log(LogLevel level, std::string_view who, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

}  // namespace assemblyai
