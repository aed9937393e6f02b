// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The main job: audio through a pipeline, captions on the bus with the right text,
// order and times; the service gets every sample once.

#include "support/check.h"
#include "support/pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> names(const Heard &heard) {
  std::vector<std::string> found;
  for (const Structure &structure : heard.elements) {
    const std::string name = gst_structure_get_name(structure.get());
    if (found.empty() || found.back() != name)
      found.push_back(name);
  }
  return found;
}

}  // namespace

GST_START_TEST(test_a_file_becomes_captions) {
  const auto server = start_server(coded_talk());
  const TalkFile file(3s);
  Pipeline pipeline(file_pipeline(file, *server));
  const gint64 begin = g_get_monotonic_time();
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  const double seconds = static_cast<double>(g_get_monotonic_time() - begin) / 1e6;

  fail_unless_equals_text(pipeline.transcript(), talk_text(3s));
  assert_word_times(pipeline, 0);
  assert_received(server->session(0), talk_bytes(3s));
  fail_unless(server->session(0).terminated);
  fail_unless(
      server->wait_for([](testserver::Server &s) { return s.open_sessions() == 0; }, kDeadline));
  // Paced by the clock: not faster than the file, whatever the machine is doing.
  fail_unless(seconds > 2.8, "%f s", seconds);

  fail_unless((names(pipeline.heard()) ==
               std::vector<std::string>{"assemblyai-connection", "assemblyai-session-begin",
                                        "assemblyai-speech-started", "assemblyai-turn",
                                        "assemblyai-session-end"}));
  fail_unless_equals_uint64(pipeline.heard().elements_before_eos, pipeline.heard().elements.size());
}
GST_END_TEST

GST_START_TEST(test_captions_grow_then_settle_once) {
  const auto server = start_server(coded_talk());
  const TalkFile file(4s);
  Pipeline pipeline(file_pipeline(file, *server, "sync=false"));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();

  guint turn = 0;
  std::size_t length = 0;
  int partials = 0;
  for (const GstStructure *message : pipeline.messages("assemblyai-turn")) {
    guint number = 0;
    fail_unless(gst_structure_get_uint(message, "turn", &number));
    fail_unless_equals_int(number, turn);
    const std::string text = string_field(message, "transcript");
    fail_unless(text.size() >= length);
    length = text.size();
    if (bool_field(message, "final")) {
      turn++;
      length = 0;
    } else {
      partials++;
    }
  }
  fail_unless_equals_int(turn, 2);
  fail_unless(partials >= 6, "%d", partials);
  fail_unless_equals_uint64(pipeline.stat("finals"), 2);
}
GST_END_TEST

GST_START_TEST(test_the_turn_message_has_its_documented_fields) {
  const auto server = start_server(coded_talk());
  const TalkFile file(3s);
  Pipeline pipeline(file_pipeline(file, *server, "sync=false"));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  const GstStructure *turn = pipeline.messages("assemblyai-turn").back();
  const std::vector<std::pair<const char *, GType>> fields{
      {"turn", G_TYPE_UINT},          {"final", G_TYPE_BOOLEAN},
      {"transcript", G_TYPE_STRING},  {"running-time", G_TYPE_UINT64},
      {"stream-time", G_TYPE_UINT64}, {"duration", G_TYPE_UINT64},
      {"delay", G_TYPE_UINT64},       {"formatted", G_TYPE_BOOLEAN},
      {"confidence", G_TYPE_DOUBLE},  {"turn-order", G_TYPE_INT},
      {"session-id", G_TYPE_STRING},  {"words", GST_TYPE_ARRAY}};
  for (const auto &[name, type] : fields)
    fail_unless(gst_structure_get_field_type(turn, name) == type, "%s", name);
  fail_unless_equals_text(string_field(turn, "session-id"), server->session(0).id);
  fail_unless(time_field(turn, "delay") < 10 * GST_SECOND);
  const GstStructure *word =
      gst_value_get_structure(gst_value_array_get_value(gst_structure_get_value(turn, "words"), 0));
  fail_unless(gst_structure_get_field_type(word, "confidence") == G_TYPE_DOUBLE);
  fail_unless(bool_field(word, "final"));
}
GST_END_TEST

GST_START_TEST(test_any_buffer_size_reaches_the_service_whole) {
  static constexpr int kSizes[] = {2, 320, 1600, 1602, 4096, 64000};
  const auto server = start_server(coded_talk());
  const TalkFile file(2s);
  Pipeline pipeline("filesrc blocksize=" + std::to_string(kSizes[__i__]) + " location=" +
                    file.path() + " ! wavparse ! " + sink_text(*server, "sync=false"));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  assert_received(server->session(0), talk_bytes(2s));
  fail_unless_equals_text(pipeline.transcript(), talk_text(2s));
}
GST_END_TEST

GST_START_TEST(test_the_chunk_duration_can_be_chosen) {
  const auto server = start_server(coded_talk());
  const TalkFile file(2s);
  Pipeline pipeline(file_pipeline(file, *server, "sync=false chunk-duration=200"));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  assert_received(server->session(0), talk_bytes(2s), 6400);
}
GST_END_TEST

GST_START_TEST(test_a_live_source_is_captioned_at_its_running_time) {
  const auto server = start_server({});
  Pipeline pipeline(
      "audiotestsrc is-live=true samplesperbuffer=320 num-buffers=100 ! "
      "audio/x-raw,rate=16000 ! " +
      sink_text(*server));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  fail_unless_equals_uint64(server->session(0).audio_bytes, 64000);
  fail_unless(!pipeline.transcript().empty());
  assert_word_times(pipeline, 0);
}
GST_END_TEST

GST_START_TEST(test_both_kinds_of_final_turns_give_one_final_each) {
  static constexpr testserver::Finals kKinds[] = {
      testserver::Finals::single, testserver::Finals::classical, testserver::Finals::unformatted};
  testserver::Options options = coded_talk();
  options.finals = kKinds[__i__];
  const auto server = start_server(options);
  const TalkFile file(8s);
  Pipeline pipeline(file_pipeline(
      file, *server, "sync=false speech-model=universal-streaming-english format-turns=true"));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  int finals = 0;
  for (const GstStructure *turn : pipeline.messages("assemblyai-turn"))
    finals += bool_field(turn, "final");
  fail_unless_equals_int(finals, 3);
}
GST_END_TEST

GST_START_TEST(test_repeated_turns_are_reported_once) {
  testserver::Options options = coded_talk();
  options.duplicate_turns = true;
  const auto server = start_server(options);
  const TalkFile file(4s);
  Pipeline pipeline(file_pipeline(file, *server, "sync=false"));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  fail_unless_equals_text(pipeline.transcript(), talk_text(4s));
}
GST_END_TEST

GST_START_TEST(test_only_the_wanted_messages_are_posted) {
  static const struct {
    const char *messages;
    std::vector<std::string> expected;
  } kCases[] = {
      {"final", {"assemblyai-turn"}},
      {"session", {"assemblyai-connection", "assemblyai-session-begin", "assemblyai-session-end"}},
      {"speech", {"assemblyai-speech-started"}},
      {"raw", {"assemblyai-raw"}},
      {"0", {}},
  };
  const auto server = start_server(coded_talk());
  const TalkFile file(2s);
  Pipeline pipeline(
      file_pipeline(file, *server, std::string("sync=false messages=") + kCases[__i__].messages));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  fail_unless(names(pipeline.heard()) == kCases[__i__].expected);
  for (const GstStructure *turn : pipeline.messages("assemblyai-turn"))
    fail_unless(bool_field(turn, "final"));
}
GST_END_TEST

GST_START_TEST(test_raw_messages_are_what_the_service_sent) {
  const auto server = start_server(coded_talk());
  const TalkFile file(2s);
  Pipeline pipeline(file_pipeline(file, *server, "sync=false messages=raw"));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  const std::vector<std::string> sent = server->session(0).sent_messages;
  const auto raw = pipeline.messages("assemblyai-raw");
  fail_unless_equals_uint64(raw.size(), sent.size());
  for (std::size_t i = 0; i < sent.size(); i++)
    fail_unless_equals_text(string_field(raw[i], "json"), sent[i]);
}
GST_END_TEST

GST_START_TEST(test_a_warning_of_the_service_is_passed_on) {
  const auto server = start_server(coded_talk());
  Pipeline pipeline("audiotestsrc is-live=true ! audio/x-raw,rate=16000 ! " + sink_text(*server));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-session-begin");
  server->send_text(R"({"type":"Warning","warning_code":7,"warning":"domain ignored"})");
  pipeline.wait_for_element_message("assemblyai-warning");
  const GstStructure *warning = pipeline.messages("assemblyai-warning").back();
  fail_unless_equals_text(string_field(warning, "text"), "domain ignored");
  // What does not make sense is a warning too, once, and the session goes on.
  server->send_text("{nonsense");
  server->send_text("{nonsense");
  server->send_text(R"({"type":"Warning","warning_code":8,"warning":"still here"})");
  pipeline.wait_for(
      [&](const Heard &) { return pipeline.messages("assemblyai-warning").size() == 2; });
  fail_unless_equals_uint64(pipeline.heard().warnings.size(), 1);
  fail_unless(pipeline.heard().errors.empty());
}
GST_END_TEST

GST_START_TEST(test_stats_count_what_happened) {
  const auto server = start_server(coded_talk());
  const TalkFile file(2s);
  Pipeline pipeline(file_pipeline(file, *server, "sync=false"));
  const Structure before = pipeline.stats();
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  const Structure after = pipeline.stats();
  fail_unless_equals_int(gst_structure_n_fields(before.get()), gst_structure_n_fields(after.get()));
  fail_unless_equals_uint64(time_field(after.get(), "audio-sent"), 2 * GST_SECOND);
  fail_unless_equals_uint64(time_field(after.get(), "messages-sent"), 40);
  fail_unless_equals_uint64(time_field(after.get(), "sessions"), 1);
  fail_unless_equals_uint64(time_field(after.get(), "audio-lost"), 0);
  fail_unless_equals_text(string_field(after.get(), "state"), "ended");
  fail_unless_equals_text(string_field(after.get(), "session-id"), server->session(0).id);
  // What the base class counts stays.
  fail_unless(time_field(after.get(), "rendered") > 0);
}
GST_END_TEST

static Suite *captions_suite() {
  Suite *suite = suite_create("captions");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_a_file_becomes_captions);
  tcase_add_test(tests, test_captions_grow_then_settle_once);
  tcase_add_test(tests, test_the_turn_message_has_its_documented_fields);
  tcase_add_loop_test(tests, test_any_buffer_size_reaches_the_service_whole, 0, 6);
  tcase_add_test(tests, test_the_chunk_duration_can_be_chosen);
  tcase_add_test(tests, test_a_live_source_is_captioned_at_its_running_time);
  tcase_add_loop_test(tests, test_both_kinds_of_final_turns_give_one_final_each, 0, 3);
  tcase_add_test(tests, test_repeated_turns_are_reported_once);
  tcase_add_loop_test(tests, test_only_the_wanted_messages_are_posted, 0, 5);
  tcase_add_test(tests, test_raw_messages_are_what_the_service_sent);
  tcase_add_test(tests, test_a_warning_of_the_service_is_passed_on);
  tcase_add_test(tests, test_stats_count_what_happened);
  return suite;
}

CHECK_SUITE(captions);
