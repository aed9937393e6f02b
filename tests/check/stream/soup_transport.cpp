// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A session over the real network stack, against the local server: plain and TLS, left in every
// phase, stalled in every way.

#include <algorithm>
#include <future>

#include "support/transport_fixture.h"

using namespace testing;
using namespace std::string_literals;

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
  fail_unless(f.recorder->end->value().retry == Retry::kOnceKnown);
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

// libsoup would join the fragments until the memory is exhausted.
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

GST_START_TEST(test_close_codes_that_libsoup_does_not_know_are_reported) {
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
  f.session->leave(Rest::kSend);
  f.wait_left();
  fail_unless(f.server->wait_for(
      [](testserver::Server &s) { return s.proxy()->open_connections() == 0; }, kDeadline));
  fail_if(f.recorder->end.has_value());
}
GST_END_TEST

GST_START_TEST(test_a_peer_that_stops_reading_costs_no_memory) {
  testserver::Options options = coded();
  options.proxied = true;
  options.proxy_buffer_bytes = 4096;
  StreamOptions session_options = Fixture::quick();
  session_options.keepalive_interval = 1h;
  session_options.max_backlog = 600s;
  const Fixture f(options, session_options);
  f.wait_begin();
  f.server->stall_reading(true);
  // The pacer sends three seconds at once. The buffers in between hold less: the rest must stay in
  // the element's queue, not in that of libsoup.
  f.push_talk(60s);
  std::promise<void> pumped;
  f.io_thread->invoke([&] { pumped.set_value(); });
  pumped.get_future().wait();
  const std::uint64_t sent = f.session->stats().audio_sent_bytes;
  fail_unless(sent < bytes_of(Pacer::kBurst) * 3 / 4, "%" G_GUINT64_FORMAT, sent);
  f.server->stall_reading(false);
  fail_unless(f.server->wait_for(
      [](testserver::Server &s) { return s.session(0).audio_bytes >= bytes_of(Pacer::kBurst); },
      kDeadline));
  f.session->leave(Rest::kDiscard);
}
GST_END_TEST

namespace {

// A session whose peer has stopped reading, with audio that does not get through.
std::unique_ptr<Fixture> stalled_session() {
  testserver::Options options = coded();
  options.proxied = true;
  options.proxy_buffer_bytes = 4096;
  StreamOptions session_options = Fixture::quick();
  session_options.keepalive_interval = 1h;
  session_options.max_backlog = 600s;
  auto f = std::make_unique<Fixture>(options, session_options);
  f->wait_begin();
  f->server->stall_reading(true);
  f->push_talk(60s);
  return f;
}

}  // namespace

// They would be left one after another, and each has data to send.
GST_START_TEST(test_stalled_sessions_share_the_wait_for_leaving) {
  constexpr std::size_t kSessions = 10;
  std::vector<std::unique_ptr<Fixture>> stalled;
  while (stalled.size() < kSessions)
    stalled.push_back(stalled_session());
  const nanoseconds begin = stalled[0]->io_thread->now();
  for (const auto &f : stalled)
    f->session->leave(Rest::kSend);
  const nanoseconds waited = stalled[0]->io_thread->now() - begin;
  fail_unless(waited < kSessions * 250ms, "%.3f s", std::chrono::duration<double>(waited).count());
  for (const auto &f : stalled)
    f->server->stall_reading(false);
}
GST_END_TEST

GST_START_TEST(test_a_session_that_is_stalled_for_long_delays_no_caller) {
  const auto f = stalled_session();
  std::promise<void> later;
  std::unique_ptr<Timer> timer;
  f->io_thread->invoke([&] { timer = f->io_thread->after(3s, [&] { later.set_value(); }); });
  later.get_future().wait();
  const nanoseconds begin = f->io_thread->now();
  f->session->leave(Rest::kSend);
  const nanoseconds waited = f->io_thread->now() - begin;
  fail_unless(waited < 400ms, "%.3f s", std::chrono::duration<double>(waited).count());
  std::promise<void> gone;
  f->io_thread->invoke([&] {
    timer.reset();
    gone.set_value();
  });
  gone.get_future().wait();
  f->server->stall_reading(false);
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
  tcase_add_loop_test(tests, test_close_codes_that_libsoup_does_not_know_are_reported, 0, 3);
  tcase_add_loop_test(tests, test_leaving_in_any_phase_closes_the_connection, 0, 4);
  tcase_add_test(tests, test_a_peer_that_stops_reading_costs_no_memory);
  tcase_add_test(tests, test_stalled_sessions_share_the_wait_for_leaving);
  tcase_add_test(tests, test_a_session_that_is_stalled_for_long_delays_no_caller);
  return suite;
}

CHECK_SUITE(soup_transport);
