// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A stream. The test controls network and clock.

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "stream/stream.h"
#include "support/check.h"
#include "support/fake_transport.h"
#include "support/manual_loop.h"
#include "support/stream_observer.h"

namespace testing {

using namespace assemblyai;
using namespace std::chrono_literals;

inline constexpr std::size_t kChunk = 1600;

inline std::string turn_json(int order, bool final, bool formatted, const std::string &text) {
  return R"({"type":"Turn","turn_order":)" + std::to_string(order) + R"(,"turn_is_formatted":)" +
         (formatted ? "true" : "false") + R"(,"end_of_turn":)" + (final ? "true" : "false") +
         R"(,"transcript":")" + text + R"(","end_of_turn_confidence":0,"words":[]})";
}

class Recorder final : public StreamObserver {
 public:
  void on_connection(const ConnectionReport &report) override {
    connections.push_back(report);
    if (when_connecting)
      when_connecting();
  }
  void on_begin(const Begin &begin) override { begins.push_back(begin.id); }
  void on_switched() override { switches++; }
  void on_audio_sent(const AudioChunk &chunk) override {
    chunks.push_back(chunk);
    if (when_sent)
      when_sent();
  }
  void on_audio_lost(const std::vector<AudioPiece> &pieces, bool is_new) override {
    lost_reports++;
    loss_warnings += is_new ? 1 : 0;
    for (const AudioPiece &piece : pieces)
      lost += piece.size;
    if (when_lost)
      when_lost();
  }
  void on_turn(const TurnReport &report) override { turns.push_back(report); }
  void on_message() override { messages++; }
  void on_frame(std::string_view) override { frames++; }
  void on_undecodable(const Failure &) override { undecodable++; }
  void on_refused(const std::vector<RefusedChange> &changes) override {
    refused.push_back(changes);
    if (when_refused)
      when_refused();
  }
  void on_deaf() override { deaf++; }
  void on_session_end(const SessionEnd &end) override {
    session_ends.push_back(end);
    if (when_session_ends)
      when_session_ends();
  }
  void on_ended(const std::optional<Failure> &failure) override {
    ends.push_back(failure);
    if (when_ended)
      when_ended();
  }

  std::function<void()> when_connecting;
  std::function<void()> when_refused;
  std::function<void()> when_sent;
  std::function<void()> when_lost;
  std::function<void()> when_session_ends;
  std::function<void()> when_ended;

  // As "connecting connected", and so on.
  std::string states() const {
    static constexpr const char *kNames[] = {"connecting", "connected", "reconnecting", "idle",
                                             "lost"};
    std::string text;
    for (const ConnectionReport &report : connections)
      text.append(text.empty() ? "" : " ").append(kNames[static_cast<int>(report.state)]);
    return text;
  }

  std::vector<ConnectionReport> connections;
  std::vector<std::string> begins;
  std::vector<AudioChunk> chunks;
  std::vector<TurnReport> turns;
  std::vector<SessionEnd> session_ends;
  std::vector<std::vector<RefusedChange>> refused;
  std::vector<std::optional<Failure>> ends;
  int switches = 0;
  int deaf = 0;
  std::size_t lost = 0;
  int lost_reports = 0;
  int loss_warnings = 0;
  int messages = 0;
  int frames = 0;
  int undecodable = 0;
};

// Without retries.
inline StreamOptions quick_options() {
  return {.max_backlog = 10s,
          .connect_timeout = 10s,
          .drain_timeout = 5s,
          .retry = {.shortest = 1s, .longest = 8s, .most_retries = 0}};
}

inline ConnectionInfo info_with(ParameterSet parameters) {
  ConnectionInfo info;
  info.request.chosen = parameters;
  info.request.parameters = std::move(parameters);
  return info;
}

inline Result<ConnectionInfo> no_parameters() {
  return ConnectionInfo();
}

inline AudioBlock block(std::size_t bytes, nanoseconds running_time = 0s) {
  AudioBlock made;
  made.stamp.running_time = running_time;
  made.data.assign(bytes, std::byte{7});
  return made;
}

struct StreamFixture {
  std::shared_ptr<ManualLoop> loop = std::make_shared<ManualLoop>();
  std::shared_ptr<FakePeer> peer = std::make_shared<FakePeer>();
  std::shared_ptr<Recorder> recorder = std::make_shared<Recorder>();
  std::shared_ptr<Stream> session;

  explicit StreamFixture(StreamOptions options = quick_options(),
                         const ConnectionInfoSource &info = no_parameters)
      : session(std::make_shared<Stream>(std::move(options), info, loop, fake_factory(peer),
                                         callbacks_of(recorder))) {
    session->start();
    loop->run();
  }
  // Nothing may keep an ended session alive.
  ~StreamFixture() {
    session->leave(Rest::kDiscard);
    loop->run();
    session.reset();
    fail_unless_equals_int(recorder.use_count(), 1);
  }

  void begin() {
    peer->observer->on_opened();
    peer->begin();
    loop->run();
  }
  void push(std::size_t bytes) {
    fail_unless(session->push(block(bytes)) == PushResult::kAccepted);
    loop->run();
  }
  std::size_t bytes_sent() const {
    std::size_t sum = 0;
    for (const auto &message : peer->audio)
      sum += message.size();
    return sum;
  }
};

}  // namespace testing
