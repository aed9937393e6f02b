// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
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
  std::uint64_t position = 0;  // of the first byte in the input
  std::vector<std::byte> data;
  std::vector<AudioPiece> pieces;
  std::size_t padding = 0;  // zero bytes at the end that stand for no input
};

// Cuts blocks of any size into messages of one exact size, in order, and keeps what was
// taken until it is settled: after a lost connection it is taken again. Positions count
// the bytes of the input.
//
//        kept_from()         position()               end()
//   ---------|---- taken, kept ----|---- not yet taken ----|
//
// Bounded: make_room() forgets what was taken first; has_room() tells whether that is
// enough, or the caller has to wait or lose the oldest of the rest. No thread safety;
// the session's lock guards it.
class AudioQueue {
 public:
  // least_loss_bytes: what make_room() gives up at once, as far as there is so much.
  AudioQueue(std::size_t chunk_bytes, std::size_t capacity_bytes, std::size_t least_loss_bytes = 0);

  // Room for one more block without forgetting what is kept. With less than a message to
  // take there always is: nothing would leave, so waiting for room could never end.
  bool has_room(std::size_t bytes) const;
  // Forgets as much of the oldest audio as makes room for a block of this size. What had
  // not been taken is returned in order: one stretch, which makes room for more than this block,
  // because many small holes leave nothing that could be understood.
  std::vector<AudioPiece> make_room(std::size_t bytes);
  void push(AudioBlock block);

  // The next full message, or nothing while there is less than one.
  std::optional<AudioChunk> take();
  // The rest, padded with silence to at least minimum_bytes. Nothing when empty.
  std::optional<AudioChunk> take_tail(std::size_t minimum_bytes);

  // What is before the position and was taken is not needed any more.
  void settle(std::uint64_t position);
  // The next to be taken is what is at the position again, or the first that is kept. What is
  // before dispensable need not be taken: it is given up before anything is lost.
  void rewind(std::uint64_t position, std::uint64_t dispensable = 0);
  // What is before the position need not be taken at all.
  void skip(std::uint64_t position);
  // What was taken and is forgotten from the position on, though nothing settled it. Not
  // what make_room() returned.
  std::vector<AudioPiece> forgotten_since(std::uint64_t position) const;
  // What was taken from the position on.
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
  // One that is forgotten has no data any more, but its time is known until it is settled.
  struct Item {
    AudioBlock block;
    std::uint64_t begin = 0;
    std::size_t size = 0;

    std::uint64_t end() const { return begin + size; }
  };
  using Items = std::deque<Item>;

  // A stretch that make_room() returned.
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
  std::deque<Range> lost_;  // in order, since what was settled last
  Items items_;
};

}  // namespace assemblyai
