// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Sources of text, of cues or word by word.

#pragma once

#include <memory>

#include "captions/text_source.h"

namespace assemblyai {

using Source = std::unique_ptr<TextSource>;

inline TextMode mode_of(bool by_word) {
  return by_word ? TextMode::kWords : TextMode::kCues;
}

}  // namespace assemblyai
