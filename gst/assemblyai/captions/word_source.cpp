// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// text-mode=words: each word at its own time, with the events of GStreamer's transcribers.

#include "captions/schedule.h"

namespace assemblyai {

namespace {

class WordSource final : public Schedule {
 public:
  using Schedule::Schedule;

 protected:
  std::size_t count_next(const WaitingWords &waiting) const override {
    return waiting.due || waiting.words[0].stable ? 1 : 0;
  }
  // The consumer lays out the words and decides how long they stay.
  nanoseconds min_duration() const override { return {}; }
  nanoseconds reading(Words, const Text &) const override { return nanoseconds::max(); }

  void queue_text(Words words, const Text &text, bool other_speaker) override {
    if (other_speaker)
      queue({.kind = TextItem::Kind::kSpeakerChange, .start = text.start, .text = text.speaker});
    queue({.kind = TextItem::Kind::kText,
           .start = text.start,
           .duration = text.end - text.start,
           .text = words[0].text,
           .is_word = true,
           .speaker = last_speaker()});
  }
  void queue_turn_end() override {
    queue({.kind = TextItem::Kind::kFinalTranscript, .start = position()});
  }
};

}  // namespace

std::unique_ptr<TextSource> make_word_source(const TextOptions &options) {
  return std::make_unique<WordSource>(options);
}

}  // namespace assemblyai
