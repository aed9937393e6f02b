// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Random walks over states, seeks and events: no error, no hang, nothing left, and
// the pipeline still works. ASSEMBLYAI_TEST_SEED repeats a walk.

#include <iterator>
#include <random>

#include "support/check.h"
#include "support/pipeline.h"
#include "support/process_resources.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

struct Walker {
  Pipeline &pipeline;
  bool live;
  std::mt19937 random;

  unsigned below(unsigned limit) { return static_cast<unsigned>(random() % limit); }
};

void change_state(Walker &walker) {
  static constexpr GstState kStates[] = {GST_STATE_PLAYING, GST_STATE_PLAYING, GST_STATE_PLAYING,
                                         GST_STATE_PAUSED,  GST_STATE_PAUSED,  GST_STATE_READY,
                                         GST_STATE_NULL};
  walker.pipeline.set_state(kStates[walker.below(std::size(kStates))]);
}

void play(Walker &walker) {
  walker.pipeline.set_state(GST_STATE_PLAYING);
}

// Lets it run for up to 60 ms.
void dwell(Walker &walker) {
  walker.pipeline.dwell(milliseconds(walker.below(60)));
}

// What follows may be refused: a live source does not seek, in NULL nothing does.
void seek(Walker &walker) {
  gst_element_seek_simple(walker.pipeline.element(), GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH,
                          walker.below(30) * 100 * GST_MSECOND);
}

// Only while it plays. A second EOS for a sink that prerolls with one deadlocks in
// GStreamer: the source waits for its stream lock, and PLAYING for the bin's lock.
void end(Walker &walker) {
  GstState state = GST_STATE_NULL;
  gst_element_get_state(walker.pipeline.element(), &state, nullptr, 0);
  if (state == GST_STATE_PLAYING)
    gst_element_send_event(walker.pipeline.element(), gst_event_new_eos());
}

// To the source, which knows to send a new segment after it. A file is read in pull mode,
// in which source and parser can deadlock.
void flush(Walker &walker) {
  if (!walker.live)
    return;
  gst_element_send_event(walker.pipeline.element(), gst_event_new_flush_start());
  gst_element_send_event(walker.pipeline.element(), gst_event_new_flush_stop(walker.below(2)));
}

void ask(Walker &walker) {
  walker.pipeline.stats();
  gint64 position = 0;
  gst_element_query_position(walker.pipeline.element(), GST_FORMAT_TIME, &position);
}

constexpr struct {
  const char *name;
  void (*take)(Walker &);
} kSteps[] = {{"state", change_state}, {"play", play}, {"dwell", dwell}, {"dwell", dwell},
              {"dwell", dwell},        {"seek", seek}, {"eos", end},     {"flush", flush},
              {"stats", ask}};

guint64 new_seed() {
  const char *given = g_getenv("ASSEMBLYAI_TEST_SEED");
  return given != nullptr ? g_ascii_strtoull(given, nullptr, 10) : g_random_int();
}

void walk(Pipeline &pipeline, bool live, int steps) {
  const guint64 seed = new_seed();
  g_print("%d steps with ASSEMBLYAI_TEST_SEED=%" G_GUINT64_FORMAT "\n", steps, seed);
  Walker walker{pipeline, live, std::mt19937(static_cast<std::mt19937::result_type>(seed))};
  for (int i = 0; i < steps; i++) {
    const auto &next = kSteps[walker.below(std::size(kSteps))];
    GST_INFO("step %d: %s", i, next.name);
    next.take(walker);
    pipeline.drain_bus();
    fail_unless(pipeline.heard().errors.empty(), "%s",
                pipeline.heard().errors.empty() ? "" : pipeline.heard().errors[0].c_str());
  }
  pipeline.set_state(GST_STATE_NULL);
}

// Tells also how much has happened.
void expect_all_closed(testserver::Server &server) {
  wait_all_closed(server);
  g_print("%zu sessions, all closed\n", server.session_count());
  fail_unless(server.session_count() > 0);
}

}  // namespace

GST_START_TEST(test_a_walk_over_a_file_ends_well) {
  const TalkFile file(3s);
  const ProcessResources before = initial_resources();
  {
    const auto server = start_server(coded_talk());
    Pipeline pipeline(file_pipeline(file, *server));
    walk(pipeline, false, 400);
    // As if nothing had been.
    const std::size_t messages = pipeline.heard().elements.size();
    g_object_set(pipeline.sink(), "sync", FALSE, nullptr);
    pipeline.set_state(GST_STATE_PLAYING);
    pipeline.wait_for(
        [&](const Heard &heard) { return heard.eos && heard.elements_before_eos > messages; });
    expect_all_closed(*server);
    assert_received(server->session(server->session_count() - 1), talk_bytes(3s));
  }
  settle(before);
}
GST_END_TEST

GST_START_TEST(test_a_walk_over_a_live_source_ends_well) {
  const ProcessResources before = initial_resources();
  {
    const auto server = start_server();
    Pipeline pipeline("audiotestsrc is-live=true samplesperbuffer=160 ! audio/x-raw,rate=16000 ! " +
                      sink_text(*server));
    walk(pipeline, true, 400);
    expect_all_closed(*server);
    const std::size_t turns = pipeline.messages("assemblyai-turn").size();
    pipeline.set_state(GST_STATE_PLAYING);
    pipeline.wait_for(
        [&](const Heard &) { return pipeline.messages("assemblyai-turn").size() > turns; });
    pipeline.set_state(GST_STATE_NULL);
    wait_all_closed(*server);
  }
  settle(before);
}
GST_END_TEST

static Suite *walks_suite() {
  Suite *suite = suite_create("walks");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_a_walk_over_a_file_ends_well);
  tcase_add_test(tests, test_a_walk_over_a_live_source_ends_well);
  return suite;
}

CHECK_SUITE(walks);
