// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// WAV files of 16-bit mono.

#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace testserver {

// The bytes of a file with these little-endian samples.
std::string wav_file(std::span<const std::uint8_t> samples, std::uint32_t rate);

}  // namespace testserver
