// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Counts the WebSocket frames of a peer, and detects excess.

#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

namespace assemblyai {

// An allowance that received data uses up and that time refills.
class RateLimit {
 public:
  RateLimit(std::uint64_t burst, std::uint64_t per_second)
      : burst_(static_cast<double>(burst)),
        per_second_(static_cast<double>(per_second)),
        left_(burst_) {}
  // False if less than the amount was left.
  bool take(std::size_t amount, std::chrono::nanoseconds now);

 private:
  double burst_;
  double per_second_;
  double left_;
  std::chrono::nanoseconds last_{};
};

class IncomingMeter {
 public:
  // The limit of a fragmented message is that of an unfragmented one.
  explicit IncomingMeter(std::uint64_t most_per_message) : most_per_message_(most_per_message) {}

  // Counts the next bytes of the stream, in pieces of any size. Returns a description of the excess
  // if the peer sends too much.
  const char *count(std::span<const std::byte> bytes, std::chrono::nanoseconds now);

 private:
  bool read_header(std::byte next);
  const char *begin_frame(std::chrono::nanoseconds now);

  // A real service sends about ten frames per second; after a stall of the network the frames of
  // minutes arrive at once.
  RateLimit frames_{10000, 1000};
  RateLimit bytes_{32U << 20U, 4U << 20U};
  std::uint64_t most_per_message_;
  std::array<std::byte, 10> header_{};
  std::size_t header_size_ = 0;
  std::uint64_t payload_size_ = 0;
  std::uint64_t payload_left_ = 0;
  std::uint64_t message_size_ = 0;  // of the fragments so far
};

}  // namespace assemblyai
