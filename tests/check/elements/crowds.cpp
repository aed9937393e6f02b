// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Fifty elements in one process: all captions right, one I/O thread, all gone after.

#include <algorithm>
#include <map>

#include "support/check.h"
#include "support/pipeline.h"
#include "support/process_resources.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

constexpr int kCrowd = 50;
constexpr milliseconds kLength{3000};

std::string sink_named(const std::string &name, const testserver::Server &server) {
  return "assemblyaisink name=" + name + " endpoint=" + server.endpoint() + " api-key=" + kKey;
}

// One bus for all pipelines: the final texts by the element's name, until so many
// pipelines have ended.
std::map<std::string, std::string> hear_all(GstBus *bus, int pipelines) {
  std::map<std::string, std::string> texts;
  while (pipelines > 0) {
    GstMessage *message = gst_bus_timed_pop_filtered(
        bus, std::chrono::nanoseconds(kDeadline).count(),
        static_cast<GstMessageType>(GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR | GST_MESSAGE_EOS));
    fail_unless(message != nullptr, "the deadline is over");
    fail_if(GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR);
    pipelines -= GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS;
    const GstStructure *turn = gst_message_get_structure(message);
    if (gst_message_has_name(message, "assemblyai-turn") && bool_field(turn, "final"))
      texts[GST_MESSAGE_SRC_NAME(message)] += string_field(turn, "transcript");
    gst_message_unref(message);
  }
  return texts;
}

struct Crowd {
  GstBus *bus = gst_bus_new();
  std::vector<GstElement *> pipelines;

  void add(const std::string &description) {
    GError *error = nullptr;
    GstElement *pipeline = gst_parse_launch(description.c_str(), &error);
    fail_unless(error == nullptr, "%s", error != nullptr ? error->message : "");
    gst_element_set_bus(pipeline, bus);
    pipelines.push_back(pipeline);
  }
  void play() {
    for (GstElement *pipeline : pipelines)
      fail_unless(gst_element_set_state(pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE);
  }
  ~Crowd() {
    for (GstElement *pipeline : pipelines) {
      gst_element_set_state(pipeline, GST_STATE_NULL);
      gst_object_unref(pipeline);
    }
    gst_object_unref(bus);
  }
};

// The crowd's captions are right, and there was one I/O thread.
void expect_right_captions(Crowd &crowd, testserver::Server &server) {
  crowd.play();
  fail_unless(server.wait_for([](testserver::Server &s) { return s.open_sessions() == kCrowd; },
                              kDeadline));
  const std::vector<std::string> threads = thread_names();
  fail_unless_equals_int(std::count(threads.begin(), threads.end(), "assemblyai-io"), 1);
  const auto texts = hear_all(crowd.bus, static_cast<int>(crowd.pipelines.size()));
  fail_unless_equals_int(texts.size(), kCrowd);
  for (const auto &[name, text] : texts)
    fail_unless_equals_text(text, talk_text(kLength));
  wait_all_closed(server);
  fail_unless_equals_int(server.session_count(), kCrowd);
}

}  // namespace

GST_START_TEST(test_fifty_pipelines) {
  const TalkFile file(kLength);
  const ProcessResources before = initial_resources();
  {
    const auto server = start_server(coded_talk());
    Crowd crowd;
    for (int i = 0; i < kCrowd; i++) {
      crowd.add("filesrc location=" + file.path() + " ! wavparse ! " +
                sink_named("sink" + std::to_string(i), *server));
    }
    expect_right_captions(crowd, *server);
  }
  settle(before);
}
GST_END_TEST

GST_START_TEST(test_fifty_elements_in_one_pipeline) {
  const TalkFile file(kLength);
  const ProcessResources before = initial_resources();
  {
    const auto server = start_server(coded_talk());
    std::string description = "filesrc location=" + file.path() + " ! wavparse ! tee name=tee";
    for (int i = 0; i < kCrowd; i++)
      description += " tee. ! queue ! " + sink_named("sink" + std::to_string(i), *server);
    Crowd crowd;
    crowd.add(description);
    expect_right_captions(crowd, *server);
  }
  settle(before);
}
GST_END_TEST

static Suite *crowds_suite() {
  Suite *suite = suite_create("crowds");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_fifty_pipelines);
  tcase_add_test(tests, test_fifty_elements_in_one_pipeline);
  return suite;
}

CHECK_SUITE(crowds);
