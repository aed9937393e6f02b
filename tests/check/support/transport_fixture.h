// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A stream over the real network stack, against a local server of its own.

#pragma once

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server.h"
#include "stream/io_thread.h"
#include "stream/soup_transport.h"
#include "stream/stream.h"
#include "support/check.h"
#include "support/stream_observer.h"

namespace testing {

using namespace assemblyai;
using namespace std::chrono_literals;

inline constexpr std::chrono::seconds kDeadline{20};

class Recorder final : public StreamObserver {
 public:
  void on_connection(const ConnectionReport &) override {}
  void on_begin(const Begin &begin) override {
    note([&] { session_id = begin.id; });
  }
  void on_audio_sent(const AudioChunk &) override {}
  void on_audio_lost(const std::vector<AudioPiece> &, bool) override {}
  void on_turn(const TurnReport &report) override {
    note([&] {
      if (report.final)
        text += report.text + " ";
    });
  }
  void on_message() override {}
  void on_frame(std::string_view frame) override {
    note([&] {
      frames++;
      largest_frame = std::max(largest_frame, frame.size());
    });
  }
  void on_undecodable(const Failure &) override {}
  void on_switched() override {}
  void on_refused(const std::vector<RefusedChange> &) override {}
  void on_deaf() override {}
  void on_session_end(const SessionEnd &ended) override {
    note([&] { session_end = ended; });
  }
  void on_ended(const std::optional<Failure> &ended) override {
    note([&] { end = ended; });
  }

  template <typename Condition>
  void wait_for(Condition condition) {
    std::unique_lock lock(mutex_);
    fail_unless(changed_.wait_for(lock, kDeadline, condition), "the deadline is over");
  }

  std::size_t frame_count() {
    const std::lock_guard lock(mutex_);
    return frames;
  }

  bool has_ended() {
    const std::lock_guard lock(mutex_);
    return end.has_value();
  }

  std::string session_id;
  std::string text;
  std::size_t largest_frame = 0;
  std::size_t frames = 0;
  std::optional<SessionEnd> session_end;
  std::optional<std::optional<Failure>> end;

 private:
  template <typename Change>
  void note(Change change) {
    const std::lock_guard lock(mutex_);
    change();
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
};

struct Fixture {
  std::unique_ptr<testserver::Server> server;
  std::shared_ptr<IoThread> io_thread = *IoThread::acquire();
  std::shared_ptr<Recorder> recorder = std::make_shared<Recorder>();
  std::shared_ptr<Stream> session;

  explicit Fixture(testserver::Options server_options, StreamOptions options = quick()) {
    std::string error;
    server = testserver::Server::start(std::move(server_options), &error);
    fail_unless(server != nullptr, "%s", error.c_str());
    connect(server->endpoint(), std::move(options));
  }
  // Connects to another endpoint.
  explicit Fixture(const std::string &endpoint, StreamOptions options = quick()) {
    connect(endpoint, std::move(options));
  }
  void connect(const std::string &endpoint, StreamOptions options) {
    ConnectionInfo target;
    if (server && !server->ca_file().empty())
      target.tls_database = adopt(g_tls_file_database_new(server->ca_file().c_str(), nullptr));
    Result<UpgradeRequest> request =
        make_request({.endpoint = endpoint,
                      .allow_insecure = true,
                      .credential = {Credential::Kind::kApiKey, Secret("k")},
                      .parameters = {{"speech_model", std::string("universal-3-5-pro")}}});
    fail_unless(static_cast<bool>(request));
    target.request = std::move(*request);
    const auto factory = [loop = io_thread](TransportObserver &observer,
                                            const TransportOptions &transport_options) {
      return make_soup_transport(loop, observer, transport_options);
    };
    session = std::make_shared<Stream>(
        std::move(options), [target] { return target; }, io_thread, factory,
        callbacks_of(recorder));
    session->start();
  }

  static StreamOptions quick() {
    return {.max_backlog = 60s,
            .connect_timeout = 10s,
            .drain_timeout = 10s,
            .keepalive_interval = 1s,
            .retry = {.most_retries = 0}};
  }
  void push_talk(std::chrono::milliseconds duration) const {
    AudioBlock block;
    for (const std::int16_t sample : testserver::coded_audio(0, duration.count())) {
      block.data.push_back(static_cast<std::byte>(sample & 0xff));
      block.data.push_back(static_cast<std::byte>(static_cast<std::uint16_t>(sample) >> 8U));
    }
    fail_unless(session->push(std::move(block)) == PushResult::kAccepted);
  }
  void wait_begin() const {
    recorder->wait_for([&] { return !recorder->session_id.empty(); });
  }
  void wait_end() const {
    recorder->wait_for([&] { return recorder->end.has_value(); });
  }
  // On a busy machine the rest continues in the background.
  void wait_left() const {
    const gint64 deadline = g_get_monotonic_time() + std::chrono::microseconds(kDeadline).count();
    while (!session->ended()) {
      fail_unless(g_get_monotonic_time() < deadline, "the session does not end");
      g_usleep(1000);
    }
  }
  // No connection may stay open after all streams were left.
  ~Fixture() {
    session->leave(Rest::kDiscard);
    session.reset();
    fail_unless(
        server == nullptr ||
        server->wait_for([](testserver::Server &s) { return s.open_sessions() == 0; }, kDeadline));
  }
};

inline testserver::Options coded(testserver::Tls tls = testserver::Tls::off) {
  testserver::Options options;
  options.engine = testserver::EngineKind::coded;
  options.tls = tls;
  return options;
}

}  // namespace testing
