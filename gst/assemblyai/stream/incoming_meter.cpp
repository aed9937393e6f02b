// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "stream/incoming_meter.h"

#include <algorithm>

namespace assemblyai {

namespace {

constexpr std::byte kFinal{0x80};
constexpr std::byte kControl{0x08};
constexpr std::byte kLength{0x7f};

}  // namespace

bool RateLimit::take(std::size_t amount, std::chrono::nanoseconds now) {
  const std::chrono::duration<double> elapsed = now - last_;
  last_ = now;
  left_ = std::min(burst_, left_ + elapsed.count() * per_second_);
  if (static_cast<double>(amount) > left_)
    return false;
  left_ -= static_cast<double>(amount);
  return true;
}

const char *IncomingMeter::count(std::span<const std::byte> bytes, std::chrono::nanoseconds now) {
  if (!bytes_.take(bytes.size(), now))
    return "too many bytes per second";
  while (!bytes.empty()) {
    if (payload_left_ > 0) {
      const std::uint64_t skipped = std::min<std::uint64_t>(payload_left_, bytes.size());
      payload_left_ -= skipped;
      bytes = bytes.subspan(static_cast<std::size_t>(skipped));
      continue;
    }
    const std::byte next = bytes.front();
    bytes = bytes.subspan(1);
    if (!read_header(next))
      continue;
    if (const char *excess = begin_frame(now))
      return excess;
  }
  return nullptr;
}

// True when the header is complete. A server's frames have no mask; libsoup refuses those that do.
bool IncomingMeter::read_header(std::byte next) {
  header_[header_size_++] = next;
  if (header_size_ < 2)
    return false;
  const auto length = std::to_integer<std::uint64_t>(header_[1] & kLength);
  const std::size_t more = length == 127 ? 8 : length == 126 ? 2 : 0;
  if (header_size_ < 2 + more)
    return false;
  payload_size_ = more == 0 ? length : 0;
  for (std::size_t at = 2; at < header_size_; at++)
    payload_size_ = payload_size_ << 8U | std::to_integer<std::uint64_t>(header_[at]);
  payload_left_ = payload_size_;
  header_size_ = 0;
  return true;
}

const char *IncomingMeter::begin_frame(std::chrono::nanoseconds now) {
  if (!frames_.take(1, now))
    return "too many frames per second";
  if ((header_[0] & kControl) != std::byte{0})
    return nullptr;
  if (payload_size_ > most_per_message_ - message_size_)
    return "a message over the size limit";
  message_size_ = (header_[0] & kFinal) != std::byte{0} ? 0 : message_size_ + payload_size_;
  return nullptr;
}

}  // namespace assemblyai
