// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Bytes off the wire to samples.

#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace testserver {

inline std::vector<std::int16_t> from_little_endian(std::string_view bytes) {
  std::vector<std::int16_t> samples(bytes.size() / 2);
  for (std::size_t i = 0; i < samples.size(); i++) {
    auto low = static_cast<unsigned char>(bytes[2 * i]);
    auto high = static_cast<unsigned char>(bytes[2 * i + 1]);
    samples[i] = static_cast<std::int16_t>(static_cast<std::uint16_t>(low | high << 8));
  }
  return samples;
}

// G.711 mu-law.
inline std::vector<std::int16_t> from_mulaw(std::string_view bytes) {
  std::vector<std::int16_t> samples;
  samples.reserve(bytes.size());
  for (char byte : bytes) {
    unsigned code = ~static_cast<unsigned>(static_cast<unsigned char>(byte)) & 0xff;
    int magnitude = static_cast<int>((((code & 0x0f) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84;
    samples.push_back(static_cast<std::int16_t>((code & 0x80) != 0 ? -magnitude : magnitude));
  }
  return samples;
}

}  // namespace testserver
