// SPDX-License-Identifier: LGPL-2.1-or-later
// Properties: what they hold, how they are unset, and what the service gets.

#include <map>

#include "support/check.h"
#include "support/pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

struct Element {
  GstElement *sink = gst_element_factory_make("assemblyaisink", nullptr);

  Element() {
    fail_unless(sink != nullptr);
    gst_object_ref_sink(sink);
  }
  ~Element() { gst_object_unref(sink); }

  // As gst-launch-1.0 would set and print it.
  void set(const char *property, const char *text) {
    gst_util_set_object_arg(G_OBJECT(sink), property, text);
  }
  std::string get(const char *property) const {
    GValue value = G_VALUE_INIT;
    g_object_get_property(G_OBJECT(sink), property, &value);
    gchar *text = gst_value_serialize(&value);
    std::string result = text != nullptr ? text : "";
    g_free(text);
    g_value_unset(&value);
    return result;
  }
};

// Runs a second of audio with these properties; what the server saw.
testserver::ReceivedSession run_with(const std::string &properties) {
  const auto server = start_server();
  const TalkFile file(100ms);
  Pipeline pipeline(file_pipeline(file, *server, "sync=false " + properties));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  return server->session(0);
}

// Runs with these properties, which must be refused before connecting.
std::string refused_with(const std::string &properties) {
  const auto server = start_server();
  const TalkFile file(100ms);
  Pipeline pipeline(file_pipeline(file, *server, "sync=false " + properties));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  fail_unless_equals_uint64(pipeline.heard().errors.size(), 1);
  fail_unless(g_error_matches(pipeline.heard().error_codes[0], GST_RESOURCE_ERROR,
                              GST_RESOURCE_ERROR_SETTINGS));
  fail_unless_equals_uint64(server->handshake_attempts(), 0);
  return pipeline.heard().errors[0];
}

}  // namespace

GST_START_TEST(test_defaults_are_as_documented) {
  const Element element;
  const std::map<const char *, const char *> expected{
      {"endpoint", "wss://streaming.assemblyai.com/v3/ws"},
      {"speech-model", "u3-rt-pro"},
      {"format-turns", "default"},
      {"keyterms-prompt", "<  >"},
      {"min-turn-silence", "-1"},
      {"max-turn-silence", "-1"},
      {"allow-insecure", "false"},
      {"chunk-duration", "50"},
      {"max-backlog", "30000"},
      {"connect-timeout", "10000"},
      {"drain-timeout", "10000"},
      {"keepalive-interval", "5000"},
      {"sync", "true"},
      {"enable-last-sample", "false"},
      {"qos", "false"},
      {"processing-deadline", "0"},
  };
  for (const auto &[property, text] : expected) {
    std::string got = element.get(property);
    if (got.front() == '"')
      got = got.substr(1, got.size() - 2);
    fail_unless_equals_text(got, text);
  }
}
GST_END_TEST

GST_START_TEST(test_the_key_cannot_be_read) {
  Element element;
  element.set("api-key", kKey);
  GParamSpec *pspec = g_object_class_find_property(G_OBJECT_GET_CLASS(element.sink), "api-key");
  fail_unless_equals_int(pspec->flags & G_PARAM_READWRITE, G_PARAM_WRITABLE);
}
GST_END_TEST

GST_START_TEST(test_a_switch_takes_booleans_and_can_be_unset) {
  Element element;
  g_object_set(element.sink, "format-turns", TRUE, nullptr);
  fail_unless_equals_text(element.get("format-turns"), "true");
  GValue no = G_VALUE_INIT;
  g_value_init(&no, G_TYPE_BOOLEAN);
  g_object_set_property(G_OBJECT(element.sink), "format-turns", &no);
  fail_unless_equals_text(element.get("format-turns"), "false");
  element.set("format-turns", "default");
  fail_unless_equals_text(element.get("format-turns"), "default");
}
GST_END_TEST

GST_START_TEST(test_properties_come_back_as_they_were_set) {
  static const struct {
    const char *property, *text, *back;
  } kCases[] = {
      {"keyterms-prompt", "<GStreamer, \"Keanu Reeves\">",
       "< (string)GStreamer, (string)\"Keanu\\ Reeves\" >"},
      {"keyterms-prompt", "<>", "<  >"},
      {"min-turn-silence", "0", "0"},
      {"max-turn-silence", "1280", "1280"},
      {"speech-model", "universal-3-5-pro", "universal-3-5-pro"},
      {"endpoint", "wss://streaming.eu.assemblyai.com/v3/ws",
       "wss://streaming.eu.assemblyai.com/v3/ws"},
  };
  Element element;
  element.set(kCases[__i__].property, kCases[__i__].text);
  fail_unless_equals_text(element.get(kCases[__i__].property), kCases[__i__].back);
}
GST_END_TEST

GST_START_TEST(test_messages_are_chosen_by_name) {
  Element element;
  guint flags = 0;
  g_object_get(element.sink, "messages", &flags, nullptr);
  fail_unless_equals_int(flags, 0xf);
  element.set("messages", "final+raw");
  g_object_get(element.sink, "messages", &flags, nullptr);
  fail_unless_equals_int(flags, 0x14);
}
GST_END_TEST

GST_START_TEST(test_extra_parameters_come_back) {
  Element element;
  element.set("extra-parameters",
              "p,language_detection=true,max_speakers=2,vad_threshold=0.4,"
              "language_codes=<en,de>");
  GstStructure *extra = nullptr;
  g_object_get(element.sink, "extra-parameters", &extra, nullptr);
  fail_unless(extra != nullptr);
  fail_unless_equals_int(gst_structure_n_fields(extra), 4);
  gboolean detection = FALSE;
  fail_unless(gst_structure_get_boolean(extra, "language_detection", &detection) && detection);
  gst_structure_free(extra);
}
GST_END_TEST

GST_START_TEST(test_secrets_among_extra_parameters_cannot_be_read) {
  Element element;
  element.set("extra-parameters",
              "p,webhook_auth_header_value=secret-one,token=secret-two,max_speakers=2");
  const std::string shown = element.get("extra-parameters");
  fail_unless(shown.find("secret") == std::string::npos, "%s", shown.c_str());
  fail_unless(shown.find("max_speakers") != std::string::npos);
}
GST_END_TEST

GST_START_TEST(test_an_endpoint_of_null_is_the_default) {
  Element element;
  g_object_set(element.sink, "endpoint", "ws://127.0.0.1:1/v3/ws", nullptr);
  g_object_set(element.sink, "endpoint", nullptr, nullptr);
  gchar *endpoint = nullptr;
  g_object_get(element.sink, "endpoint", &endpoint, nullptr);
  fail_unless_equals_text(endpoint, "wss://streaming.assemblyai.com/v3/ws");
  g_free(endpoint);
}
GST_END_TEST

GST_START_TEST(test_what_is_not_set_is_not_sent) {
  const testserver::ReceivedSession session = run_with("");
  fail_unless((session.query == std::map<std::string, std::string>{{"speech_model", "u3-rt-pro"},
                                                                   {"sample_rate", "16000"},
                                                                   {"encoding", "pcm_s16le"}}));
  fail_unless_equals_text(session.headers.at("authorization"), kKey);
  fail_unless_equals_text(session.headers.at("assemblyai-version"), "2025-05-12");
  fail_unless(
      session.headers.at("user-agent").starts_with("AssemblyAI/1.0 (integration=GStreamer/"));
  fail_if(session.headers.contains("sec-websocket-extensions"));
}
GST_END_TEST

GST_START_TEST(test_what_is_set_is_sent) {
  static const struct {
    const char *properties, *parameter, *value;
  } kCases[] = {
      {"speech-model=universal-streaming-english", "speech_model", "universal-streaming-english"},
      {"format-turns=true", "format_turns", "true"},
      {"format-turns=false", "format_turns", "false"},
      {"min-turn-silence=0", "min_turn_silence", "0"},
      {"max-turn-silence=900", "max_turn_silence", "900"},
      {"keyterms-prompt=\"<GStreamer,\\\"Keanu Reeves & Co + 1\\\">\"", "keyterms_prompt",
       "[\"GStreamer\",\"Keanu Reeves & Co + 1\"]"},
      {"keyterms-prompt=\"<42>\"", "keyterms_prompt", "[\"42\"]"},
      {"extra-parameters=\"p,language_detection=true\"", "language_detection", "true"},
      {"extra-parameters=\"p,inactivity_timeout=30\"", "inactivity_timeout", "30"},
      {"extra-parameters=\"p,vad_threshold=0.4\"", "vad_threshold", "0.4"},
      {"extra-parameters=\"p,language_codes=<en,de>\"", "language_codes", "[\"en\",\"de\"]"},
      {"extra-parameters=\"p,brand_new=(string)yes\"", "brand_new", "yes"},
  };
  const testserver::ReceivedSession session = run_with(kCases[__i__].properties);
  fail_unless(session.query.contains(kCases[__i__].parameter));
  fail_unless_equals_text(session.query.at(kCases[__i__].parameter), kCases[__i__].value);
  fail_unless(session.began);
}
GST_END_TEST

GST_START_TEST(test_bad_settings_are_refused_before_connecting) {
  static const struct {
    const char *properties, *says;
  } kCases[] = {
      {"endpoint=http://127.0.0.1/v3/ws", "ws"},
      {"endpoint=not-a-url", "endpoint"},
      {"endpoint=ws://captions.example.com/v3/ws", "allow-insecure"},
      {"keyterms-prompt=\"<aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeef>\"",
       "keyterms-prompt"},
      {"extra-parameters=\"p,sample_rate=8000\"", "sample_rate"},
      {"extra-parameters=\"p,speech_model=x\"", "speech-model"},
      {"extra-parameters=\"p,token=x\"", "credential"},
      {"min-turn-silence=2147483647", "min-turn-silence"},
      {"extra-parameters=\"p,vad_threshold=2.0\"", "vad_threshold"},
      {"extra-parameters=\"p,voice_focus_threshold=0.5\"", "voice_focus"},
      {"extra-parameters=\"p,language_detection=perhaps\"", "extra-parameters: language_detection"},
  };
  const std::string text = refused_with(kCases[__i__].properties);
  fail_unless(text.find(kCases[__i__].says) != std::string::npos, "%s", text.c_str());
}
GST_END_TEST

GST_START_TEST(test_a_key_that_cannot_be_one_is_refused_before_connecting) {
  const auto server = start_server();
  const TalkFile file(100ms);
  Pipeline pipeline(file_pipeline(file, *server, "sync=false"));
  g_object_set(pipeline.sink(), "api-key", std::string(100000, 'k').c_str(), nullptr);
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  fail_unless(pipeline.heard().errors.at(0).find("API key is too long") != std::string::npos);
  fail_unless_equals_uint64(server->handshake_attempts(), 0);
}
GST_END_TEST

GST_START_TEST(test_too_many_key_terms_are_refused_before_connecting) {
  std::string terms;
  for (int i = 0; i < 101; i++)
    terms += (i == 0 ? "" : ",") + std::string("term") + std::to_string(i);
  const std::string text = refused_with("keyterms-prompt=\"<" + terms + ">\"");
  fail_unless(text.find("100") != std::string::npos, "%s", text.c_str());
}
GST_END_TEST

GST_START_TEST(test_the_key_may_come_from_the_environment) {
  g_setenv("ASSEMBLYAI_API_KEY", "key-of-the-environment", TRUE);
  const auto server = start_server();
  const TalkFile file(100ms);
  Pipeline pipeline(
      "filesrc location=" + file.path() +
      " ! wavparse ! assemblyaisink name=sink sync=false endpoint=" + server->endpoint());
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  fail_unless_equals_text(server->session(0).headers.at("authorization"), "key-of-the-environment");
  g_unsetenv("ASSEMBLYAI_API_KEY");
}
GST_END_TEST

GST_START_TEST(test_without_a_key_the_error_says_where_to_put_one) {
  const auto server = start_server();
  const TalkFile file(100ms);
  Pipeline pipeline(
      "filesrc location=" + file.path() +
      " ! wavparse ! assemblyaisink name=sink sync=false endpoint=" + server->endpoint());
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  fail_unless_equals_uint64(pipeline.heard().errors.size(), 1);
  fail_unless(pipeline.heard().errors[0].find("api-key") != std::string::npos);
  fail_unless(pipeline.heard().errors[0].find("ASSEMBLYAI_API_KEY") != std::string::npos);
  fail_unless_equals_uint64(server->handshake_attempts(), 0);
}
GST_END_TEST

static Suite *properties_suite() {
  Suite *suite = suite_create("properties");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_defaults_are_as_documented);
  tcase_add_test(tests, test_the_key_cannot_be_read);
  tcase_add_test(tests, test_a_switch_takes_booleans_and_can_be_unset);
  tcase_add_loop_test(tests, test_properties_come_back_as_they_were_set, 0, 6);
  tcase_add_test(tests, test_messages_are_chosen_by_name);
  tcase_add_test(tests, test_extra_parameters_come_back);
  tcase_add_test(tests, test_secrets_among_extra_parameters_cannot_be_read);
  tcase_add_test(tests, test_an_endpoint_of_null_is_the_default);
  tcase_add_test(tests, test_what_is_not_set_is_not_sent);
  tcase_add_loop_test(tests, test_what_is_set_is_sent, 0, 12);
  tcase_add_loop_test(tests, test_bad_settings_are_refused_before_connecting, 0, 11);
  tcase_add_test(tests, test_a_key_that_cannot_be_one_is_refused_before_connecting);
  tcase_add_test(tests, test_too_many_key_terms_are_refused_before_connecting);
  tcase_add_test(tests, test_the_key_may_come_from_the_environment);
  tcase_add_test(tests, test_without_a_key_the_error_says_where_to_put_one);
  return suite;
}

GST_CHECK_MAIN(properties)
