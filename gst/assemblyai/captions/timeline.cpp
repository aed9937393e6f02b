// SPDX-License-Identifier: LGPL-2.1-or-later

#include "captions/timeline.h"

#include <algorithm>

namespace assemblyai {

namespace {

nanoseconds distance(nanoseconds a, nanoseconds b) {
  return a > b ? a - b : b - a;
}

}  // namespace

nanoseconds Timeline::duration_of(std::uint64_t samples) const {
  // Whole seconds apart, so that months of samples do not overflow.
  const std::uint64_t seconds = samples / sample_rate_;
  const std::uint64_t rest = samples % sample_rate_;
  return std::chrono::seconds(seconds) + nanoseconds(rest * 1'000'000'000U / sample_rate_);
}

std::uint64_t Timeline::samples_at(std::chrono::milliseconds position) const {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(position.count(), 0)) * sample_rate_ /
         1000U;
}

bool Timeline::continues(const Span &span, nanoseconds running_time,
                         const std::optional<nanoseconds> &stream_time) const {
  const nanoseconds length = duration_of(span.count);
  if (distance(span.running_time + length, running_time) > kTolerance)
    return false;
  if (span.stream_time.has_value() != stream_time.has_value())
    return false;
  return !stream_time || distance(*span.stream_time + length, *stream_time) <= kTolerance;
}

void Timeline::append(const AudioTime &begin, std::uint64_t skip, std::uint64_t samples) {
  if (samples == 0)
    return;
  const nanoseconds offset = duration_of(skip);
  const nanoseconds running_time = begin.running_time + offset;
  std::optional<nanoseconds> stream_time;
  if (begin.stream_time)
    stream_time = *begin.stream_time + offset;

  const bool joins = !spans_.empty() && spans_.back().first + spans_.back().count == sent_ &&
                     continues(spans_.back(), running_time, stream_time);
  if (joins)
    spans_.back().count += samples;
  else
    spans_.push_back({sent_, samples, running_time, stream_time});
  sent_ += samples;
  mark_arrival(begin.arrival);
  forget_old();
}

// One mark for each kMarkSpacing of audio: small buffers need no more.
void Timeline::mark_arrival(nanoseconds arrival) {
  const std::size_t count = marks_.size();
  const std::uint64_t before = count > 1 ? marks_[count - 2].end : 0;
  if (count > 0 && duration_of(sent_ - before) <= kMarkSpacing)
    marks_.back() = {sent_, arrival};
  else
    marks_.push_back({sent_, arrival});
}

void Timeline::append_padding(std::uint64_t samples) {
  sent_ += samples;
}

void Timeline::forget_old() {
  const std::uint64_t horizon = static_cast<std::uint64_t>(kHorizon.count()) * sample_rate_;
  if (sent_ <= horizon)
    return;
  const std::uint64_t oldest = sent_ - horizon;
  while (spans_.size() > 1 && spans_.front().first + spans_.front().count <= oldest)
    spans_.pop_front();
  while (marks_.size() > 1 && marks_.front().end <= oldest)
    marks_.pop_front();
}

Timeline::Moment Timeline::moment_in(const Span &span, std::uint64_t sample) const {
  const std::uint64_t inside = std::clamp(sample, span.first, span.first + span.count);
  const nanoseconds offset = duration_of(inside - span.first);
  Moment moment{span.running_time + offset, std::nullopt};
  if (span.stream_time)
    moment.stream_time = *span.stream_time + offset;
  return moment;
}

std::optional<Timeline::Moment> Timeline::at(std::chrono::milliseconds position) const {
  if (spans_.empty() || position == kUnknownTime)
    return std::nullopt;
  const std::uint64_t sample = samples_at(position);
  const auto after =
      std::upper_bound(spans_.begin(), spans_.end(), sample,
                       [](std::uint64_t wanted, const Span &span) { return wanted < span.first; });
  if (after == spans_.begin())
    return std::nullopt;
  return moment_in(*std::prev(after), sample);
}

std::optional<Timeline::Moment> Timeline::end_at(std::chrono::milliseconds position) const {
  if (spans_.empty() || position == kUnknownTime)
    return std::nullopt;
  const std::uint64_t sample = samples_at(position);
  const auto after =
      std::lower_bound(spans_.begin(), spans_.end(), sample,
                       [](const Span &span, std::uint64_t wanted) { return span.first < wanted; });
  if (after != spans_.begin())
    return moment_in(*std::prev(after), sample);
  return after->first == sample ? std::optional(moment_in(*after, sample)) : std::nullopt;
}

std::optional<nanoseconds> Timeline::arrival_of(std::chrono::milliseconds position) const {
  if (marks_.empty())
    return std::nullopt;
  const std::uint64_t sample = samples_at(position);
  const auto mark = std::lower_bound(
      marks_.begin(), marks_.end(), sample,
      [](const Mark &candidate, std::uint64_t wanted) { return candidate.end < wanted; });
  return mark == marks_.end() ? marks_.back().arrival : mark->arrival;
}

void Timelines::begin_session(std::uint64_t oldest) {
  session_++;
  lines_.push_back(none_);
  const std::uint64_t wanted = session_ - std::min(oldest, session_) + 1;
  while (lines_.size() > std::min<std::uint64_t>(wanted, kMost))
    lines_.pop_front();
}

const Timeline &Timelines::of(std::uint64_t session) const {
  const std::uint64_t age = session_ - std::min(session, session_);
  return age < lines_.size() ? lines_[lines_.size() - 1 - static_cast<std::size_t>(age)] : none_;
}

}  // namespace assemblyai
