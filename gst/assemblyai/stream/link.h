// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/turn_repair.h"
#include "stream/audio_map.h"
#include "stream/audio_queue.h"
#include "stream/connection.h"
#include "stream/pacer.h"

namespace assemblyai {

class Link;

// All calls come on the loop's thread. A link may be destroyed only by way of the loop.
class LinkOwner {
 public:
  LinkOwner() = default;
  LinkOwner(const LinkOwner &) = delete;
  LinkOwner &operator=(const LinkOwner &) = delete;

  virtual void on_connecting(Link &link) = 0;
  virtual void on_begin(Link &link) = 0;
  virtual void on_may_send(Link &link) = 0;
  virtual void on_frame(Link &link, std::string_view frame) = 0;
  virtual void on_message(Link &link, ServerMessage message) = 0;
  virtual void on_undecodable(Link &link, const Failure &failure) = 0;
  virtual void on_link_ended(Link &link, ConnectionEnd end) = 0;  // once, last

 protected:
  ~LinkOwner() = default;
};

// One session with the service, as one of several that a stream goes through: its
// connection, the audio that was sent on it, and the parameters that it was told.
// Loop thread only.
class Link final : private ConnectionObserver {
 public:
  Link(EventLoop &loop, const TransportFactory &factory, Connection::Options options,
       LinkOwner &owner);

  void start() { connection_.start(); }
  void finish() { connection_.finish(); }
  void leave() { connection_.leave(); }
  void audio_done() { connection_.audio_done(); }

  bool has_begun() const { return begin_.has_value(); }
  const Begin &begin() const { return *begin_; }
  nanoseconds opened_at() const { return opened_at_; }
  // The settings that the session was asked for with.
  const ParameterSet &chosen() const { return connection_.request().chosen; }
  // What the service was told last.
  const ParameterSet &parameters() const { return parameters_; }
  // Finals come twice, and the formatted one counts.
  bool expects_formatted() const;

  bool may_send() { return connection_.may_send(); }
  nanoseconds blocked_for() const { return connection_.blocked_for(); }
  // How long audio of this size has to wait for its time.
  nanoseconds delay(std::size_t bytes);
  void send(const AudioChunk &chunk);
  // Of an update only what the service has not been told yet.
  void send(ClientMessage message);

  const AudioMap &audio() const { return audio_; }

 private:
  void on_connecting() override { owner_.on_connecting(*this); }
  void on_begin(const Begin &begin, const ParameterSet &asked) override;
  void on_may_send() override { owner_.on_may_send(*this); }
  void on_frame(std::string_view frame) override { owner_.on_frame(*this, frame); }
  void on_message(ServerMessage message) override;
  void on_undecodable(const Failure &failure) override { owner_.on_undecodable(*this, failure); }
  void on_connection_ended(ConnectionEnd end) override {
    owner_.on_link_ended(*this, std::move(end));
  }
  bool has_taken_all() const;
  bool takes_audio(const Heartbeat &heartbeat);
  void repair(ServerMessage *message);
  void renew_mode(ParameterSet *changes);
  void apply(ParameterSet *changes);

  EventLoop &loop_;
  LinkOwner &owner_;
  const std::string label_;
  const nanoseconds keepalive_interval_;
  Connection connection_;
  Pacer pacer_;
  AudioMap audio_;
  TurnRepair turn_repair_;
  std::optional<Begin> begin_;
  nanoseconds opened_at_{};
  std::uint64_t taken_ = 0;  // up to there, by the service's own count
  nanoseconds taken_at_{};   // when that was more, or all there was
  std::string model_;
  ParameterSet parameters_;
};

}  // namespace assemblyai
