// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Properties: what they hold, how they are unset, and what the service gets.

#include <map>

#include "support/check.h"
#include "support/pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

constexpr int kSentCases = 31;
constexpr int kRefusedCases = 19;

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
      {"text-mode", "cues"},
      {"latency", "4000"},
      {"transcribe-latency", "4000"},
      {"lateness", "0"},
      {"late-text", "shift"},
      {"max-line-length", "42"},
      {"max-lines", "2"},
      {"min-cue-duration", "1000"},
      {"max-cue-duration", "7000"},
      {"stable-only", "false"},
      {"sound-tags", "true"},
      {"max-observed-delay", "0"},
      {"current-caption", ""},
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

// So gst-inspect-1.0 shows the true range, and GObject takes nothing outside it: with a warning, or
// in newer versions a critical one.
GST_START_TEST(test_the_ranges_of_numbers_are_in_their_specs) {
  static const struct {
    const char *property;
    double minimum, maximum;
    const char *outside;
  } kCases[] = {
      {"latency", 200, 3600000, "5"},
      {"transcribe-latency", 200, 3600000, "199"},
      {"max-speakers", -1, 10, "11"},
      {"inactivity-timeout", -1, 3600, "3601"},
      {"interruption-delay", -1, 1000, "1001"},
      {"min-turn-silence", -1, 86400000, "86400001"},
      {"vad-threshold", -1, 1, "1.5"},
      {"voice-focus-threshold", -1, 1, "2"},
      {"end-of-turn-confidence-threshold", -1, 1, "-2"},
  };
  Element element;
  for (const auto &one : kCases) {
    GParamSpec *spec = g_object_class_find_property(G_OBJECT_GET_CLASS(element.sink), one.property);
    double minimum = 0, maximum = 0;
    if (G_IS_PARAM_SPEC_UINT(spec)) {
      minimum = G_PARAM_SPEC_UINT(spec)->minimum;
      maximum = G_PARAM_SPEC_UINT(spec)->maximum;
    } else if (G_IS_PARAM_SPEC_INT(spec)) {
      minimum = G_PARAM_SPEC_INT(spec)->minimum;
      maximum = G_PARAM_SPEC_INT(spec)->maximum;
    } else {
      minimum = G_PARAM_SPEC_DOUBLE(spec)->minimum;
      maximum = G_PARAM_SPEC_DOUBLE(spec)->maximum;
    }
    fail_unless(minimum == one.minimum && maximum == one.maximum, "%s: %g to %g", one.property,
                minimum, maximum);
    GValue value = G_VALUE_INIT;
    g_value_init(&value, spec->value_type);
    gst_util_set_value_from_string(&value, one.outside);
    fail_unless(g_param_value_validate(spec, &value), "%s takes %s", one.property, one.outside);
    g_value_unset(&value);
  }
}
GST_END_TEST

GST_START_TEST(test_a_number_that_is_rounded_reads_back_rounded) {
  Element element;
  element.set("keepalive-interval", "1500");
  fail_unless_equals_text(element.get("keepalive-interval"), "2000");
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
              "p,session_heartbeat=true,previous_context_n_turns=2,brand_new=0.4,"
              "brand_new_list=<en,de>");
  GstStructure *extra = nullptr;
  g_object_get(element.sink, "extra-parameters", &extra, nullptr);
  fail_unless(extra != nullptr);
  fail_unless_equals_int(gst_structure_n_fields(extra), 4);
  gboolean detection = FALSE;
  fail_unless(gst_structure_get_boolean(extra, "session_heartbeat", &detection) && detection);
  gst_structure_free(extra);
}
GST_END_TEST

GST_START_TEST(test_secrets_among_extra_parameters_cannot_be_read) {
  Element element;
  element.set("extra-parameters",
              "p,webhook_auth_header_value=secret-one,token=secret-two,session_heartbeat=true");
  const std::string shown = element.get("extra-parameters");
  fail_unless(shown.find("secret") == std::string::npos, "%s", shown.c_str());
  fail_unless(shown.find("session_heartbeat") != std::string::npos);
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
                                                                   {"encoding", "pcm_s16le"},
                                                                   {"session_heartbeat", "true"}}));
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
      {"mode=max_accuracy", "mode", "max_accuracy"},
      {"prompt=\"About weather.\"", "prompt", "About weather."},
      {"agent-context=\"How are you?\"", "agent_context", "How are you?"},
      {"language-codes=\"<en,de>\"", "language_codes", "[\"en\",\"de\"]"},
      {"language-detection=true", "language_detection", "true"},
      {"language-code=en", "language_code", "en"},
      {"domain=medical-v1", "domain", "medical-v1"},
      {"speaker-labels=true", "speaker_labels", "true"},
      {"speaker-labels=true max-speakers=2", "max_speakers", "2"},
      {"filter-profanity=false", "filter_profanity", "false"},
      {"redact-pii=true", "redact_pii", "true"},
      {"redact-pii=true redact-pii-policies=\"<person_name>\"", "redact_pii_policies",
       "[\"person_name\"]"},
      {"redact-pii=true redact-pii-sub=entity_name", "redact_pii_sub", "entity_name"},
      {"voice-focus=near-field", "voice_focus", "near-field"},
      {"voice-focus=far-field voice-focus-threshold=0", "voice_focus_threshold", "0"},
      {"inactivity-timeout=30", "inactivity_timeout", "30"},
      {"end-of-turn-confidence-threshold=0", "end_of_turn_confidence_threshold", "0"},
      {"vad-threshold=0.4", "vad_threshold", "0.4"},
      {"interruption-delay=0", "interruption_delay", "0"},
      {"continuous-partials=false", "continuous_partials", "false"},
      {"include-partial-turns=false", "include_partial_turns", "false"},
      {"extra-parameters=\"p,session_heartbeat=true\"", "session_heartbeat", "true"},
      {"extra-parameters=\"p,previous_context_n_turns=7\"", "previous_context_n_turns", "7"},
      {"extra-parameters=\"p,brand_new=(string)yes\"", "brand_new", "yes"},
  };
  static_assert(std::size(kCases) == kSentCases);
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
      {"max-speakers=0", "max-speakers must be between 1 and 10"},
      {"vad-threshold=-0.5", "vad-threshold must be between 0 and 1"},
      {"inactivity-timeout=4", "inactivity-timeout must be between 5 and 3600"},
      {"voice-focus-threshold=0.5", "set voice-focus too"},
      {"voice-focus=far-field voice-focus-threshold=-0.1", "voice-focus-threshold must be"},
      {"redact-pii-policies=\"<date>\"", "set redact-pii to true too"},
      {"extra-parameters=\"p,session_heartbeat=perhaps\"", "extra-parameters: session_heartbeat"},
      {"extra-headers=\"h,Authorization=x\"", "extra-headers"},
      {"extra-headers=\"h,Sec-WebSocket-Key=x\"", "extra-headers"},
      {"api-key=\"\" api-key-file=/does/not/exist", "api-key-file"},
      {"ssl-ca-file=/does/not/exist", "ssl-ca-file"},
      {"proxy=ftp://proxy.example.com", "proxy"},
  };
  static_assert(std::size(kCases) == kRefusedCases);
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
  tcase_add_test(tests, test_the_ranges_of_numbers_are_in_their_specs);
  tcase_add_test(tests, test_a_number_that_is_rounded_reads_back_rounded);
  tcase_add_test(tests, test_messages_are_chosen_by_name);
  tcase_add_test(tests, test_extra_parameters_come_back);
  tcase_add_test(tests, test_secrets_among_extra_parameters_cannot_be_read);
  tcase_add_test(tests, test_an_endpoint_of_null_is_the_default);
  tcase_add_test(tests, test_what_is_not_set_is_not_sent);
  tcase_add_loop_test(tests, test_what_is_set_is_sent, 0, kSentCases);
  tcase_add_loop_test(tests, test_bad_settings_are_refused_before_connecting, 0, kRefusedCases);
  tcase_add_test(tests, test_a_key_that_cannot_be_one_is_refused_before_connecting);
  tcase_add_test(tests, test_too_many_key_terms_are_refused_before_connecting);
  tcase_add_test(tests, test_the_key_may_come_from_the_environment);
  tcase_add_test(tests, test_without_a_key_the_error_says_where_to_put_one);
  return suite;
}

CHECK_SUITE(properties);
