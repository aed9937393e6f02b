// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace assemblyai {

using std::chrono::nanoseconds;

// The times of audio on the caller's clocks. The queue only carries them.
struct AudioStamp {
  nanoseconds running_time{};
  std::optional<nanoseconds> stream_time;
  nanoseconds arrival{};
};

struct AudioBlock {
  AudioStamp stamp;  // the stamp of the first byte
  std::vector<std::byte> data;
};

// A part of a block: its bytes begin offset bytes into the block.
struct AudioPiece {
  AudioStamp stamp;
  std::size_t offset = 0;
  std::size_t size = 0;
};

// One binary message to the service.
struct AudioChunk {
  std::uint64_t position = 0;  // the position of the first byte in the input
  std::vector<std::byte> data;
  std::vector<AudioPiece> pieces;
  std::size_t padding = 0;  // zero bytes at the end that belong to no input
};

// Cuts blocks of any size into messages of one exact size, in order, and keeps taken audio until it
// is settled: after a lost connection it is taken again. Positions count the bytes of the input.
//
//         kept_from()         position()               end()
//    ---------|---- taken, kept ----|---- not yet taken ----|
//
// Bounded: make_room() forgets the audio that was taken first; has_room() tells whether that is
// enough, or the caller must wait or drop the oldest of the rest. Not thread-safe: the gate's lock
// guards it.
class AudioQueue {
 public:
  // least_loss_bytes: the amount that make_room() drops at once, if there is as much.
  AudioQueue(std::size_t chunk_bytes, std::size_t capacity_bytes, std::size_t least_loss_bytes = 0);

  // Whether there is room for one more block without dropping audio that was not taken. With less
  // than a message to take there is always room: nothing would leave the queue, so waiting would
  // never end.
  bool has_room(std::size_t bytes) const;
  // Forgets as much of the oldest audio as is needed for a block of this size. Returns the pieces
  // that had not been taken, in order. They are one range, which makes room for more than this
  // block, because speech with many small gaps cannot be understood.
  std::vector<AudioPiece> make_room(std::size_t bytes);
  void push(AudioBlock block);

  // The next full message, or nothing if there is less than one.
  std::optional<AudioChunk> take();
  // The rest, padded with silence to at least minimum_bytes. Nothing when empty.
  std::optional<AudioChunk> take_tail(std::size_t minimum_bytes);

  // Audio before the position that was taken is not needed any more.
  void settle(std::uint64_t position);
  // Continues at the position, or at the first audio that is kept. Audio before dispensable need
  // not be taken: it is dropped before any other.
  void rewind(std::uint64_t position, std::uint64_t dispensable = 0);
  // Audio before the position need not be taken at all.
  void skip(std::uint64_t position);
  // The audio from the position on that was taken and is forgotten without being settled. Excludes
  // the audio that make_room() returned.
  std::vector<AudioPiece> forgotten_since(std::uint64_t position) const;
  // The audio from the position on that was taken.
  std::vector<AudioPiece> taken_since(std::uint64_t position) const;
  void clear();

  bool has_chunk() const { return size() >= chunk_bytes_; }
  std::size_t size() const { return static_cast<std::size_t>(end_ - position_); }
  std::size_t kept_size() const { return static_cast<std::size_t>(end_ - kept_from_); }
  std::size_t chunk_bytes() const { return chunk_bytes_; }
  std::uint64_t kept_from() const { return kept_from_; }
  std::uint64_t position() const { return position_; }
  std::uint64_t end() const { return end_; }

 private:
  // A forgotten block has no data, but its time is known until it is settled.
  struct Item {
    AudioBlock block;
    std::uint64_t begin = 0;
    std::size_t size = 0;

    std::uint64_t end() const { return begin + size; }
  };
  using Items = std::deque<Item>;

  // A range that make_room() returned.
  struct Range {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
  };

  Items::const_iterator item_at(std::uint64_t position) const;
  AudioChunk take_bytes(std::size_t bytes);
  std::vector<AudioPiece> pieces(std::uint64_t from, std::uint64_t until) const;
  void forget_before(std::uint64_t position);
  void note_lost(Range range);

  std::size_t chunk_bytes_;
  std::size_t capacity_bytes_;
  std::size_t least_loss_bytes_;
  std::uint64_t kept_from_ = 0;
  std::uint64_t position_ = 0;
  std::uint64_t end_ = 0;
  std::uint64_t dispensable_until_ = 0;
  std::deque<Range> lost_;  // in order, since the last settled audio
  Items items_;
};

}  // namespace assemblyai
