// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include "base/event_loop.h"
#include "stream/audio_queue.h"
#include "stream/control_queue.h"
#include "stream/stream_options.h"

namespace assemblyai {

// What the threads of a stream share: the audio and the messages that wait, the figures, and who
// waits for what. Everything is under one mutex, which is held for a few lines and never while
// anything else is called. The gate does not wake the loop: its callers do, when it says so.
//
// The streaming thread pushes and waits, any thread asks, the I/O thread takes.
class StreamGate {
 public:
  StreamGate(const StreamOptions &options, const EventLoop &clock);

  // What the I/O thread has to do after a call.
  enum class Wake : std::uint8_t { kNothing, kPump, kOpen };
  struct Pushed {
    PushResult result = PushResult::kAccepted;
    Wake wake = Wake::kNothing;
  };

  // As Stream's functions of these names.
  Pushed push(AudioBlock &&block, Content content);
  void finish();
  WaitResult wait_end();
  bool update(const ParameterSet &parameters);
  void withdraw(std::string_view parameter);
  bool force_endpoint();
  void interrupt();
  void resume();
  // False when it has ended already.
  bool leave(Rest rest);
  // Until no event is being reported, and with kSend until the stream has ended or is stalled.
  // Whether all was handed over.
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
  // Is this a thread that is in such a call?
  bool is_calling() const;

  // All below: I/O thread.
  // False when the stream was left before it began.
  bool begin();
  void end();
  bool is_finishing() const;
  bool is_left() const;
  // The connection takes nothing: whoever leaves need not wait for it.
  void note_stalled();

  // What came before this call will be seen.
  void begin_pump();
  // The next message between the audio. When there is none, how long to wait for one before any
  // audio may be sent.
  struct Control {
    std::optional<ClientMessage> message;
    nanoseconds wait{};
  };
  Control take_control();
  bool has_message() const;  // a full one
  // Of the next message; with the tail also of what is less than a full one. 0: there is none.
  std::size_t next_message_size(bool with_tail) const;
  // The next message, counted as sent.
  std::optional<AudioChunk> take(bool with_tail);

  // Positions in the input.
  std::uint64_t position() const;    // of what is taken next
  std::uint64_t kept_from() const;   // what is before is gone
  std::uint64_t sent_until() const;  // the furthest that was ever sent

  // What is before the position will not be needed any more.
  void settle(std::uint64_t position);
  // All that was taken has been answered. Returns where that ends.
  std::uint64_t settle_all();
  // As AudioQueue's and ControlQueue's.
  void rewind(std::uint64_t position, std::uint64_t dispensable);
  void skip(std::uint64_t position, std::uint64_t settled);

  bool has_lost() const;
  std::vector<AudioPiece> take_lost();
  void lose_taken_since(std::uint64_t position);
  // What was sent from the position on and is gone, though it was not settled. It counts as lost.
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
  // It is used from now on.
  void note_session_used(const std::string &id, const ParameterSet &chosen);
  void note_session_ended(nanoseconds opened_at);

  struct LastAudio {
    nanoseconds came_at{};
    bool is_waiting = false;
  };
  LastAudio last_audio() const;
  enum class Idle : std::uint8_t { kIdle, kHasAudio, kFinished };
  // There was no audio since then, or there is some again.
  Idle go_idle(nanoseconds since);

  void note_turn(std::uint64_t number, bool final);
  void set_state(const char *state);
  template <typename Count>
  void count(Count count) {
    const std::lock_guard lock(mutex_);
    count(stats_);
  }

 private:
  // With the lock held.
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
  ParameterSet updates_;  // since a session was requested last
  nanoseconds last_audio_;
  StreamStats stats_;
  std::optional<ParameterSet> known_;
  unsigned open_sessions_ = 0;
  nanoseconds opened_sum_{};  // of the moments when they were opened
  std::uint64_t next_turn_;
  std::uint64_t sent_until_ = 0;
  std::vector<AudioPiece> lost_;  // not reported yet
  std::vector<std::thread::id> calling_;
  bool pump_scheduled_ = false;
  bool idle_ = false;
  bool finishing_ = false;
  bool interrupted_ = false;
  bool left_ = false;
  bool ended_ = false;
  bool stalled_ = false;  // left while the connection took nothing
};

}  // namespace assemblyai
