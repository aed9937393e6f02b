// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/event_loop.h"
#include "protocol/turn_tracker.h"
#include "stream/audio_queue.h"
#include "stream/backoff.h"
#include "stream/control_queue.h"
#include "stream/format.h"
#include "stream/probation.h"
#include "stream/replay_window.h"
#include "stream/service_session.h"

namespace assemblyai {

// What to do with new audio when the queue is full.
enum class Overflow : std::uint8_t {
  kBlock,       // make the caller wait: input that can wait
  kDropOldest,  // forget the oldest audio: live input
};

struct StreamOptions {
  nanoseconds chunk_duration = kMinChunk;
  nanoseconds max_backlog{};
  nanoseconds connect_timeout{};
  nanoseconds drain_timeout{};
  nanoseconds idle_timeout{};  // 0 = never idle
  nanoseconds keepalive_interval{};
  Backoff::Limits retry;
  Overflow overflow = Overflow::kBlock;
  // What a session of an earlier stream of the same element was asked for with.
  std::optional<ParameterSet> known;
  std::uint64_t first_turn = 0;  // the number of the first turn reported
  std::uint32_t seed = 1;        // of the delays before retries
  std::string label;             // for the log
};

struct StreamStats {
  std::string state = "idle";
  std::string session_id;
  std::uint64_t sessions = 0;    // that the service has begun
  std::uint64_t reconnects = 0;  // attempts after a failure
  std::uint64_t audio_queued_bytes = 0;
  std::uint64_t audio_kept_bytes = 0;    // with what was sent and may have to be sent again
  std::uint64_t audio_sent_bytes = 0;    // of the input, without padding
  std::uint64_t audio_resent_bytes = 0;  // of it, again
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
  double session_seconds = 0;  // what the service bills, as far as it has told
};

struct ConnectionReport {
  enum class State : std::uint8_t {
    kConnecting,
    kConnected,
    kReconnecting,  // after the delay, because of the failure
    kIdle,          // there is no audio; the next connects
    kLost,          // for good, because of the failure
  };
  State state = State::kConnecting;
  bool is_new = false;   // since all went well the first failure, or the first of its kind here
  unsigned attempt = 1;  // since then; of one that is still to come, its number
  nanoseconds delay{};
  std::string reason;  // one sentence; empty where there is nothing to explain
  const Failure *failure = nullptr;
};

// All calls come on the loop's thread, none under a lock, in the order of events. What is
// called of the session from there takes effect after the call.
class StreamObserver {
 public:
  StreamObserver() = default;
  StreamObserver(const StreamObserver &) = delete;
  StreamObserver &operator=(const StreamObserver &) = delete;
  virtual ~StreamObserver() = default;

  virtual void on_connection(const ConnectionReport &report) = 0;
  // The service has begun a session. It may not be the one in use yet.
  virtual void on_begin(const Begin &begin) = 0;
  // Audio goes to another session from now on, and turns come from it. Those in flight in the ones
  // before are reported anew.
  virtual void on_switched() = 0;
  virtual void on_audio_sent(const AudioChunk &chunk) = 0;
  // is_new: the first for long. It goes on until the backlog has been sent and nothing more is
  // lost.
  virtual void on_audio_lost(const std::vector<AudioPiece> &pieces, bool is_new) = 0;
  virtual void on_turn(const TurnReport &report) = 0;
  // SpeechStarted, SpeakerRevision, Heartbeat, Silence, Warning, LlmGatewayResponse.
  virtual void on_message(const ServerMessage &message) = 0;
  virtual void on_frame(std::string_view frame) = 0;
  virtual void on_undecodable(const Failure &failure) = 0;
  // The service refused what was changed since it accepted something last, so the session ends or
  // does not begin. The next one is asked for with what is set after this call.
  virtual void on_refused(const std::vector<RefusedChange> &changes, const Failure &failure) = 0;
  // The service has heard so much speech and says nothing.
  virtual void on_deaf(nanoseconds duration) = 0;
  // A session that had begun is over.
  virtual void on_session_end(const SessionEnd &end) = 0;
  // All is over, with a failure unless it ended as asked. Once, last.
  virtual void on_ended(const std::optional<Failure> &failure) = 0;
};

// Audio in, turns out: a stream of audio over as many sessions with the service as it takes.
//
//              .--- silence for idle_timeout ---> no session: idle --- audio ---.
//   opening -> session, sending, turns come <----------------------------------- opening
//              |  '--- lost: back off, go back in the audio, and again ------^
//              '--- expires soon: opening another beside it; at the end of a turn the old
//                   one is terminated and heard out, then the new one goes on
//
// Three threads meet here:
//
// - the caller's streaming thread: push(), finish(), wait_end()
// - any thread: update(), force_endpoint(), interrupt(), resume(), leave(), stats()
// - the loop's thread: everything named "loop" below, and the observer
//
// The object keeps itself alive from start() until it has ended.
class Stream final : public std::enable_shared_from_this<Stream>, private ServiceSessionOwner {
 public:
  static std::shared_ptr<Stream> create(StreamOptions options, ConnectionInfoSource info,
                                        std::shared_ptr<EventLoop> loop, TransportFactory factory,
                                        std::shared_ptr<StreamObserver> observer);

  // Connects.
  void start();

  enum class PushResult : std::uint8_t {
    kAccepted,
    kInterrupted,  // interrupt() was called; the block was not taken
    kEnded,        // the session is over or was left; the block was not taken
  };
  // What stands for a hole in the input opens no session, and keeps none open.
  enum class Content : std::uint8_t { kAudio, kFilling };
  // Queues audio, moving it out of the block when it is accepted; waits while the
  // queue is full and the policy is to block.
  PushResult push(AudioBlock &&block, Content content = Content::kAudio);

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
  // There is no session, because there was no audio for long.
  bool idle() const;
  // The number that the next reported turn gets.
  std::uint64_t next_turn() const;
  StreamStats stats() const;
  // What the last session was asked for with that the service has begun.
  std::optional<ParameterSet> known() const;

 private:
  Stream(StreamOptions options, ConnectionInfoSource info, std::shared_ptr<EventLoop> loop,
         TransportFactory factory, std::shared_ptr<StreamObserver> observer);

  // Loop thread.
  void loop_start();
  bool wait_left(Rest rest);
  void loop_leave();
  void loop_note_stalled();
  void loop_finish();
  void loop_pump();
  bool loop_send_next();
  enum class Sent : std::uint8_t { kNothing, kMessage, kWait };
  Sent loop_send_control();
  void loop_count(const AudioChunk &chunk);
  void loop_note_caught_up();
  bool loop_must_wait(std::size_t bytes);
  void loop_report_lost();
  void loop_tell_lost(const std::vector<AudioPiece> &pieces);
  bool loop_end_turn_at_hole();

  // From one session to the next: session_links.cpp.
  // Why session_ is terminated while audio goes on.
  enum class Closing : std::uint8_t { kNot, kChange, kIdle };
  void loop_open();
  void loop_switch();
  void note_healthy();
  void note_progress(std::uint64_t position);
  void loop_rewind();
  void loop_skip_lost();
  void loop_watch_expiry();
  void loop_prepare_change();
  void loop_change_if_due();
  void loop_watch_idle();
  void loop_go_idle();
  void loop_settle_all();
  void loop_abandon_opening();
  void loop_end(std::optional<Failure> failure);
  // What was lost, and what becomes of it: session_losses.cpp.
  bool loop_has_unheard() const;
  void loop_lose(const Failure &failure);
  void loop_take_back(const std::vector<RefusedChange> &changes, Failure *failure);
  void loop_lose_closing(Closing closing, Failure failure);
  bool loop_has_unanswered() const;
  void loop_miss_change(const Failure &failure);
  void count_closing_loss();
  bool may_lose_closing() const;
  bool is_news(const Failure &failure, bool begins);
  void loop_limit_outage();
  void loop_watch_network(const Failure &failure);
  void loop_give_up(Failure failure);
  void on_connecting(ServiceSession &session) override;
  void on_begin(ServiceSession &session) override;
  void on_session_ended(ServiceSession &session, SessionEnd end) override;
  void on_current_ended(SessionEnd end);
  void on_opening_ended(SessionEnd end);
  void note_end(const ServiceSession &session, const SessionEnd &end);
  void drop(std::unique_ptr<ServiceSession> session);
  void tell(ConnectionReport connection);
  void set_state(const char *state);
  bool is_finishing() const;
  bool is_left() const;

  // What the service says: session_messages.cpp.
  void on_may_send(ServiceSession &) override { loop_pump(); }
  void on_frame(ServiceSession &session, std::string_view frame) override;
  void on_message(ServiceSession &session, ServerMessage message) override;
  void on_undecodable(ServiceSession &session, const Failure &failure) override;
  void take_turn(Turn turn);
  void loop_watch_held();
  // Turns of session_.
  void tell(std::vector<TurnReport> reports);
  void settle();
  void settle_silence(milliseconds heard);
  bool take_note(ServerMessage *message);
  std::optional<std::uint64_t> number_of(std::int64_t order) const;
  void number(ServerMessage *message) const;
  void listen();
  // To the observer.
  void report(std::vector<TurnReport> reports);

  // A call to the observer, unless the session was left; leave() waits for its end.
  class Report {
   public:
    explicit Report(Stream &session);
    Report(const Report &) = delete;
    Report &operator=(const Report &) = delete;
    ~Report();
    explicit operator bool() const { return wanted_; }
    StreamObserver *operator->() const { return session_.observer_.get(); }

   private:
    Stream &session_;
    bool wanted_ = false;
  };

  void post(void (Stream::*task)());
  // With the lock held.
  void add_lost(const std::vector<AudioPiece> &pieces);
  void count_lost(const std::vector<AudioPiece> &pieces);

  const StreamOptions options_;
  const std::shared_ptr<EventLoop> loop_;
  const TransportFactory factory_;
  const ConnectionInfoSource info_;
  const std::shared_ptr<StreamObserver> observer_;

  // Loop thread only.
  std::shared_ptr<Stream> self_;             // until it has ended
  std::unique_ptr<ServiceSession> session_;  // that audio goes to
  std::unique_ptr<ServiceSession> opening_;  // that is being opened, or waits for its turn
  Closing closing_ = Closing::kNot;
  Backoff backoff_;
  Probation probation_;
  std::optional<Failure> change_failure_;  // why there is no next session yet
  std::optional<Failure> outage_;          // what lost the session that is to be replaced
  std::set<std::pair<FailureKind, unsigned>> told_causes_;  // of it, with the HTTP status
  bool has_begun_ = false;                                  // ever
  ServiceHabits habits_;
  ReplayWindow replay_;
  TurnTracker tracker_;
  std::uint64_t sent_until_ = 0;      // the furthest that was ever sent
  std::uint64_t answered_until_ = 0;  // the same of what was told, or was silence
  std::uint64_t hole_at_ = 0;         // the last one in the audio of session_; 0 = none
  bool is_losing_ = false;            // audio, and said so
  nanoseconds last_loss_{};
  std::uint64_t began_at_ = 0;          // the same when session_ was begun
  std::uint64_t heard_ = 0;             // what the service has got, as far as it says
  bool catching_up_ = false;            // audio has had to wait for this connection
  std::uint64_t waited_until_ = 0;      // the end of what had to
  std::uint64_t closing_progress_ = 0;  // how far the last one that was to end came
  unsigned closing_losses_ = 0;         // without coming further
  nanoseconds expires_at_{};            // the session of session_
  nanoseconds change_lead_{};           // how long before that it is to be changed
  nanoseconds idle_since_{};
  std::chrono::milliseconds silent_until_{};
  bool deaf_ = false;  // and said so
  std::unique_ptr<Timer> pace_timer_;
  std::unique_ptr<Timer> lost_timer_;
  std::unique_ptr<Timer> control_timer_;
  std::unique_ptr<Timer> retry_timer_;
  std::unique_ptr<NetworkWatch> network_watch_;  // in an outage
  std::optional<nanoseconds> hurried_;           // when it made the last attempt early
  std::unique_ptr<Timer> healthy_timer_;
  std::unique_ptr<Timer> change_timer_;
  std::unique_ptr<Timer> idle_timer_;
  std::unique_ptr<Timer> held_timer_;
  std::unique_ptr<Timer> outage_timer_;

  // Guards all below. Taken by every thread, for a few lines; never held while
  // calling the observer, the connection or the loop.
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  AudioQueue queue_;
  ControlQueue controls_;
  ParameterSet updates_;    // since a session was asked for last
  nanoseconds last_audio_;  // when it came
  StreamStats stats_;
  std::optional<ParameterSet> known_;
  unsigned open_sessions_ = 0;
  nanoseconds opened_sum_{};  // of the moments when they were opened
  std::uint64_t next_turn_;
  std::vector<AudioPiece> lost_;  // not reported yet
  bool pump_scheduled_ = false;
  bool idle_ = false;
  bool finishing_ = false;
  bool interrupted_ = false;
  bool left_ = false;
  bool ended_ = false;
  bool stalled_ = false;    // left while the connection took nothing
  unsigned reporting_ = 0;  // calls to the observer under way
};

}  // namespace assemblyai
