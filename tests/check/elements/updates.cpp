// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// What the service changes in mid-session: properties set while PLAYING and the
// action signals.

#include "support/check.h"
#include "support/pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

// A live pipeline whose session has begun.
struct Live {
  std::unique_ptr<testserver::Server> server;
  Pipeline pipeline;

  explicit Live(testserver::Options options = {}, const std::string &properties = "")
      : server(start_server(std::move(options))), pipeline(kLive + sink_text(*server, properties)) {
    pipeline.set_state(GST_STATE_PLAYING);
    pipeline.wait_for_element_message("assemblyai-session-begin");
  }

  GstElement *sink() const { return pipeline.sink(); }

  void set(const char *property, const char *text) const {
    gst_util_set_object_arg(G_OBJECT(sink()), property, text);
  }

  bool update(const char *structure) const {
    GstStructure *parameters = gst_structure_from_string(structure, nullptr);
    fail_unless(parameters != nullptr);
    gboolean taken = FALSE;
    g_signal_emit_by_name(sink(), "update-configuration", parameters, &taken);
    gst_structure_free(parameters);
    return taken != FALSE;
  }

  void wait_for_messages(std::size_t count) const {
    fail_unless(server->wait_for(
        [count](testserver::Server &s) { return s.session(0).text_messages.size() >= count; },
        testserver::Milliseconds(kDeadline)));
  }

  // Ends the stream; what the session was told, without the Terminate at its end.
  std::vector<std::string> told() {
    gst_element_send_event(pipeline.element(), gst_event_new_eos());
    pipeline.wait_for_eos();
    fail_unless(pipeline.heard().errors.empty());
    std::vector<std::string> texts = server->session(0).text_messages;
    fail_unless_equals_text(texts.back(), R"({"type":"Terminate"})");
    texts.pop_back();
    return texts;
  }
};

}  // namespace

GST_START_TEST(test_key_terms_are_replaced_and_cleared_with_one_message_each) {
  Live live({}, "keyterms-prompt=\"<GStreamer>\"");
  live.set("keyterms-prompt", "<\"Keanu Reeves\", AssemblyAI>");
  live.wait_for_messages(1);
  live.set("keyterms-prompt", "<>");
  live.wait_for_messages(2);
  fail_unless(
      (live.told() ==
       std::vector<std::string>{
           R"({"type":"UpdateConfiguration","keyterms_prompt":["Keanu Reeves","AssemblyAI"]})",
           R"({"type":"UpdateConfiguration","keyterms_prompt":[]})"}));
}
GST_END_TEST

// In one message, unless this thread is held up in between.
GST_START_TEST(test_properties_set_together_are_told_once_each) {
  Live live;
  g_object_set(live.sink(), "prompt", "About weather.", "min-turn-silence", 300, "vad-threshold",
               0.5, "filter-profanity", TRUE, "mode", "max_accuracy", nullptr);
  live.wait_for_messages(1);
  std::string all;
  for (const std::string &message : live.told())
    all += message;
  for (const char *change : {R"("prompt":"About weather.")", R"("vad_threshold":0.5)",
                             R"("filter_profanity":true)", R"("mode":"max_accuracy")"}) {
    const std::size_t found = all.find(change);
    fail_unless(found != std::string::npos, "%s in %s", change, all.c_str());
    fail_unless(all.find(change, found + 1) == std::string::npos, "%s", all.c_str());
  }
  fail_unless(all.find(R"("min_turn_silence":300)") != std::string::npos);
}
GST_END_TEST

GST_START_TEST(test_the_same_value_again_and_fixed_parameters_send_nothing) {
  Live live({}, "prompt=same");
  g_object_set(live.sink(), "prompt", "same", "speech-model", "universal-3-5-pro", "speaker-labels",
               TRUE, "min-turn-silence", -1, "inactivity-timeout", 100, nullptr);
  fail_unless(live.told().empty());
}
GST_END_TEST

GST_START_TEST(test_a_wrong_value_is_refused_and_the_session_goes_on) {
  Live live({}, "keyterms-prompt=\"<GStreamer>\"");
  const std::string long_term(51, 'x');
  live.set("keyterms-prompt", ("<" + long_term + ">").c_str());
  live.set("vad-threshold", "-0.5");
  live.pipeline.wait_for([](const Heard &heard) { return heard.warnings.size() == 2; });
  fail_unless(live.pipeline.heard().warnings[0].find("keyterms-prompt") != std::string::npos);
  fail_unless(live.pipeline.heard().warnings[0].find("the previous value is kept") !=
              std::string::npos);
  GValue terms = G_VALUE_INIT;
  g_object_get_property(G_OBJECT(live.sink()), "keyterms-prompt", &terms);
  fail_unless_equals_int(gst_value_array_get_size(&terms), 1);
  fail_unless_equals_text(g_value_get_string(gst_value_array_get_value(&terms, 0)), "GStreamer");
  g_value_unset(&terms);
  fail_unless(live.told().empty());
}
GST_END_TEST

// They would keep the next session from beginning.
GST_START_TEST(test_wrong_extra_parameters_are_refused_and_the_session_goes_on) {
  static constexpr const char *kWrong[] = {"p,session_heartbeat=perhaps", "p,sample_rate=8000",
                                           "p,prompt=x", "p,llm_gateway=(string)nonsense"};
  Live live({}, "extra-parameters=\"p,turn_left_pad_ms=100\" retry-delay-min=1");
  for (const char *wrong : kWrong)
    live.set("extra-parameters", wrong);
  live.pipeline.wait_for([](const Heard &heard) { return heard.warnings.size() == 4; });
  for (const std::string &warning : live.pipeline.heard().warnings)
    fail_unless(warning.find("the previous value is kept") != std::string::npos, "%s",
                warning.c_str());
  live.server->drop();
  live.pipeline.wait_for([&](const Heard &) {
    return live.pipeline.messages("assemblyai-session-begin").size() == 2;
  });
  fail_unless_equals_text(live.server->session(1).query.at("turn_left_pad_ms"), "100");
}
GST_END_TEST

GST_START_TEST(test_update_configuration_changes_all_at_once) {
  Live live;
  guint notified = 0;
  const auto count = +[](GObject *, GParamSpec *, gpointer data) { ++*static_cast<guint *>(data); };
  g_signal_connect(live.sink(), "notify::keyterms-prompt", G_CALLBACK(count), &notified);
  fail_unless(live.update(
      "p,keyterms_prompt=<one,2024>,max_turn_silence=900,session_heartbeat=true,brand_new=1.5"));
  live.wait_for_messages(1);
  fail_unless_equals_int(notified, 1);
  gint silence = 0;
  GstStructure *extra = nullptr;
  g_object_get(live.sink(), "max-turn-silence", &silence, "extra-parameters", &extra, nullptr);
  fail_unless_equals_int(silence, 900);
  fail_unless(gst_structure_has_field(extra, "session_heartbeat") != FALSE);
  gst_structure_free(extra);
  const std::vector<std::string> told = live.told();
  fail_unless_equals_uint64(told.size(), 1);
  fail_unless_equals_text(
      told[0], R"({"type":"UpdateConfiguration","brand_new":1.5,"keyterms_prompt":["one","2024"],)"
               R"("max_turn_silence":900,"session_heartbeat":true})");
}
GST_END_TEST

GST_START_TEST(test_update_configuration_takes_all_or_nothing) {
  static const struct {
    const char *structure, *says;
  } kCases[] = {
      {"p,prompt=new,speaker_labels=true", "speaker_labels cannot be changed in a session"},
      {"p,prompt=new,interruption_delay=5000", "between 0 and 1000"},
      {"p,prompt=new,token=secret", "token"},
      {"p,prompt=new,type=Terminate", "type"},
      {"p,prompt=new,mode=(string)\"\"", "mode cannot be reset"},
      {"p,prompt=new,keyterms_prompt=<a,(string)\"\">", "blank"},
  };
  Live live({}, "prompt=old");
  fail_if(live.update(kCases[__i__].structure));
  live.pipeline.wait_for([](const Heard &heard) { return !heard.warnings.empty(); });
  const std::string text = live.pipeline.heard().warnings[0];
  fail_unless(text.find(kCases[__i__].says) != std::string::npos, "%s", text.c_str());
  gchar *prompt = nullptr;
  g_object_get(live.sink(), "prompt", &prompt, nullptr);
  fail_unless_equals_text(prompt, "old");
  g_free(prompt);
  fail_unless(live.told().empty());
}
GST_END_TEST

// From bindings, where a missing text is natural.
GST_START_TEST(test_update_configuration_takes_a_null_text_as_empty) {
  Live live({}, "prompt=old mode=balanced");
  const auto update = [&](const char *parameter) {
    GstStructure *parameters = gst_structure_new("p", parameter, G_TYPE_STRING,
                                                 static_cast<const char *>(nullptr), nullptr);
    gboolean taken = FALSE;
    g_signal_emit_by_name(live.sink(), "update-configuration", parameters, &taken);
    gst_structure_free(parameters);
    return taken != FALSE;
  };
  fail_unless(update("prompt"));
  live.wait_for_messages(1);
  fail_unless(
      (live.told() == std::vector<std::string>{R"({"type":"UpdateConfiguration","prompt":""})"}));
  fail_if(update("mode"));
}
GST_END_TEST

// No parameter is an enumeration: its number must not pass for a boolean.
GST_START_TEST(test_update_configuration_refuses_an_enumeration) {
  Live live;
  GstStructure *parameters =
      gst_structure_new("p", "format_turns", GST_TYPE_FORMAT, GST_FORMAT_TIME, nullptr);
  gboolean taken = TRUE;
  g_signal_emit_by_name(live.sink(), "update-configuration", parameters, &taken);
  gst_structure_free(parameters);
  fail_unless(taken == FALSE);
  live.pipeline.wait_for([](const Heard &heard) { return heard.warnings.size() == 1; });
  const std::string text = live.pipeline.heard().warnings[0];
  fail_unless(text.find("format_turns must be") != std::string::npos, "%s", text.c_str());
}
GST_END_TEST

GST_START_TEST(test_what_was_changed_holds_for_the_next_session) {
  Live live;
  live.set("keyterms-prompt", "<one>");
  fail_unless(live.update("p,prompt=weather,session_heartbeat=true"));
  live.wait_for_messages(1);
  live.pipeline.set_state(GST_STATE_READY);
  live.pipeline.set_state(GST_STATE_PLAYING);
  fail_unless(live.server->wait_for(
      [](testserver::Server &s) { return s.session_count() == 2 && s.session(1).began; },
      testserver::Milliseconds(kDeadline)));
  const auto query = live.server->session(1).query;
  fail_unless_equals_text(query.at("keyterms_prompt"), "[\"one\"]");
  fail_unless_equals_text(query.at("prompt"), "weather");
  fail_unless_equals_text(query.at("session_heartbeat"), "true");
}
GST_END_TEST

GST_START_TEST(test_force_endpoint_ends_the_turn_that_is_spoken) {
  testserver::Options options;
  options.scenario = R"({"turns":[{"text":"one two three four five six seven eight nine ten",
                                  "start":0,"word_ms":400,"end":60000}]})";
  Live live(std::move(options));
  live.pipeline.wait_for_element_message("assemblyai-turn");
  gboolean sent = FALSE;
  g_signal_emit_by_name(live.sink(), "force-endpoint", &sent);
  fail_unless(sent != FALSE);
  live.pipeline.wait_for([&](const Heard &) { return !live.pipeline.transcript().empty(); });
  fail_unless((live.told() == std::vector<std::string>{R"({"type":"ForceEndpoint"})"}));
}
GST_END_TEST

GST_START_TEST(test_without_a_session_nothing_can_be_forced_and_changes_wait) {
  const auto server = start_server();
  const Pipeline pipeline(kLive + sink_text(*server));
  gboolean sent = TRUE;
  g_signal_emit_by_name(pipeline.sink(), "force-endpoint", &sent);
  fail_unless(sent == FALSE);
  GstStructure *parameters = gst_structure_from_string("p,prompt=early", nullptr);
  gboolean taken = FALSE;
  g_signal_emit_by_name(pipeline.sink(), "update-configuration", parameters, &taken);
  gst_structure_free(parameters);
  fail_unless(taken != FALSE);
  gchar *prompt = nullptr;
  g_object_get(pipeline.sink(), "prompt", &prompt, nullptr);
  fail_unless_equals_text(prompt, "early");
  g_free(prompt);
}
GST_END_TEST

static Suite *updates_suite() {
  Suite *suite = suite_create("updates");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_key_terms_are_replaced_and_cleared_with_one_message_each);
  tcase_add_test(tests, test_properties_set_together_are_told_once_each);
  tcase_add_test(tests, test_the_same_value_again_and_fixed_parameters_send_nothing);
  tcase_add_test(tests, test_a_wrong_value_is_refused_and_the_session_goes_on);
  tcase_add_test(tests, test_wrong_extra_parameters_are_refused_and_the_session_goes_on);
  tcase_add_test(tests, test_update_configuration_changes_all_at_once);
  tcase_add_test(tests, test_update_configuration_takes_a_null_text_as_empty);
  tcase_add_test(tests, test_update_configuration_refuses_an_enumeration);
  tcase_add_loop_test(tests, test_update_configuration_takes_all_or_nothing, 0, 6);
  tcase_add_test(tests, test_what_was_changed_holds_for_the_next_session);
  tcase_add_test(tests, test_force_endpoint_ends_the_turn_that_is_spoken);
  tcase_add_test(tests, test_without_a_session_nothing_can_be_forced_and_changes_wait);
  return suite;
}

CHECK_SUITE(updates);
