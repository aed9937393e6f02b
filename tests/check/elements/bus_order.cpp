// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The order of everything that the element posts on the bus, in each kind of a stream's life.

#include <functional>

#include "support/check.h"
#include "support/event.h"
#include "support/feed.h"
#include "support/pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

// A word for each message, without the prefix of ours.
std::string word_of(GstMessage *message) {
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_ERROR:
      return "ERROR";
    case GST_MESSAGE_WARNING:
      return "WARNING";
    case GST_MESSAGE_EOS:
      return "EOS";
    case GST_MESSAGE_ELEMENT:
      break;
    default:
      return "";
  }
  const GstStructure *structure = gst_message_get_structure(message);
  const std::string name = gst_structure_get_name(structure);
  if (name == "assemblyai-connection")
    return string_field(structure, "state");
  if (name != "assemblyai-turn")
    return name.starts_with("assemblyai-") ? name.substr(name.find('-') + 1) : "";
  guint number = 0;
  fail_unless(gst_structure_get_uint(structure, "turn", &number));
  return (bool_field(structure, "final") ? "final" : "partial") + std::to_string(number);
}

// What is on the bus until EOS or an error. A word that is repeated stands once.
std::string order_of(Pipeline &pipeline,
                     const std::function<void(const std::string &)> &look = {}) {
  GstBus *bus = gst_element_get_bus(pipeline.element());
  const gint64 end = g_get_monotonic_time() + std::chrono::microseconds(kDeadline).count();
  std::string order;
  std::string last;
  while (last != "EOS" && last != "ERROR") {
    const gint64 left = std::max<gint64>(end - g_get_monotonic_time(), 0);
    GstMessage *message = gst_bus_timed_pop(bus, static_cast<GstClockTime>(left) * 1000);
    fail_unless(message != nullptr, "the deadline is over after: %s", order.c_str());
    const std::string word = word_of(message);
    gst_message_unref(message);
    if (word.empty() || word == last)
      continue;
    order += (order.empty() ? "" : " ") + word;
    last = word;
    if (look)
      look(word);
  }
  gst_object_unref(bus);
  return order;
}

// Does this once the server holds its session at the moment of the options.
void when_held(testserver::Server &server, std::size_t session, const std::function<void()> &act) {
  fail_unless(server.wait_for(
      [&](testserver::Server &s) {
        bool held = false;
        if (s.session_count() > session)
          s.inspect(session, [&](const auto &received) { held = received.held; });
        return held;
      },
      kDeadline));
  act();
}

// The first message of a turn waits here.
struct Barrier {
  static GstBusSyncReply on_message(GstBus *, GstMessage *message, gpointer data) {
    auto *self = static_cast<Barrier *>(data);
    if (word_of(message) == "partial0" && !self->reached.is_set()) {
      self->reached.set();
      self->open.wait();
    }
    return GST_BUS_PASS;
  }

  Event reached;
  Event open;
};

constexpr const char *kQuick = "sync=false retry-delay-min=20 retry-delay-max=20 ";

}  // namespace

GST_START_TEST(test_one_session) {
  const auto server = start_server(coded_talk());
  const TalkFile file(4s);
  Pipeline pipeline(file_pipeline(file, *server, kQuick));
  pipeline.set_state(GST_STATE_PLAYING);
  fail_unless_equals_text(
      order_of(pipeline),
      "connecting connected session-begin speech-started partial0 final0 speech-started partial1 "
      "final1 session-end EOS");
}
GST_END_TEST

// A frame comes before what it says, and Termination before the end of its session.
GST_START_TEST(test_raw_frames) {
  const auto server = start_server(coded_talk());
  const TalkFile file(1500ms);
  Pipeline pipeline(
      file_pipeline(file, *server, std::string(kQuick) + "messages=session+final+raw"));
  pipeline.set_state(GST_STATE_PLAYING);
  fail_unless_equals_text(order_of(pipeline),
                          "connecting raw connected session-begin raw final0 raw session-end EOS");
}
GST_END_TEST

GST_START_TEST(test_a_loss_in_mid_turn) {
  testserver::Options options = coded_talk();
  options.hold_at = testserver::Moment::partial;
  options.hold_count = 2;
  const auto server = start_server(options);
  const TalkFile file(4s);
  Pipeline pipeline(file_pipeline(file, *server, kQuick));
  pipeline.set_state(GST_STATE_PLAYING);
  when_held(*server, 0, [&] {
    server->change([](auto &now) { now.hold_at = testserver::Moment::none; });
    fail_unless(server->drop(0));
  });
  fail_unless_equals_text(
      order_of(pipeline),
      "connecting connected session-begin speech-started partial0 session-end reconnecting WARNING "
      "connecting connected session-begin speech-started partial0 final0 speech-started partial1 "
      "final1 session-end EOS");
}
GST_END_TEST

GST_START_TEST(test_an_error_of_the_service) {
  testserver::Options options = coded_talk();
  options.hold_at = testserver::Moment::final;
  const auto server = start_server(options);
  const TalkFile file(4s);
  Pipeline pipeline(file_pipeline(file, *server, std::string(kQuick) + "max-retries=0"));
  pipeline.set_state(GST_STATE_PLAYING);
  when_held(*server, 0, [&] { fail_unless(server->send_error(3006, "Invalid message", 0)); });
  fail_unless_equals_text(
      order_of(pipeline),
      "connecting connected session-begin speech-started partial0 final0 session-end lost ERROR");
}
GST_END_TEST

GST_START_TEST(test_a_refusal) {
  testserver::Options options = coded_talk();
  options.api_key = "another";
  const auto server = start_server(options);
  const TalkFile file(1s);
  Pipeline pipeline(file_pipeline(file, *server, std::string(kQuick) + "max-retries=0"));
  pipeline.set_state(GST_STATE_PLAYING);
  fail_unless_equals_text(order_of(pipeline), "connecting lost ERROR");
}
GST_END_TEST

GST_START_TEST(test_idle_and_back) {
  const auto server = start_server(coded_talk());
  Pipeline pipeline(std::string(Feed::kSource) + " ! " +
                    sink_text(*server, std::string(kQuick) + "idle-timeout=100"));
  Feed feed(pipeline);
  feed.push_talk(0ms, 1500ms, 0ms);
  pipeline.set_state(GST_STATE_PLAYING);
  const std::string order = order_of(pipeline, [&](const std::string &word) {
    if (word != "idle")
      return;
    feed.push_talk(0ms, 1500ms, 1500ms);
    feed.end();
  });
  fail_unless_equals_text(
      order,
      "connecting connected session-begin speech-started partial0 final0 session-end idle "
      "connecting connected session-begin speech-started partial1 final1 session-end EOS");
}
GST_END_TEST

// An application that blocks in a message holds up its own element only.
GST_START_TEST(test_a_blocked_handler_holds_up_no_other_stream) {
  const auto server = start_server(coded_talk());
  const TalkFile file(3s);
  Pipeline blocked(file_pipeline(file, *server, kQuick));
  Pipeline other(file_pipeline(file, *server, kQuick));
  Barrier barrier;
  GstBus *bus = gst_element_get_bus(blocked.element());
  gst_bus_set_sync_handler(bus, Barrier::on_message, &barrier, nullptr);
  blocked.set_state(GST_STATE_PLAYING);
  fail_unless(barrier.reached.wait());
  other.set_state(GST_STATE_PLAYING);
  other.wait_for_eos();
  fail_unless_equals_text(other.transcript(), talk_text(3s));
  barrier.open.set();
  fail_unless_equals_text(
      order_of(blocked),
      "connecting connected session-begin speech-started partial0 final0 session-end EOS");
  gst_bus_set_sync_handler(bus, nullptr, nullptr, nullptr);
  gst_object_unref(bus);
}
GST_END_TEST

static Suite *bus_order_suite() {
  Suite *suite = suite_create("bus_order");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_one_session);
  tcase_add_test(tests, test_raw_frames);
  tcase_add_test(tests, test_a_loss_in_mid_turn);
  tcase_add_test(tests, test_an_error_of_the_service);
  tcase_add_test(tests, test_a_refusal);
  tcase_add_test(tests, test_idle_and_back);
  tcase_add_test(tests, test_a_blocked_handler_holds_up_no_other_stream);
  return suite;
}

CHECK_SUITE(bus_order);
