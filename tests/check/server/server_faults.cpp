// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The local server misbehaves as it is told to.

#include <thread>

#include "raw_client.h"

#include "expect.h"

using servertest::field;
using servertest::kDeadline;
using servertest::RawClient;
using servertest::start;
using servertest::Strings;
using testserver::Milliseconds;
using testserver::Options;
using testserver::Server;
using testserver::TerminateAnswer;
using testserver::Tls;

namespace {

std::unique_ptr<Server> start_proxied() {
  Options options;
  options.proxied = true;
  return start(options);
}

void begin(RawClient *client, const Server &server) {
  fail_unless(client->connect(server.endpoint()), "%s", client->error.c_str());
  fail_unless(client->wait_type("Begin"));
}

}  // namespace

GST_START_TEST(test_commands_reach_the_session) {
  auto server = start();
  RawClient client;
  fail_unless(!server->send_text("{}"));  // nobody there
  begin(&client, *server);
  fail_unless(server->send_text(R"({"type":"Novelty"})"));
  fail_unless(client.wait_type("Novelty"));
  fail_unless(server->send_fragmented(R"({"type":"Fragmented","text":"äöü"})", 7));
  fail_unless(client.wait_type("Fragmented"));
  fail_unless(server->send_binary("bytes"));
  fail_unless(client.wait([&] { return client.binaries == Strings({"bytes"}); }));
  fail_unless(server->command("warning 5 careful"));
  fail_unless(client.wait_type("Warning"));
  EXPECT_TEXT(field(client.texts.back(), "warning"), "careful");
  fail_unless(server->ping());
  fail_unless(!server->command("dance"));
  fail_unless(!server->command("close"));
  fail_unless(!server->stall_reading(true));  // needs the proxy
  fail_unless(server->send_error(3005, "Session Cancelled: An error occurred"));
  fail_unless(client.wait_closed());
  EXPECT_NUMBER(client.close_code, 3005);
  EXPECT_TEXT(field(client.texts.back(), "error"), "Session Cancelled: An error occurred");
  fail_unless(server->wait_for([](Server &s) { return s.open_sessions() == 0; }, kDeadline));
  fail_unless(!server->send_text("{}"));
}
GST_END_TEST

GST_START_TEST(test_garbage_of_every_kind_is_sent) {
  const char *const kKinds[] = {"not-json", "array",    "truncated", "unknown-type",
                                "no-type",  "bad-turn", "huge",      "deep"};
  auto server = start();
  RawClient client;
  begin(&client, *server);
  for (const char *kind : kKinds)
    fail_unless(server->command(std::string("garbage ") + kind), "%s", kind);
  fail_unless(server->command("garbage binary"));
  fail_unless(client.wait([&] {
    return client.texts.size() == 1 + G_N_ELEMENTS(kKinds) && client.binaries.size() == 1;
  }));
  fail_unless(!server->command("garbage nice"));
}
GST_END_TEST

namespace {

struct Ending {
  const char *command;
  unsigned code;  // the client sees
};

}  // namespace

const Ending kEndings[] = {
    {"close 1011 oh", 1011},  {"close 4000", 4000},
    {"close 1000 bye", 1000}, {"error 3009 Unauthorized Connection: Too many", 3009},
    {"drop", 1006},           {"reset", 1006}};

GST_START_TEST(test_sessions_end_in_every_way) {
  const Ending &ending = kEndings[__i__];
  auto server = start();
  RawClient client;
  begin(&client, *server);
  fail_unless(server->command(ending.command));
  fail_unless(client.wait_closed());
  bool none = client.close_code == 0 || client.close_code == 1006;
  fail_unless(ending.code == 1006 ? none : client.close_code == ending.code);
  fail_unless(server->wait_for([](Server &s) { return s.session(0).closed; }, kDeadline));
}
GST_END_TEST

GST_START_TEST(test_the_clients_close_is_recorded) {
  auto server = start();
  RawClient client;
  begin(&client, *server);
  client.send_text(R"({"type":"Terminate"})");
  client.send_silence(100);
  fail_unless(client.wait_closed());
  fail_unless(server->wait_for([](Server &s) { return s.session(0).closed; }, kDeadline));
  fail_unless(server->session(0).audio_after_terminate);
  RawClient impolite;
  begin(&impolite, *server);
  impolite.close(1001);
  fail_unless(server->wait_for([](Server &s) { return s.session(1).closed; }, kDeadline));
  EXPECT_NUMBER(server->session(1).close_code_received, 1001);
  fail_unless(!server->session(1).terminated);
}
GST_END_TEST

GST_START_TEST(test_steps_of_a_scenario_come_at_their_position) {
  Options options;
  options.scenario = R"({"talk":true,"steps":[
      {"at":1000,"do":"text","message":{"type":"AtOneSecond"}},
      {"turn":1,"when":"begin","do":"duplicate"},
      {"turn":1,"when":"final","session":0,"do":"drop"}]})";
  auto server = start(options);
  RawClient client;
  begin(&client, *server);
  client.send_silence(10000);
  fail_unless(client.wait_closed());
  // Words end at 500 and 850 ms, and are told 200 ms later: the step comes between them.
  EXPECT_TEXT(field(client.texts[3], "type"), "AtOneSecond");
  EXPECT_TEXT(field(client.texts[12], "type"), "SpeechStarted");
  EXPECT_TEXT(client.texts[13], client.texts[14]);
  RawClient other;
  begin(&other, *server);
  other.send_silence(10000);
  other.send_text(R"({"type":"Terminate"})");
  fail_unless(other.wait_type("Termination"));
}
GST_END_TEST

GST_START_TEST(test_turns_are_duplicated_and_swapped) {
  Options options;
  options.duplicate_turns = true;
  auto server = start(options);
  RawClient client;
  begin(&client, *server);
  client.send_silence(3500);
  client.send_text(R"({"type":"Terminate"})");
  fail_unless(client.wait_closed());
  EXPECT_NUMBER(client.of_type("Turn").size(), 18);
  server->change([](Options &o) { o.duplicate_turns = false; });
  RawClient other;
  begin(&other, *server);
  fail_unless(server->swap_next_turns());
  other.send_silence(3500);
  other.send_text(R"({"type":"Terminate"})");
  fail_unless(other.wait_closed());
  Strings partials = other.transcripts(false);
  EXPECT_TEXT(partials[0], "Ban ken");
  EXPECT_TEXT(partials[1], "Ban");
}
GST_END_TEST

GST_START_TEST(test_begin_can_be_late_or_never) {
  Options options;
  options.begin_delay = Milliseconds(30);
  auto server = start(options);
  RawClient client;
  fail_unless(client.connect(server->endpoint()));
  client.send_silence(3500);
  client.send_text(R"({"type":"Terminate"})");
  fail_unless(client.wait_closed());
  EXPECT_TEXT(field(client.texts[0], "type"), "Begin");
  EXPECT_NUMBER(client.transcripts(true).size(), 1);
  server->change([](Options &o) { o.never_begin = true; });
  RawClient other;
  fail_unless(other.connect(server->endpoint()));
  other.send_silence(1000);
  fail_unless(
      server->wait_for([](Server &s) { return s.session(1).audio_bytes == 32000; }, kDeadline));
  fail_unless(other.texts.empty() && !other.closed);
}
GST_END_TEST

GST_START_TEST(test_a_session_can_stand_still) {
  struct Case {
    testserver::Moment moment;
    unsigned count;
    std::size_t turns;  // sent until then
  };
  const Case kCases[] = {{testserver::Moment::upgraded, 1, 0},
                         {testserver::Moment::partial, 3, 3},
                         {testserver::Moment::unformatted_final, 1, 9},
                         {testserver::Moment::final, 1, 10},
                         {testserver::Moment::terminate, 1, 10}};
  for (const Case &item : kCases) {
    Options options;
    options.finals = testserver::Finals::classical;
    options.partials_formatted = false;
    options.hold_at = item.moment;
    options.hold_count = item.count;
    auto server = start(options);
    RawClient client;
    fail_unless(client.connect(server->endpoint()));
    client.send_silence(3500);
    client.send_text(R"({"type":"Terminate"})");
    fail_unless(server->wait_for(
        [](Server &s) { return s.session_count() == 1 && s.session(0).held; }, kDeadline));
    fail_unless(server->command("warning 1 held"));
    fail_unless(client.wait_type("Warning"));
    EXPECT_NUMBER(client.of_type("Turn").size(), item.turns);
    EXPECT_NUMBER(client.of_type("Begin").size(), item.turns > 0 ? 1 : 0);
    fail_unless(server->release());
    fail_unless(!server->release());
    fail_unless(client.wait_closed());
    EXPECT_NUMBER(client.close_code, 1000);
    EXPECT_NUMBER(client.of_type("Turn").size(), 10);
    EXPECT_TEXT(field(client.texts.back(), "type"), "Termination");
  }
}
GST_END_TEST

GST_START_TEST(test_terminate_can_be_answered_badly) {
  Options options;
  options.terminate_answer = TerminateAnswer::close_only;
  options.terminate_delay = Milliseconds(10);
  auto server = start(options);
  RawClient client;
  begin(&client, *server);
  client.send_text(R"({"type":"Terminate"})");
  fail_unless(client.wait_closed());
  EXPECT_NUMBER(client.close_code, 1000);
  fail_unless(client.of_type("Termination").empty());
  server->change([](Options &o) { o.terminate_answer = TerminateAnswer::silent; });
  RawClient other;
  begin(&other, *server);
  other.send_text(R"({"type":"Terminate"})");
  fail_unless(server->wait_for([](Server &s) { return s.session(1).terminated; }, kDeadline));
  fail_unless(server->command("ping"));
  fail_unless(!other.wait([&] { return other.closed || other.texts.size() > 1; }, 50));
}
GST_END_TEST

GST_START_TEST(test_a_muted_session_stays_connected) {
  auto server = start();
  RawClient client;
  begin(&client, *server);
  fail_unless(server->command("mute"));
  client.send_silence(7000);
  fail_unless(
      server->wait_for([](Server &s) { return s.session(0).audio_bytes == 7000 * 32; }, kDeadline));
  fail_unless(!client.wait([&] { return client.texts.size() > 1; }, 50));
  EXPECT_NUMBER(server->open_sessions(), 1);
}
GST_END_TEST

GST_START_TEST(test_handshakes_get_http_answers) {
  Options options;
  options.handshake.status = 429;
  options.handshake.headers["Retry-After"] = "7";
  options.handshake.times = 1;
  auto server = start(options);
  RawClient client;
  fail_unless(!client.connect(server->endpoint()));
  EXPECT_NUMBER(client.http_status, 429);
  EXPECT_TEXT(client.response_headers["Retry-After"], "7");
  RawClient other;
  begin(&other, *server);
  for (unsigned status : {401U, 403U, 404U, 500U, 503U}) {
    server->change([&](Options &o) { o.handshake = {status, {}, "{}", 0, false}; });
    RawClient refused;
    fail_unless(!refused.connect(server->endpoint()));
    EXPECT_NUMBER(refused.http_status, status);
  }
  EXPECT_NUMBER(server->handshake_attempts(), 7);
  EXPECT_NUMBER(server->session_count(), 1);
}
GST_END_TEST

GST_START_TEST(test_messages_can_come_in_fragments) {
  Options options;
  options.split_messages = true;
  auto server = start(options);
  RawClient client;
  begin(&client, *server);
  client.send_silence(3500);
  client.send_text(R"({"type":"Terminate"})");
  fail_unless(client.wait_closed());
  EXPECT_NUMBER(client.transcripts(true).size(), 1);
  EXPECT_TEXT(field(client.texts.back(), "type"), "Termination");
}
GST_END_TEST

GST_START_TEST(test_the_proxy_relays_byte_by_byte) {
  auto server = start_proxied();
  server->proxy()->fragment(1);
  RawClient client;
  begin(&client, *server);
  client.send_silence(3500);
  client.send_text(R"({"type":"Terminate"})");
  fail_unless(client.wait_closed());
  EXPECT_NUMBER(client.transcripts(true).size(), 1);
  EXPECT_NUMBER(client.close_code, 1000);
  fail_unless(server->proxy()->bytes_from_client() > 3500 * 32);
}
GST_END_TEST

GST_START_TEST(test_the_proxy_stalls_each_way) {
  auto server = start_proxied();
  RawClient client;
  begin(&client, *server);
  fail_unless(server->stall_reading(true));
  client.send_silence(3500);
  fail_unless(!client.wait([&] { return client.texts.size() > 1; }, 50));
  EXPECT_NUMBER(server->session(0).audio_bytes, 0);
  fail_unless(server->stall_writing(true));
  fail_unless(server->stall_reading(false));
  fail_unless(
      server->wait_for([](Server &s) { return s.session(0).audio_bytes == 3500 * 32; }, kDeadline));
  fail_unless(!client.wait([&] { return client.texts.size() > 1; }, 50));
  fail_unless(server->command("stall-write off"));
  fail_unless(client.wait([&] { return client.transcripts(true).size() == 1; }));
}
GST_END_TEST

GST_START_TEST(test_the_proxy_drops_and_resets) {
  auto server = start_proxied();
  for (bool reset : {false, true}) {
    RawClient client;
    begin(&client, *server);
    if (reset)
      server->proxy()->reset();
    else
      server->proxy()->drop();
    fail_unless(client.wait_closed());
    fail_unless(server->wait_for([](Server &s) { return s.open_sessions() == 0; }, kDeadline));
  }
  EXPECT_NUMBER(server->proxy()->accepted_connections(), 2);
}
GST_END_TEST

GST_START_TEST(test_the_proxy_cuts_after_a_number_of_bytes) {
  auto server = start_proxied();
  server->proxy()->cut_after(3000);
  RawClient client;
  begin(&client, *server);
  client.send_silence(7000);
  fail_unless(client.wait_closed());
  fail_unless(client.of_type("Turn").size() < 16);
}
GST_END_TEST

GST_START_TEST(test_the_proxy_refuses_and_hangs) {
  auto server = start_proxied();
  server->proxy()->refuse(true);
  RawClient refused;
  fail_unless(!refused.connect(server->endpoint()));
  server->proxy()->refuse(false);
  server->proxy()->hang(true);
  RawClient hanging;
  // Given up by cancelling, after the helper's deadline: so it is run to a shorter end.
  std::thread helper([&] {
    server->wait_for([](Server &s) { return s.proxy()->accepted_connections() > 0; },
                     Milliseconds(100));
    server->proxy()->drop();
  });
  fail_unless(!hanging.connect(server->endpoint()));
  helper.join();
  server->proxy()->hang(false);
  server->proxy()->delay(Milliseconds(5));
  RawClient client;
  begin(&client, *server);
}
GST_END_TEST

GST_START_TEST(test_tls_is_trusted_only_when_it_should_be) {
  struct Case {
    Tls tls;
    bool works;
  };
  const Case kCases[] = {{Tls::good, true},
                         {Tls::unknown_issuer, false},
                         {Tls::expired, false},
                         {Tls::wrong_host, false}};
  for (const Case &item : kCases) {
    Options options;
    options.tls = item.tls;
    options.proxied = true;
    auto server = start(options);
    fail_unless(server->endpoint().find("wss://localhost:") == 0);
    RawClient client(server->ca_file());
    fail_unless(client.connect(server->endpoint()) == item.works, "%s", client.error.c_str());
    if (!item.works)
      continue;
    client.send_silence(3500);
    client.send_text(R"({"type":"Terminate"})");
    fail_unless(client.wait_closed());
    EXPECT_NUMBER(client.close_code, 1000);
  }
}
GST_END_TEST

GST_START_TEST(test_the_server_stops_with_sessions_open) {
  auto server = start_proxied();
  RawClient client;
  begin(&client, *server);
  client.send_silence(1000);
  server.reset();
  fail_unless(client.wait_closed());
}
GST_END_TEST

GST_START_TEST(test_a_server_comes_back_at_once_at_its_port) {
  for (const bool proxied : {false, true}) {
    Options options;
    options.proxied = proxied;
    for (int i = 0; i < 5; i++) {
      auto server = start(options);
      if (options.port != 0)
        EXPECT_NUMBER(server->port(), options.port);
      options.port = server->port();
      RawClient client;
      begin(&client, *server);
      client.send_silence(1000);
      server.reset();  // with the session open
      fail_unless(client.wait_closed());
    }
  }
}
GST_END_TEST

GST_START_TEST(test_silence_of_messages_ends_a_session_that_asked_for_it) {
  Options options;
  options.inactivity_second = Milliseconds(20);
  auto server = start(options);
  RawClient client;
  fail_unless(client.connect(server->endpoint() + "?inactivity_timeout=5"));
  // KeepAlive puts the end off: this takes longer than five of those seconds.
  for (int i = 0; i < 6; i++) {
    fail_unless(!client.wait([&] { return client.closed; }, 25));
    client.send_text(R"({"type":"KeepAlive"})");
  }
  fail_unless(client.wait_closed());
  EXPECT_NUMBER(client.close_code, 3006);
  EXPECT_TEXT(field(client.texts.back(), "error"),
              "Session terminated due to inactivity: No messages received for 5 seconds");
}
GST_END_TEST

static Suite *server_faults_suite(void) {
  Suite *suite = suite_create("server faults");
  TCase *faults = tcase_create("faults");
  suite_add_tcase(suite, faults);
  tcase_add_test(faults, test_commands_reach_the_session);
  tcase_add_test(faults, test_garbage_of_every_kind_is_sent);
  tcase_add_loop_test(faults, test_sessions_end_in_every_way, 0, G_N_ELEMENTS(kEndings));
  tcase_add_test(faults, test_the_clients_close_is_recorded);
  tcase_add_test(faults, test_steps_of_a_scenario_come_at_their_position);
  tcase_add_test(faults, test_turns_are_duplicated_and_swapped);
  tcase_add_test(faults, test_begin_can_be_late_or_never);
  tcase_add_test(faults, test_a_session_can_stand_still);
  tcase_add_test(faults, test_terminate_can_be_answered_badly);
  tcase_add_test(faults, test_a_muted_session_stays_connected);
  tcase_add_test(faults, test_handshakes_get_http_answers);
  tcase_add_test(faults, test_messages_can_come_in_fragments);
  tcase_add_test(faults, test_the_proxy_relays_byte_by_byte);
  tcase_add_test(faults, test_the_proxy_stalls_each_way);
  tcase_add_test(faults, test_the_proxy_drops_and_resets);
  tcase_add_test(faults, test_the_proxy_cuts_after_a_number_of_bytes);
  tcase_add_test(faults, test_the_proxy_refuses_and_hangs);
  tcase_add_test(faults, test_tls_is_trusted_only_when_it_should_be);
  tcase_add_test(faults, test_the_server_stops_with_sessions_open);
  tcase_add_test(faults, test_a_server_comes_back_at_once_at_its_port);
  tcase_add_test(faults, test_silence_of_messages_ends_a_session_that_asked_for_it);
  return suite;
}

CHECK_SUITE(server_faults);
