// SPDX-License-Identifier: LGPL-2.1-or-later
// Logging for code that does not know GStreamer. The element makes a sink for each stream, which
// writes to GStreamer's debug log, with the element as the object.

#pragma once

#include <cstdint>
#include <memory>
#include <utility>

namespace assemblyai {

enum class LogLevel : std::uint8_t { kWarning, kInfo, kDebug, kLog, kTrace };

enum class LogTopic : std::uint8_t {
  kSession,   // connections, sessions, the audio queue
  kProtocol,  // what the service and the element say
};

// Where a line of the log, or an error, comes from.
struct LogPlace {
  const char *file = "";
  const char *function = "";
  int line = 0;

  // The place of the call. As the default of a parameter, the place of that function's call.
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

// Where one stream logs; nowhere without a sink.
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

// The arguments are evaluated only when the line is wanted.
#define ASSEMBLYAI_LOG(logger, topic, level, ...)                                      \
  do {                                                                                 \
    if ((logger).is_enabled(assemblyai::LogTopic::topic, assemblyai::LogLevel::level)) \
      (logger).write(assemblyai::LogTopic::topic, assemblyai::LogLevel::level,         \
                     assemblyai::LogPlace::here(), __VA_ARGS__);                       \
  } while (false)
