// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A PocketSphinx decoder. Used by one thread at a time.

#pragma once

#include <memory>
#include <span>
#include <string>

#include "engine.h"

struct ps_decoder_s;

namespace testserver {

class Recognizer {
 public:
  // Loading takes some tenths of a second, so decoders are kept for the next session. nullptr and
  // *error if the models are not there.
  static std::unique_ptr<Recognizer> acquire(std::string *error);
  static void give_back(std::unique_ptr<Recognizer> recognizer);
  ~Recognizer();
  Recognizer(const Recognizer &) = delete;
  Recognizer &operator=(const Recognizer &) = delete;

  void start();
  void feed(std::span<const std::int16_t> samples);  // 16 kHz
  // Words so far, without silences and noises; times from start() plus offset.
  std::vector<EngineWord> words(std::int64_t offset_ms) const;
  void stop();  // words() may be better afterwards

 private:
  explicit Recognizer(ps_decoder_s *decoder) : decoder_(decoder) {}
  ps_decoder_s *decoder_;
};

}  // namespace testserver
