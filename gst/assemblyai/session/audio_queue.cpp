// SPDX-License-Identifier: LGPL-2.1-or-later

#include "session/audio_queue.h"

#include <algorithm>
#include <utility>

namespace assemblyai {

AudioQueue::AudioQueue(std::size_t chunk_bytes, std::size_t capacity_bytes)
    : chunk_bytes_(chunk_bytes), capacity_bytes_(std::max(capacity_bytes, chunk_bytes)) {}

bool AudioQueue::has_room(std::size_t bytes) const {
  return !has_chunk() || size_ + bytes <= capacity_bytes_;
}

void AudioQueue::push(AudioBlock block) {
  if (block.data.empty())
    return;
  size_ += block.data.size();
  items_.push_back({std::move(block), 0});
}

std::optional<AudioChunk> AudioQueue::take() {
  if (!has_chunk())
    return std::nullopt;
  return take_bytes(chunk_bytes_);
}

std::optional<AudioChunk> AudioQueue::take_tail(std::size_t minimum_bytes) {
  if (size_ == 0)
    return std::nullopt;
  AudioChunk chunk = take_bytes(std::min(size_, chunk_bytes_));
  if (chunk.data.size() < minimum_bytes) {
    chunk.padding = minimum_bytes - chunk.data.size();
    chunk.data.resize(minimum_bytes);
  }
  return chunk;
}

AudioChunk AudioQueue::take_bytes(std::size_t bytes) {
  AudioChunk chunk;
  chunk.data.reserve(bytes);
  while (chunk.data.size() < bytes)
    chunk.pieces.push_back(consume(bytes - chunk.data.size(), &chunk.data));
  return chunk;
}

AudioPiece AudioQueue::consume(std::size_t bytes, std::vector<std::byte> *into) {
  Item &item = items_.front();
  const std::span<const std::byte> rest = std::span(item.block.data).subspan(item.consumed);
  const auto part = rest.first(std::min(bytes, rest.size()));
  if (into != nullptr)
    into->insert(into->end(), part.begin(), part.end());
  const AudioPiece piece{item.block.stamp, item.consumed, part.size()};
  item.consumed += part.size();
  size_ -= part.size();
  if (item.consumed == item.block.data.size())
    items_.pop_front();
  return piece;
}

std::vector<AudioPiece> AudioQueue::drop_oldest(std::size_t bytes) {
  std::vector<AudioPiece> dropped;
  while (!has_room(bytes)) {
    const std::size_t excess = size_ + bytes - capacity_bytes_;
    dropped.push_back(consume(excess + excess % 2, nullptr));  // whole samples
  }
  return dropped;
}

void AudioQueue::clear() {
  items_.clear();
  size_ = 0;
}

}  // namespace assemblyai
