// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The format of the sent audio: S16LE, mono, 16 kHz. Sizes in bytes and durations.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace assemblyai {

using std::chrono::nanoseconds;

inline constexpr unsigned kSampleRate = 16000;
inline constexpr unsigned kBytesPerSample = 2;
inline constexpr unsigned kBytesPerSecond = kSampleRate * kBytesPerSample;
// The service refuses audio messages outside these limits (protocol reference 3.1).
inline constexpr std::chrono::milliseconds kMinChunk{50};
inline constexpr std::chrono::milliseconds kMaxChunk{1000};

constexpr std::size_t bytes_of(nanoseconds duration) {
  const auto samples = static_cast<std::uint64_t>(duration.count()) / 1000 * kSampleRate / 1000000;
  return static_cast<std::size_t>(samples * kBytesPerSample);
}

constexpr nanoseconds duration_of(std::uint64_t bytes) {
  // Whole seconds are converted separately, so that months of audio do not overflow.
  return std::chrono::seconds(bytes / kBytesPerSecond) +
         nanoseconds(bytes % kBytesPerSecond * 1'000'000'000U / kBytesPerSecond);
}

}  // namespace assemblyai
