// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "base/event_loop.h"
#include "protocol/types.h"

namespace assemblyai {

// Properties of the service that one session learns for the next one.
struct ServiceTraits {
  bool answers_pings = true;         // as far as is known
  nanoseconds heartbeat_interval{};  // 0 = not known
};

// Detects, within one session, that the service is gone or does not receive the audio:
//
// - Nothing has arrived for two keepalive intervals: no message and no response to a ping. This
//   does not apply to a service that never responds to pings.
// - The connection has accepted no data for as long.
// - Audio is sent, and three heartbeats in a row are missing. A gateway may respond to pings
//   although the service behind it is gone.
// - Heartbeats arrive, but their count of the audio has not changed for two keepalive intervals.
//
// A message that takes longer than that is no silence as long as its bytes arrive. The class also
// measures how long the service has reported speech without text.
//
// I/O thread only.
class Liveness {
 public:
  struct Options {
    nanoseconds keepalive_interval{};  // 0 = never detected
    ServiceTraits traits;              // learned from the session before
    std::function<std::uint64_t()> bytes_received;
    // The service has been gone since then. Called once.
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
  // total: the audio sent in this session, including this message.
  void note_audio_sent(milliseconds total);
  void note_writable(bool writable);
  // It is not known whether heartbeats arrive from now on.
  void forget_heartbeats();
  // Terminate was sent: no more heartbeats are expected.
  void note_terminated() { is_terminated_ = true; }

  // How long the connection has accepted no data.
  nanoseconds blocked_for() const;
  // Whether a part of a message has arrived since then, at a rate at which it will be completed.
  bool is_receiving(std::uint64_t bytes_before, nanoseconds since) const;
  // How long the service has reported speech without text, by its own count of audio.
  std::optional<milliseconds> speech_without_text() const;

  ServiceTraits traits() const;

 private:
  // The silence that reaches its limit first.
  struct Silence {
    nanoseconds since{};
    nanoseconds due{};  // when the service counts as gone
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
  std::optional<nanoseconds> unheard_since_;  // audio was sent, and no message arrived since

  milliseconds sent_{};  // audio
  nanoseconds last_sent_{};
  milliseconds taken_{};    // of the sent audio, by the count of the service
  nanoseconds taken_at_{};  // when taken_ grew, or all audio was taken
  milliseconds heard_until_{};
  std::optional<milliseconds> speech_since_;
};

}  // namespace assemblyai
