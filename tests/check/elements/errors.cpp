// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Bad, silent and vanished servers: one clear error each, in time, and the
// pipeline goes on.

#include "support/check.h"
#include "support/greeter.h"
#include "support/pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

struct Expected {
  GQuark domain;
  gint code;
  const char *says;  // a part of the user's text
};

// Runs until the first error, as the first failure is one without retries; it must be the only
// one, also at EOS.
void expect_error(const std::string &description, const Expected &expected,
                  const std::function<void(Pipeline &)> &meanwhile = {}) {
  Pipeline pipeline(description);
  g_object_set(pipeline.sink(), "max-retries", 0, nullptr);
  pipeline.set_state(GST_STATE_PLAYING);
  if (meanwhile)
    meanwhile(pipeline);
  pipeline.wait_for_error();
  const Heard &heard = pipeline.heard();
  fail_unless(g_error_matches(heard.error_codes[0], expected.domain, expected.code), "%s",
              heard.errors[0].c_str());
  fail_unless(heard.errors[0].find(expected.says) != std::string::npos, "%s",
              heard.errors[0].c_str());
  fail_unless(heard.errors[0].ends_with("."));
  fail_unless(heard.errors[0].find(kKey) == std::string::npos);
  fail_unless(heard.debugs[0].find(kKey) == std::string::npos);
  // Audio goes on being taken, and EOS still comes, without another error.
  gst_element_send_event(pipeline.element(), gst_event_new_eos());
  pipeline.wait_for_eos();
  pipeline.set_state(GST_STATE_NULL);
  pipeline.drain_bus();
  fail_unless_equals_uint64(heard.errors.size(), 1);
}

std::string at_port(guint16 port) {
  return "assemblyaisink name=sink api-key=" + std::string(kKey) +
         " endpoint=ws://127.0.0.1:" + std::to_string(port) + "/v3/ws";
}

}  // namespace

GST_START_TEST(test_refusals_of_the_service_say_why) {
  const GQuark resource = GST_RESOURCE_ERROR;
  const struct {
    unsigned code;
    const char *text;
    Expected expected;
  } kCases[] = {
      {1008,
       "Unauthorized Connection: Invalid API key",
       {resource, GST_RESOURCE_ERROR_NOT_AUTHORIZED, "key"}},
      {3006,
       "User Input Validation Error: Invalid 'speech_model': Input should be 'x'",
       {resource, GST_RESOURCE_ERROR_SETTINGS, "speech_model"}},
      {3009,
       "Unauthorized Connection: Too many concurrent sessions",
       {resource, GST_RESOURCE_ERROR_BUSY, "session"}},
      {1011, "internal error", {resource, GST_RESOURCE_ERROR_READ, ""}},
  };
  testserver::Options options;
  options.refusal = {kCases[__i__].code, kCases[__i__].text};
  const auto server = start_server(options);
  expect_error(kLive + sink_text(*server), kCases[__i__].expected);
  fail_unless_equals_uint64(server->open_sessions(), 0);
}
GST_END_TEST

GST_START_TEST(test_a_wrong_key_is_refused_in_words) {
  testserver::Options options;
  options.api_key = "another-key";
  const auto server = start_server(options);
  expect_error(kLive + sink_text(*server),
               {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED, "API key"});
}
GST_END_TEST

GST_START_TEST(test_http_statuses_are_told_apart) {
  const GQuark resource = GST_RESOURCE_ERROR;
  const struct {
    unsigned status;
    Expected expected;
  } kCases[] = {
      {302, {resource, GST_RESOURCE_ERROR_SETTINGS, "endpoint"}},
      {401, {resource, GST_RESOURCE_ERROR_NOT_AUTHORIZED, "key"}},
      {403, {resource, GST_RESOURCE_ERROR_NOT_AUTHORIZED, ""}},
      {404, {resource, GST_RESOURCE_ERROR_SETTINGS, "endpoint"}},
      {429, {resource, GST_RESOURCE_ERROR_BUSY, ""}},
      {503, {resource, GST_RESOURCE_ERROR_OPEN_READ_WRITE, ""}},
  };
  testserver::Options options;
  options.handshake.status = kCases[__i__].status;
  if (options.handshake.status == 302)
    options.handshake.headers = {{"Location", "http://127.0.0.1:1/v3/ws"}};
  const auto server = start_server(options);
  expect_error(kLive + sink_text(*server), kCases[__i__].expected);
  fail_unless_equals_uint64(server->handshake_attempts(), 1);
}
GST_END_TEST

static constexpr int kAnswers = 8;

// A portal's names may be long.
GST_START_TEST(test_who_answered_is_told) {
  const std::string query(150, 'x');
  const struct {
    std::string reason, server, location;
    const char *says;
  } kCases[kAnswers] = {
      {"Found", "", "https://captive.example.net/login?url=" + query,
       ", with a redirect to captive.example.net ("},
      {"Found", "", "https://captive.example.net/a%b|c?" + query,
       ", with a redirect to captive.example.net ("},
      {"Found", "", "https://u:p@captive.example.net:99/" + query,
       ", with a redirect to captive.example.net ("},
      {"Found", "", "//captive.example.net/login", ", with a redirect to captive.example.net ("},
      {"Found", "", "https://" + std::string(150, 'h') + ".example.net/",
       ", with a redirect to hhhhhhhh"},
      {"Found", "", "/login", "the answer was \"Found\" ("},
      {std::string(150, 'F'), "", "/", "the answer was \"FFFFFFFF"},
      {"Found", std::string(150, 'S'), "/", "\"Found\" from SSSSSSSS"},
  };
  const auto &entry = kCases[__i__];
  const Greeter portal("HTTP/1.1 302 " + entry.reason + "\r\nServer: " + entry.server +
                       "\r\nLocation: " + entry.location + "\r\n\r\n");
  expect_error(kLive + at_port(portal.port()),
               {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS, entry.says});
}
GST_END_TEST

GST_START_TEST(test_an_answer_with_endless_headers_is_an_error) {
  const Greeter other("HTTP/1.1 200 OK\r\nX: " + std::string(200'000, 'x') + "\r\n\r\n");
  expect_error(kLive + at_port(other.port()),
               {GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE, "does not speak WebSocket"});
}
GST_END_TEST

GST_START_TEST(test_nobody_listening_is_an_error) {
  testserver::Options options;
  options.proxied = true;
  const auto server = start_server(options);
  server->proxy()->refuse(true);
  expect_error(kLive + sink_text(*server),
               {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ_WRITE, "Could not connect"});
}
GST_END_TEST

GST_START_TEST(test_an_unknown_host_is_an_error) {
  expect_error(std::string(kLive) +
                   "assemblyaisink name=sink api-key=k endpoint=wss://no-such-host.invalid/v3/ws",
               {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND, "host name"});
}
GST_END_TEST

GST_START_TEST(test_a_certificate_that_is_not_trusted_is_an_error) {
  testserver::Options options;
  options.tls = testserver::Tls::unknown_issuer;
  const auto server = start_server(options);
  expect_error(kLive + sink_text(*server),
               {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ_WRITE, "certificate"});
  fail_unless_equals_uint64(server->session_count(), 0);
}
GST_END_TEST

GST_START_TEST(test_a_server_that_never_answers_is_an_error_in_time) {
  testserver::Options options;
  options.proxied = true;
  const auto server = start_server(options);
  server->proxy()->hang(true);
  expect_error(kLive + sink_text(*server, "connect-timeout=300"),
               {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ_WRITE, "connect-timeout"});
}
GST_END_TEST

GST_START_TEST(test_a_tls_handshake_that_stalls_is_an_error_in_time) {
  testserver::Options options;
  options.proxied = true;
  options.tls = testserver::Tls::good;
  const auto server = start_server(options);
  server->proxy()->stall_server_to_client(true);
  expect_error(kLive + sink_text(*server, "connect-timeout=300"),
               {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ_WRITE, "connect-timeout"});
}
GST_END_TEST

GST_START_TEST(test_a_session_that_does_not_begin_is_an_error_in_time) {
  testserver::Options options;
  options.never_begin = true;
  const auto server = start_server(options);
  expect_error(kLive + sink_text(*server, "connect-timeout=300"),
               {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ_WRITE, "did not begin"});
}
GST_END_TEST

GST_START_TEST(test_another_kind_of_server_is_an_error) {
  testserver::Options options;
  options.never_begin = true;
  const auto server = start_server(options);
  expect_error(kLive + sink_text(*server), {GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE, "endpoint"},
               [&](Pipeline &) {
                 fail_unless(server->wait_for(
                     [](testserver::Server &s) { return s.session_count() == 1; }, kDeadline));
                 server->send_text("220 mail.example.com ESMTP");
               });
}
GST_END_TEST

// What can happen to a session that is under way.
GST_START_TEST(test_a_lost_session_is_an_error) {
  static const struct {
    void (*fault)(testserver::Server &);
    Expected expected;
  } kCases[] = {
      {[](testserver::Server &s) { s.drop(); }, {0, GST_RESOURCE_ERROR_READ, "connection"}},
      {[](testserver::Server &s) { s.reset(); }, {0, GST_RESOURCE_ERROR_READ, "connection"}},
      {[](testserver::Server &s) { s.close(1001, ""); }, {0, GST_RESOURCE_ERROR_READ, ""}},
      {[](testserver::Server &s) { s.close(1000, ""); }, {0, GST_RESOURCE_ERROR_READ, ""}},
      {[](testserver::Server &s) { s.send_error(3005, "Session Cancelled: An error occurred"); },
       {0, GST_RESOURCE_ERROR_READ, ""}},
      {[](testserver::Server &s) {
         s.send_error(3008, "Session Expired: Maximum session duration exceeded");
       },
       {0, GST_RESOURCE_ERROR_READ, "maximum duration"}},
      {[](testserver::Server &s) { s.send_raw("\xff\xff\xff\xff nonsense below WebSocket"); },
       {GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE, "WebSocket"}},
  };
  const auto server = start_server();
  Expected expected = kCases[__i__].expected;
  if (expected.domain == 0)
    expected.domain = GST_RESOURCE_ERROR;
  expect_error(kLive + sink_text(*server), expected, [&](Pipeline &pipeline) {
    pipeline.wait_for_element_message("assemblyai-turn");
    kCases[__i__].fault(*server);
  });
  fail_unless(
      server->wait_for([](testserver::Server &s) { return s.open_sessions() == 0; }, kDeadline));
}
GST_END_TEST

// The session before knows them. The next one hears nothing, and is refused.
GST_START_TEST(test_an_interrupted_turn_has_its_times_when_all_ends) {
  testserver::Options options;
  options.scenario = R"({"turns": [{"text": "one two three four five", "start": 300}]})";
  const auto server = start_server(options);
  Pipeline pipeline(kLive +
                    sink_text(*server, "retry-delay-min=1 retry-delay-max=1 max-retries=1"));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-turn");
  server->change([](testserver::Options &next) { next.scenario = R"({"turns": []})"; });
  server->drop();
  pipeline.wait_for(
      [&](const Heard &) { return pipeline.messages("assemblyai-session-begin").size() == 2; });
  server->send_error(3006, "User Input Validation Error: of the test");
  pipeline.wait_for_error();
  const GstStructure *turn = pipeline.messages("assemblyai-turn").back();
  gboolean final = FALSE;
  fail_unless(gst_structure_get_boolean(turn, "final", &final) && final);
  fail_unless(string_field(turn, "transcript").starts_with("One"));
  fail_unless(time_field(turn, "running-time") < GST_SECOND, "%" GST_TIME_FORMAT,
              GST_TIME_ARGS(time_field(turn, "running-time")));
}
GST_END_TEST

GST_START_TEST(test_an_error_without_a_code_is_told_in_the_services_words) {
  const auto server = start_server();
  expect_error(kLive + sink_text(*server),
               {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ, "no such model"},
               [&](Pipeline &pipeline) {
                 pipeline.wait_for_element_message("assemblyai-session-begin");
                 server->send_text(R"({"error":"no such model"})");
               });
}
GST_END_TEST

GST_START_TEST(test_a_vanished_server_is_noticed) {
  testserver::Options options;
  options.proxied = true;
  const auto server = start_server(options);
  expect_error(kLive + sink_text(*server, "keepalive-interval=1000"),
               {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ, "not responded"},
               [&](Pipeline &pipeline) {
                 // At least one answered ping, then nothing in either direction.
                 pipeline.wait_for_element_message("assemblyai-turn");
                 const guint64 sent = pipeline.stat("audio-sent");
                 pipeline.wait_for([&](const Heard &) {
                   return pipeline.stat("audio-sent") > sent + 3 * GST_SECOND / 2;
                 });
                 server->stall_reading(true);
                 server->stall_writing(true);
               });
}
GST_END_TEST

GST_START_TEST(test_a_server_that_stays_silent_at_the_end_is_an_error_in_time) {
  testserver::Options options;
  options.terminate_answer = testserver::TerminateAnswer::silent;
  const auto server = start_server(options);
  const TalkFile file(1s);
  expect_error(file_pipeline(file, *server, "sync=false drain-timeout=300"),
               {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ, "drain-timeout"});
}
GST_END_TEST

GST_START_TEST(test_a_server_that_stops_reading_does_not_stop_a_live_pipeline) {
  testserver::Options options;
  options.proxied = true;
  options.proxy_buffer_bytes = 4096;
  const auto server = start_server(options);
  Pipeline pipeline(kLive + sink_text(*server, "max-backlog=1000 keepalive-interval=3600000"));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-turn");
  server->stall_reading(true);
  pipeline.wait_for_element_message("assemblyai-audio-lost");
  const GstStructure *lost = pipeline.messages("assemblyai-audio-lost").back();
  fail_unless(end_time(lost) > time_field(lost, "running-time"));
  fail_unless(pipeline.stat("audio-lost") > 0);
  fail_unless(pipeline.stat("audio-queued") <= GST_SECOND);
  server->stall_reading(false);
  const std::size_t turns = pipeline.messages("assemblyai-turn").size();
  pipeline.wait_for(
      [&](const Heard &) { return pipeline.messages("assemblyai-turn").size() > turns; });
  fail_unless(pipeline.heard().errors.empty());
}
GST_END_TEST

GST_START_TEST(test_the_element_can_be_used_again_after_an_error) {
  testserver::Options options;
  options.refusal = {1011, "internal error", 1};
  const auto server = start_server(options);
  const TalkFile file(1s);
  Pipeline pipeline(file_pipeline(file, *server, "sync=false max-retries=0"));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_error();
  pipeline.set_state(GST_STATE_READY);
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-session-end");
  fail_unless_equals_uint64(pipeline.heard().errors.size(), 1);
}
GST_END_TEST

GST_START_TEST(test_input_without_caps_or_time_is_an_error) {
  const TalkFile file(1s);
  Pipeline pipeline("filesrc location=" + file.path() + " ! assemblyaisink name=sink api-key=k");
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  fail_unless_equals_uint64(pipeline.heard().errors.size(), 1);
  fail_unless(
      g_error_matches(pipeline.heard().error_codes[0], GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT));
  fail_unless(pipeline.heard().errors[0].find("wavparse") != std::string::npos);
}
GST_END_TEST

static Suite *errors_suite() {
  Suite *suite = suite_create("errors");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_refusals_of_the_service_say_why, 0, 4);
  tcase_add_test(tests, test_a_wrong_key_is_refused_in_words);
  tcase_add_loop_test(tests, test_http_statuses_are_told_apart, 0, 6);
  tcase_add_loop_test(tests, test_who_answered_is_told, 0, kAnswers);
  tcase_add_test(tests, test_an_answer_with_endless_headers_is_an_error);
  tcase_add_test(tests, test_nobody_listening_is_an_error);
  tcase_add_test(tests, test_an_unknown_host_is_an_error);
  tcase_add_test(tests, test_a_certificate_that_is_not_trusted_is_an_error);
  tcase_add_test(tests, test_a_server_that_never_answers_is_an_error_in_time);
  tcase_add_test(tests, test_a_tls_handshake_that_stalls_is_an_error_in_time);
  tcase_add_test(tests, test_a_session_that_does_not_begin_is_an_error_in_time);
  tcase_add_test(tests, test_another_kind_of_server_is_an_error);
  tcase_add_loop_test(tests, test_a_lost_session_is_an_error, 0, 7);
  tcase_add_test(tests, test_an_error_without_a_code_is_told_in_the_services_words);
  tcase_add_test(tests, test_an_interrupted_turn_has_its_times_when_all_ends);
  tcase_add_test(tests, test_a_vanished_server_is_noticed);
  tcase_add_test(tests, test_a_server_that_stays_silent_at_the_end_is_an_error_in_time);
  tcase_add_test(tests, test_a_server_that_stops_reading_does_not_stop_a_live_pipeline);
  tcase_add_test(tests, test_the_element_can_be_used_again_after_an_error);
  tcase_add_test(tests, test_input_without_caps_or_time_is_an_error);
  return suite;
}

CHECK_SUITE(errors);
