// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A session. The test controls network and clock.

#pragma once

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "stream/service_session.h"
#include "support/check.h"
#include "support/fake_transport.h"
#include "support/manual_loop.h"

namespace testing {

using namespace assemblyai;
using namespace std::chrono_literals;

inline constexpr char kTurn[] =
    R"({"type":"Turn","turn_order":0,"turn_is_formatted":true,"end_of_turn":true,"transcript":"Hi.",)"
    R"("end_of_turn_confidence":1,"words":[]})";

class SessionRecorder final : public ServiceSessionOwner {
 public:
  void on_connecting(ServiceSession &) override { connecting++; }
  void on_begin(ServiceSession &session) override { begins.push_back(session.begin()); }
  void on_may_send(ServiceSession &session) override {
    may_send++;
    if (auto_done && session.may_send())
      session.audio_done();
  }
  void on_frame(ServiceSession &, std::string_view) override { frames++; }
  void on_message(ServiceSession &, ServerMessage message) override {
    messages.push_back(std::move(message));
  }
  void on_undecodable(ServiceSession &, const Failure &failure) override {
    undecodable.push_back(failure);
  }
  void on_session_ended(ServiceSession &, SessionEnd end) override {
    ends.push_back(std::move(end));
  }

  bool auto_done = false;
  int connecting = 0;
  int may_send = 0;
  int frames = 0;
  std::vector<Begin> begins;
  std::vector<ServerMessage> messages;
  std::vector<Failure> undecodable;
  std::vector<SessionEnd> ends;
};

struct SessionFixture {
  ManualLoop loop;
  std::shared_ptr<FakePeer> peer = std::make_shared<FakePeer>();
  SessionRecorder recorder;
  Result<ConnectionInfo> info = ConnectionInfo();
  ServiceSession session;

  explicit SessionFixture(ServiceTraits traits = {}, nanoseconds drain_timeout = 5s)
      : session(loop, fake_factory(peer),
                {.info = [this] { return info; },
                 .connect_timeout = 10s,
                 .drain_timeout = drain_timeout,
                 .keepalive_interval = 4s,
                 .traits = traits},
                recorder) {}

  void stream() {
    session.start();
    peer->observer->on_opened();
    peer->begin();
  }
  void send_audio(std::size_t bytes) {
    session.send(AudioChunk{.data = std::vector<std::byte>(bytes), .pieces = {{{}, 0, bytes}}});
  }

  // The only end, with the failure that it must have.
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
