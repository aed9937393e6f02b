// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "stream/audio_queue.h"

#include <algorithm>
#include <span>
#include <utility>

namespace assemblyai {

namespace {

// Blocks whose audio is forgotten, but not settled. With very small blocks over a long time, the
// reported times of a loss become inexact.
constexpr std::size_t kMaxForgotten = 8192;
constexpr std::size_t kMostLost = 256;

std::size_t length(std::uint64_t from, std::uint64_t until) {
  return static_cast<std::size_t>(until - from);
}

// A complete message leaves a little later. Audio that arrives in between needs room too, as a part
// of the next message.
constexpr std::size_t kSlack = 4;

}  // namespace

AudioQueue::AudioQueue(std::size_t chunk_bytes, std::size_t capacity_bytes,
                       std::size_t least_loss_bytes)
    : chunk_bytes_(chunk_bytes),
      capacity_bytes_(std::max(capacity_bytes, chunk_bytes + chunk_bytes / kSlack)),
      least_loss_bytes_(least_loss_bytes) {}

bool AudioQueue::has_room(std::size_t bytes) const {
  return !has_chunk() || kept_size() + bytes <= capacity_bytes_;
}

void AudioQueue::push(AudioBlock block) {
  const std::size_t size = block.data.size();
  if (size == 0)
    return;
  items_.push_back({std::move(block), end_, size});
  end_ += size;
}

AudioQueue::Items::const_iterator AudioQueue::item_at(std::uint64_t position) const {
  return std::partition_point(items_.begin(), items_.end(),
                              [position](const Item &item) { return item.end() <= position; });
}

std::optional<AudioChunk> AudioQueue::take() {
  if (!has_chunk())
    return std::nullopt;
  return take_bytes(chunk_bytes_);
}

std::optional<AudioChunk> AudioQueue::take_tail(std::size_t minimum_bytes) {
  if (size() == 0)
    return std::nullopt;
  AudioChunk chunk = take_bytes(std::min(size(), chunk_bytes_));
  if (chunk.data.size() < minimum_bytes) {
    chunk.padding = minimum_bytes - chunk.data.size();
    chunk.data.resize(minimum_bytes);
  }
  return chunk;
}

AudioChunk AudioQueue::take_bytes(std::size_t bytes) {
  AudioChunk chunk{.position = position_, .pieces = pieces(position_, position_ + bytes)};
  chunk.data.reserve(bytes);
  auto item = item_at(position_);
  for (const AudioPiece &piece : chunk.pieces) {
    const auto part = std::span(item->block.data).subspan(piece.offset, piece.size);
    chunk.data.insert(chunk.data.end(), part.begin(), part.end());
    ++item;
  }
  position_ += bytes;
  return chunk;
}

std::vector<AudioPiece> AudioQueue::pieces(std::uint64_t from, std::uint64_t until) const {
  std::vector<AudioPiece> found;
  for (auto item = item_at(from); item != items_.end() && item->begin < until; ++item) {
    const std::uint64_t begin = std::max(from, item->begin);
    found.push_back({item->block.stamp, length(item->begin, begin),
                     length(begin, std::min(until, item->end()))});
  }
  return found;
}

std::vector<AudioPiece> AudioQueue::make_room(std::size_t bytes) {
  const std::size_t wanted = capacity_bytes_ - std::min(bytes, capacity_bytes_);
  if (kept_size() > wanted) {
    const std::size_t excess = kept_size() - wanted;
    forget_before(std::min(kept_from_ + excess, position_));
  }
  const auto has_room = [&] { return !has_chunk() || size() + bytes <= capacity_bytes_; };
  if (!has_room()) {
    skip(dispensable_until_);
    forget_before(position_);
  }
  if (has_room())
    return {};
  const std::size_t excess = std::max(size() + bytes - capacity_bytes_, least_loss_bytes_);
  const std::uint64_t until = std::min(position_ + excess + excess % 2, end_);  // whole samples
  std::vector<AudioPiece> lost = pieces(position_, until);
  note_lost({position_, until});
  position_ = until;
  forget_before(until);
  return lost;
}

// With very many small losses, the reported ranges become inexact.
void AudioQueue::note_lost(Range range) {
  const bool joins =
      !lost_.empty() && (lost_.back().end == range.begin || lost_.size() >= kMostLost);
  if (joins)
    lost_.back().end = range.end;
  else
    lost_.push_back(range);
}

void AudioQueue::forget_before(std::uint64_t position) {
  const auto first = item_at(kept_from_) - items_.cbegin();
  kept_from_ = std::max(kept_from_, position);
  for (auto item = items_.begin() + first; item != items_.end() && item->end() <= position; ++item)
    item->block.data = {};
  while (items_.size() > kMaxForgotten && items_.front().end() <= kept_from_)
    items_.pop_front();
}

void AudioQueue::settle(std::uint64_t position) {
  position = std::min(position, position_);
  kept_from_ = std::max(kept_from_, position);
  while (!items_.empty() && items_.front().end() <= position)
    items_.pop_front();
  while (!lost_.empty() && lost_.front().end <= position)
    lost_.pop_front();
}

void AudioQueue::rewind(std::uint64_t position, std::uint64_t dispensable) {
  dispensable_until_ = dispensable;
  position_ = std::clamp(position - position % 2, std::min(kept_from_, position_), position_);
}

void AudioQueue::skip(std::uint64_t position) {
  position_ = std::clamp(position - position % 2, position_, end_);
}

std::vector<AudioPiece> AudioQueue::forgotten_since(std::uint64_t position) const {
  std::vector<AudioPiece> found;
  const auto add = [&](std::uint64_t until) {
    if (until <= position)
      return;
    const std::vector<AudioPiece> more = pieces(position, until);
    found.insert(found.end(), more.begin(), more.end());
  };
  for (const Range &range : lost_) {
    add(std::min(range.begin, kept_from_));
    position = std::max(position, range.end);
  }
  add(kept_from_);
  return found;
}

std::vector<AudioPiece> AudioQueue::taken_since(std::uint64_t position) const {
  return pieces(position, position_);
}

void AudioQueue::clear() {
  items_.clear();
  lost_.clear();
  kept_from_ = end_;
  position_ = end_;
}

}  // namespace assemblyai
