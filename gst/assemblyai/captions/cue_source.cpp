// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// text-mode=cues: readable subtitles of a few lines, each once.

#include <utility>

#include "captions/graphemes.h"
#include "captions/schedule.h"

namespace assemblyai {

namespace {

class CueSource final : public Schedule {
 public:
  using Schedule::Schedule;

 protected:
  std::vector<CaptionWord> fitted(std::vector<CaptionWord> words) const override {
    return split_wide(std::move(words), options().cue.lines.max_line_length);
  }
  std::size_t count_next(const WaitingWords &waiting) const override {
    return next_cue(waiting, options().cue);
  }
  nanoseconds min_duration() const override { return options().cue.min_duration; }
  nanoseconds reading(Words words, const Text &text) const override {
    return reading_time(columns(text.prefix) + columns(text_of(words)));
  }

  void queue_text(Words words, const Text &text, bool) override {
    queue({.kind = TextItem::Kind::kText,
           .start = text.start,
           .duration = text.end - text.start,
           .text = on_lines(words, text.prefix)});
  }

 private:
  std::string on_lines(Words words, std::string_view prefix) const {
    const auto lines = balanced_lines(words, options().cue.lines, prefix);
    if (!lines)
      return text_of(words);
    std::string shown;
    for (const std::string &line : *lines)
      shown.append(shown.empty() ? "" : "\n").append(line);
    return shown;
  }
};

}  // namespace

std::unique_ptr<TextSource> make_cue_source(const TextOptions &options) {
  return std::make_unique<CueSource>(options);
}

}  // namespace assemblyai
