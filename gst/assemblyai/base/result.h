// SPDX-License-Identifier: LGPL-2.1-or-later
// What went wrong, as a value; and a value or what went wrong.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace assemblyai {

enum class FailureKind : std::uint8_t {
  kSettings,      // a setting is missing, malformed or refused: the user changes it
  kUnauthorized,  // the credential or the account was refused
  kNotFound,      // the host name does not resolve
  kConnect,       // connecting, TLS, the upgrade or the wait for Begin failed
  kBusy,          // the service has no room now (rate, concurrency, overload)
  kLost,          // the connection ended, or the peer fell silent, in mid-session
  kProtocol,      // the peer does not speak the protocol
  kFormat,        // the input is not what it has to be
  kLate,          // text comes later than promised: no failure, only a warning
  kExhausted,     // the process has no more threads or file descriptors
  kInternal,      // our own bug
};

// Whether trying again can help, and how soon. The verdicts of the service (close codes and error
// messages) are kFewTimes or kFewTimesOnceKnown; what may come from somebody in between (an HTTP
// status, a certificate, another protocol) is kOnceKnown, without a limit.
enum class Retry : std::uint8_t {
  kNever,
  kNewSession,         // at once: the session has reached its maximum length
  kWithNextAudio,      // when there is something to say again: it was idle for too long
  kNewToken,           // with another token; who has no way to get one must not try again
  kOnceKnown,          // as kBackOff, but only for who has been connected before
  kFewTimes,           // as kBackOff, but not for ever: it may be an accident
  kFewTimesOnceKnown,  // as kFewTimes, but only for who has been connected before
  kBackOff,
  kLongBackOff,
};

struct Failure {
  FailureKind kind = FailureKind::kInternal;
  Retry retry = Retry::kNever;
  std::string message;                 // one sentence for the user: what failed and what to do
  std::string said;                    // the service's own words, as far as there are any
  std::string detail;                  // for the debug text: the peer's or the library's own words
  unsigned close_code = 0;             // WebSocket close code, or 0
  unsigned http_status = 0;            // HTTP status of a refused upgrade, or 0
  std::chrono::seconds retry_after{};  // not before, says the server
  bool of_parameters = false;          // the service refused one that it was asked for, or told
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
