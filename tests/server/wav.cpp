// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include "wav.h"

namespace testserver {

namespace {

void append_little_endian(std::string *bytes, std::uint32_t value, int size) {
  for (int i = 0; i < size; i++)
    bytes->push_back(static_cast<char>(static_cast<unsigned char>(value >> (8 * i) & 0xff)));
}

}  // namespace

std::string wav_file(std::span<const std::uint8_t> samples, std::uint32_t rate) {
  auto size = static_cast<std::uint32_t>(samples.size());
  std::string bytes = "RIFF";
  append_little_endian(&bytes, size + 36, 4);
  bytes += "WAVEfmt ";
  append_little_endian(&bytes, 16, 4);
  append_little_endian(&bytes, 1, 2);  // PCM
  append_little_endian(&bytes, 1, 2);  // channels
  append_little_endian(&bytes, rate, 4);
  append_little_endian(&bytes, rate * 2, 4);
  append_little_endian(&bytes, 2, 2);   // bytes of a frame
  append_little_endian(&bytes, 16, 2);  // bits of a sample
  bytes += "data";
  append_little_endian(&bytes, size, 4);
  bytes.append(samples.begin(), samples.end());
  return bytes;
}

}  // namespace testserver
