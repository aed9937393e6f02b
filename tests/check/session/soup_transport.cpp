// SPDX-License-Identifier: LGPL-2.1-or-later
// A session over the real network stack, against the local server: plain and TLS,
// every phase left, every stall.

#include "session/soup_transport.h"

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>

#include "server.h"
#include "session/session.h"
#include "session/worker.h"
#include "support/check.h"

using namespace assemblyai;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

constexpr std::chrono::seconds kDeadline{20};

class Recorder final : public SessionObserver {
 public:
  void on_connection(const ConnectionReport &) override {}
  void on_begin(const Begin &begin) override {
    note([&] { session_id = begin.id; });
  }
  void on_audio_sent(const AudioChunk &) override {}
  void on_audio_lost(const std::vector<AudioPiece> &) override {}
  void on_turn(const TurnReport &report) override {
    note([&] {
      if (report.final)
        text += report.text + " ";
    });
  }
  void on_message(const ServerMessage &, const TurnNumbers &) override {}
  void on_frame(std::string_view frame) override {
    note([&] { largest_frame = std::max(largest_frame, frame.size()); });
  }
  void on_undecodable(const Failure &) override {}
  void on_switched(const std::string &, std::uint64_t) override {}
  void on_refused(const std::vector<RefusedChange> &, const Failure &) override {}
  void on_deaf(nanoseconds) override {}
  void on_session_end(const ConnectionEnd &ended) override {
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

  bool has_ended() {
    const std::lock_guard lock(mutex_);
    return end.has_value();
  }

  std::string session_id;
  std::string text;
  std::size_t largest_frame = 0;
  std::optional<ConnectionEnd> session_end;
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
  std::shared_ptr<Worker> worker = *Worker::acquire();
  std::shared_ptr<Recorder> recorder = std::make_shared<Recorder>();
  std::shared_ptr<Session> session;

  explicit Fixture(testserver::Options server_options, SessionOptions options = quick()) {
    std::string error;
    server = testserver::Server::start(std::move(server_options), &error);
    fail_unless(server != nullptr, "%s", error.c_str());
    Target target;
    if (!server->ca_file().empty())
      target.tls_database = adopt(g_tls_file_database_new(server->ca_file().c_str(), nullptr));
    Result<UpgradeRequest> request =
        make_request({.endpoint = server->endpoint(),
                      .credential = {Credential::Kind::kApiKey, Secret("k")},
                      .parameters = {{"speech_model", std::string("universal-3-5-pro")}}});
    fail_unless(static_cast<bool>(request));
    target.request = std::move(*request);
    const auto factory = [loop = worker](TransportObserver &observer,
                                         const TransportOptions &transport_options) {
      return make_soup_transport(loop, observer, transport_options);
    };
    session = Session::create(
        std::move(options), [target] { return target; }, worker, factory, recorder);
    session->start();
  }

  static SessionOptions quick() {
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
    fail_unless(session->push(std::move(block)) == Session::PushResult::kAccepted);
  }
  void wait_begin() const {
    recorder->wait_for([&] { return !recorder->session_id.empty(); });
  }
  void wait_end() const {
    recorder->wait_for([&] { return recorder->end.has_value(); });
  }
  // No connection may stay open when everyone has left.
  ~Fixture() {
    session->leave(Session::Rest::kDiscard);
    session.reset();
    fail_unless(
        server->wait_for([](testserver::Server &s) { return s.open_sessions() == 0; }, kDeadline));
  }
};

testserver::Options coded(testserver::Tls tls = testserver::Tls::off) {
  testserver::Options options;
  options.engine = testserver::EngineKind::coded;
  options.tls = tls;
  return options;
}

}  // namespace

GST_START_TEST(test_a_session_runs_plain_and_over_tls) {
  const Fixture f(coded(__i__ == 0 ? testserver::Tls::off : testserver::Tls::good));
  f.push_talk(3s);
  f.session->finish();
  f.wait_end();
  fail_if(f.recorder->end->has_value());
  fail_unless_equals_int(f.recorder->session_end->close_code, 1000);
  fail_unless(!f.recorder->text.empty());
  fail_unless_equals_uint64(f.server->session(0).audio_bytes, 96000);
  fail_unless(f.server->session(0).terminated);
}
GST_END_TEST

GST_START_TEST(test_bad_certificates_are_refused) {
  static constexpr testserver::Tls kBad[] = {testserver::Tls::unknown_issuer,
                                             testserver::Tls::expired, testserver::Tls::wrong_host};
  const Fixture f(coded(kBad[__i__]));
  f.wait_end();
  fail_unless(f.recorder->end->has_value());
  fail_unless(f.recorder->end->value().message.find("certificate") != std::string::npos);
  fail_unless(f.recorder->end->value().retry == Retry::kFewTimesOnceKnown);
  fail_unless_equals_uint64(f.server->session_count(), 0);
}
GST_END_TEST

GST_START_TEST(test_messages_larger_than_libsoups_default_arrive) {
  const Fixture f(coded());
  f.wait_begin();
  f.server->send_text(R"({"type":"Novelty","padding":")" + std::string(2U << 20U, 'x') + "\"}");
  f.recorder->wait_for([&] { return f.recorder->largest_frame > (2U << 20U); });
  fail_if(f.recorder->end.has_value());
}
GST_END_TEST

GST_START_TEST(test_messages_without_end_are_refused) {
  const Fixture f(coded());
  f.wait_begin();
  f.server->send_text(R"({"type":"Novelty","padding":")" + std::string(17U << 20U, 'x') + "\"}");
  f.wait_end();
  fail_unless(f.recorder->end->value().kind == FailureKind::kProtocol);
}
GST_END_TEST

// libsoup would put the fragments together until there is no memory.
GST_START_TEST(test_a_message_of_fragments_without_end_is_refused) {
  constexpr std::size_t kEnough = 200U << 20U;
  const Fixture f(coded());
  f.wait_begin();
  f.server->send_raw("\x01\x01{");
  const std::string fragment = "\x00\x7e\xff\xff"s + std::string(65535, ' ');
  std::size_t sent = 0;
  for (; !f.recorder->has_ended() && sent < kEnough; sent += fragment.size()) {
    f.server->send_raw(fragment);
    f.server->wait_for([](testserver::Server &) { return false; }, testserver::Milliseconds(1));
  }
  fail_unless(f.recorder->has_ended(), "%zu bytes are no end", sent);
  const Failure &failure = f.recorder->end->value();
  fail_unless(failure.kind == FailureKind::kProtocol, "%s: %s", failure.message.c_str(),
              failure.detail.c_str());
}
GST_END_TEST

GST_START_TEST(test_fragmented_messages_are_put_together) {
  const Fixture f(coded());
  f.wait_begin();
  const std::string turn =
      R"({"type":"Turn","turn_order":0,"turn_is_formatted":true,"end_of_turn":true,)"
      R"("transcript":"Grüße aus Köln.","end_of_turn_confidence":1,"words":[]})";
  f.server->send_fragmented(turn, 50);
  f.recorder->wait_for([&] { return f.recorder->text == "Grüße aus Köln. "; });
}
GST_END_TEST

GST_START_TEST(test_close_codes_that_libsoup_does_not_know_are_told) {
  static constexpr unsigned kCodes[] = {1012, 1013, 1014};
  const unsigned code = kCodes[__i__];
  const Fixture f(coded());
  f.wait_begin();
  f.server->send_raw(std::string("\x88\x02") + static_cast<char>(code >> 8U) +
                     static_cast<char>(code & 0xffU));
  f.wait_end();
  fail_unless_equals_int(f.recorder->session_end->close_code, code);
  fail_unless(f.recorder->end->value().kind ==
              (code == 1012 ? FailureKind::kLost : FailureKind::kBusy));
}
GST_END_TEST

GST_START_TEST(test_leaving_in_any_phase_closes_the_connection) {
  static const struct {
    bool tls, hang, stall, never_begin;
  } kPhases[] = {
      {false, true, false, false},   // connecting
      {true, false, true, false},    // TLS
      {false, false, false, true},   // waiting for Begin
      {false, false, false, false},  // streaming
  };
  const auto &phase = kPhases[__i__];
  testserver::Options options = coded(phase.tls ? testserver::Tls::good : testserver::Tls::off);
  options.proxied = true;
  options.never_begin = phase.never_begin;
  const Fixture f(options);
  f.server->proxy()->hang(phase.hang);
  f.server->proxy()->stall_server_to_client(phase.stall);
  if (!phase.hang && !phase.stall && !phase.never_begin)
    f.wait_begin();
  else
    fail_unless(f.server->wait_for(
        [](testserver::Server &s) { return s.proxy()->open_connections() == 1; }, kDeadline));
  f.session->leave(Session::Rest::kSend);
  fail_unless(f.session->ended());
  fail_unless(f.server->wait_for(
      [](testserver::Server &s) { return s.proxy()->open_connections() == 0; }, kDeadline));
  fail_if(f.recorder->end.has_value());
}
GST_END_TEST

GST_START_TEST(test_a_peer_that_stops_reading_costs_no_memory) {
  testserver::Options options = coded();
  options.proxied = true;
  options.proxy_buffer_bytes = 4096;
  SessionOptions session_options = Fixture::quick();
  session_options.keepalive_interval = 1h;
  session_options.max_backlog = 600s;
  const Fixture f(options, session_options);
  f.wait_begin();
  f.server->stall_reading(true);
  // The pacer lets three seconds go at once. The buffers on the way hold less: what
  // they do not take must stay in our queue, not go into libsoup's.
  f.push_talk(60s);
  std::promise<void> pumped;
  f.worker->invoke([&] { pumped.set_value(); });
  pumped.get_future().wait();
  const std::uint64_t sent = f.session->stats().audio_sent_bytes;
  fail_unless(sent < bytes_of(Pacer::kBurst) * 3 / 4, "%" G_GUINT64_FORMAT, sent);
  f.server->stall_reading(false);
  fail_unless(f.server->wait_for(
      [](testserver::Server &s) { return s.session(0).audio_bytes >= bytes_of(Pacer::kBurst); },
      kDeadline));
  f.session->leave(Session::Rest::kDiscard);
}
GST_END_TEST

static Suite *soup_transport_suite() {
  Suite *suite = suite_create("soup_transport");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_a_session_runs_plain_and_over_tls, 0, 2);
  tcase_add_loop_test(tests, test_bad_certificates_are_refused, 0, 3);
  tcase_add_test(tests, test_messages_larger_than_libsoups_default_arrive);
  tcase_add_test(tests, test_messages_without_end_are_refused);
  tcase_add_test(tests, test_a_message_of_fragments_without_end_is_refused);
  tcase_add_test(tests, test_fragmented_messages_are_put_together);
  tcase_add_loop_test(tests, test_close_codes_that_libsoup_does_not_know_are_told, 0, 3);
  tcase_add_loop_test(tests, test_leaving_in_any_phase_closes_the_connection, 0, 4);
  tcase_add_test(tests, test_a_peer_that_stops_reading_costs_no_memory);
  return suite;
}

GST_CHECK_MAIN(soup_transport)
