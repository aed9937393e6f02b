// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "base/event_loop.h"
#include "stream/audio_queue.h"
#include "stream/control_queue.h"
#include "stream/stream_options.h"

namespace assemblyai {

// The state that the threads of a stream share: waiting audio and messages, statistics, and the
// conditions that threads wait for. Everything is under one mutex, which is held for a few lines
// and never during a call to other code. The gate does not wake the loop: it returns what is
// needed, and its callers wake the loop.
//
// The streaming thread pushes and waits, any thread queries, the I/O thread takes.
class StreamGate {
 public:
  StreamGate(const StreamOptions &options, const EventLoop &clock);

  // The work for the I/O thread after a call.
  enum class Wake : std::uint8_t { kNothing, kPump, kOpen };
  struct Pushed {
    PushResult result = PushResult::kAccepted;
    Wake wake = Wake::kNothing;
  };

  // As the functions of Stream with these names.
  Pushed push(AudioBlock &&block, Content content);
  void finish();
  WaitResult wait_end();
  bool update(const ParameterSet &parameters);
  void withdraw(std::string_view parameter);
  bool force_endpoint();
  void interrupt();
  void resume();
  // False if it has already ended.
  bool leave(Rest rest);
  // Waits until no event is being reported, and with kSend until the stream has ended or is
  // stalled. Returns whether everything was handed over.
  bool wait_left(Rest rest, nanoseconds limit);
  bool ended() const;
  bool idle() const;
  std::uint64_t next_turn() const;
  StreamStats stats() const;
  std::optional<ParameterSet> known() const;

  // A call to the application, unless the stream was left; wait_left() waits for its end.
  class Call {
   public:
    explicit Call(StreamGate &gate);
    Call(const Call &) = delete;
    Call &operator=(const Call &) = delete;
    ~Call();
    explicit operator bool() const { return wanted_; }

   private:
    StreamGate &gate_;
    bool wanted_ = false;
  };

  // All functions below: I/O thread.
  // False if the stream was left before it began.
  bool begin();
  void end();
  bool is_finishing() const;
  bool is_left() const;
  // The connection accepts no data: leaving need not wait for it.
  void note_stalled();

  // Everything queued before this call will be seen.
  void begin_pump();
  // The next message between the audio. If there is none, how long to wait for one before audio may
  // be sent.
  struct Control {
    std::optional<ClientMessage> message;
    nanoseconds wait{};
  };
  Control take_control();
  bool has_message() const;  // a full message
  // The size of the next message; with the tail, an incomplete one too. 0: there is none.
  std::size_t next_message_size(bool with_tail) const;
  // The next message, counted as sent.
  std::optional<AudioChunk> take(bool with_tail);

  // Positions in the input.
  std::uint64_t position() const;    // of the next audio to take
  std::uint64_t kept_from() const;   // audio before it is gone
  std::uint64_t sent_until() const;  // the furthest position ever sent

  // Audio before the position is not needed any more.
  void settle(std::uint64_t position);
  // All taken audio is settled. Returns its end.
  std::uint64_t settle_all();
  // As those of AudioQueue and ControlQueue.
  void rewind(std::uint64_t position, std::uint64_t dispensable);
  void skip(std::uint64_t position, std::uint64_t settled);

  bool has_lost() const;
  std::vector<AudioPiece> take_lost();
  void lose_taken_since(std::uint64_t position);
  // The audio from the position on that was sent and is gone without being settled. It counts as
  // lost.
  struct Forgotten {
    std::vector<AudioPiece> pieces;
    std::uint64_t kept_from = 0;
  };
  Forgotten take_forgotten_since(std::uint64_t position);

  // A session is requested: changes up to now are in the request.
  void begin_request();
  // Changes since then are sent to the session that has begun.
  void renew_updates();
  void note_session_begun(nanoseconds opened_at);
  // The session is used from now on.
  void note_session_used(const std::string &id, const ParameterSet &chosen);
  void note_session_ended(nanoseconds opened_at);

  struct LastAudio {
    nanoseconds came_at{};
    bool is_waiting = false;
  };
  LastAudio last_audio() const;
  enum class Idle : std::uint8_t { kIdle, kHasAudio, kFinished };
  // since: when audio began to be missing. kHasAudio: it has come back.
  Idle go_idle(nanoseconds since);

  void note_turn(std::uint64_t number, bool final);
  void set_state(const char *state);
  // The stream is over; end() follows when that has been reported.
  void note_over();
  template <typename Count>
  void count(Count count) {
    const std::lock_guard lock(mutex_);
    count(stats_);
  }

 private:
  // Called with the lock held.
  void add_lost(const std::vector<AudioPiece> &pieces);
  void count_lost(const std::vector<AudioPiece> &pieces);
  void count_sent(const AudioChunk &chunk);
  ControlQueue::Situation situation() const;

  const EventLoop &clock_;
  const Overflow overflow_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  AudioQueue queue_;
  ControlQueue controls_;
  ParameterSet updates_;  // since the last request of a session
  nanoseconds last_audio_;
  StreamStats stats_;
  std::optional<ParameterSet> known_;
  unsigned open_sessions_ = 0;
  nanoseconds opened_sum_{};  // the sum of the times at which they were opened
  std::uint64_t next_turn_;
  std::uint64_t sent_until_ = 0;
  std::vector<AudioPiece> lost_;  // not reported yet
  unsigned calling_ = 0;          // threads that are in a Call
  bool pump_scheduled_ = false;
  bool idle_ = false;
  bool finishing_ = false;
  bool interrupted_ = false;
  bool left_ = false;
  bool is_over_ = false;
  bool ended_ = false;    // and reported
  bool stalled_ = false;  // left while the connection accepted no data
};

}  // namespace assemblyai
