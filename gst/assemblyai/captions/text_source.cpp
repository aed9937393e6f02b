// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "captions/text_source.h"

#include <algorithm>
#include <utility>

namespace assemblyai {

std::optional<TextItem> TextSource::next(nanoseconds due) {
  if (ready_.empty())
    choose(due);
  if (ready_.empty())
    return std::nullopt;
  TextItem item = std::move(ready_.front());
  ready_.pop_front();
  position_ = std::max(position_, item.start + item.duration);
  return item;
}

TextItem TextSource::pass(nanoseconds until) {
  if (ready_.empty())
    queue_gap(until);
  return *next(position_);
}

void TextSource::queue_gap(nanoseconds until) {
  queue({.kind = TextItem::Kind::kGap, .start = position_, .duration = until - position_});
}

}  // namespace assemblyai
