// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// text-mode=rolling: the caption as it grows, repeated in buffers up to the frame that is rendered
// next.

#include <algorithm>
#include <utility>

#include "captions/rolling_caption.h"

namespace assemblyai {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShortestChunk{20};

// The caption's clock is the position of the output, where a report is seen first.
class RollingSource final : public TextSource {
 public:
  explicit RollingSource(const TextOptions &options) : caption_(options) {}

  void set_options(const TextOptions &options) override { caption_.set_options(options); }
  void begin(nanoseconds from) override {
    TextSource::begin(from);
    caption_.begin(from);
  }
  void report(CaptionTurn turn) override { caption_.report(turn, position()); }
  void retell() override { caption_.retell(); }
  void clear() override { caption_.clear(); }

 protected:
  // After finish() the last text still gets its whole time: it has only just been reported.
  void choose(nanoseconds due) override {
    caption_.advance(position());
    const std::optional<nanoseconds> clears_at = caption_.clears_at();
    if (!clears_at && finished())
      return;
    if (due - position() < kShortestChunk && !finished())
      return;
    if (!clears_at) {
      queue_gap(due);
      return;
    }
    const nanoseconds stays = std::max<nanoseconds>(*clears_at, position() + kShortestChunk);
    const nanoseconds end = finished() ? stays : std::min(due, stays);
    queue({.kind = TextItem::Kind::kText,
           .start = position(),
           .duration = end - position(),
           .text = caption_.text(),
           .markup = caption_.markup()});
    if (finished())
      caption_.clear();
  }
  bool has_more() const override { return caption_.clears_at().has_value(); }

 private:
  RollingCaption caption_;
};

}  // namespace

std::unique_ptr<TextSource> make_rolling_source(const TextOptions &options) {
  return std::make_unique<RollingSource>(options);
}

}  // namespace assemblyai
