// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A failure as a value, and the result of an operation that may fail.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace assemblyai {

enum class FailureKind : std::uint8_t {
  kSettings,      // a setting is missing, malformed or refused; the user must change it
  kUnauthorized,  // the credential or the account was refused
  kNotFound,      // the host name does not resolve
  kConnect,       // connecting, TLS, the upgrade or the wait for Begin failed
  kBusy,          // the service has no capacity now (rate, concurrency, overload)
  kLost,          // the connection ended, or the peer fell silent, in mid-session
  kProtocol,      // the peer does not speak the protocol
  kFormat,        // the input has an unsupported format
  kLate,          // text arrived later than promised: only a warning
  kExhausted,     // the process has no more threads or file descriptors
  kInternal,      // a bug of the element
};

// Whether a retry can help, and how soon. Verdicts of the service (close codes and error messages)
// are kFewTimes or kFewTimesOnceKnown. Failures that may come from a device in between (an HTTP
// status, a certificate, another protocol) are kOnceKnown, without a limit.
enum class Retry : std::uint8_t {
  kNever,
  kNewSession,         // at once: the session has reached its maximum length
  kWithNextAudio,      // when there is audio again: the session was idle for too long
  kNewToken,           // with another token; without a source of new tokens, never
  kOnceKnown,          // as kBackOff, but only after a first session
  kFewTimes,           // as kBackOff, with a limited number of retries: the cause may be temporary
  kFewTimesOnceKnown,  // as kFewTimes, but only after a first session
  kBackOff,
  kLongBackOff,
};

struct Failure {
  FailureKind kind = FailureKind::kInternal;
  Retry retry = Retry::kNever;
  std::string message;                 // one sentence for the user: what happened, then what to do
  std::string said;                    // the text of the service, if any
  std::string detail;                  // for the debug text: the text of the peer or of a library
  unsigned close_code = 0;             // WebSocket close code, or 0
  unsigned http_status = 0;            // HTTP status of a refused upgrade, or 0
  std::chrono::seconds retry_after{};  // the server's Retry-After
  bool of_parameters = false;          // the service refused a requested or updated parameter
};

inline Failure settings_failure(std::string message, std::string detail = {}) {
  return {
      .kind = FailureKind::kSettings, .message = std::move(message), .detail = std::move(detail)};
}

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Failure failure) : state_(std::in_place_index<1>, std::move(failure)) {}

  explicit operator bool() const { return state_.index() == 0; }
  T &value() { return *std::get_if<0>(&state_); }
  const T &value() const { return *std::get_if<0>(&state_); }
  T &operator*() { return value(); }
  const T &operator*() const { return value(); }
  T *operator->() { return &value(); }
  const T *operator->() const { return &value(); }
  Failure &failure() { return *std::get_if<1>(&state_); }
  const Failure &failure() const { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, Failure> state_;
};

}  // namespace assemblyai
