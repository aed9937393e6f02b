// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace assemblyai {

using std::chrono::nanoseconds;

// Where audio belongs on the caller's clocks. The queue only carries it.
struct AudioStamp {
  nanoseconds running_time{};
  std::optional<nanoseconds> stream_time;
  nanoseconds arrival{};
};

struct AudioBlock {
  AudioStamp stamp;  // of the first byte
  std::vector<std::byte> data;
};

// A part of a block: its bytes begin offset bytes into the block.
struct AudioPiece {
  AudioStamp stamp;
  std::size_t offset = 0;
  std::size_t size = 0;
};

// One binary message for the service.
struct AudioChunk {
  std::vector<std::byte> data;
  std::vector<AudioPiece> pieces;
  std::size_t padding = 0;  // zero bytes at the end that stand for no input
};

// Cuts blocks of any size into messages of one exact size, in order. Bounded: the
// owner asks has_room() before push(), and either waits or drops the oldest.
// No thread safety; the session's lock guards it.
class AudioQueue {
 public:
  AudioQueue(std::size_t chunk_bytes, std::size_t capacity_bytes);

  // Room for one more block. With less than a message queued there always is: nothing
  // would leave, so waiting for room could never end.
  bool has_room(std::size_t bytes) const;
  void push(AudioBlock block);

  // The next full message, or nothing while less than one is queued.
  std::optional<AudioChunk> take();
  // The rest, padded with silence to at least minimum_bytes. Nothing when empty.
  std::optional<AudioChunk> take_tail(std::size_t minimum_bytes);

  // Forgets as much of the oldest audio as makes room for a block of this size; what
  // went is returned in order.
  std::vector<AudioPiece> drop_oldest(std::size_t bytes);
  void clear();

  bool has_chunk() const { return size_ >= chunk_bytes_; }
  std::size_t size() const { return size_; }
  std::size_t chunk_bytes() const { return chunk_bytes_; }

 private:
  struct Item {
    AudioBlock block;
    std::size_t consumed = 0;
  };

  AudioChunk take_bytes(std::size_t bytes);
  // The piece at the front, of at most this size, which is then consumed.
  AudioPiece consume(std::size_t bytes, std::vector<std::byte> *into);

  std::size_t chunk_bytes_;
  std::size_t capacity_bytes_;
  std::size_t size_ = 0;
  std::deque<Item> items_;
};

}  // namespace assemblyai
