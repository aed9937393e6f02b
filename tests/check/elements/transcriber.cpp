// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// assemblyaitranscriber as those expect it who take any transcriber: transcriberbin of
// gst-plugins-rs above all, whose steps are repeated here.

#include <algorithm>
#include <mutex>

#include "support/check.h"
#include "support/text_pipeline.h"
#include "support/upstream.h"
#include "talk.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

GstElement *make_transcriber() {
  GstElement *element = gst_element_factory_make("assemblyaitranscriber", nullptr);
  fail_unless(element != nullptr);
  gst_object_ref_sink(element);
  return element;
}

// What transcriberbin does to know the latency: a live source that is never started, the element
// alone in PAUSED, a query on each source pad, and back.
void probe(GstElement *element, GstClockTime expected) {
  GstElement *source = gst_element_factory_make("fakesrc", nullptr);
  gst_object_ref_sink(source);
  g_object_set(source, "is-live", TRUE, nullptr);
  fail_unless(gst_element_link(source, element));
  fail_unless(gst_element_set_state(element, GST_STATE_PAUSED) != GST_STATE_CHANGE_FAILURE);
  GstIterator *pads = gst_element_iterate_src_pads(element);
  GValue item = G_VALUE_INIT;
  int answered = 0;
  while (gst_iterator_next(pads, &item) == GST_ITERATOR_OK) {
    GstQuery *query = gst_query_new_latency();
    fail_unless(gst_pad_query(GST_PAD(g_value_get_object(&item)), query));
    gboolean live = FALSE;
    GstClockTime min = 0;
    gst_query_parse_latency(query, &live, &min, nullptr);
    fail_unless(live);
    fail_unless_equals_uint64(min, expected);
    gst_query_unref(query);
    g_value_reset(&item);
    answered++;
  }
  fail_unless_equals_int(answered, 1);
  gst_iterator_free(pads);
  fail_unless(gst_element_set_state(element, GST_STATE_NULL) == GST_STATE_CHANGE_SUCCESS);
  gst_element_unlink(source, element);
  gst_object_unref(source);
}

}  // namespace

GST_START_TEST(test_the_probe_of_transcriberbin_is_answered) {
  GstElement *element = make_transcriber();
  probe(element, 4 * GST_SECOND);
  g_object_set(element, "transcribe-latency", 2500, "lateness", 200, nullptr);
  probe(element, 2500 * GST_MSECOND);
  fail_unless_equals_int(GST_OBJECT_REFCOUNT_VALUE(element), 1);
  gst_object_unref(element);
}
GST_END_TEST

GST_START_TEST(test_it_looks_as_transcriberbin_expects) {
  GstElement *element = make_transcriber();
  for (const char *name : {"sink", "src"}) {
    GstPad *pad = gst_element_get_static_pad(element, name);
    fail_unless(pad != nullptr, "%s", name);
    gst_object_unref(pad);
  }
  // Milliseconds of any other type are ignored.
  for (const char *name : {"latency", "transcribe-latency", "lateness"}) {
    const GParamSpec *spec = g_object_class_find_property(G_OBJECT_GET_CLASS(element), name);
    fail_unless(spec != nullptr && spec->value_type == G_TYPE_UINT, "%s", name);
    fail_unless(spec->flags & G_PARAM_WRITABLE);
  }
  // It is written unconditionally.
  for (const char *code : {"en-US", "de", ""})
    g_object_set(element, "language-code", code, nullptr);
  g_object_set(element, "language-code", nullptr, nullptr);
  gst_object_unref(element);
}
GST_END_TEST

GST_START_TEST(test_a_bin_around_it_is_no_sink) {
  GstElement *bin = gst_bin_new(nullptr);
  gst_object_ref_sink(bin);
  gst_bin_add(GST_BIN(bin), make_transcriber());
  fail_if(GST_OBJECT_FLAG_IS_SET(bin, GST_ELEMENT_FLAG_SINK));
  fail_if(GST_OBJECT_FLAG_IS_SET(bin, GST_ELEMENT_FLAG_SOURCE));
  GstElement *child = GST_ELEMENT(GST_BIN_CHILDREN(bin)->data);
  gst_object_unref(child);  // make_transcriber's
  gst_object_unref(bin);
}
GST_END_TEST

// As sinks do: nobody pays for audio whose text goes nowhere.
GST_START_TEST(test_audio_after_the_end_is_refused_until_a_flush) {
  const auto server = start_server(coded_talk());
  Pipeline pipeline(to_text_sink(Factory::transcriber, server->endpoint(), "latency=500"));
  const PadRecorder recorder(pipeline, "sink", "src");
  Upstream upstream(pipeline);
  pipeline.set_state(GST_STATE_PLAYING);
  upstream.begin("one");
  fail_unless_equals_int(upstream.say(), GST_FLOW_OK);
  upstream.push(gst_event_new_eos());
  fail_unless(recorder.eos());
  fail_unless_equals_uint64(recorder.cues().size(), 3);
  upstream.begin("two");
  fail_unless_equals_int(upstream.say(), GST_FLOW_EOS);
  fail_unless_equals_uint64(server->session_count(), 1);
  upstream.push(gst_event_new_flush_start());
  upstream.push(gst_event_new_flush_stop(TRUE));
  upstream.begin("three");
  fail_unless_equals_int(upstream.say(), GST_FLOW_OK);
  upstream.push(gst_event_new_eos());
  fail_unless_equals_uint64(recorder.cues().size(), 6);
  pipeline.set_state(GST_STATE_NULL);
  wait_all_closed(*server);
}
GST_END_TEST

// Passthrough on and off: the element goes to NULL and back while the rest plays.
GST_START_TEST(test_it_starts_cleanly_again_and_again) {
  const auto server = start_server();
  Pipeline pipeline(std::string(kLive) +
                    "queue leaky=downstream ! audioresample ! audioconvert ! " +
                    to_text_sink(Factory::transcriber, server->endpoint(), "latency=300"));
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.set_state(GST_STATE_PLAYING);
  recorder.wait_for([](const auto &items) { return items.size() > 5; });
  for (int round = 0; round < 10; round++) {
    fail_unless(gst_element_set_state(pipeline.sink(), GST_STATE_NULL) == GST_STATE_CHANGE_SUCCESS);
    const std::size_t before = recorder.items().size();
    fail_unless(gst_element_sync_state_with_parent(pipeline.sink()));
    recorder.wait_for([&](const auto &items) { return items.size() > before + 2; });
  }
  const std::vector<std::string> events = recorder.events();
  fail_unless_equals_int(std::count(events.begin(), events.end(), "stream-start"), 11);
  pipeline.set_state(GST_STATE_NULL);
  pipeline.drain_bus();
  fail_unless(pipeline.heard().errors.empty(), "%s",
              pipeline.heard().errors.empty() ? "" : pipeline.heard().errors[0].c_str());
  wait_all_closed(*server);
}
GST_END_TEST

// One error, and the stream goes on: transcriberbin shows the programme without captions.
GST_START_TEST(test_an_error_does_not_stop_the_stream) {
  const auto server = start_server({.api_key = "another"});
  Pipeline pipeline(std::string(kLive) +
                    "tee name=tee ! queue ! fakesink name=programme sync=true "
                    "tee. ! queue ! " +
                    to_text_sink(Factory::transcriber, server->endpoint(), "latency=300"));
  const PadRecorder recorder(pipeline, "sink", "src");
  const PadRecorder programme(pipeline, "programme", "sink");
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_error();
  const std::size_t before = programme.items().size();
  programme.wait_for([&](const auto &items) { return items.size() > before + 10; });
  pipeline.drain_bus();
  fail_unless_equals_uint64(pipeline.heard().errors.size(), 1);
  assert_in_order(recorder);
  // Another try.
  server->change([](testserver::Options &options) { options.api_key.clear(); });
  gst_element_set_state(pipeline.sink(), GST_STATE_NULL);
  gst_element_sync_state_with_parent(pipeline.sink());
  pipeline.wait_for_element_message("assemblyai-turn");
}
GST_END_TEST

GST_START_TEST(test_words_come_with_the_events_of_the_family) {
  testserver::Options options;
  options.scenario = R"({"turns": [
      {"words": [{"text": "good", "start": 200, "end": 500, "speaker": "A"},
                 {"text": "evening", "start": 500, "end": 900, "speaker": "A"}], "speaker": "A"},
      {"words": [{"text": "hello", "start": 1700, "end": 2000, "speaker": "B"}], "speaker": "B"}]})";
  const auto server = start_server(options);
  Pipeline pipeline(audio(80) +
                    to_text_sink(Factory::transcriber, server->endpoint(), "speaker-labels=true"));
  const PadRecorder recorder(pipeline, "sink", "src");
  struct Sent {
    std::mutex mutex;
    std::vector<std::string> list;
  } sent;
  GstPad *pad = gst_element_get_static_pad(pipeline.sink(), "src");
  gst_pad_add_probe(
      pad,
      static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM),
      [](GstPad *, GstPadProbeInfo *info, gpointer data) {
        auto *to = static_cast<Sent *>(data);
        const std::lock_guard lock(to->mutex);
        if (GstBuffer *buffer = (info->type & GST_PAD_PROBE_TYPE_BUFFER) != 0
                                    ? gst_pad_probe_info_get_buffer(info)
                                    : nullptr) {
          std::string text(gst_buffer_get_size(buffer), '\0');
          gst_buffer_extract(buffer, 0, text.data(), text.size());
          to->list.push_back(text);
        } else if (const GstStructure *structure =
                       gst_event_get_structure(gst_pad_probe_info_get_event(info));
                   structure != nullptr &&
                   g_str_has_prefix(gst_structure_get_name(structure), "rstranscribe/")) {
          const char *speaker = gst_structure_get_string(structure, "speaker");
          to->list.push_back(std::string(gst_structure_get_name(structure)) +
                             (speaker != nullptr ? std::string(" ") + speaker : ""));
        }
        return GST_PAD_PROBE_OK;
      },
      &sent, nullptr);
  gst_object_unref(pad);
  pipeline.set_state(GST_STATE_PLAYING);
  recorder.wait_for_eos();
  pipeline.set_state(GST_STATE_NULL);
  std::string all;
  for (const std::string &item : sent.list)
    all += item + "\n";
  fail_unless_equals_text(all,
                          "rstranscribe/speaker-change A\nGood\nevening.\n"
                          "rstranscribe/final-transcript\n"
                          "rstranscribe/speaker-change B\nHello.\n"
                          "rstranscribe/final-transcript\n");
  assert_in_order(recorder);
  const std::vector<Cue> cues = recorder.cues();
  const GstClockTime starts[] = {200 * GST_MSECOND, 500 * GST_MSECOND, 1700 * GST_MSECOND};
  const GstClockTime ends[] = {500 * GST_MSECOND, 900 * GST_MSECOND, 2000 * GST_MSECOND};
  for (std::size_t i = 0; i < 3; i++) {
    fail_unless_equals_uint64(cues[i].start, starts[i]);
    fail_unless_equals_uint64(cues[i].end, ends[i]);
  }
}
GST_END_TEST

GST_START_TEST(test_words_become_closed_captions) {
  const auto server = start_server();
  Pipeline pipeline(audio(100) + captioner_text(Factory::transcriber, server->endpoint()) +
                    "textwrap lines=2 ! tttocea608 mode=roll-up2 ! fakesink name=text sync=false");
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  assert_in_order(recorder);
}
GST_END_TEST

static Suite *transcriber_suite() {
  Suite *suite = suite_create("transcriber");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_the_probe_of_transcriberbin_is_answered);
  tcase_add_test(tests, test_it_looks_as_transcriberbin_expects);
  tcase_add_test(tests, test_a_bin_around_it_is_no_sink);
  tcase_add_test(tests, test_audio_after_the_end_is_refused_until_a_flush);
  tcase_add_test(tests, test_it_starts_cleanly_again_and_again);
  tcase_add_test(tests, test_an_error_does_not_stop_the_stream);
  tcase_add_test(tests, test_words_come_with_the_events_of_the_family);
  // Both are of gst-plugins-rs, which Debian 12 does not have.
  GstRegistry *registry = gst_registry_get();
  if (gst_registry_check_feature_version(registry, "textwrap", 0, 0, 0) != FALSE &&
      gst_registry_check_feature_version(registry, "tttocea608", 0, 0, 0) != FALSE)
    tcase_add_test(tests, test_words_become_closed_captions);
  return suite;
}

CHECK_SUITE(transcriber);
