// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "protocol/types.h"
#include "stream/audio_queue.h"

namespace assemblyai {

// Maps the audio of one session to the input. This is the only place where the times of the service
// are converted.
//
// The service counts the milliseconds of audio that it has received in the session. The map records
// each piece of the input when it is sent, in continuous spans, and looks up the times of the
// service in them. Therefore gaps, jumps, and dropped or repeated parts of the audio before cannot
// shift a caption.
//
// Memory is bounded: spans and arrival marks are forgotten when their audio is older than the
// newest by kHorizon. Not thread-safe: it belongs to one thread.
class AudioMap {
 public:
  // The longest lookup into the past. The service ends a turn after 60 s at the latest.
  static constexpr std::chrono::seconds kHorizon{300};
  static constexpr std::size_t kMostSpans = 8192;
  // The tolerance for jitter: timestamps may differ this much from the sample count before the
  // audio counts as interrupted.
  static constexpr std::chrono::milliseconds kTolerance{10};
  // The resolution of arrival times.
  static constexpr std::chrono::milliseconds kMarkSpacing{50};

  void append(const AudioChunk &chunk);

  // Adds the time in the input to a time of the service. A time beyond the sent audio, or in
  // padding, gets the nearest known one. A time before the horizon gets none, and neither does
  // kUnknownTime.
  void locate(Turn *turn) const;
  void locate(SpeakerRevision *revision) const;
  void locate(SpeechStarted *speech) const;
  void locate(Silence *silence) const;

  // The position in the input of a time of the service: at most the end of the sent audio.
  std::uint64_t position_of(milliseconds time) const;
  // The duration of the audio that the service has received.
  milliseconds received() const;
  // The positions in the input of the first byte and after the last byte sent; 0 before any.
  std::uint64_t begin() const { return begin_; }
  std::uint64_t end() const;

  std::optional<AudioTime> begin_at(milliseconds time) const;
  // The time at which a word ends: on the border of two spans it is the end of the first.
  std::optional<AudioTime> end_at(milliseconds time) const;

  std::size_t span_count() const { return spans_.size(); }
  std::size_t mark_count() const { return marks_.size(); }

 private:
  struct Span {
    std::uint64_t received = 0;  // bytes that the service received before the span
    std::uint64_t size = 0;
    AudioTime begin;  // arrival is not set
  };
  struct Mark {
    std::uint64_t received = 0;
    nanoseconds arrival{};
  };

  void append(const AudioTime &begin, std::size_t size);
  bool continues(const AudioTime &begin) const;
  AudioTime time_in(const Span &span, std::uint64_t received) const;
  void mark_arrival(nanoseconds arrival);
  nanoseconds arrival_of(std::uint64_t received) const;
  void forget_old();
  void locate(Word *word) const;

  std::uint64_t received_ = 0;
  std::uint64_t begin_ = 0;
  std::deque<Span> spans_;
  std::deque<Mark> marks_;
};

}  // namespace assemblyai
