// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/log.h"
#include "protocol/parameters.h"
#include "stream/backoff.h"
#include "stream/format.h"

namespace assemblyai {

// What to do with new audio when the queue is full.
enum class Overflow : std::uint8_t {
  kBlock,       // make the caller wait: input that can wait
  kDropOldest,  // forget the oldest audio: live input
};

struct StreamOptions {
  nanoseconds chunk_duration = kMinChunk;
  nanoseconds max_backlog{};
  nanoseconds connect_timeout{};
  nanoseconds drain_timeout{};
  nanoseconds idle_timeout{};  // 0 = never idle
  nanoseconds keepalive_interval{};
  Backoff::Limits retry;
  Overflow overflow = Overflow::kBlock;
  // What a session of an earlier stream of the same element was requested with.
  std::optional<ParameterSet> known;
  std::uint64_t first_turn = 0;  // the number of the first turn reported
  std::uint32_t seed = 1;        // of the delays before retries
  Logger log;
};

struct StreamStats {
  std::string state = "idle";
  std::string session_id;
  std::uint64_t sessions = 0;    // that the service has begun
  std::uint64_t reconnects = 0;  // attempts after a failure
  std::uint64_t audio_queued_bytes = 0;
  std::uint64_t audio_kept_bytes = 0;    // with what was sent and may have to be sent again
  std::uint64_t audio_sent_bytes = 0;    // of the input, without padding
  std::uint64_t audio_resent_bytes = 0;  // of it, again
  std::uint64_t audio_dropped_bytes = 0;
  std::uint64_t messages_sent = 0;
  std::uint64_t messages_received = 0;
  std::uint64_t messages_undecodable = 0;
  std::uint64_t partials = 0;
  std::uint64_t finals = 0;
  std::uint64_t warnings = 0;
  std::uint64_t speaker_revisions = 0;
  std::uint64_t llm_responses = 0;
  std::uint64_t heartbeats = 0;
  double realtime_factor = 0;  // of the last heartbeat
  std::chrono::milliseconds silence{};
  double audio_seconds = 0;    // as the service counted
  double session_seconds = 0;  // what the service bills, as far as it is known
};

enum class PushResult : std::uint8_t {
  kAccepted,
  kInterrupted,  // interrupt() was called; the block was not taken
  kEnded,        // the stream is over or was left; the block was not taken
};

// What stands for a hole in the input opens no session, and keeps none open.
enum class Content : std::uint8_t { kAudio, kFilling };

enum class WaitResult : std::uint8_t { kEnded, kLeft, kInterrupted };

// What happens to the queued audio when the stream is left.
enum class Rest : std::uint8_t { kSend, kDiscard };

}  // namespace assemblyai
