// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>

namespace assemblyai {

// Where in the input the audio of one connection comes from. The service speaks of
// milliseconds of the audio that it has received on it.
class SentAudio {
 public:
  // Bytes of the input at this position, and silence that stands for no input, were sent.
  void append(std::uint64_t position, std::size_t bytes, std::size_t padding);

  // The position in the input of a time of the service: never after what was sent.
  std::uint64_t position_of(std::chrono::milliseconds time) const;
  // How much audio that is for the service.
  std::chrono::milliseconds received() const;
  // Of the first and after the last byte sent; 0 before any.
  std::uint64_t begin() const;
  std::uint64_t end() const;

 private:
  // A stretch of the input that was sent without a break.
  struct Stretch {
    std::uint64_t received = 0;  // bytes that the service had before it
    std::uint64_t position = 0;
    std::uint64_t size = 0;
  };

  std::uint64_t received_ = 0;
  std::deque<Stretch> stretches_;
};

}  // namespace assemblyai
