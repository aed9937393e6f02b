// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

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

// The policy for new audio when the queue is full.
enum class Overflow : std::uint8_t {
  kBlock,       // make the caller wait: for input that can wait
  kDropOldest,  // drop the oldest audio: for live input
};

struct StreamOptions {
  nanoseconds chunk_duration = kMinChunk;
  nanoseconds max_backlog{};
  nanoseconds connect_timeout{};
  nanoseconds drain_timeout{};
  nanoseconds idle_timeout{};  // 0 = never
  nanoseconds keepalive_interval{};
  Backoff::Limits retry;
  Overflow overflow = Overflow::kBlock;
  // The parameters that a session of an earlier stream of the same element was requested with.
  std::optional<ParameterSet> known;
  std::uint64_t first_turn = 0;  // of the first reported turn
  std::uint32_t seed = 1;        // of the random delays before retries
  Logger log;
};

struct StreamStats {
  std::string state = "idle";
  std::string session_id;
  std::uint64_t sessions = 0;    // that have begun
  std::uint64_t reconnects = 0;  // attempts after a failure
  std::uint64_t audio_queued_bytes = 0;
  std::uint64_t audio_kept_bytes = 0;    // including sent audio that may have to be resent
  std::uint64_t audio_sent_bytes = 0;    // of the input, without padding
  std::uint64_t audio_resent_bytes = 0;  // the part of it that was sent again
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
  double audio_seconds = 0;    // as counted by the service
  double session_seconds = 0;  // billed by the service, as far as it is known
};

enum class PushResult : std::uint8_t {
  kAccepted,
  kInterrupted,  // interrupt() was called; the block was not accepted
  kEnded,        // the stream is over or was left; the block was not accepted
};

// A block that stands for a gap in the input opens no session, and keeps none open.
enum class Content : std::uint8_t { kAudio, kFilling };

enum class WaitResult : std::uint8_t { kEnded, kLeft, kInterrupted };

// What to do with the queued audio when the stream is left.
enum class Rest : std::uint8_t { kSend, kDiscard };

}  // namespace assemblyai
