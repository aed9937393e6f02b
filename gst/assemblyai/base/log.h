// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Logging for code that does not know GStreamer. The element creates one sink for each stream. It
// writes to GStreamer's debug log, with the element as the object.

#pragma once

#include <cstdint>
#include <memory>
#include <utility>

namespace assemblyai {

enum class LogLevel : std::uint8_t { kWarning, kInfo, kDebug, kLog, kTrace };

enum class LogTopic : std::uint8_t {
  kSession,   // connections, sessions, the audio queue
  kProtocol,  // messages between the element and the service
};

// The source location of a log line or an error.
struct LogPlace {
  const char *file = "";
  const char *function = "";
  int line = 0;

  // The location of the call. As a default argument, the location of the caller.
  static constexpr LogPlace here(const char *file = __builtin_FILE(),
                                 const char *function = __builtin_FUNCTION(),
                                 int line = __builtin_LINE()) {
    return {file, function, line};
  }
};

// Any thread.
class LogSink {
 public:
  LogSink() = default;
  LogSink(const LogSink &) = delete;
  LogSink &operator=(const LogSink &) = delete;
  virtual ~LogSink() = default;

  virtual bool is_enabled(LogTopic topic, LogLevel level) const = 0;
  virtual void write(LogTopic topic, LogLevel level, const LogPlace &place, const char *text) = 0;
};

// The log of one stream. Without a sink it writes nothing.
class Logger {
 public:
  Logger() = default;
  explicit Logger(std::shared_ptr<LogSink> sink) : sink_(std::move(sink)) {}

  bool is_enabled(LogTopic topic, LogLevel level) const {
    return sink_ && sink_->is_enabled(topic, level);
  }
  // printf-like.
  void write(LogTopic topic, LogLevel level, const LogPlace &place, const char *format, ...) const
      __attribute__((format(printf, 5, 6)));

 private:
  std::shared_ptr<LogSink> sink_;
};

}  // namespace assemblyai

// The arguments are evaluated only if the line is logged.
#define ASSEMBLYAI_LOG(logger, topic, level, ...)                                      \
  do {                                                                                 \
    if ((logger).is_enabled(assemblyai::LogTopic::topic, assemblyai::LogLevel::level)) \
      (logger).write(assemblyai::LogTopic::topic, assemblyai::LogLevel::level,         \
                     assemblyai::LogPlace::here(), __VA_ARGS__);                       \
  } while (false)
