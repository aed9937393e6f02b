// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The local server refuses what the service refuses, in the same words.

#include "raw_client.h"

#include "expect.h"

using servertest::field;
using servertest::HttpReply;
using servertest::RawClient;
using servertest::start;
using testserver::Milliseconds;
using testserver::Options;
using testserver::Server;

namespace {

constexpr unsigned kInvalid = 3006;
const char kModels[] =
    "Invalid 'speech_model': Input should be 'universal-streaming-english', "
    "'universal-streaming-multilingual', 'whisper-rt', 'u3-rt-pro', 'u3-rt-pro-beta-1', "
    "'u3-rt-agent', 'universal-3-5-pro', 'universal-3-6-pro', 'universal-3-6', "
    "'universal-3-7-preview' or '_universal-3-5-notetaker'";

// The session ends with this Error, the close that belongs to it, and no Begin if `before_begin`.
void expect_refusal(RawClient *client, unsigned code, const std::string &text,
                    bool before_begin = true) {
  fail_unless(client->wait_closed(), "not refused: %s", text.c_str());
  fail_unless(!client->texts.empty());
  std::string last = client->texts.back();
  EXPECT_TEXT(field(last, "type"), "Error");
  EXPECT_TEXT(field(last, "error"), text);
  EXPECT_TEXT(field(last, "error_code"), std::to_string(code));
  EXPECT_NUMBER(client->close_code, code);
  EXPECT_TEXT(client->close_reason, "See Error message for details");
  fail_unless(client->of_type("Begin").empty() == before_begin);
  fail_unless(client->of_type("Termination").empty());
}

std::string repeated(const char *text, int count, const char *separator) {
  std::string all;
  for (int i = 0; i < count; i++)
    all += (i > 0 ? separator : "") + std::string(text);
  return all;
}

struct Parameter {
  const char *query;
  const char *problem;  // after "User Input Validation Error: "; null = accepted
};

const Parameter kParameters[] = {
    {"speech_model=u3-pro", kModels},
    {"sample_rate=7999",
     "Invalid 'sample_rate': Value error, sample_rate must be at least 8,000 Hz"},
    {"sample_rate=96001",
     "Invalid 'sample_rate': Value error, sample_rate must be at most 96,000 Hz"},
    {"sample_rate=fast",
     "Invalid 'sample_rate': Input should be a valid integer, unable to parse string as an "
     "integer"},
    {"sample_rate=",
     "Invalid 'sample_rate': Input should be a valid integer, unable to parse "
     "string as an integer"},
    {"encoding=flac", "Invalid 'encoding': Value error, 'flac' is not a valid Encoding"},
    {"keyterms_prompt=a&keyterms_prompt=b",
     "Invalid 'keyterms_prompt': Value error, Invalid JSON array; expected a JSON-encoded list of "
     "strings"},
    {"keyterms_prompt=%5B%22a%22%5D&keyterms_prompt=%5B%22b%22%5D",
     "Invalid 'keyterms_prompt': Value error, Invalid JSON array; expected a JSON-encoded list of "
     "strings"},
    {"keyterms_prompt=%5B1%5D",
     "Invalid 'keyterms_prompt': Value error, Invalid JSON array; "
     "expected a JSON-encoded list of strings"},
    {"language_codes=%5B%22tlh%22%5D",
     "Invalid 'language_codes.0': Input should be 'en', 'es', 'de', 'fr', 'it', 'pt', 'tr', 'nl', "
     "'sv', 'no', 'da', 'fi', 'hi', 'vi', 'ar', 'he', 'ja', 'ur', 'zh', 'ru', 'ko', 'ca', 'gl', "
     "'ro', 'et', 'fa', 'yue', 'af', 'mr', 'zu', 'xh', 'nn' or 'multi'"},
    {"mode=fastest", "Invalid 'mode': Input should be 'min_latency', 'balanced' or 'max_accuracy'"},
    {"speech_model=universal-streaming-english&mode=balanced",
     "Invalid 'mode': Value error, mode is not supported with speech_model "
     "'universal-streaming-english'"},
    {"speech_model=universal-streaming-multilingual&prompt=x",
     "Invalid 'prompt': Value error, prompt is not supported with speech_model "
     "'universal-streaming-multilingual'"},
    {"voice_focus=loud", "Invalid 'voice_focus': Input should be 'near-field' or 'far-field'"},
    {"voice_focus_threshold=0.5",
     "Invalid 'voice_focus_threshold': Value error, voice_focus_threshold requires voice_focus"},
    {"redact_pii_policies=%5B%22drug%22%5D",
     "Invalid 'redact_pii_policies': Value error, redact_pii_policies requires redact_pii"},
    {"inactivity_timeout=4",
     "Invalid 'inactivity_timeout': Input should be greater than or equal to 5"},
    {"inactivity_timeout=3601",
     "Invalid 'inactivity_timeout': Input should be less than or equal to 3600"},
    {"max_speakers=11", "Invalid 'max_speakers': Input should be less than or equal to 10"},
    {"vad_threshold=1.5", "Invalid 'vad_threshold': Input should be less than or equal to 1"},
    {"vad_threshold=nan", "Invalid 'vad_threshold': Input should be less than or equal to 1"},
    {"vad_threshold=high",
     "Invalid 'vad_threshold': Input should be a valid number, unable to "
     "parse string as a number"},
    {"format_turns=maybe",
     "Invalid 'format_turns': Input should be a valid boolean, unable to interpret input"},
    {"interruption_delay=1001",
     "Invalid 'interruption_delay': Input should be less than or equal to 1000"},
    {"domain=law", "Invalid 'domain': Input should be 'medical-v1'"},
    {"llm_gateway=%5B%5D", "Invalid 'llm_gateway': Value error, Invalid JSON object"},
    // Accepted:
    {"", nullptr},
    {"no_such_parameter=1&speach_model=x", nullptr},
    {"format_turns=True&speech_model=universal-streaming-english", nullptr},
    {"keyterms_prompt=%5B%22Keanu+Reeves%22%2C%22C%2B%2B%22%5D&prompt=both", nullptr},
    {"sample_rate=8000&encoding=pcm_mulaw", nullptr},
    {"sample_rate=16000&sample_rate=44100", nullptr},
    {"min_turn_silence=1&max_turn_silence=99999", nullptr},  // clamped, not refused
    {"redact_pii=true&redact_pii_policies=drug,%20person_name", nullptr},
    {"redact_pii=true&redact_pii_policies=%5B%22drug%22%5D", nullptr},
    {"voice_focus=near-field&voice_focus_threshold=0.5", nullptr},
    {"%ff=%25zz&&=&;", nullptr},
};

}  // namespace

GST_START_TEST(test_parameters_are_judged_after_the_upgrade) {
  const Parameter &parameter = kParameters[__i__];
  auto server = start();
  RawClient client;
  fail_unless(client.connect(server->endpoint() + "?" + parameter.query), "%s: %s", parameter.query,
              client.error.c_str());
  if (parameter.problem != nullptr) {
    expect_refusal(&client, kInvalid,
                   std::string("User Input Validation Error: ") + parameter.problem);
    return;
  }
  fail_unless(client.wait_type("Begin"), "%s is refused", parameter.query);
}
GST_END_TEST

GST_START_TEST(test_limits_of_length_are_enforced) {
  auto server = start();
  RawClient prompt;
  fail_unless(prompt.connect(server->endpoint() + "?prompt=" + std::string(1800, 'x')));
  expect_refusal(&prompt, kInvalid,
                 "User Input Validation Error: Invalid 'prompt': Value error, prompt exceeds "
                 "maximum length of 1750 characters (got 1800)");
  RawClient terms;
  std::string list = "%5B" + repeated("%22a%22", 101, ",") + "%5D";
  fail_unless(terms.connect(server->endpoint() + "?keyterms_prompt=" + list));
  expect_refusal(&terms, kInvalid,
                 "User Input Validation Error: Invalid 'keyterms_prompt': Value error, Max 100 "
                 "items");
  RawClient languages;
  list = "%5B" + repeated("%22en%22", 11, ",") + "%5D";
  fail_unless(languages.connect(server->endpoint() + "?language_codes=" + list));
  expect_refusal(&languages, kInvalid,
                 "User Input Validation Error: Invalid 'language_codes': List should have at most "
                 "10 items after validation, not 11");
}
GST_END_TEST

GST_START_TEST(test_the_model_may_be_required) {
  Options options;
  options.require_speech_model = true;
  auto server = start(options);
  RawClient client;
  fail_unless(client.connect(server->endpoint()));
  expect_refusal(&client, kInvalid,
                 "User Input Validation Error: Invalid 'speech_model': Field required");
}
GST_END_TEST

GST_START_TEST(test_credentials_are_judged_after_the_upgrade) {
  Options options;
  options.api_key = "right";
  auto server = start(options);
  const char *const kKeys[] = {"wrong", "Bearer right", "Token right", "right "};
  for (const char *key : kKeys) {
    RawClient client;
    fail_unless(client.connect(server->endpoint(), key));
    if (std::string(key) == "right ")  // a header's trailing blanks are no part of it
      fail_unless(client.wait_type("Begin"));
    else
      expect_refusal(&client, 1008, "Unauthorized Connection: Invalid API key");
  }
  RawClient none;
  fail_unless(none.connect(server->endpoint(), ""));
  expect_refusal(&none, 1008, "Unauthorized Connection: Missing Authorization header");
  RawClient token;
  fail_unless(token.connect(server->endpoint() + "?token=right", ""));
  expect_refusal(&token, 1008, "Unauthorized Connection: Invalid API key");
}
GST_END_TEST

GST_START_TEST(test_tokens_open_sessions_until_they_expire) {
  auto server = start();
  RawClient client;
  HttpReply reply = client.get(
      server->token_endpoint() + "?expires_in_seconds=60&max_session_duration_seconds=60",
      {{"Authorization", "Bearer key"}});
  EXPECT_NUMBER(reply.status, 200);
  EXPECT_TEXT(field(reply.body, "expires_in_seconds"), "60");
  std::string token = field(reply.body, "token");
  EXPECT_NUMBER(token.size(), 2583);
  for (int i = 0; i < 2; i++) {  // usable again within its window
    RawClient user;
    fail_unless(user.connect(server->endpoint() + "?token=" + token, ""));
    fail_unless(user.wait_type("Begin"));
    std::int64_t expires = g_ascii_strtoll(field(user.texts[0], "expires_at").c_str(), nullptr, 10);
    std::int64_t left = expires - g_get_real_time() / G_USEC_PER_SEC;
    fail_unless(left >= 55 && left <= 60);
  }
  RawClient header;  // as the Python SDK sends it
  fail_unless(header.connect(server->endpoint(), token));
  fail_unless(header.wait_type("Begin"));
  RawClient late;
  token = server->issue_token(std::chrono::seconds(-1));
  fail_unless(late.connect(server->endpoint() + "?token=" + token, ""));
  expect_refusal(&late, 1008, "Unauthorized Connection: Signature has expired");
}
GST_END_TEST

GST_START_TEST(test_tokens_can_be_for_one_use_only) {
  Options options;
  options.single_use_tokens = true;
  auto server = start(options);
  std::string token = server->issue_token(std::chrono::seconds(60));
  RawClient once;
  fail_unless(once.connect(server->endpoint() + "?token=" + token, ""));
  fail_unless(once.wait_type("Begin"));
  RawClient twice;
  fail_unless(twice.connect(server->endpoint() + "?token=" + token, ""));
  expect_refusal(&twice, 1008, "Unauthorized Connection: Invalid API key");
}
GST_END_TEST

GST_START_TEST(test_the_token_endpoint_refuses_like_the_service) {
  auto server = start();
  RawClient client;
  const std::map<std::string, std::string> key = {{"Authorization", "key"}};
  HttpReply low = client.get(server->token_endpoint() + "?expires_in_seconds=0", key);
  EXPECT_NUMBER(low.status, 422);
  EXPECT_TEXT(
      low.body,
      R"({"detail":[{"type":"greater_than_equal","loc":["query","expires_in_seconds"],)"
      R"("msg":"Input should be greater than or equal to 1","input":"0","ctx":{"ge":1}}]})");
  HttpReply missing = client.get(server->token_endpoint(), key);
  EXPECT_NUMBER(missing.status, 422);
  HttpReply text = client.get(server->token_endpoint() + "?expires_in_seconds=soon", key);
  EXPECT_NUMBER(text.status, 422);
  HttpReply cap = client.get(
      server->token_endpoint() + "?expires_in_seconds=9&max_session_duration_seconds=20000", key);
  EXPECT_NUMBER(cap.status, 422);
  HttpReply anonymous = client.get(server->token_endpoint() + "?expires_in_seconds=9", {});
  EXPECT_NUMBER(anonymous.status, 422);
  fail_unless(anonymous.body.find(R"("loc":["header","authorization"])") != std::string::npos);
  server->change([](Options &options) { options.api_key = "other"; });
  HttpReply wrong = client.get(server->token_endpoint() + "?expires_in_seconds=9", key);
  EXPECT_NUMBER(wrong.status, 401);
}
GST_END_TEST

namespace {

struct Message {
  const char *text;
  const char *problem;  // null = accepted
};

}  // namespace

const Message kMessages[] = {
    {R"({"type":"Bogus"})", "Invalid Message Type: Bogus"},
    {R"({"terminate_session":true})", "Invalid Message Type: "},
    {R"({type:1})",
     "User Input Validation Error: Invalid JSON: Expecting property name enclosed "
     "in double quotes: line 1 column 2 (char 1)"},
    {"hello",
     "User Input Validation Error: Invalid JSON: Expecting value: line 1 column 1 (char "
     "0)"},
    {"[]", "Invalid Message: []"},
    {"7", "Invalid Message: 7"},
    {R"({"type":"UpdateConfiguration","mode":"fast"})",
     "User Input Validation Error: Invalid 'mode': Input should be 'min_latency', 'balanced' or "
     "'max_accuracy'"},
    {R"({"type":"UpdateConfiguration","keyterms_prompt":"[\"a\"]"})",
     "User Input Validation Error: Invalid 'keyterms_prompt': Input should be a valid list"},
    {R"({"type":"UpdateConfiguration","min_turn_silence":"soon"})",
     "User Input Validation Error: Invalid 'min_turn_silence': Input should be a valid integer"},
    {R"({"type":"UpdateConfiguration","vad_threshold":-1})",
     "User Input Validation Error: Invalid 'vad_threshold': Input should be greater than or equal "
     "to 0"},
    {R"({"type":"UpdateConfiguration","format_turns":"true"})",
     "User Input Validation Error: Invalid 'format_turns': Input should be a valid boolean"},
    {R"({"type":"KeepAlive"})", nullptr},
    {R"({"type":"ForceEndpoint"})", nullptr},
    {R"({"type":"UpdateConfiguration","keyterms_prompt":[],"prompt":"","speech_model":7,"x":1})",
     nullptr},
};

GST_START_TEST(test_text_messages_are_judged) {
  const Message &message = kMessages[__i__];
  auto server = start();
  RawClient client;
  fail_unless(client.connect(server->endpoint()));
  fail_unless(client.wait_type("Begin"));
  client.send_text(message.text);
  if (message.problem != nullptr) {
    expect_refusal(&client, kInvalid, message.problem, false);
    return;
  }
  client.send_text(R"({"type":"Terminate"})");
  fail_unless(client.wait_closed());
  EXPECT_NUMBER(client.close_code, 1000);
}
GST_END_TEST

GST_START_TEST(test_a_deeply_nested_message_is_refused) {
  auto server = start();
  RawClient client;
  fail_unless(client.connect(server->endpoint()));
  fail_unless(client.wait_type("Begin"));
  client.send_text(std::string(100000, '['));
  fail_unless(client.wait_closed());
  EXPECT_NUMBER(client.close_code, kInvalid);
}
GST_END_TEST

GST_START_TEST(test_a_message_over_128_kilobytes_is_refused) {
  auto server = start();
  RawClient client;
  fail_unless(client.connect(server->endpoint()));
  fail_unless(client.wait_type("Begin"));
  client.send_binary(std::string(128 * 1024 + 1, '\0'));
  fail_unless(client.wait_closed());
  EXPECT_NUMBER(client.close_code, 1009);
}
GST_END_TEST

namespace {

struct Chunk {
  bool strict;
  int milliseconds;
  int accepted;  // messages before the refusal; -1 = any number
};

}  // namespace

const Chunk kChunks[] = {{true, 50, -1},   {true, 1000, -1}, {true, 20, 0}, {true, 1001, 0},
                         {false, 1200, 0}, {false, 20, 48},  {true, 49, 0}, {false, 1000, -1}};

GST_START_TEST(test_chunks_must_last_50_to_1000_ms) {
  const Chunk &chunk = kChunks[__i__];
  Options options;
  options.strict_chunks = chunk.strict;
  auto server = start(options);
  RawClient client;
  fail_unless(client.connect(server->endpoint()));
  fail_unless(client.wait_type("Begin"));
  int count = chunk.accepted < 0 ? 60 : chunk.accepted;
  client.send_silence(chunk.milliseconds * count, chunk.milliseconds);
  fail_unless(server->wait_for(
      [&](Server &s) {
        return s.session(0).message_sizes.size() == static_cast<std::size_t>(count);
      },
      Milliseconds(3000)));
  fail_unless(!server->session(0).closed && server->session(0).error_code == 0);
  if (chunk.accepted < 0)
    return;
  client.send_silence(chunk.milliseconds, chunk.milliseconds);
  expect_refusal(&client, 3007,
                 "Input Duration Error: Input Duration Violation: " +
                     std::to_string(chunk.milliseconds) + ".0 ms. Expected between 50 and 1000 ms",
                 false);
}
GST_END_TEST

GST_START_TEST(test_a_short_tail_is_tolerated_after_good_chunks) {
  auto server = start();
  RawClient client;
  fail_unless(client.connect(server->endpoint()));
  for (int i = 0; i < 60; i++) {
    client.send_silence(40, 40);
    client.send_silence(50, 50);
  }
  client.send_text(R"({"type":"Terminate"})");
  fail_unless(client.wait_closed());
  EXPECT_NUMBER(client.close_code, 1000);
}
GST_END_TEST

GST_START_TEST(test_audio_must_not_run_far_ahead) {
  Options options;
  options.max_ahead_seconds = 5;
  auto server = start(options);
  RawClient client;
  fail_unless(client.connect(server->endpoint()));
  client.send_silence(4500);
  client.send_silence(3000);
  fail_unless(client.wait_closed());
  EXPECT_NUMBER(client.close_code, 3007);
  std::string text = field(client.texts.back(), "error");
  fail_unless(text.find("Audio Transmission Rate Exceeded: Received ") == 0, "%s", text.c_str());
}
GST_END_TEST

GST_START_TEST(test_sessions_expire) {
  Options options;
  options.max_session = Milliseconds(50);
  auto server = start(options);
  RawClient client;
  fail_unless(client.connect(server->endpoint()));
  expect_refusal(&client, 3008, "Session Expired: Maximum session duration exceeded", false);
}
GST_END_TEST

GST_START_TEST(test_too_many_sessions_are_refused) {
  Options options;
  options.max_open_sessions = 1;
  auto server = start(options);
  RawClient client;
  fail_unless(client.connect(server->endpoint()));
  fail_unless(client.wait_type("Begin"));
  RawClient other;
  fail_unless(other.connect(server->endpoint()));
  expect_refusal(&other, 3009, "Unauthorized Connection: Too many concurrent sessions");
}
GST_END_TEST

GST_START_TEST(test_a_refusal_can_be_ordered_for_some_sessions) {
  auto server = start();
  server->change([](Options &options) {
    options.refusal = {1008, "Unauthorized Connection: Account is disabled", 1};
  });
  RawClient client;
  fail_unless(client.connect(server->endpoint()));
  expect_refusal(&client, 1008, "Unauthorized Connection: Account is disabled");
  RawClient other;
  fail_unless(other.connect(server->endpoint()));
  fail_unless(other.wait_type("Begin"));
}
GST_END_TEST

static Suite *server_refusals_suite(void) {
  Suite *suite = suite_create("server refusals");
  TCase *refusals = tcase_create("refusals");
  suite_add_tcase(suite, refusals);
  tcase_add_loop_test(refusals, test_parameters_are_judged_after_the_upgrade, 0,
                      G_N_ELEMENTS(kParameters));
  tcase_add_test(refusals, test_limits_of_length_are_enforced);
  tcase_add_test(refusals, test_the_model_may_be_required);
  tcase_add_test(refusals, test_credentials_are_judged_after_the_upgrade);
  tcase_add_test(refusals, test_tokens_open_sessions_until_they_expire);
  tcase_add_test(refusals, test_tokens_can_be_for_one_use_only);
  tcase_add_test(refusals, test_the_token_endpoint_refuses_like_the_service);
  tcase_add_loop_test(refusals, test_text_messages_are_judged, 0, G_N_ELEMENTS(kMessages));
  tcase_add_test(refusals, test_a_deeply_nested_message_is_refused);
  tcase_add_test(refusals, test_a_message_over_128_kilobytes_is_refused);
  tcase_add_loop_test(refusals, test_chunks_must_last_50_to_1000_ms, 0, G_N_ELEMENTS(kChunks));
  tcase_add_test(refusals, test_a_short_tail_is_tolerated_after_good_chunks);
  tcase_add_test(refusals, test_audio_must_not_run_far_ahead);
  tcase_add_test(refusals, test_sessions_expire);
  tcase_add_test(refusals, test_too_many_sessions_are_refused);
  tcase_add_test(refusals, test_a_refusal_can_be_ordered_for_some_sessions);
  return suite;
}

CHECK_SUITE(server_refusals);
