// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Peers that send more than any service: they are disconnected, and other streams do not wait for
// them.

#include <atomic>
#include <future>
#include <optional>
#include <thread>

#include "support/process_resources.h"
#include "support/transport_fixture.h"

using namespace testing;
using namespace std::string_literals;

namespace {

std::string frame(char opcode, const std::string &payload) {
  std::string header{opcode};
  if (payload.size() < 126) {
    header += static_cast<char>(payload.size());
  } else {
    header += '\x7e';
    header += static_cast<char>(payload.size() >> 8U);
    header += static_cast<char>(payload.size() & 0xffU);
  }
  return header + payload;
}

std::string repeated(const std::string &text, std::size_t bytes) {
  std::string result;
  while (result.size() < bytes)
    result += text;
  return result;
}

struct Flood {
  const char *name;
  std::string frame;
};

const Flood &flood(int index) {
  static const Flood kFloods[] = {
      {"empty pings", frame('\x89', "")},
      {"pings", frame('\x89', std::string(125, 'p'))},
      {"pongs", frame('\x8a', "")},
      {"empty texts", frame('\x81', "")},
      {"empty binary messages", frame('\x82', "")},
      {"heartbeats", frame('\x81', R"({"type":"Heartbeat","total_audio_received_ms":0})")},
      {"partials", frame('\x81', R"({"type":"Turn","turn_order":0,"end_of_turn":false,)"
                                 R"("transcript":"hello","words":[]})")},
      {"large messages",
       frame('\x81', R"({"type":"Novelty","padding":")" + std::string(65000, 'x') + "\"}")},
      {"fragments",
       frame('\x01', "{") + repeated(frame('\x00', std::string(60000, ' ')), 30U << 20U)},
      {"empty fragments", frame('\x01', "{") + repeated(frame('\x00', ""), 1U << 20U)},
  };
  return kFloods[index];
}

constexpr int kFloodCount = 10;

// A task in each turn of the I/O thread, like those of other streams.
class Turns {
 public:
  explicit Turns(const Fixture &f) : io_thread_(f.io_thread), recorder_(f.recorder) { again(); }
  ~Turns() {
    stopped_ = true;
    stopped_for_good_.get_future().wait();
  }
  nanoseconds longest() const { return longest_; }
  std::size_t most_frames() const { return most_frames_; }

 private:
  void again() {
    io_thread_->invoke([this, since = io_thread_->now(), seen = recorder_->frame_count()] {
      longest_ = std::max(longest_.load(), io_thread_->now() - since);
      most_frames_ = std::max(most_frames_.load(), recorder_->frame_count() - seen);
      if (stopped_)
        stopped_for_good_.set_value();
      else
        again();
    });
  }

  std::shared_ptr<IoThread> io_thread_;
  std::shared_ptr<Recorder> recorder_;
  std::atomic<nanoseconds> longest_{};
  std::atomic<std::size_t> most_frames_{0};
  std::atomic<bool> stopped_{false};
  std::promise<void> stopped_for_good_;
};

}  // namespace

GST_START_TEST(test_a_peer_that_floods_is_cut_off) {
  constexpr std::size_t kEnough = 200U << 20U;
  const Flood &kind = flood(__i__);
  const Fixture f(coded());
  f.wait_begin();
  const std::string piece = repeated(kind.frame, 65536);
  std::size_t sent = 0;
  const Turns turns(f);
  for (; !f.recorder->has_ended() && sent < kEnough; sent += piece.size())
    f.server->send_raw(piece);
  f.wait_end();
  const Failure &failure = f.recorder->end->value();
  // A sanitizer makes the test so slow that the peer does not send too much. A peer that does not
  // read the pongs may close the connection first.
  const bool breaks_off =
      kind.frame.starts_with('\x89') && failure.detail.find("reset by peer") != std::string::npos;
  fail_unless(kSanitized || failure.kind == FailureKind::kProtocol || breaks_off, "%s: %s",
              failure.message.c_str(), failure.detail.c_str());
  g_print("%s: cut off after %zu kB, others waited %.1f ms at most (%s)\n", kind.name, sent / 1000,
          std::chrono::duration<double, std::milli>(turns.longest()).count(),
          failure.detail.c_str());
}
GST_END_TEST

// libsoup reads until nothing is left.
GST_START_TEST(test_other_streams_run_while_a_peer_sends_much) {
  constexpr std::size_t kFrames = 5000;
  const std::string text = frame('\x81', R"({"type":"Novelty"})");
  const Fixture f(coded(__i__ == 0 ? testserver::Tls::off : testserver::Tls::good));
  f.wait_begin();
  const Turns turns(f);
  f.server->send_raw(repeated(text, kFrames * text.size()));
  f.recorder->wait_for([&] { return f.recorder->frames > kFrames; });
  fail_if(f.recorder->end.has_value());
  fail_unless(turns.most_frames() <= 8192 / text.size(), "%zu", turns.most_frames());
}
GST_END_TEST

namespace {

// Sends one text to each client, and then another one endlessly.
class EndlessPeer {
 public:
  EndlessPeer(std::string first, std::string then)
      : first_(std::move(first)), then_(std::move(then)) {
    port_ = g_socket_listener_add_any_inet_port(listener_.get(), nullptr, nullptr);
    thread_ = std::thread([this] { serve(); });
  }
  ~EndlessPeer() {
    g_cancellable_cancel(stopped_.get());
    thread_.join();
  }
  std::string endpoint() const { return "ws://127.0.0.1:" + std::to_string(port_) + "/v3/ws"; }

 private:
  void serve() {
    while (const auto client =
               adopt(g_socket_listener_accept(listener_.get(), nullptr, stopped_.get(), nullptr))) {
      GOutputStream *output = g_io_stream_get_output_stream(G_IO_STREAM(client.get()));
      const std::string *next = &first_;
      while (g_output_stream_write_all(output, next->data(), next->size(), nullptr, stopped_.get(),
                                       nullptr) != FALSE)
        next = &then_;
    }
  }

  std::string first_;
  std::string then_;
  Ref<GSocketListener> listener_ = adopt(g_socket_listener_new());
  Ref<GCancellable> stopped_ = adopt(g_cancellable_new());
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace

GST_START_TEST(test_a_peer_that_floods_before_the_upgrade_is_given_up) {
  static const struct {
    const char *name, *first, *then;
  } kAnswers[] = {
      {"interim answers", "", "HTTP/1.1 100 Continue\r\n\r\n"},
      {"headers", "HTTP/1.1 101 Switching Protocols\r\n",
       "X-Padding: xxxxxxxxxxxxxxxxxxxxxxxxxx\r\n"},
      {"a header",
       "HTTP/1.1 101 Switching Protocols\r\nX-Padding: ", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
      {"no header", "", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
      {"a page", "HTTP/1.1 403 Forbidden\r\nContent-Length: 1000000000000\r\n\r\n",
       "xxxxxxxxxxxxxxxx"},
      {"pieces of a page", "HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n",
       "1\r\nx\r\n"},
  };
  const auto &answer = kAnswers[__i__];
  const EndlessPeer peer(answer.first, repeated(answer.then, 65536));
  StreamOptions options = Fixture::quick();
  options.connect_timeout = 3s;
  const Fixture f(peer.endpoint(), options);
  std::optional<Turns> turns(f);
  f.wait_end();
  g_print("%s: others waited %.1f ms at most (%s)\n", answer.name,
          std::chrono::duration<double, std::milli>(turns->longest()).count(),
          f.recorder->end->value().message.c_str());
}
GST_END_TEST

static Suite *floods_suite() {
  Suite *suite = suite_create("floods");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_a_peer_that_floods_is_cut_off, 0, kFloodCount);
  tcase_add_loop_test(tests, test_other_streams_run_while_a_peer_sends_much, 0, 2);
  tcase_add_loop_test(tests, test_a_peer_that_floods_before_the_upgrade_is_given_up, 0, 6);
  return suite;
}

CHECK_SUITE(floods);
