// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Who was accepted is not refused for good by one answer, and who is refused is told by whom and
// why, in the service's own words.

#include <atomic>

#include "support/check.h"
#include "support/pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

constexpr char kQuick[] = "retry-delay-min=1 retry-delay-max=1 ";

// The talk, live, from its first session on.
struct Talk {
  std::unique_ptr<testserver::Server> server = start_server(coded_talk());
  TalkFile file{4s};
  Pipeline pipeline;

  explicit Talk(const std::string &properties = "")
      : pipeline(file_pipeline(file, *server, kQuick + properties)) {
    pipeline.set_state(GST_STATE_PLAYING);
    pipeline.wait_for_element_message("assemblyai-turn");
  }

  // The session ends so, and so do the next ones that are asked for.
  void refuse(unsigned code, const std::string &text, unsigned times) const {
    if (times > 1)
      server->change([&](testserver::Options &options) {
        options.refusal = {code, text, times - 1};
      });
    server->send_error(code, text);
  }

  void expect_every_word() {
    pipeline.wait_for_eos();
    fail_unless(pipeline.heard().errors.empty());
    fail_unless_equals_text(pipeline.transcript(), talk_text(4s));
    assert_word_times(pipeline, 0);
  }
};

gchar *next_token(GstElement *, gpointer data) {
  auto &tokens = *static_cast<std::pair<testserver::Server *, std::atomic<int>> *>(data);
  tokens.second++;
  return g_strdup(tokens.first->issue_token(60s).c_str());
}

// The text of an error without what is said before the service's words.
bool ends_with(const std::string &text, const std::string &words) {
  return text.ends_with(words) || text.ends_with(words + ".");
}

constexpr char kModels[] =
    "User Input Validation Error: Invalid 'speech_model': Input should be "
    "'universal-streaming-english', 'universal-streaming-multilingual', 'whisper-rt', "
    "'u3-rt-pro', 'u3-rt-pro-beta-1', 'u3-rt-agent', 'universal-3-5-pro', 'universal-3-6-pro', "
    "'universal-3-6', 'universal-3-7-preview' or '_universal-3-5-notetaker'";

}  // namespace

static const struct {
  unsigned code;
  const char *text;
} kRefusals[] = {
    {1008, "Unauthorized Connection: Incorrect padding"},
    {1008, "Unauthorized Connection: Invalid API key"},
    {1008, "Model deprecated. See docs"},
    {4001, "Not authorized"},
    {4002, "Insufficient funds"},
    {3006, "User Input Validation Error: Invalid 'mode'"},
};

GST_START_TEST(test_a_refusal_after_a_good_session_costs_no_word) {
  const auto &[code, text] = kRefusals[__i__];
  Talk talk;
  talk.refuse(code, text, 3);
  talk.expect_every_word();
  fail_unless_equals_uint64(talk.pipeline.heard().warnings.size(), 1);
  fail_unless(talk.pipeline.heard().warnings[0].find(text) != std::string::npos);
  fail_unless_equals_uint64(talk.server->session_count(), 4);
}
GST_END_TEST

static constexpr unsigned kStatuses[] = {200, 302, 401, 426, 999};

// It may come from a portal or a page about maintenance, which stays for longer than the service
// would refuse.
GST_START_TEST(test_an_http_refusal_after_a_good_session_costs_no_word) {
  constexpr unsigned kTimes = 15;
  Talk talk;
  const unsigned status = kStatuses[__i__];
  talk.server->change([status](testserver::Options &options) {
    options.handshake = {
        .status = status,
        .headers = {{"Server", "Portal/1.0"}, {"Location", "http://login.example/?token=5678"}},
        .times = kTimes};
  });
  talk.server->drop();
  talk.expect_every_word();
  fail_unless_equals_uint64(talk.server->handshake_attempts(), 2 + kTimes);
  std::string told;
  for (const GstStructure *message : talk.pipeline.messages("assemblyai-connection")) {
    if (gst_structure_has_field(message, "reason"))
      told += string_field(message, "reason") + "\n";
  }
  for (const char *part : {"from Portal/1.0", "with a redirect to login.example ("})
    fail_unless(told.find(part) != std::string::npos, "%s", told.c_str());
  fail_unless(told.find("(HTTP status " + std::to_string(status)) != std::string::npos);
  fail_unless(told.find("5678") == std::string::npos);
}
GST_END_TEST

// The same of a certificate, and of one who is no WebSocket service of this kind.
GST_START_TEST(test_who_takes_the_place_of_the_service_is_waited_for) {
  testserver::Options options = coded_talk();
  options.tls = testserver::Tls::good;
  const auto server = start_server(options);
  static constexpr testserver::Tls kBad[] = {testserver::Tls::wrong_host, testserver::Tls::expired};
  const auto portal = start_server({.tls = kBad[__i__]});
  Pipeline pipeline(kLive +
                    sink_text(*server, std::string(kQuick) + "ssl-ca-file=" + server->ca_file()));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-session-begin");
  g_object_set(pipeline.sink(), "endpoint", portal->endpoint().c_str(), nullptr);
  server->drop();
  pipeline.wait_for([&](const Heard &) { return pipeline.stat("reconnects") > 15; });
  fail_unless(pipeline.heard().errors.empty());
  g_object_set(pipeline.sink(), "endpoint", server->endpoint().c_str(), nullptr);
  pipeline.wait_for(
      [&](const Heard &) { return pipeline.messages("assemblyai-session-begin").size() == 2; });
  std::string told;
  for (const GstStructure *message : pipeline.messages("assemblyai-connection")) {
    if (gst_structure_has_field(message, "reason"))
      told += string_field(message, "reason") + "\n";
  }
  fail_unless(told.find("certificate subject: CN=") != std::string::npos, "%s", told.c_str());
}
GST_END_TEST

// A machine may boot before its network.
GST_START_TEST(test_a_name_that_is_not_found_at_first_is_waited_for) {
  const auto server = start_server();
  Pipeline pipeline(kLive + sink_text(*server, kQuick));
  g_object_set(pipeline.sink(), "endpoint", "wss://no-such-host.invalid/v3/ws", nullptr);
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for([&](const Heard &heard) { return !heard.warnings.empty(); });
  fail_unless(pipeline.heard().warnings[0].find("was not found") != std::string::npos);
  g_object_set(pipeline.sink(), "endpoint", server->endpoint().c_str(), nullptr);
  pipeline.wait_for_element_message("assemblyai-session-begin");
  fail_unless(pipeline.heard().errors.empty());
}
GST_END_TEST

GST_START_TEST(test_a_key_that_was_rotated_away_is_an_error_in_the_end) {
  Talk talk;
  talk.server->change([](testserver::Options &options) { options.api_key = "another"; });
  talk.server->drop();
  talk.pipeline.wait_for_error();
  fail_unless(g_error_matches(talk.pipeline.heard().error_codes[0], GST_RESOURCE_ERROR,
                              GST_RESOURCE_ERROR_NOT_AUTHORIZED));
  fail_unless(ends_with(talk.pipeline.heard().errors[0], "Invalid API key"));
  fail_unless_equals_uint64(talk.pipeline.stat("reconnects"), 11);
}
GST_END_TEST

GST_START_TEST(test_each_attempt_has_a_new_token) {
  testserver::Options options = coded_talk();
  options.single_use_tokens = true;
  const auto server = start_server(options);
  std::pair<testserver::Server *, std::atomic<int>> tokens{server.get(), 0};
  Pipeline pipeline(std::string(kLive) + "assemblyaisink name=sink " + kQuick +
                    "endpoint=" + server->endpoint());
  g_signal_connect(pipeline.sink(), "request-token", G_CALLBACK(next_token), &tokens);
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-session-begin");
  server->change([](testserver::Options &next) {
    next.refusal = {1008, "Unauthorized Connection: Invalid API key", 3};
  });
  server->drop();
  pipeline.wait_for(
      [&](const Heard &) { return pipeline.messages("assemblyai-session-begin").size() == 2; });
  fail_unless(pipeline.heard().errors.empty());
  fail_unless_equals_int(tokens.second, 5);
}
GST_END_TEST

GST_START_TEST(test_what_is_no_verdict_is_asked_again_at_the_first_connection) {
  static constexpr const char *kTexts[] = {"Unauthorized Connection: Incorrect padding",
                                           "Something that nobody has heard of", ""};
  testserver::Options options = coded_talk();
  options.refusal = {1008, kTexts[__i__], 3};
  const auto server = start_server(options);
  const TalkFile file(2s);
  Pipeline pipeline(file_pipeline(file, *server, kQuick));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  fail_unless(pipeline.heard().errors.empty());
  fail_unless_equals_text(pipeline.transcript(), talk_text(2s));
  fail_unless_equals_uint64(pipeline.heard().warnings.size(), 1);
}
GST_END_TEST

static const struct {
  unsigned code;
  const char *text;
  std::size_t sessions;
  gint error;
  const char *advice;
} kFirst[] = {
    {1008, "Unauthorized Connection: Invalid API key", 1, GST_RESOURCE_ERROR_NOT_AUTHORIZED,
     "check the API key"},
    {1008, "Unauthorized Connection: Missing Authorization header", 1,
     GST_RESOURCE_ERROR_NOT_AUTHORIZED, "check the API key"},
    {1008, "Insufficient balance", 1, GST_RESOURCE_ERROR_NOT_AUTHORIZED, "balance"},
    {1008, "Model deprecated. See docs at https://www.assemblyai.com/docs", 1,
     GST_RESOURCE_ERROR_SETTINGS, "set speech-model"},
    {3006, kModels, 1, GST_RESOURCE_ERROR_SETTINGS, "correct the setting"},
    {1008, "Something that nobody has heard of", 6, GST_RESOURCE_ERROR_READ, "contact the support"},
    {1008, "Unauthorized Connection: Incorrect padding", 6, GST_RESOURCE_ERROR_NOT_AUTHORIZED,
     "check the API key"},
};

// As an ERROR, with the service's words to the last one.
GST_START_TEST(test_what_is_refused_at_first_is_told_in_the_services_words) {
  const auto &test = kFirst[__i__];
  testserver::Options options;
  options.refusal = {test.code, test.text};
  const auto server = start_server(options);
  Pipeline pipeline(kLive + sink_text(*server, kQuick));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_error();
  const std::string &error = pipeline.heard().errors[0];
  fail_unless(ends_with(error, test.text), "%s", error.c_str());
  fail_unless(error.find(test.advice) != std::string::npos, "%s", error.c_str());
  fail_unless(g_error_matches(pipeline.heard().error_codes[0], GST_RESOURCE_ERROR, test.error),
              "%s", error.c_str());
  fail_unless_equals_uint64(server->session_count(), test.sessions);
  const GstStructure *lost = pipeline.messages("assemblyai-connection").back();
  fail_unless(ends_with(string_field(lost, "reason"), test.text));
}
GST_END_TEST

static Suite *refusals_suite() {
  Suite *suite = suite_create("refusals");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_a_refusal_after_a_good_session_costs_no_word, 0,
                      std::ssize(kRefusals));
  tcase_add_loop_test(tests, test_an_http_refusal_after_a_good_session_costs_no_word, 0,
                      std::ssize(kStatuses));
  tcase_add_loop_test(tests, test_who_takes_the_place_of_the_service_is_waited_for, 0, 2);
  tcase_add_test(tests, test_a_name_that_is_not_found_at_first_is_waited_for);
  tcase_add_test(tests, test_a_key_that_was_rotated_away_is_an_error_in_the_end);
  tcase_add_test(tests, test_each_attempt_has_a_new_token);
  tcase_add_loop_test(tests, test_what_is_no_verdict_is_asked_again_at_the_first_connection, 0, 3);
  tcase_add_loop_test(tests, test_what_is_refused_at_first_is_told_in_the_services_words, 0,
                      std::ssize(kFirst));
  return suite;
}

CHECK_SUITE(refusals);
