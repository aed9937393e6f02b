// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// What is set in mid-session and refused by the service goes back, and costs neither the stream nor
// a word.

#include "support/check.h"
#include "support/pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

void update(GstElement *element, const char *changes) {
  GstStructure *parameters = gst_structure_from_string(changes, nullptr);
  gboolean taken = FALSE;
  g_signal_emit_by_name(element, "update-configuration", parameters, &taken);
  gst_structure_free(parameters);
  fail_unless(taken != FALSE);
}

void set(GstElement *element, const char *property, const char *text) {
  gst_util_set_object_arg(G_OBJECT(element), property, text);
}

std::string get(GstElement *element, const char *property) {
  GValue value = G_VALUE_INIT;
  g_object_get_property(G_OBJECT(element), property, &value);
  gchar *text = gst_value_serialize(&value);
  std::string copy = text != nullptr ? text : "";
  g_free(text);
  g_value_unset(&value);
  return copy;
}

constexpr char kSet[] = "language-codes=\"<en>\" mode=balanced prompt=before ";
constexpr char kQuick[] = "retry-delay-min=1 retry-delay-max=1 ";

// The talk, from its first session on.
struct Talk {
  static constexpr auto kLength = 4s;
  std::unique_ptr<testserver::Server> server = start_server(coded_talk());
  TalkFile file{kLength};
  Pipeline pipeline;
  guint notified = 0;

  explicit Talk(const std::string &properties = kQuick)
      : pipeline(file_pipeline(file, *server, kSet + properties)) {
    pipeline.set_state(GST_STATE_PLAYING);
    pipeline.wait_for_element_message("assemblyai-turn");
  }
  GstElement *sink() const { return pipeline.sink(); }

  void watch(const char *property) {
    const auto count =
        +[](GObject *, GParamSpec *, gpointer data) { ++*static_cast<guint *>(data); };
    const std::string signal = std::string("notify::") + property;
    g_signal_connect(sink(), signal.c_str(), G_CALLBACK(count), &notified);
  }

  void wait_until_told() const {
    fail_unless(
        server->wait_for([](testserver::Server &s) { return !s.session(0).text_messages.empty(); },
                         testserver::Milliseconds(kDeadline)));
  }

  // The values before it, and every word.
  void expect_as_before() {
    pipeline.wait_for_eos();
    fail_unless(pipeline.heard().errors.empty());
    fail_unless_equals_text(pipeline.transcript(), talk_text(kLength));
    assert_word_times(pipeline, 0);
    fail_unless_equals_text(get(sink(), "language-codes"), "< (string)en >");
    fail_unless_equals_text(get(sink(), "mode"), "balanced");
    fail_unless_equals_text(get(sink(), "prompt"), "before");
  }

  void expect_warning(std::size_t index, const std::string &names, const std::string &words) const {
    const std::string &warning = pipeline.heard().warnings.at(index);
    const std::string begin =
        "The service refused " + names + "; the previous values are restored: ";
    fail_unless(warning.starts_with(begin), "%s", warning.c_str());
    fail_unless(warning.find(words, begin.size()) != std::string::npos, "%s", warning.c_str());
  }
};

constexpr char kOfTheTest[] = "User Input Validation Error: of the test";

}  // namespace

static const struct {
  const char *watched;
  void (*change)(Talk &);
  const char *names;
  const char *words;
} kChanges[] = {
    {"language-codes", [](Talk &t) { set(t.sink(), "language-codes", "<xx>"); }, "language-codes",
     "Invalid 'language_codes.0': Input should be 'en'"},
    {"mode", [](Talk &t) { set(t.sink(), "mode", "sideways"); }, "mode", "Invalid 'mode'"},
    {"prompt", [](Talk &t) { update(t.sink(), "p,mode=sideways,prompt=new"); }, "mode, prompt",
     "Invalid 'mode'"},
    {"prompt",
     [](Talk &t) {
       set(t.sink(), "prompt", "new");
       t.wait_until_told();
       t.server->send_error(3006, kOfTheTest);
     },
     "prompt", kOfTheTest},
    {"extra-parameters",
     [](Talk &t) {
       update(t.sink(), "p,brand_new=true");
       t.wait_until_told();
       t.server->send_error(3006, "User Input Validation Error: Invalid 'brand_new': x");
     },
     "extra-parameters: brand_new", "'brand_new'"},
};

GST_START_TEST(test_a_change_that_is_refused_is_taken_back) {
  const auto &test = kChanges[__i__];
  Talk talk;
  talk.watch(test.watched);
  test.change(talk);
  talk.pipeline.wait_for([](const Heard &heard) { return !heard.warnings.empty(); });
  talk.expect_as_before();
  talk.expect_warning(0, test.names, test.words);
  fail_unless_equals_uint64(talk.pipeline.heard().warnings.size(), 1);
  fail_unless(talk.notified >= 1);
  fail_unless_equals_uint64(talk.server->session_count(), 2);
  fail_unless_equals_text(talk.server->session(1).query.at("mode"), "balanced");
}
GST_END_TEST

// Into the next session's query, where it is refused before Begin.
GST_START_TEST(test_a_change_in_an_outage_that_is_refused_is_taken_back) {
  Talk talk("retry-delay-min=2000 retry-delay-max=2000");
  talk.server->drop();
  talk.pipeline.wait_for([](const Heard &heard) { return !heard.warnings.empty(); });
  set(talk.sink(), "language-codes", "<xx>");
  talk.expect_as_before();
  fail_unless_equals_uint64(talk.pipeline.heard().warnings.size(), 2);
  talk.expect_warning(1, "language-codes", "language_codes.0");
  fail_unless_equals_uint64(talk.server->session(1).error_code, 3006);
  fail_if(talk.server->session(1).began);
}
GST_END_TEST

// Only the next connection can carry it.
GST_START_TEST(test_a_model_for_the_next_session_that_is_refused_is_taken_back) {
  Talk talk;
  set(talk.sink(), "speech-model", "no-such-model");
  talk.server->drop();
  talk.expect_as_before();
  talk.expect_warning(1, "speech-model", "'_universal-3-5-notetaker'");
  fail_unless_equals_text(get(talk.sink(), "speech-model"), "u3-rt-pro");
}
GST_END_TEST

// Paused, then flushed: no session is open at either time.
GST_START_TEST(test_a_change_without_a_session_that_is_refused_is_taken_back) {
  const bool flushes = __i__ == 1;
  Talk talk(std::string(kQuick) + "idle-timeout=300");
  talk.pipeline.set_state(GST_STATE_PAUSED);
  talk.pipeline.wait_for([&](const Heard &) {
    return string_field(talk.pipeline.messages("assemblyai-connection").back(), "state") == "idle";
  });
  set(talk.sink(), "mode", "sideways");
  if (flushes)
    fail_unless(
        gst_element_seek_simple(talk.pipeline.element(), GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, 0));
  talk.pipeline.set_state(GST_STATE_PLAYING);
  talk.pipeline.wait_for_eos();
  fail_unless(talk.pipeline.heard().errors.empty());
  fail_unless_equals_uint64(talk.pipeline.heard().warnings.size(), 1);
  talk.expect_warning(0, "mode", "Invalid 'mode'");
  fail_unless_equals_text(get(talk.sink(), "mode"), "balanced");
}
GST_END_TEST

// What was corrected before the service had answered is not undone.
GST_START_TEST(test_what_was_set_again_meanwhile_stays) {
  Talk talk;
  set(talk.sink(), "prompt", "wrong");
  talk.wait_until_told();
  set(talk.sink(), "prompt", "right");
  talk.server->send_error(3006, "User Input Validation Error: Invalid 'prompt': x");
  talk.pipeline.wait_for_eos();
  fail_unless(talk.pipeline.heard().errors.empty());
  fail_unless_equals_uint64(talk.pipeline.heard().warnings.size(), 1);
  fail_unless_equals_text(get(talk.sink(), "prompt"), "right");
  fail_unless_equals_text(talk.server->session(1).query.at("prompt"), "right");
}
GST_END_TEST

GST_START_TEST(test_a_region_is_left_out_of_a_language) {
  const auto server = start_server();
  Pipeline pipeline(kLive + sink_text(*server, "language-codes=\"<en-US, EN_gb, pt-BR>\""));
  fail_unless_equals_text(get(pipeline.sink(), "language-codes"), "< (string)en, (string)pt >");
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-session-begin");
  fail_unless_equals_text(server->session(0).query.at("language_codes"), R"(["en","pt"])");
  update(pipeline.sink(), "p,language_codes=<de-AT>");
  fail_unless_equals_text(get(pipeline.sink(), "language-codes"), "< (string)de >");
  fail_unless(
      server->wait_for([](testserver::Server &s) { return !s.session(0).text_messages.empty(); },
                       testserver::Milliseconds(kDeadline)));
  fail_unless_equals_text(server->session(0).text_messages[0],
                          R"({"type":"UpdateConfiguration","language_codes":["de"]})");
}
GST_END_TEST

GST_START_TEST(test_multi_stands_alone) {
  const auto server = start_server();
  Pipeline wrong(kLive + sink_text(*server, "language-codes=\"<en, Multi>\""));
  wrong.set_state(GST_STATE_PLAYING);
  wrong.wait_for_error();
  fail_unless(wrong.heard().errors[0].find("language-codes has multi") != std::string::npos);
  fail_unless_equals_uint64(server->handshake_attempts(), 0);

  Pipeline pipeline(kLive + sink_text(*server, "language-codes=\"<multi, multi>\""));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-session-begin");
  set(pipeline.sink(), "language-codes", "<multi, en>");
  pipeline.wait_for([](const Heard &heard) { return !heard.warnings.empty(); });
  fail_unless(pipeline.heard().warnings[0].find("the previous value is kept") != std::string::npos);
  fail_unless_equals_text(get(pipeline.sink(), "language-codes"), "< (string)multi >");
  fail_unless(server->session(0).text_messages.empty());
}
GST_END_TEST

static Suite *refused_changes_suite() {
  Suite *suite = suite_create("refused_changes");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_a_change_that_is_refused_is_taken_back, 0, std::ssize(kChanges));
  tcase_add_test(tests, test_a_change_in_an_outage_that_is_refused_is_taken_back);
  tcase_add_test(tests, test_a_model_for_the_next_session_that_is_refused_is_taken_back);
  tcase_add_loop_test(tests, test_a_change_without_a_session_that_is_refused_is_taken_back, 0, 2);
  tcase_add_test(tests, test_what_was_set_again_meanwhile_stays);
  tcase_add_test(tests, test_a_region_is_left_out_of_a_language);
  tcase_add_test(tests, test_multi_stands_alone);
  return suite;
}

CHECK_SUITE(refused_changes);
