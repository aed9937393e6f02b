// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Given the end of a session or the response to an upgrade, the catalogue yields the cause, the
// remedy, and whether a retry can help.

#include "protocol/failure.h"

#include <iterator>

#include "protocol/expect.h"
#include "protocol/text.h"

using namespace assemblyai;

namespace {

using enum FailureKind;

ServerError server_error(std::optional<unsigned> code, std::string text) {
  return {.code = code, .text = std::move(text)};
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// One sentence for users, without a period, quote or line break at its end.
void expect_sentence(const std::string &message) {
  fail_unless(message.size() > 20 && g_ascii_isupper(message.front()), "%s", message.c_str());
  fail_unless(message.back() != '.' && message.back() != ' ', "%s", message.c_str());
  fail_if(has(message, "\n"));
}

}  // namespace

namespace {

struct CloseCase {
  unsigned code;
  const char *text;  // of the Error message
  FailureKind kind;
  Retry retry;
  const char *words;
  const char *part;  // of the message
};

}  // namespace

static const CloseCase kCloses[] = {
    {0, "", kLost, Retry::kBackOff, "connection lost", "check the network"},
    {410, "", kSettings, Retry::kFewTimesOnceKnown, "retired endpoint", "use wss://streaming"},
    {1000, "", kLost, Retry::kBackOff, "normal end", "ended the session"},
    {1001, "", kLost, Retry::kBackOff, "going away", "ended the session"},
    {1002, "", kProtocol, Retry::kBackOff, "WebSocket protocol error", "ended the session"},
    {1003, "", kInternal, Retry::kFewTimesOnceKnown, "unacceptable data", "report this"},
    {1005, "", kLost, Retry::kBackOff, "no close code", "ended the session"},
    {1006, "", kLost, Retry::kBackOff, "connection lost", "check the network"},
    {1007, "", kInternal, Retry::kFewTimesOnceKnown, "invalid text", "report this"},
    {1008, "Unauthorized Connection: Missing Authorization header", kUnauthorized,
     Retry::kFewTimesOnceKnown, "not authorized", "check the API key"},
    {1008, "Unauthorized Connection: Invalid API key", kUnauthorized, Retry::kFewTimesOnceKnown,
     "not authorized", "Unauthorized Connection: Invalid API key"},
    {1008, "Unauthorized Connection: Insufficient balance in corporate account", kUnauthorized,
     Retry::kFewTimesOnceKnown, "not authorized", "Insufficient balance"},
    {1008, "Unauthorized Connection: Signature has expired", kUnauthorized, Retry::kNewToken,
     "not authorized", "supply a new token"},
    {1008, "Unauthorized connection: Too many CONCURRENT sessions", kBusy, Retry::kLongBackOff,
     "not authorized", "too many sessions"},
    {1008, "Session rate exceeded", kBusy, Retry::kLongBackOff, "not authorized",
     "too many sessions"},
    {1008, "", kUnauthorized, Retry::kFewTimes, "not authorized", "check the API key"},
    {1008, "Unauthorized Connection: Incorrect padding", kUnauthorized, Retry::kFewTimes,
     "not authorized", "Incorrect padding"},
    {1008, "Incorrect padding", kLost, Retry::kFewTimes, "not authorized", "Incorrect padding"},
    {1008, "Authentication service unavailable", kLost, Retry::kFewTimes, "not authorized",
     "unavailable"},
    {1008, "Unauthorized Connection: Token expired", kUnauthorized, Retry::kNewToken,
     "not authorized", "supply a new token"},
    {1008, "Model deprecated. See docs at https://www.assemblyai.com/docs", kSettings,
     Retry::kFewTimesOnceKnown, "not authorized", "set speech-model"},
    {1008, "User Input Validation Error: Invalid 'speech_model': Input should be 'x'", kSettings,
     Retry::kFewTimesOnceKnown, "not authorized", "correct the setting"},
    {1008, "Sample_rate of this sort", kLost, Retry::kFewTimes, "not authorized", "look up"},
    {3005, "Session Cancelled: This model is no longer served", kSettings,
     Retry::kFewTimesOnceKnown, "service error", "set speech-model"},
    {3006, "Invalid 'prompt': Value error, prompt is not supported with speech_model 'x'",
     kSettings, Retry::kFewTimesOnceKnown, "invalid setting or message", "correct the setting"},
    {1009, "", kInternal, Retry::kFewTimesOnceKnown, "message too big", "report this"},
    {1010, "", kProtocol, Retry::kBackOff, "missing WebSocket extension", "ended the session"},
    {1011, "", kLost, Retry::kBackOff, "internal service error", "ended the session"},
    {1012, "", kLost, Retry::kBackOff, "service restart", "ended the session"},
    {1013, "Temporary server condition forced blocking client's request", kBusy, Retry::kBackOff,
     "service overloaded", "try again later"},
    {1014, "", kBusy, Retry::kBackOff, "bad gateway", "try again later"},
    {1015, "", kConnect, Retry::kBackOff, "TLS failure", "certificates"},
    {3005, "Session Cancelled: An error occurred", kLost, Retry::kBackOff, "service error",
     "Session Cancelled"},
    {3006,
     "User Input Validation Error: Invalid 'prompt': prompt exceeds maximum length of 1750 "
     "characters (got 1800)",
     kSettings, Retry::kFewTimesOnceKnown, "invalid setting or message", "Invalid 'prompt'"},
    {3006,
     "User Input Validation Error: Invalid 'inactivity_timeout': Input should be greater than or "
     "equal to 5",
     kSettings, Retry::kFewTimesOnceKnown, "invalid setting or message", "inactivity_timeout"},
    {3006, "Invalid Message Type: Bogus", kSettings, Retry::kFewTimesOnceKnown,
     "invalid setting or message", "Bogus"},
    {3006, "Session terminated due to inactivity: No messages received for 5 seconds", kLost,
     Retry::kWithNextAudio, "invalid setting or message", "next audio"},
    {3007,
     "Input Duration Error: Input Duration Violation: 20.0 ms. Expected between 50 and 1000 ms",
     kInternal, Retry::kFewTimesOnceKnown, "invalid audio duration", "20.0 ms"},
    {3007, "Audio Transmission Rate Exceeded: Received 9 sec. audio in 1 sec", kBusy,
     Retry::kBackOff, "invalid audio duration", "faster than real time"},
    {3007, "Audio transmission rate exceeded: too much audio buffered", kBusy, Retry::kBackOff,
     "invalid audio duration", "faster than real time"},
    {3008, "Session Expired: Maximum session duration exceeded", kLost, Retry::kNewSession,
     "session expired", "maximum duration"},
    {3009, "Unauthorized Connection: Too many concurrent sessions", kBusy, Retry::kLongBackOff,
     "too many sessions", "too many sessions"},
    {4000, "", kSettings, Retry::kFewTimesOnceKnown, "invalid sample rate", "sample_rate"},
    {4001, "", kUnauthorized, Retry::kFewTimesOnceKnown, "not authorized", "check the API key"},
    {4001, "Incorrect padding", kUnauthorized, Retry::kFewTimes, "not authorized",
     "Incorrect padding"},
    {4001, "Too many concurrent sessions", kBusy, Retry::kLongBackOff, "not authorized",
     "too many sessions"},
    {4002, "", kUnauthorized, Retry::kFewTimesOnceKnown, "insufficient funds", "add funds"},
    {4003, "", kUnauthorized, Retry::kFewTimesOnceKnown, "paid feature", "upgrade"},
    {4004, "", kLost, Retry::kBackOff, "session not found", "ended the session"},
    {4008, "", kLost, Retry::kNewSession, "session expired", "maximum duration"},
    {4010, "", kLost, Retry::kBackOff, "session closed", "ended the session"},
    {4029, "", kBusy, Retry::kLongBackOff, "rate limited", "too many"},
    {4029, "Client sent audio too fast", kBusy, Retry::kBackOff, "rate limited", "in real time"},
    {4030, "", kLost, Retry::kBackOff, "session taken over", "ended the session"},
    {4031, "", kLost, Retry::kWithNextAudio, "session idle for too long", "next audio"},
    {4032, "", kInternal, Retry::kFewTimesOnceKnown, "audio too short", "report this"},
    {4033, "", kInternal, Retry::kFewTimesOnceKnown, "audio too long", "report this"},
    {4034, "", kInternal, Retry::kFewTimesOnceKnown, "audio too small", "report this"},
    {4100, "", kInternal, Retry::kFewTimesOnceKnown, "invalid JSON", "report this"},
    {4101, "", kInternal, Retry::kFewTimesOnceKnown, "invalid message", "report this"},
    {4102, "", kBusy, Retry::kLongBackOff, "too many streams", "too many sessions"},
    {4103, "", kLost, Retry::kBackOff, "session connected elsewhere", "ended the session"},
    {4999, "Brand new trouble", kLost, Retry::kBackOff, "unknown close code", "Brand new trouble"},
};

GST_START_TEST(test_each_close_has_a_cause_and_a_cure) {
  const CloseCase &entry = kCloses[__i__];
  const Failure failure = failure_from_close(entry.code, "See Error message for details",
                                             server_error(entry.code, entry.text));
  fail_unless_equals_int(static_cast<int>(failure.kind), static_cast<int>(entry.kind));
  fail_unless_equals_int(static_cast<int>(failure.retry), static_cast<int>(entry.retry));
  fail_unless_equals_int(static_cast<int>(failure.close_code), static_cast<int>(entry.code));
  fail_unless_equals_int(static_cast<int>(failure.http_status), 0);
  expect_string(describe_close_code(entry.code), entry.words);
  expect_sentence(failure.message);
  fail_unless(has(failure.message, entry.part), "'%s' lacks '%s'", failure.message.c_str(),
              entry.part);
  fail_unless(has(failure.detail, "close code " + std::to_string(entry.code)));
  fail_unless(has(failure.detail, entry.text), "%s", failure.detail.c_str());
  fail_if(has(failure.detail, "See Error message"), "%s", failure.detail.c_str());

  // The same text may also be the reason of the close frame.
  const Failure bare = failure_from_close(entry.code, entry.text, std::nullopt);
  expect_string(bare.message, failure.message);
  fail_unless(bare.retry == failure.retry);
}
GST_END_TEST

// 3005 was the code for everything in 2025, and an old Error has no code at all.
GST_START_TEST(test_text_decides_where_the_code_is_general) {
  static const struct {
    const char *text;
    FailureKind kind;
    Retry retry;
  } kTexts[] = {
      {"Unauthorized Connection: Invalid API key", kUnauthorized, Retry::kFewTimesOnceKnown},
      {"Unauthorized Connection: Signature has expired", kUnauthorized, Retry::kNewToken},
      {"Unauthorized Connection: Too many concurrent sessions", kBusy, Retry::kLongBackOff},
      {"Session Expired: Maximum session duration exceeded", kLost, Retry::kNewSession},
      {"Session terminated due to inactivity: No messages", kLost, Retry::kWithNextAudio},
      {"User Input Validation Error: Invalid 'mode': x", kSettings, Retry::kFewTimesOnceKnown},
      {"Invalid Message: []", kSettings, Retry::kFewTimesOnceKnown},
      {"Input Duration Error: x", kInternal, Retry::kFewTimesOnceKnown},
      {"Audio Transmission Rate Exceeded: x", kBusy, Retry::kBackOff},
  };
  for (const auto &entry : kTexts) {
    for (const unsigned code : {0U, 1000U, 1005U, 1006U, 3005U}) {
      const Failure failure = failure_from_close(code, "", server_error(std::nullopt, entry.text));
      fail_unless(failure.kind == entry.kind, "%u %s", code, entry.text);
      fail_unless(failure.retry == entry.retry, "%u %s", code, entry.text);
    }
  }
}
GST_END_TEST

GST_START_TEST(test_error_is_more_precise_than_the_close_frame) {
  const Failure failure =
      failure_from_close(1006, "some reason", server_error(3008, "Session Expired: x"));
  fail_unless(failure.retry == Retry::kNewSession);
  fail_unless_equals_int(static_cast<int>(failure.close_code), 3008);
  fail_if(has(failure.detail, "some reason"));
  const Failure blank = failure_from_close(3006, "the reason", server_error(std::nullopt, " "));
  fail_unless(has(blank.message, "the reason"), "%s", blank.message.c_str());
}
GST_END_TEST

GST_START_TEST(test_text_does_not_overrule_a_precise_code) {
  const Failure failure =
      failure_from_close(4002, "", server_error(4002, "Unauthorized Connection: no balance"));
  fail_unless(has(failure.message, "add funds"), "%s", failure.message.c_str());
}
GST_END_TEST

// "rate" must be a word of its own.
GST_START_TEST(test_words_that_contain_rate_do_not_count) {
  for (const char *text : {"The corporate account is disabled", "Cannot generate", "rated"}) {
    const Failure failure = failure_from_close(1008, text, std::nullopt);
    fail_if(failure.kind == kBusy, "%s", text);
  }
}
GST_END_TEST

// The longest list of the service is useful: it is not cut.
GST_START_TEST(test_lists_of_accepted_values_are_complete) {
  std::string text =
      "User Input Validation Error: Invalid 'redact_pii_policies.0': Input should be ";
  for (int i = 0; i < 69; i++)
    text += "'organization_medical_facility', ";
  text += "'year' or 'zodiac_sign'";
  const Failure failure = failure_from_close(3006, "", server_error(3006, text));
  fail_unless(failure.message.ends_with(text), "%s", failure.message.c_str());
  fail_unless(failure.detail.ends_with(text), "%s", failure.detail.c_str());
}
GST_END_TEST

GST_START_TEST(test_service_text_is_bounded_and_printable) {
  std::string text = "line\r\none\x1b[31m \xff ";
  for (int i = 0; i < 5000; i++)
    text += "ü";
  const Failure failure = failure_from_close(3006, "", server_error(3006, text));
  fail_unless(has(failure.message, "line one [31m \uFFFD üüü"), "%s", failure.message.c_str());
  fail_unless(failure.message.ends_with("ü…"), "%s", failure.message.c_str());
  const glong most = static_cast<glong>(kMaxExplanation) + 100;
  fail_unless(g_utf8_strlen(failure.message.c_str(), -1) < most);
  fail_unless(g_utf8_strlen(failure.detail.c_str(), -1) < most);
}
GST_END_TEST

namespace {

struct HttpCase {
  unsigned status;
  FailureKind kind;
  Retry retry;
};

}  // namespace

static const HttpCase kStatuses[] = {
    {200, kSettings, Retry::kOnceKnown},     {301, kSettings, Retry::kOnceKnown},
    {308, kSettings, Retry::kOnceKnown},     {400, kSettings, Retry::kOnceKnown},
    {401, kUnauthorized, Retry::kOnceKnown}, {402, kUnauthorized, Retry::kOnceKnown},
    {403, kUnauthorized, Retry::kOnceKnown}, {404, kSettings, Retry::kOnceKnown},
    {407, kSettings, Retry::kOnceKnown},     {408, kConnect, Retry::kBackOff},
    {410, kSettings, Retry::kOnceKnown},     {418, kSettings, Retry::kOnceKnown},
    {422, kSettings, Retry::kOnceKnown},     {426, kSettings, Retry::kOnceKnown},
    {425, kConnect, Retry::kBackOff},        {429, kBusy, Retry::kLongBackOff},
    {500, kConnect, Retry::kBackOff},        {502, kConnect, Retry::kBackOff},
    {503, kConnect, Retry::kBackOff},        {504, kConnect, Retry::kBackOff},
    {599, kConnect, Retry::kBackOff},        {999, kSettings, Retry::kOnceKnown},
};

GST_START_TEST(test_each_http_status_has_a_cause_and_a_cure) {
  const HttpCase &entry = kStatuses[__i__];
  const Failure failure = failure_from_http(entry.status, "Some\nPhrase");
  fail_unless_equals_int(static_cast<int>(failure.kind), static_cast<int>(entry.kind));
  fail_unless_equals_int(static_cast<int>(failure.retry), static_cast<int>(entry.retry));
  fail_unless_equals_int(static_cast<int>(failure.http_status), static_cast<int>(entry.status));
  fail_unless_equals_int(static_cast<int>(failure.close_code), 0);
  expect_sentence(failure.message);
  const std::string status = "HTTP status " + std::to_string(entry.status);
  fail_unless(failure.message.ends_with(" (" + status + ")"), "%s", failure.message.c_str());
  expect_string(failure.detail, status + ": Some Phrase");
}
GST_END_TEST

static Suite *failure_suite() {
  Suite *suite = suite_create("failure");
  TCase *close = tcase_create("close");
  suite_add_tcase(suite, close);
  tcase_add_loop_test(close, test_each_close_has_a_cause_and_a_cure, 0, std::ssize(kCloses));
  tcase_add_test(close, test_text_decides_where_the_code_is_general);
  tcase_add_test(close, test_error_is_more_precise_than_the_close_frame);
  tcase_add_test(close, test_text_does_not_overrule_a_precise_code);
  tcase_add_test(close, test_words_that_contain_rate_do_not_count);
  tcase_add_test(close, test_lists_of_accepted_values_are_complete);
  tcase_add_test(close, test_service_text_is_bounded_and_printable);

  TCase *http = tcase_create("http");
  suite_add_tcase(suite, http);
  tcase_add_loop_test(http, test_each_http_status_has_a_cause_and_a_cure, 0, std::ssize(kStatuses));
  return suite;
}

CHECK_SUITE(failure);
