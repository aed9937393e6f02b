// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "stream/audio_map.h"

#include <algorithm>
#include <iterator>

#include "stream/format.h"

namespace assemblyai {

namespace {

nanoseconds distance(nanoseconds a, nanoseconds b) {
  return a > b ? a - b : b - a;
}

AudioTime later(AudioTime time, std::uint64_t bytes) {
  const nanoseconds duration = duration_of(bytes);
  time.position += bytes;
  time.running_time += duration;
  if (time.stream_time)
    *time.stream_time += duration;
  return time;
}

// More than any session has: the service may send absurd numbers.
std::uint64_t bytes_received_at(milliseconds time) {
  const auto bounded = std::clamp<std::int64_t>(time.count(), 0, std::int64_t{1} << 40U);
  return static_cast<std::uint64_t>(bounded) * kBytesPerSecond / 1000;
}

}  // namespace

void AudioMap::append(const AudioChunk &chunk) {
  std::uint64_t position = chunk.position;
  for (const AudioPiece &piece : chunk.pieces) {
    const nanoseconds offset = duration_of(piece.offset);
    AudioTime begin{position, piece.stamp.running_time + offset, piece.stamp.stream_time,
                    piece.stamp.arrival};
    if (begin.stream_time)
      *begin.stream_time += offset;
    append(begin, piece.size);
    position += piece.size;
  }
  received_ += chunk.padding;
}

void AudioMap::append(const AudioTime &begin, std::size_t size) {
  if (size == 0)
    return;
  if (spans_.empty())
    begin_ = begin.position;
  if (!continues(begin))
    spans_.push_back({received_, 0, begin});
  spans_.back().size += size;
  received_ += size;
  mark_arrival(begin.arrival);
  forget_old();
}

bool AudioMap::continues(const AudioTime &begin) const {
  if (spans_.empty() || spans_.back().received + spans_.back().size != received_)
    return false;
  const AudioTime expected = later(spans_.back().begin, spans_.back().size);
  if (expected.position != begin.position ||
      distance(expected.running_time, begin.running_time) > kTolerance ||
      expected.stream_time.has_value() != begin.stream_time.has_value())
    return false;
  return !begin.stream_time || distance(*expected.stream_time, *begin.stream_time) <= kTolerance;
}

// One mark per kMarkSpacing of audio: small buffers need no more.
void AudioMap::mark_arrival(nanoseconds arrival) {
  const std::size_t count = marks_.size();
  const std::uint64_t before = count > 1 ? marks_[count - 2].received : 0;
  if (count > 0 && duration_of(received_ - before) <= kMarkSpacing)
    marks_.back() = {received_, arrival};
  else
    marks_.push_back({received_, arrival});
}

void AudioMap::forget_old() {
  if (spans_.size() > kMostSpans)
    spans_.pop_front();
  const std::uint64_t oldest = received_ - std::min(received_, std::uint64_t{bytes_of(kHorizon)});
  while (spans_.size() > 1 && spans_.front().received + spans_.front().size <= oldest)
    spans_.pop_front();
  while (marks_.size() > 1 && marks_.front().received <= oldest)
    marks_.pop_front();
}

void AudioMap::locate(Word *word) const {
  word->begins = begin_at(word->start);
  word->ends = word->begins ? end_at(word->end) : std::nullopt;
  // A word on the border of two spans must not end before it begins.
  if (word->ends && word->ends->running_time < word->begins->running_time)
    word->ends = word->begins;
}

void AudioMap::locate(Turn *turn) const {
  for (Word &word : turn->words)
    locate(&word);
}

void AudioMap::locate(SpeakerRevision *revision) const {
  for (SpeakerRevision::Item &item : revision->revisions) {
    for (Word &word : item.words)
      locate(&word);
  }
}

void AudioMap::locate(SpeechStarted *speech) const {
  speech->begins = begin_at(speech->timestamp);
}

void AudioMap::locate(Silence *silence) const {
  silence->begins = begin_at(silence->start);
  silence->ends = end_at(silence->end);
}

AudioTime AudioMap::time_in(const Span &span, std::uint64_t received) const {
  AudioTime time =
      later(span.begin, std::min(received - std::min(received, span.received), span.size));
  time.arrival = arrival_of(received);
  return time;
}

nanoseconds AudioMap::arrival_of(std::uint64_t received) const {
  const auto mark = std::lower_bound(
      marks_.begin(), marks_.end(), received,
      [](const Mark &candidate, std::uint64_t wanted) { return candidate.received < wanted; });
  return mark == marks_.end() ? marks_.back().arrival : mark->arrival;
}

std::optional<AudioTime> AudioMap::begin_at(milliseconds time) const {
  if (time == kUnknownTime)
    return std::nullopt;
  const std::uint64_t received = bytes_received_at(time);
  const auto after = std::upper_bound(
      spans_.begin(), spans_.end(), received,
      [](std::uint64_t wanted, const Span &span) { return wanted < span.received; });
  if (after == spans_.begin())
    return std::nullopt;
  return time_in(*std::prev(after), received);
}

std::optional<AudioTime> AudioMap::end_at(milliseconds time) const {
  if (time == kUnknownTime || spans_.empty())
    return std::nullopt;
  const std::uint64_t received = bytes_received_at(time);
  const auto after = std::lower_bound(
      spans_.begin(), spans_.end(), received,
      [](const Span &span, std::uint64_t wanted) { return span.received < wanted; });
  if (after != spans_.begin())
    return time_in(*std::prev(after), received);
  return after->received == received ? std::optional(time_in(*after, received)) : std::nullopt;
}

std::uint64_t AudioMap::position_of(milliseconds time) const {
  if (spans_.empty())
    return 0;
  const std::optional<AudioTime> known = begin_at(std::max(time, milliseconds::zero()));
  return known ? known->position : spans_.front().begin.position;
}

milliseconds AudioMap::received() const {
  return milliseconds(received_ * 1000 / kBytesPerSecond);
}

std::uint64_t AudioMap::end() const {
  return spans_.empty() ? 0 : spans_.back().begin.position + spans_.back().size;
}

}  // namespace assemblyai
