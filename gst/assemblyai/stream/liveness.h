// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "base/event_loop.h"
#include "protocol/types.h"

namespace assemblyai {

// What one session learns of the service for the next one.
struct ServiceHabits {
  bool answers_pings = true;         // as far as is known
  nanoseconds heartbeat_interval{};  // 0 = not known
};

// Notices, in one session, a service that has vanished without a word or does not receive the
// audio:
//
// - Nothing has come for two keepalive intervals: no message and no answer to a ping. A service
// that
//   never answers pings is only judged by the next rule.
// - The connection takes no data for as long.
// - Audio is sent, and three heartbeats in a row are missing. A gateway may answer the pings of a
//   service that is gone.
// - Heartbeats come, but their count of the audio stands still for two keepalive intervals.
//
// A message that takes longer than that is no silence as long as its bytes come. The class also
// knows how long the service has heard speech without recognizing any.
//
// I/O thread only.
class Liveness {
 public:
  struct Options {
    nanoseconds keepalive_interval{};  // 0 = never gone
    ServiceHabits habits;              // of the session before
    std::function<std::uint64_t()> bytes_received;
    // The service is gone since then. Called once.
    std::function<void(nanoseconds since, const char *detail)> gone;
  };

  Liveness(EventLoop &loop, Options options);

  // The session has begun.
  void begin(bool expects_heartbeats);
  void stop() { timer_.reset(); }

  void note_message();
  void note_pong();
  void note_heartbeat(const Heartbeat &heartbeat);
  void note_text() { speech_since_.reset(); }
  // total: the audio sent in this session, with this message.
  void note_audio_sent(milliseconds total);
  void note_writable(bool writable);
  // Whether heartbeats come from now on is not known.
  void forget_heartbeats();
  // Terminate was sent: no more heartbeats are due.
  void note_terminated() { is_terminated_ = true; }

  // How long the connection has taken no data.
  nanoseconds blocked_for() const;
  // Whether a part of a message has come since then, at a rate at which it also comes to an end.
  bool is_receiving(std::uint64_t bytes_before, nanoseconds since) const;
  // How long the service has heard speech without any text, by its own count.
  std::optional<milliseconds> speech_without_text() const;

  ServiceHabits habits() const;

 private:
  // How long the service has been silent, in the way that is to be acted upon first.
  struct Silence {
    nanoseconds since{};
    nanoseconds due{};  // when it counts as gone
    const char *detail = "";
  };

  void watch_after(nanoseconds delay);
  void watch();
  void note_part_of_message();
  void note_speech(const Heartbeat &heartbeat);
  void note_audio_taken(const Heartbeat &heartbeat);
  bool has_taken_all() const;
  void give_up(nanoseconds since, const char *detail);
  Silence unanswered_pings() const;
  std::optional<Silence> missed_heartbeats() const;

  EventLoop &loop_;
  const Options options_;
  std::unique_ptr<Timer> timer_;
  nanoseconds timer_due_{};
  bool is_gone_ = false;

  nanoseconds last_heard_{};
  std::uint64_t bytes_then_ = 0;
  bool has_answered_ = false;  // pings
  std::optional<nanoseconds> blocked_since_;

  nanoseconds heartbeat_interval_{};
  std::optional<nanoseconds> last_heartbeat_;
  bool has_beaten_ = false;
  bool is_terminated_ = false;
  std::optional<nanoseconds> unheard_since_;  // audio was sent, and no message came since

  milliseconds sent_{};  // audio
  nanoseconds last_sent_{};
  milliseconds taken_{};    // of it, by the service's count
  nanoseconds taken_at_{};  // when that was more, or all there was
  milliseconds heard_until_{};
  std::optional<milliseconds> speech_since_;
};

}  // namespace assemblyai
