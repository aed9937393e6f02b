// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "protocol/types.h"

namespace assemblyai {

using std::chrono::nanoseconds;

// Where a piece of audio belongs. A time that is not known is empty.
struct AudioTime {
  nanoseconds running_time{};
  std::optional<nanoseconds> stream_time;
  nanoseconds arrival{};  // when it reached the element, on the monotonic clock
};

// The only place where time is converted.
//
// The service speaks of positions in the audio it has received on a connection.
// What was sent on a connection is recorded here, piece by piece, as spans that
// run on without a break; a position is then looked up in them. So nothing that
// happens to the audio before (holes, jumps, dropped or repeated parts) can shift
// a caption.
//
// Memory is bounded: spans and arrival marks of audio older than kHorizon before
// the newest are forgotten. No thread safety: it belongs to one thread.
class Timeline {
 public:
  // Longest look back. The service ends a turn after 60 s at the latest.
  static constexpr std::chrono::seconds kHorizon{300};
  // Time stamps may jitter this much around the sample count before the audio
  // counts as interrupted.
  static constexpr std::chrono::milliseconds kTolerance{10};
  // Resolution of arrival_of().
  static constexpr std::chrono::milliseconds kMarkSpacing{50};

  explicit Timeline(unsigned sample_rate) : sample_rate_(sample_rate) {}

  // The next samples sent on this connection. begin is the time of the block's
  // first sample; the piece starts skip samples into that block.
  void append(const AudioTime &begin, std::uint64_t skip, std::uint64_t samples);
  // Silence that stands for no audio of the input (the padding of the tail).
  void append_padding(std::uint64_t samples);

  // The time of a position. Positions beyond what was sent or in padding give the
  // nearest known time; of those before the horizon, and of kUnknownTime, nothing is known.
  struct Moment {
    nanoseconds running_time{};
    std::optional<nanoseconds> stream_time;
  };
  std::optional<Moment> at(std::chrono::milliseconds position) const;
  // The time at which the position ends rather than begins: at the border of two
  // spans it is the end of the first.
  std::optional<Moment> end_at(std::chrono::milliseconds position) const;

  // When the audio at the position had arrived in full.
  std::optional<nanoseconds> arrival_of(std::chrono::milliseconds position) const;

  std::size_t span_count() const { return spans_.size(); }
  std::size_t mark_count() const { return marks_.size(); }

 private:
  struct Span {
    std::uint64_t first = 0;  // position in samples
    std::uint64_t count = 0;
    nanoseconds running_time{};
    std::optional<nanoseconds> stream_time;
  };
  struct Mark {
    std::uint64_t end = 0;  // position in samples
    nanoseconds arrival{};
  };

  nanoseconds duration_of(std::uint64_t samples) const;
  std::uint64_t samples_at(std::chrono::milliseconds position) const;
  bool continues(const Span &span, nanoseconds running_time,
                 const std::optional<nanoseconds> &stream_time) const;
  Moment moment_in(const Span &span, std::uint64_t sample) const;
  void mark_arrival(nanoseconds arrival);
  void forget_old();

  unsigned sample_rate_;
  std::uint64_t sent_ = 0;
  std::deque<Span> spans_;
  std::deque<Mark> marks_;
};

// The timelines of sessions: what is told of one may be settled in a later one. Memory is bounded:
// none is kept longer than it is needed, nor beyond kMost.
class Timelines {
 public:
  static constexpr std::size_t kMost = 64;

  explicit Timelines(unsigned sample_rate) : none_(sample_rate), lines_{none_} {}

  // The next session. They are counted from 1 on. Of those before oldest nothing will be told.
  void begin_session(std::uint64_t oldest);

  Timeline &current() { return lines_.back(); }
  const Timeline &current() const { return lines_.back(); }
  // Nothing is known of one that is long over.
  const Timeline &of(std::uint64_t session) const;

 private:
  Timeline none_;
  std::deque<Timeline> lines_;
  std::uint64_t session_ = 0;  // the current one
};

}  // namespace assemblyai
