// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/event_loop.h"
#include "base/result.h"
#include "protocol/encode.h"
#include "protocol/endpoint.h"
#include "protocol/types.h"
#include "stream/state_machine.h"
#include "stream/transport.h"

namespace assemblyai {

// How a service session ended. With a failure unless it ended as asked: by
// Terminate and its Termination, or because the caller left.
struct ConnectionEnd {
  bool begun = false;
  std::string session_id;
  std::optional<Failure> failure;
  std::optional<Termination> termination;
  unsigned close_code = 0;  // 0 when the connection was not closed by the peer
  std::string reason;
  nanoseconds open_for{};            // since the upgrade: about what is billed
  bool has_answered = false;         // pings
  bool fell_silent = false;          // given up because nothing was heard of the peer
  nanoseconds heartbeat_interval{};  // of the peer; 0 = not known
};

// Says what to connect with: asked anew for each connection, on a thread of its
// own, because it may have to read a file or wait for an application's answer.
using ConnectionInfoSource = std::function<Result<ConnectionInfo>()>;

class ConnectionObserver {
 public:
  ConnectionObserver() = default;
  ConnectionObserver(const ConnectionObserver &) = delete;
  ConnectionObserver &operator=(const ConnectionObserver &) = delete;

  virtual void on_connecting() = 0;
  // asked: the parameters that the session was requested with.
  virtual void on_begin(const Begin &begin, const ParameterSet &asked) = 0;
  virtual void on_may_send() = 0;                           // look at may_send() again
  virtual void on_frame(std::string_view frame) = 0;        // each text frame, as it came
  virtual void on_message(ServerMessage message) = 0;       // all but Begin, Error, Termination
  virtual void on_undecodable(const Failure &failure) = 0;  // ignored; the session goes on
  virtual void on_connection_ended(ConnectionEnd end) = 0;  // once, last

 protected:
  ~ConnectionObserver() = default;
};

// One session with the service over one WebSocket: carries out what the state
// machine says. Loop thread only. The observer must not destroy it from a call
// other than on_connection_ended's, and there only by way of the loop.
class Connection final : private TransportObserver {
 public:
  struct Options {
    ConnectionInfoSource info;
    nanoseconds connect_timeout{};  // to Begin, preparation included
    nanoseconds drain_timeout{};
    nanoseconds keepalive_interval{};  // 0 = off
    bool answers_pings = true;         // the peer, as far as is known
    nanoseconds heartbeat_interval{};  // of the peer, as far as is known; 0 = not
    std::string label;                 // for the log
  };

  Connection(EventLoop &loop, const TransportFactory &factory, Options options,
             ConnectionObserver &observer);

  void start() { apply(Input::kStart); }
  void finish();  // no more audio will come: terminate once all is sent
  void leave();   // terminate once all is sent, and end: nobody waits for the last turns

  // Messages may be sent now, and will leave at once.
  bool may_send();
  // How long it has not been so, while somebody wanted to send.
  nanoseconds blocked_for() const {
    return blocked_since_ ? loop_.now() - *blocked_since_ : nanoseconds();
  }
  void send(const ClientMessage &message);
  // Gives up a peer that nothing gets through to since then.
  void fall_silent(nanoseconds since, const char *detail);
  void send_audio(std::span<const std::byte> data);
  // The caller has sent all it had, and finish() or leave() was called.
  void audio_done() { apply(Input::kAudioDone); }

  State state() const { return state_; }
  // What it connects with, once that is known.
  const UpgradeRequest &request() const { return info_.request; }
  // How long the session has been open.
  nanoseconds open_for() const { return opened_at_ ? loop_.now() - *opened_at_ : nanoseconds(); }

 private:
  void on_opened() override;
  void on_text(std::string_view text) override;
  void on_alive() override;
  void on_writable() override;
  void on_ended(TransportEnd end) override;

  void apply(Input input);
  void prepare();
  void on_prepared(Result<ConnectionInfo> info);
  void perform(Action action, State before);
  void arm(nanoseconds delay);
  void send_terminate();
  void close();
  void handle(Begin begin);
  void handle(ServerError error);
  void handle(Termination termination);
  void note_heartbeat();
  void refuse_opening(Failure failure);
  void note_timeout(State state);
  void report_end();
  void watch_after(nanoseconds delay);
  void watch();
  // How long the peer has been silent, in the way that is to be acted upon first.
  struct Silence {
    nanoseconds since{};
    nanoseconds due{};  // when it counts as gone
    const char *detail = "";
  };
  bool is_receiving(std::uint64_t received, nanoseconds since) const;
  void note_part_of_message();
  Silence unanswered_pings() const;
  std::optional<Silence> missed_heartbeats() const;

  EventLoop &loop_;
  Options options_;
  ConnectionObserver &observer_;
  // What is prepared in the background must not come back to one that is gone.
  const std::shared_ptr<Connection *> self_ = std::make_shared<Connection *>(this);
  ConnectionInfo info_;
  std::unique_ptr<Transport> transport_;
  State state_ = State::kIdle;
  std::unique_ptr<Timer> deadline_;
  std::unique_ptr<Timer> watch_timer_;
  std::optional<Begin> begin_;
  std::optional<nanoseconds> opened_at_;
  bool finish_wanted_ = false;
  bool terminate_sent_ = false;
  bool left_ = false;

  // Signs of life.
  nanoseconds last_heard_{};
  std::uint64_t received_ = 0;  // bytes, the same
  std::optional<nanoseconds> blocked_since_;
  bool has_answered_ = false;
  nanoseconds watch_due_{};
  std::optional<nanoseconds> last_heartbeat_;
  bool has_beaten_ = false;
  nanoseconds heartbeat_interval_{};          // between two; 0 = not known
  nanoseconds last_sent_{};                   // audio
  std::optional<nanoseconds> unheard_since_;  // audio was sent, and no message came since

  ConnectionEnd end_;
  std::optional<ServerError> error_;
};

}  // namespace assemblyai
