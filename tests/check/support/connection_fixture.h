// SPDX-License-Identifier: LGPL-2.1-or-later
// A connection whose network and clock are played by hand.

#pragma once

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "stream/connection.h"
#include "support/check.h"
#include "support/fake_transport.h"
#include "support/manual_loop.h"

namespace testing {

using namespace assemblyai;
using namespace std::chrono_literals;

inline constexpr char kTurn[] =
    R"({"type":"Turn","turn_order":0,"turn_is_formatted":true,"end_of_turn":true,"transcript":"Hi.",)"
    R"("end_of_turn_confidence":1,"words":[]})";

class ConnectionRecorder final : public ConnectionObserver {
 public:
  void on_connecting() override { connecting++; }
  void on_begin(const Begin &begin, const ParameterSet &) override { begins.push_back(begin); }
  void on_may_send() override {
    may_send++;
    if (connection != nullptr && auto_done && connection->may_send())
      connection->audio_done();
  }
  void on_frame(std::string_view) override { frames++; }
  void on_message(ServerMessage message) override { messages.push_back(std::move(message)); }
  void on_undecodable(const Failure &failure) override { undecodable.push_back(failure); }
  void on_connection_ended(ConnectionEnd end) override { ends.push_back(std::move(end)); }

  Connection *connection = nullptr;
  bool auto_done = false;
  int connecting = 0;
  int may_send = 0;
  int frames = 0;
  std::vector<Begin> begins;
  std::vector<ServerMessage> messages;
  std::vector<Failure> undecodable;
  std::vector<ConnectionEnd> ends;
};

struct ConnectionFixture {
  ManualLoop loop;
  std::shared_ptr<FakePeer> peer = std::make_shared<FakePeer>();
  ConnectionRecorder recorder;
  Result<ConnectionInfo> info = ConnectionInfo();
  Connection connection;

  explicit ConnectionFixture(bool answers_pings = true, nanoseconds drain_timeout = 5s,
                             nanoseconds heartbeat_interval = 0s)
      : connection(loop, fake_factory(peer),
                   {.info = [this] { return info; },
                    .connect_timeout = 10s,
                    .drain_timeout = drain_timeout,
                    .keepalive_interval = 4s,
                    .answers_pings = answers_pings,
                    .heartbeat_interval = heartbeat_interval},
                   recorder) {
    recorder.connection = &connection;
  }

  void stream() {
    connection.start();
    peer->observer->on_opened();
    peer->begin();
  }

  // The only end there is, with the failure it must have.
  const Failure &failure() const {
    fail_unless_equals_uint64(recorder.ends.size(), 1);
    fail_unless(recorder.ends[0].failure.has_value());
    return *recorder.ends[0].failure;
  }
  void assert_ended_well() const {
    fail_unless_equals_uint64(recorder.ends.size(), 1);
    fail_if(recorder.ends[0].failure.has_value());
  }
};

}  // namespace testing
