// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Given a client message, encode() yields the one line of JSON that the service
// expects.

#include "protocol/encode.h"

#include <iterator>

#include "protocol/json.h"

#include "protocol/expect.h"

using namespace assemblyai;

namespace {

void expect_frame(const ClientMessage &message, std::string_view expected) {
  expect_string(encode(message), expected);
}

void expect_update(const ParameterSet &parameters, const std::string &expected) {
  expect_frame(UpdateConfiguration{parameters},
               "{\"type\":\"UpdateConfiguration\"" + expected + "}");
}

}  // namespace

GST_START_TEST(test_commands_consist_of_their_type) {
  expect_frame(Terminate{}, R"({"type":"Terminate"})");
  expect_frame(ForceEndpoint{}, R"({"type":"ForceEndpoint"})");
  expect_frame(KeepAlive{}, R"({"type":"KeepAlive"})");
  expect_update({}, "");
}
GST_END_TEST

GST_START_TEST(test_update_uses_json_types) {
  expect_update({{"keyterms_prompt", std::vector<std::string>{"AssemblyAI", "LeMUR"}},
                 {"prompt", std::string("The caller is discussing a billing issue.")},
                 {"min_turn_silence", std::int64_t{500}},
                 {"vad_threshold", 0.4},
                 {"format_turns", true},
                 {"continuous_partials", false}},
                R"(,"continuous_partials":false,"format_turns":true,)"
                R"("keyterms_prompt":["AssemblyAI","LeMUR"],"min_turn_silence":500,)"
                R"("prompt":"The caller is discussing a billing issue.","vad_threshold":0.4)");
}
GST_END_TEST

GST_START_TEST(test_empty_values_clear) {
  expect_update({{"keyterms_prompt", std::vector<std::string>{}}, {"prompt", std::string()}},
                R"(,"keyterms_prompt":[],"prompt":"")");
}
GST_END_TEST

GST_START_TEST(test_json_text_is_passed_on_in_one_line) {
  expect_update({{"new", JsonText{"{\n  \"a\": [1,\r\n 2]\n}"}}}, R"(,"new":{   "a": [1,   2] })");
}
GST_END_TEST

namespace {

struct StringCase {
  const char *text;
  const char *json;
};

}  // namespace

static const StringCase kStrings[] = {
    {"", R"("")"},
    {"say \"hi\"", R"("say \"hi\"")"},
    {"C:\\x", R"("C:\\x")"},
    {"a/b", R"("a/b")"},
    {"one\ntwo\ttab\x01\x1f\x7f", R"("one\u000atwo\u0009tab\u0001\u001f\u007f")"},
    {"Zürich 😀", R"("Zürich 😀")"},
    {"caf\xE9", "\"caf\uFFFD\""},
};

GST_START_TEST(test_strings_are_escaped) {
  const StringCase &entry = kStrings[__i__];
  expect_update({{"prompt", std::string(entry.text)}}, std::string(",\"prompt\":") + entry.json);
  expect_update({{"list", std::vector<std::string>{entry.text}}},
                std::string(",\"list\":[") + entry.json + ']');
}
GST_END_TEST

// json-glib reads the written text back unchanged.
GST_START_TEST(test_strings_survive_a_round_trip) {
  std::string text;
  for (char c = 1; c < 127; ++c)
    text += c;
  text += "é€😀\u2028";
  const std::string frame = encode(UpdateConfiguration{{{"prompt", text}}});
  const Result<JsonNodePtr> node = parse_json(frame, 4096, 4);
  fail_unless(static_cast<bool>(node));
  expect_string(JsonFields(json_node_get_object(node->get())).string("prompt"), text);
  expect_string(json_text(node->get()), frame);
}
GST_END_TEST

static Suite *encode_suite() {
  Suite *suite = suite_create("encode");
  TCase *tcase = tcase_create("frames");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_commands_consist_of_their_type);
  tcase_add_test(tcase, test_update_uses_json_types);
  tcase_add_test(tcase, test_empty_values_clear);
  tcase_add_test(tcase, test_json_text_is_passed_on_in_one_line);
  tcase_add_loop_test(tcase, test_strings_are_escaped, 0, std::ssize(kStrings));
  tcase_add_test(tcase, test_strings_survive_a_round_trip);
  return suite;
}

CHECK_SUITE(encode);
