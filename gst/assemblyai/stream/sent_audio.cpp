// SPDX-License-Identifier: LGPL-2.1-or-later

#include "stream/sent_audio.h"

#include <algorithm>
#include <iterator>

#include "stream/format.h"

namespace assemblyai {

namespace {

// Input breaks off only where audio was lost. No turn goes back that far.
constexpr std::size_t kMostStretches = 256;

}  // namespace

void SentAudio::append(std::uint64_t position, std::size_t bytes, std::size_t padding) {
  const std::size_t size = bytes - padding;
  if (stretches_.empty() || end() != position ||
      received_ != stretches_.back().received + stretches_.back().size)
    stretches_.push_back({received_, position, 0});
  stretches_.back().size += size;
  received_ += bytes;
  if (stretches_.size() > kMostStretches)
    stretches_.pop_front();
}

std::uint64_t SentAudio::position_of(std::chrono::milliseconds time) const {
  if (stretches_.empty())
    return 0;
  // More than any session has: what the service says may be absurd.
  const auto milliseconds = std::clamp<std::int64_t>(time.count(), 0, std::int64_t{1} << 40U);
  const std::uint64_t received = static_cast<std::uint64_t>(milliseconds) * kBytesPerSecond / 1000;
  const auto after = std::upper_bound(
      stretches_.begin(), stretches_.end(), received,
      [](std::uint64_t wanted, const Stretch &stretch) { return wanted < stretch.received; });
  const Stretch &stretch = after == stretches_.begin() ? *after : *std::prev(after);
  const std::uint64_t inside = received - std::min(received, stretch.received);
  return stretch.position + std::min(inside, stretch.size);
}

std::chrono::milliseconds SentAudio::received() const {
  return std::chrono::milliseconds(received_ * 1000 / kBytesPerSecond);
}

std::uint64_t SentAudio::begin() const {
  return stretches_.empty() ? 0 : stretches_.front().position;
}

std::uint64_t SentAudio::end() const {
  return stretches_.empty() ? 0 : stretches_.back().position + stretches_.back().size;
}

}  // namespace assemblyai
