// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Given a set of parameters, validate() refuses what the service would refuse,
// with a sentence that says what is wrong, and query_value() writes the rest.

#include "protocol/parameters.h"

#include <cmath>
#include <iterator>
#include <limits>

#include "protocol/expect.h"

using namespace assemblyai;

namespace {

using List = std::vector<std::string>;
using enum ParameterType;

std::string many(std::size_t count, const std::string &text) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i)
    out += text;
  return out;
}

}  // namespace

namespace {

// The table of the protocol again, so that a mistake in the code's table is found.
struct ExpectedParameter {
  const char *name;
  ParameterType type;
  double minimum;
  double maximum;
  std::size_t max_characters;
  std::size_t max_items;
  bool updatable;
};

}  // namespace

static const ExpectedParameter kExpected[] = {
    {"speech_model", kString, 0, 0, 0, 0, false},
    {"sample_rate", kInteger, 8000, 96000, 0, 0, false},
    {"encoding", kString, 0, 0, 0, 0, false},
    {"inactivity_timeout", kInteger, 5, 3600, 0, 0, false},
    {"session_heartbeat", kBoolean, 0, 0, 0, 0, true},
    {"acknowledge_silence", kBoolean, 0, 0, 0, 0, true},
    {"_customer_support_audio_capture", kBoolean, 0, 0, 0, 0, false},
    {"mode", kString, 0, 0, 0, 0, true},
    {"min_turn_silence", kInteger, 0, 86400000, 0, 0, true},
    {"max_turn_silence", kInteger, 0, 86400000, 0, 0, true},
    {"end_of_turn_confidence_threshold", kNumber, 0, 1, 0, 0, true},
    {"vad_threshold", kNumber, 0, 1, 0, 0, true},
    {"format_turns", kBoolean, 0, 0, 0, 0, true},
    {"interruption_delay", kInteger, 0, 1000, 0, 0, true},
    {"continuous_partials", kBoolean, 0, 0, 0, 0, true},
    {"include_partial_turns", kBoolean, 0, 0, 0, 0, false},
    {"turn_left_pad_ms", kInteger, 0, 86400000, 0, 0, true},
    {"keyterms_prompt", kStringList, 0, 0, 50, 100, true},
    {"prompt", kString, 0, 0, 1750, 0, true},
    {"agent_context", kString, 0, 0, 1750, 0, true},
    {"previous_context_n_turns", kInteger, 0, 100, 0, 0, false},
    {"domain", kString, 0, 0, 0, 0, false},
    {"language_codes", kStringList, 0, 0, 0, 10, true},
    {"language_code", kString, 0, 0, 0, 0, false},
    {"language", kString, 0, 0, 0, 0, false},
    {"language_detection", kBoolean, 0, 0, 0, 0, false},
    {"speaker_labels", kBoolean, 0, 0, 0, 0, false},
    {"max_speakers", kInteger, 1, 10, 0, 0, false},
    {"speaker_labels_revision_interval_ms", kInteger, 0, 86400000, 0, 0, false},
    {"voice_focus", kString, 0, 0, 0, 0, false},
    {"voice_focus_threshold", kNumber, 0, 1, 0, 0, false},
    {"filter_profanity", kBoolean, 0, 0, 0, 0, true},
    {"redact_pii", kBoolean, 0, 0, 0, 0, false},
    {"redact_pii_policies", kStringList, 0, 0, 0, 0, false},
    {"redact_pii_sub", kString, 0, 0, 0, 0, false},
    {"llm_gateway", kJson, 0, 0, 0, 0, false},
    {"webhook_url", kString, 0, 0, 0, 0, false},
    {"webhook_auth_header_name", kString, 0, 0, 0, 0, false},
    {"webhook_auth_header_value", kString, 0, 0, 0, 0, false},
};

static ParameterValue example_of(ParameterType type, double number) {
  switch (type) {
    case kString:
      return std::string("x");
    case kInteger:
      return static_cast<std::int64_t>(number);
    case kNumber:
      return number;
    case kBoolean:
      return true;
    case kStringList:
      return List{"x"};
    case kJson:
      return JsonText{"{}"};
  }
  g_assert_not_reached();
}

static void expect_accepted(const ParameterSet &parameters) {
  const std::optional<Failure> failure = validate(parameters);
  fail_if(failure.has_value(), "%s", failure ? failure->message.c_str() : "");
}

static void expect_message(const ParameterSet &parameters, const std::string &message) {
  const std::optional<Failure> failure = validate(parameters);
  fail_unless(failure.has_value(), "accepted, expected: %s", message.c_str());
  expect_string(failure->message, message);
  fail_unless(failure->kind == FailureKind::kSettings);
  fail_unless(failure->retry == Retry::kNever);
}

GST_START_TEST(test_table_is_the_protocols) {
  fail_unless_equals_uint64(parameter_table().size(), std::size(kExpected));
  const ExpectedParameter &expected = kExpected[__i__];
  const Parameter &parameter = parameter_table()[static_cast<std::size_t>(__i__)];
  expect_string(parameter.name, expected.name);
  fail_unless(parameter.type == expected.type);
  fail_unless_equals_float(parameter.minimum, expected.minimum);
  fail_unless_equals_float(parameter.maximum, expected.maximum);
  fail_unless_equals_uint64(parameter.max_characters, expected.max_characters);
  fail_unless_equals_uint64(parameter.max_items, expected.max_items);
  fail_unless_equals_int(parameter.updatable, expected.updatable);
  const bool can_be_cleared = parameter.name == "keyterms_prompt" || parameter.name == "prompt" ||
                              parameter.name == "language_codes";
  fail_unless_equals_int(parameter.clearable, can_be_cleared);
  fail_unless_equals_int(parameter.secret, parameter.name == "webhook_auth_header_value");
  fail_unless(find_parameter(expected.name) == &parameter);
}
GST_END_TEST

// Each entry with a value of each type: only its own type passes, and a whole
// double counts as an integer.
GST_START_TEST(test_types_are_strict) {
  static const char *const kWords[] = {"a string",          "a whole number",
                                       "a number",          "true or false",
                                       "a list of strings", "a JSON object or array"};
  const ExpectedParameter &expected = kExpected[__i__];
  for (const ParameterType type : {kString, kInteger, kNumber, kBoolean, kStringList, kJson}) {
    ParameterSet set{{expected.name, example_of(type, expected.maximum)}};
    set.emplace("voice_focus", std::string("near-field"));
    set.emplace("redact_pii", true);
    const bool numeric = expected.type == kInteger || expected.type == kNumber;
    if (type == expected.type || (numeric && (type == kInteger || type == kNumber)))
      expect_accepted(set);
    else
      expect_message(set, std::string(expected.name) + " must be " +
                              kWords[static_cast<std::size_t>(expected.type)]);
  }
}
GST_END_TEST

GST_START_TEST(test_ranges_include_their_ends) {
  const ExpectedParameter &expected = kExpected[__i__];
  if (expected.maximum == 0)
    return;
  const double step = expected.type == kInteger ? 1 : 0.001;
  ParameterSet set{{"voice_focus", std::string("near-field")}};
  for (const double inside : {expected.minimum, expected.maximum}) {
    set.insert_or_assign(expected.name, inside);
    expect_accepted(set);
  }
  for (const double outside : {expected.minimum - step, expected.maximum + step}) {
    set.insert_or_assign(expected.name, outside);
    const std::optional<Failure> failure = validate(set);
    fail_unless(failure.has_value(), "%s accepts %f", expected.name, outside);
    fail_unless(failure->message.starts_with(std::string(expected.name) + " must be between "));
  }
}
GST_END_TEST

namespace {

struct MessageCase {
  ParameterSet parameters;
  std::string message;
};

}  // namespace

static const std::vector<MessageCase> &message_cases() {
  static const std::vector<MessageCase> cases = {
      {{{"vad_threshold", 1.5}}, "vad_threshold must be between 0 and 1, not 1.5"},
      {{{"interruption_delay", std::int64_t{-1}}},
       "interruption_delay must be between 0 and 1000, not -1"},
      {{{"max_speakers", 2.5}}, "max_speakers must be a whole number, not 2.5"},
      {{{"vad_threshold", std::numeric_limits<double>::quiet_NaN()}},
       "vad_threshold must be a finite number"},
      {{{"unknown", std::numeric_limits<double>::infinity()}}, "unknown must be a finite number"},
      {{{"prompt", many(1751, "é")}}, "prompt is 1751 characters long; use at most 1750"},
      {{{"agent_context", many(1751, "x")}},
       "agent_context is 1751 characters long; use at most 1750"},
      {{{"prompt", std::string("caf\xE9")}}, "prompt must be UTF-8 text"},
      {{{"prompt", std::string("a\0b", 3)}}, "prompt must be UTF-8 text"},
      {{{"keyterms_prompt", List(101, "x")}}, "keyterms_prompt has 101 items; use at most 100"},
      {{{"keyterms_prompt", List{"x", many(51, "ü")}}},
       "keyterms_prompt has an item (number 2) that is 51 characters long; use at most 50"},
      {{{"keyterms_prompt", List{"x", ""}}},
       "keyterms_prompt has an item (number 2) that is blank; remove it"},
      {{{"keyterms_prompt", List{" \t\u00a0"}}},
       "keyterms_prompt has an item (number 1) that is blank; remove it"},
      {{{"keyterms_prompt", List{"\xff"}}}, "keyterms_prompt must be UTF-8 text"},
      {{{"language_codes", List(11, "en")}}, "language_codes has 11 items; use at most 10"},
      {{{"llm_gateway", JsonText{"{\"a\":"}}}, "llm_gateway must be a JSON object or array"},
      {{{"llm_gateway", JsonText{"5"}}}, "llm_gateway must be a JSON object or array"},
      {{{"llm_gateway", JsonText{"{\"a\":\"\xff\"}"}}},
       "llm_gateway must be a JSON object or array"},
      {{{"unknown", JsonText{"{]"}}}, "unknown must be a JSON object or array"},
      {{{"voice_focus_threshold", 0.5}},
       "voice_focus_threshold has no effect alone; set voice_focus too"},
      {{{"redact_pii_policies", List{"date"}}},
       "redact_pii_policies has no effect alone; set redact_pii to true too"},
      {{{"redact_pii_policies", List{"date"}}, {"redact_pii", false}},
       "redact_pii_policies has no effect alone; set redact_pii to true too"},
      {{{"token", std::string("abc")}},
       "token is a credential, not a parameter; remove it and set the token property"},
      {{{"type", std::string("Terminate")}},
       "type is the name of a message, not a parameter; remove it"},
      {{{"keyterms-prompt", List{}}},
       "\"keyterms-prompt\" is not a parameter name; use letters, digits and underscores "
       "(session_heartbeat, not session-heartbeat)"},
      {{{"a&b\n", true}},
       "\"a&b\" is not a parameter name; use letters, digits and underscores (session_heartbeat, "
       "not session-heartbeat)"},
      {{{"", true}},
       "\"\" is not a parameter name; use letters, digits and underscores (session_heartbeat, not "
       "session-heartbeat)"},
  };
  return cases;
}

GST_START_TEST(test_refusals_name_the_fault) {
  const MessageCase &entry = message_cases()[static_cast<std::size_t>(__i__)];
  expect_message(entry.parameters, entry.message);
}
GST_END_TEST

GST_START_TEST(test_limits_count_characters_not_bytes) {
  expect_accepted({{"prompt", many(1750, "語")},
                   {"agent_context", many(1750, "é")},
                   {"keyterms_prompt", List(100, many(50, "😀"))},
                   {"language_codes", List(10, "en")}});
}
GST_END_TEST

GST_START_TEST(test_unknown_names_pass) {
  expect_accepted({{"brand_new", std::string("x")},
                   {"_Other9", List{"y"}},
                   {"n", std::int64_t{-5}},
                   {"b", false},
                   {"j", JsonText{" [1, {\"a\": null}] "}}});
  fail_unless(find_parameter("brand_new") == nullptr);
  fail_unless(find_parameter("token") == nullptr);
  fail_unless(find_parameter("") == nullptr);
}
GST_END_TEST

GST_START_TEST(test_empty_lists_and_strings_pass) {
  expect_accepted(
      {{"keyterms_prompt", List{}}, {"language_codes", List{}}, {"prompt", std::string()}});
  expect_accepted({});
}
GST_END_TEST

GST_START_TEST(test_failures_do_not_show_secrets) {
  const std::optional<Failure> failure = validate(
      {{"webhook_auth_header_value", List{"hunter2"}}, {"prompt", std::string("hunter2")}});
  fail_unless(failure.has_value());
  fail_unless(failure->message.find("hunter2") == std::string::npos);
  fail_unless(failure->detail.find("hunter2") == std::string::npos);
}
GST_END_TEST

static const std::vector<std::pair<ParameterValue, const char *>> &value_cases() {
  static const std::vector<std::pair<ParameterValue, const char *>> cases = {
      {std::string("a b&c"), "a b&c"},
      {std::int64_t{16000}, "16000"},
      {std::numeric_limits<std::int64_t>::min(), "-9223372036854775808"},
      {0.4, "0.4"},
      {0.0, "0"},
      {1.0, "1"},
      {0.1 + 0.2, "0.30000000000000004"},
      {1.0 / 3, "0.3333333333333333"},
      {1000000.0, "1000000"},
      {-2.5, "-2.5"},
      {1e-7, "1e-07"},
      {1e300, "1e+300"},
      {true, "true"},
      {false, "false"},
      {List{}, "[]"},
      {List{"Keanu Reeves", "say \"hi\"\n", "Zürich"},
       R"(["Keanu Reeves","say \"hi\"\u000a","Zürich"])"},
      {JsonText{"{\"a\": 1}"}, "{\"a\": 1}"},
  };
  return cases;
}

GST_START_TEST(test_query_values_have_the_form_of_the_protocol) {
  const auto &[value, expected] = value_cases()[static_cast<std::size_t>(__i__)];
  expect_string(query_value(value), expected);
}
GST_END_TEST

// A comma as decimal point is a common mistake.
GST_START_TEST(test_numbers_ignore_the_locale) {
  setlocale(LC_ALL, "de_DE.UTF-8");
  expect_string(query_value(0.4), "0.4");
  setlocale(LC_ALL, "C");
}
GST_END_TEST

GST_START_TEST(test_only_empty_texts_and_lists_are_cleared) {
  fail_unless(is_cleared(std::string()));
  fail_unless(is_cleared(List{}));
  for (const ParameterValue &value :
       {ParameterValue(std::string(" ")), ParameterValue(List{""}), ParameterValue(false),
        ParameterValue(std::int64_t{0}), ParameterValue(0.0), ParameterValue(JsonText{})})
    fail_if(is_cleared(value));
}
GST_END_TEST

// One value alone: its relations to others are not checked.
// Unknown parameters are classified by their names.
GST_START_TEST(test_secrets_are_known_by_name) {
  for (const char *name : {"token", "webhook_auth_header_value", "gateway_api_key", "access_token",
                           "llm_password", "ClientSecret", "Authorization"})
    fail_unless(is_secret(name), "%s", name);
  for (const char *name :
       {"keyterms_prompt", "webhook_auth_header_name", "speech_model", "mode", "p"})
    fail_if(is_secret(name), "%s", name);
}
GST_END_TEST

GST_START_TEST(test_a_value_is_checked_without_the_others) {
  fail_if(validate_value("voice_focus_threshold", 0.5).has_value());
  fail_if(validate_value("redact_pii_policies", List{"date"}).has_value());
  fail_if(validate_value("brand_new", std::int64_t{1}).has_value());
  fail_if(validate_value("prompt", std::string()).has_value());
  expect_string(validate_value("vad_threshold", 2.0)->message,
                "vad_threshold must be between 0 and 1, not 2");
  expect_string(validate_value("prompt", true)->message, "prompt must be a string");
  fail_unless(validate_value("token", std::string("x")).has_value());
  fail_unless(validate_value("keyterms-prompt", List{}).has_value());
  fail_unless(validate_value("brand_new", std::string("\xff")).has_value());
}
GST_END_TEST

GST_START_TEST(test_languages_are_normalized) {
  static const struct {
    const char *given, *sent;
  } kCodes[] = {{"en-US", "en"}, {"EN", "en"},       {"pt_BR", "pt"}, {"yue-Hant-HK", "yue"},
                {"de", "de"},    {"Multi", "multi"}, {"", ""},        {"english", "english"}};
  for (const auto &[given, sent] : kCodes) {
    fail_unless(normalized("language_codes", List{given}) == ParameterValue(List{sent}), "%s",
                given);
    fail_unless(normalized("language_code", std::string(given)) ==
                ParameterValue(std::string(sent)));
  }
  fail_unless(normalized("language_codes", List{"en-US", "de", "en-GB"}) ==
              ParameterValue(List{"en", "de"}));
  fail_unless(normalized("prompt", std::string("en-US")) == ParameterValue(std::string("en-US")));
}
GST_END_TEST

GST_START_TEST(test_multi_stands_alone) {
  fail_if(validate_value("language_codes", List{"multi"}));
  fail_if(validate_value("keyterms_prompt", List{"multi", "en"}));
  for (const List &list : {List{"multi", "en"}, List{"en", "multi"}}) {
    const std::optional<Failure> failure = validate_value("language_codes", list);
    fail_unless(failure && failure->message.find("has multi together with") != std::string::npos);
  }
}
GST_END_TEST

static Suite *parameters_suite() {
  Suite *suite = suite_create("parameters");
  TCase *tcase = tcase_create("validation");
  suite_add_tcase(suite, tcase);
  tcase_add_loop_test(tcase, test_table_is_the_protocols, 0, std::ssize(kExpected));
  tcase_add_loop_test(tcase, test_types_are_strict, 0, std::ssize(kExpected));
  tcase_add_loop_test(tcase, test_ranges_include_their_ends, 0, std::ssize(kExpected));
  tcase_add_loop_test(tcase, test_refusals_name_the_fault, 0, std::ssize(message_cases()));
  tcase_add_test(tcase, test_limits_count_characters_not_bytes);
  tcase_add_test(tcase, test_unknown_names_pass);
  tcase_add_test(tcase, test_empty_lists_and_strings_pass);
  tcase_add_test(tcase, test_failures_do_not_show_secrets);
  tcase_add_test(tcase, test_only_empty_texts_and_lists_are_cleared);
  tcase_add_test(tcase, test_a_value_is_checked_without_the_others);
  tcase_add_test(tcase, test_secrets_are_known_by_name);

  TCase *query = tcase_create("query");
  suite_add_tcase(suite, query);
  tcase_add_loop_test(query, test_query_values_have_the_form_of_the_protocol, 0,
                      std::ssize(value_cases()));
  tcase_add_test(query, test_numbers_ignore_the_locale);
  tcase_add_test(tcase, test_languages_are_normalized);
  tcase_add_test(tcase, test_multi_stands_alone);
  return suite;
}

CHECK_SUITE(parameters);
