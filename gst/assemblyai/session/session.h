// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/event_loop.h"
#include "protocol/turn_tracker.h"
#include "session/audio_queue.h"
#include "session/connection.h"
#include "session/control_queue.h"
#include "session/pacer.h"

namespace assemblyai {

inline constexpr unsigned kSampleRate = 16000;
inline constexpr unsigned kBytesPerSample = 2;
inline constexpr unsigned kBytesPerSecond = kSampleRate * kBytesPerSample;
// The service refuses audio messages outside these (protocol reference 3.1).
inline constexpr std::chrono::milliseconds kMinChunk{50};
inline constexpr std::chrono::milliseconds kMaxChunk{1000};

constexpr std::size_t bytes_of(nanoseconds duration) {
  const auto samples = static_cast<std::uint64_t>(duration.count()) / 1000 * kSampleRate / 1000000;
  return static_cast<std::size_t>(samples * kBytesPerSample);
}

constexpr nanoseconds duration_of(std::size_t bytes) {
  return nanoseconds(std::uint64_t{bytes} * 1'000'000'000U / kBytesPerSecond);
}

// What to do with new audio when the queue is full.
enum class Overflow : std::uint8_t {
  kBlock,       // make the caller wait: input that can wait
  kDropOldest,  // forget the oldest audio: live input
};

struct SessionOptions {
  nanoseconds chunk_duration = kMinChunk;
  nanoseconds max_backlog{};
  nanoseconds connect_timeout{};
  nanoseconds drain_timeout{};
  nanoseconds keepalive_interval{};
  Overflow overflow = Overflow::kBlock;
  std::uint64_t first_turn = 0;  // the number of the first turn reported
  std::string label;             // for the log
};

struct SessionStats {
  std::string state = "idle";
  std::string session_id;
  std::uint64_t audio_queued_bytes = 0;
  std::uint64_t audio_sent_bytes = 0;  // of the input, without padding
  std::uint64_t audio_dropped_bytes = 0;
  std::uint64_t messages_sent = 0;
  std::uint64_t messages_received = 0;
  std::uint64_t messages_undecodable = 0;
  std::uint64_t partials = 0;
  std::uint64_t finals = 0;
  std::uint64_t warnings = 0;
  std::uint64_t speaker_revisions = 0;
  std::uint64_t llm_responses = 0;
  std::uint64_t heartbeats = 0;
  double realtime_factor = 0;  // of the last heartbeat
  std::chrono::milliseconds silence{};
  double audio_seconds = 0;    // as the service counted
  double session_seconds = 0;  // what the service bills
};

// The numbers of turns as they were reported, by the service's own order. Valid
// during the call that it is given to.
class TurnNumbers {
 public:
  TurnNumbers(const TurnTracker &tracker, std::uint64_t first) : tracker_(tracker), first_(first) {}
  std::optional<std::uint64_t> of(std::int64_t order) const {
    const std::optional<std::uint64_t> number = tracker_.number_of(order);
    return number ? std::optional(first_ + *number) : std::nullopt;
  }

 private:
  const TurnTracker &tracker_;
  std::uint64_t first_;
};

enum class ConnectionState : std::uint8_t { kConnecting, kConnected };

// All calls come on the loop's thread, none under a lock, in the order of events.
class SessionObserver {
 public:
  SessionObserver() = default;
  SessionObserver(const SessionObserver &) = delete;
  SessionObserver &operator=(const SessionObserver &) = delete;
  virtual ~SessionObserver() = default;

  virtual void on_connection(ConnectionState state) = 0;
  virtual void on_begin(const Begin &begin) = 0;
  virtual void on_audio_sent(const AudioChunk &chunk) = 0;
  virtual void on_audio_lost(const std::vector<AudioPiece> &pieces) = 0;
  virtual void on_turn(const TurnReport &report) = 0;
  // SpeechStarted, SpeakerRevision, Heartbeat, Silence, Warning, LlmGatewayResponse.
  virtual void on_message(const ServerMessage &message, const TurnNumbers &numbers) = 0;
  virtual void on_frame(std::string_view frame) = 0;
  virtual void on_undecodable(const Failure &failure) = 0;
  virtual void on_ended(const ConnectionEnd &end) = 0;  // once, last
};

// Audio in, turns out. Three threads meet here:
//
// - the caller's streaming thread: push(), finish(), wait_end()
// - any thread: update(), force_endpoint(), interrupt(), resume(), leave(), stats()
// - the loop's thread: everything named "loop" below, and the observer
//
// The object keeps itself alive while it has a connection.
class Session final : public std::enable_shared_from_this<Session>, private ConnectionObserver {
 public:
  static std::shared_ptr<Session> create(SessionOptions options, TargetSource target,
                                         std::shared_ptr<EventLoop> loop, TransportFactory factory,
                                         std::shared_ptr<SessionObserver> observer);

  // Connects.
  void start();

  enum class PushResult : std::uint8_t {
    kAccepted,
    kInterrupted,  // interrupt() was called; the block was not taken
    kEnded,        // the session is over or was left; the block was not taken
  };
  // Queues audio, moving it out of the block when it is accepted; waits while the
  // queue is full and the policy is to block.
  PushResult push(AudioBlock &&block);

  // No more audio: what is queued is sent, then the session is terminated.
  void finish();
  enum class WaitResult : std::uint8_t { kEnded, kLeft, kInterrupted };
  // Waits until it has ended. Bounded by the session's own limits.
  WaitResult wait_end();

  // Parameters that the service changes for the audio queued from now on. Only what
  // differs from what it has is sent. False when the session is over.
  bool update(const ParameterSet &parameters);
  // Takes back what update() was told of a parameter, if it was not sent yet.
  void withdraw(std::string_view parameter);
  // The service ends the turn after the audio queued so far (to one message). False
  // when the session is over.
  bool force_endpoint();

  // Makes push() and wait_end() return, now and until resume().
  void interrupt();
  void resume();

  // What happens to the queued audio when the session is left.
  enum class Rest : std::uint8_t { kSend, kDiscard };
  // The caller goes away: no more calls to the observer begin, and one that is under way
  // is waited for, for a moment. The queued audio is sent or discarded, the session terminated and
  // the connection closed, in the background. With kSend this call waits a moment for that to have
  // happened, because the process may be about to end. A connection that is not open yet is
  // cancelled.
  void leave(Rest rest);

  bool ended() const;
  // The number that the next reported turn gets.
  std::uint64_t next_turn() const;
  SessionStats stats() const;

 private:
  Session(SessionOptions options, TargetSource target, std::shared_ptr<EventLoop> loop,
          TransportFactory factory, std::shared_ptr<SessionObserver> observer);

  // Loop thread.
  void loop_start();
  void loop_leave();
  void loop_pump();
  bool loop_send_next();
  enum class Sent : std::uint8_t { kNothing, kMessage, kWait };
  Sent loop_send_control();
  void loop_renew_mode(ParameterSet *changes);
  void loop_apply(ParameterSet *changes);
  bool loop_must_wait(std::size_t bytes);
  void loop_report_lost();
  void on_connecting() override;
  void on_begin(const Begin &begin, const ParameterSet &asked) override;
  void on_may_send() override { loop_pump(); }
  void on_frame(std::string_view frame) override;
  void on_message(ServerMessage message) override;
  void on_undecodable(const Failure &failure) override;
  void on_connection_ended(ConnectionEnd end) override;
  bool take_note(ServerMessage *message);
  void report(std::vector<TurnReport> reports);

  // A call to the observer, unless the session was left; leave() waits for its end.
  class Report {
   public:
    explicit Report(Session &session);
    Report(const Report &) = delete;
    Report &operator=(const Report &) = delete;
    ~Report();
    explicit operator bool() const { return wanted_; }
    SessionObserver *operator->() const { return session_.observer_.get(); }

   private:
    Session &session_;
    bool wanted_ = false;
  };

  void post(void (Session::*task)());

  const SessionOptions options_;
  const std::shared_ptr<EventLoop> loop_;
  const TransportFactory factory_;
  const std::shared_ptr<SessionObserver> observer_;

  // Loop thread only.
  TargetSource target_;
  std::unique_ptr<Connection> connection_;
  std::shared_ptr<Session> self_;  // while there is a connection
  Pacer pacer_;
  std::unique_ptr<Timer> pace_timer_;
  std::unique_ptr<Timer> lost_timer_;
  std::unique_ptr<Timer> control_timer_;
  ParameterSet applied_;  // what the service was told last
  std::string model_;
  std::chrono::milliseconds silent_until_{};
  TurnTracker tracker_;

  // Guards all below. Taken by every thread, for a few lines; never held while
  // calling the observer, the connection or the loop.
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  AudioQueue queue_;
  ControlQueue controls_;
  std::uint64_t queued_bytes_ = 0;  // ever
  SessionStats stats_;
  std::uint64_t next_turn_;
  std::vector<AudioPiece> lost_;  // not reported yet
  bool pump_scheduled_ = false;
  bool finishing_ = false;
  bool interrupted_ = false;
  bool left_ = false;
  bool ended_ = false;
  unsigned reporting_ = 0;  // calls to the observer under way
};

}  // namespace assemblyai
