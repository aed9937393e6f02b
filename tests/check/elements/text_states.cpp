// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The text pad comes and goes, and the element with it: requests, releases, states, flushes, the
// end, while downstream takes its time.

#include <algorithm>
#include <atomic>
#include <thread>

#include "support/check.h"
#include "support/event.h"
#include "support/text_consumer.h"
#include "support/text_pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

constexpr char kOften[] = "latency=300 max-cue-duration=600 min-cue-duration=100 ";

std::string no_text(const std::string &endpoint) {
  return std::string("assemblyaisink name=sink latency=300 api-key=") + kKey +
         " endpoint=" + endpoint;
}

// Not by its name: GStreamer itself refuses that for a pad that is there.
GstPad *request(const Pipeline &pipeline) {
  return gst_element_request_pad(
      pipeline.sink(),
      gst_element_class_get_pad_template(GST_ELEMENT_GET_CLASS(pipeline.sink()), "src"), nullptr,
      nullptr);
}

void release(const Pipeline &pipeline, GstPad *pad) {
  gst_element_release_request_pad(pipeline.sink(), pad);
  gst_object_unref(pad);
}

// A recorder of a running pad may come after the first items.
void assert_contiguous(const PadRecorder &recorder) {
  const std::vector<PadRecorder::Item> items = recorder.items();
  for (std::size_t i = 1; i < items.size(); i++)
    fail_unless_equals_uint64(items[i].cue.start, items[i - 1].cue.end);
}

void seek(const Pipeline &pipeline, GstClockTime position) {
  fail_unless(gst_element_seek_simple(
      pipeline.element(), GST_FORMAT_TIME,
      static_cast<GstSeekFlags>(GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_ACCURATE),
      static_cast<gint64>(position)));
}

}  // namespace

GST_START_TEST(test_there_is_one_text_pad) {
  Pipeline pipeline(std::string(kLive) + no_text(kNowhere));
  GstPad *pad = request(pipeline);
  fail_unless(pad != nullptr);
  fail_unless(request(pipeline) == nullptr);
  release(pipeline, pad);
  pad = request(pipeline);
  fail_unless(pad != nullptr);
  // Left to the element.
  gst_object_unref(pad);
}
GST_END_TEST

// In the middle of a turn: what comes late begins at what is due. A gap covers what was before.
GST_START_TEST(test_a_pad_that_comes_late_begins_at_what_is_due) {
  const auto server = start_server();
  Pipeline pipeline(kLive + no_text(server->endpoint()));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for([&](const Heard &) {
    const auto turns = pipeline.messages("assemblyai-turn");
    return turns.size() > 3 && end_time(turns.back()) > 2 * GST_SECOND;
  });
  for (int round = 0; round < 2; round++) {
    GstPad *pad = request(pipeline);
    const PadRecorder recorder(pad);
    TextConsumer consumer(pipeline);
    consumer.wait_for_texts(1);
    const PadRecorder::Item begin = recorder.items()[0];
    fail_unless(begin.gap);
    fail_unless(begin.cue.end > 1500 * GST_MSECOND, "%" GST_TIME_FORMAT,
                GST_TIME_ARGS(begin.cue.end));
    fail_unless(begin.cue.start == 0 || begin.cue.start > 1500 * GST_MSECOND);
    assert_contiguous(recorder);
    release(pipeline, pad);
  }
  fail_unless_equals_uint64(server->session_count(), 1);
}
GST_END_TEST

GST_START_TEST(test_pads_come_and_go_under_load) {
  const auto server = start_server();
  Pipeline pipeline(kLive + no_text(server->endpoint()));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-turn");
  std::atomic<bool> over{false};
  std::thread reader([&] {
    while (!over) {
      pipeline.stats();
      g_object_set(pipeline.sink(), "max-lines", 1 + g_random_int_range(0, 3), nullptr);
    }
  });
  for (int round = 0; round < 200; round++) {
    GstPad *pad = request(pipeline);
    fail_unless(pad != nullptr);
    const PadRecorder recorder(pad);
    TextConsumer consumer(pipeline);
    if (round % 8 == 0)
      wait_until(recorder, 0);
    release(pipeline, pad);
    assert_contiguous(recorder);
  }
  over = true;
  reader.join();
  fail_unless_equals_uint64(server->session_count(), 1);
  fail_unless_equals_uint64(server->open_sessions(), 1);
}
GST_END_TEST

// Somebody who keeps a text for ever, as an overlay does in PAUSED, must not keep the application.
GST_START_TEST(test_a_pad_can_be_released_while_downstream_blocks) {
  const auto server = start_server();
  Pipeline pipeline(kLive + no_text(server->endpoint()));
  GstPad *pad = request(pipeline);
  TextConsumer consumer(pipeline);
  consumer.hold();
  pipeline.set_state(GST_STATE_PLAYING);
  consumer.wait_for_held();
  if (__i__ == 1)
    pipeline.wait_for_state(GST_STATE_PAUSED);
  gst_element_release_request_pad(pipeline.sink(), pad);
  fail_if(gst_pad_is_linked(pad));
  // A file that a muxer writes would be emptied by it.
  for (const std::string &event : consumer.events())
    fail_if(event.starts_with("flush"), "%s", event.c_str());
  GstPad *next = request(pipeline);
  {
    TextConsumer other(pipeline);
    pipeline.set_state(GST_STATE_PLAYING);
    other.wait_for_texts(1);
  }
  release(pipeline, next);
  consumer.answer(GST_FLOW_ERROR);  // nobody is interested any more
  consumer.let_go();
  poll_until([pad] { return gst_pad_is_active(pad) == FALSE; });
  gst_object_unref(pad);
  pipeline.drain_bus();
  fail_unless(pipeline.heard().errors.empty());
}
GST_END_TEST

// The application may keep the pad for longer than the element lives.
GST_START_TEST(test_a_released_pad_outlives_its_element) {
  const auto server = start_server();
  GstPad *pad = nullptr;
  {
    Pipeline pipeline(kLive + no_text(server->endpoint()));
    pad = request(pipeline);
    TextConsumer consumer(pipeline);
    consumer.hold();
    pipeline.set_state(GST_STATE_PLAYING);
    consumer.wait_for_held();
    gst_element_release_request_pad(pipeline.sink(), pad);
    // While it is still active, too.
    for (int round = 0; round < 2; round++) {
      GstQuery *latency = gst_query_new_latency();
      fail_if(gst_pad_query(pad, latency));
      gst_query_unref(latency);
      fail_if(gst_pad_send_event(pad, gst_event_new_reconfigure()));
      consumer.let_go();
      poll_until([pad] { return gst_pad_is_active(pad) == FALSE; });
    }
    // Its thread is done.
    GST_PAD_STREAM_LOCK(pad);
    GST_PAD_STREAM_UNLOCK(pad);
  }
  GstQuery *latency = gst_query_new_latency();
  fail_if(gst_pad_query(pad, latency));
  gst_query_unref(latency);
  gst_object_unref(pad);
}
GST_END_TEST

GST_START_TEST(test_a_pipeline_stops_while_downstream_blocks) {
  const GstState state = __i__ < 2 ? GST_STATE_READY : GST_STATE_NULL;
  const auto server = start_server();
  // A queue of one text before somebody who does not take any.
  Pipeline pipeline(kLive + captioner_text(factory_of(__i__), server->endpoint(), kOften) +
                    "queue max-size-buffers=1 ! identity name=slow ! fakesink sync=false "
                    "async=false");
  GstElement *slow = gst_bin_get_by_name(GST_BIN(pipeline.element()), "slow");
  GstPad *pad = gst_element_get_static_pad(slow, "src");
  const gulong block = gst_pad_add_probe(
      pad, static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER),
      [](GstPad *, GstPadProbeInfo *, gpointer) { return GST_PAD_PROBE_OK; }, nullptr, nullptr);
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.set_state(GST_STATE_PLAYING);
  recorder.wait_for([](const auto &items) {
    return std::count_if(items.begin(), items.end(), [](const auto &item) { return !item.gap; }) >
           2;
  });
  pipeline.set_state(state);
  wait_all_closed(*server);
  gst_pad_remove_probe(pad, block);
  gst_object_unref(pad);
  gst_object_unref(slow);
}
GST_END_TEST

// Text, then its end, then the message, all of one number.
GST_START_TEST(test_the_text_ends_before_the_pipeline) {
  const auto server = start_server();
  Pipeline pipeline(audio(40) + no_text(server->endpoint()));
  GstPad *pad = request(pipeline);
  const PadRecorder recorder(pad);
  TextConsumer consumer(pipeline);
  GstPad *input = gst_element_get_static_pad(pipeline.sink(), "sink");
  std::atomic<guint32> seqnum{GST_SEQNUM_INVALID};
  gst_pad_add_probe(
      input, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      [](GstPad *, GstPadProbeInfo *info, gpointer number) {
        GstEvent *event = gst_pad_probe_info_get_event(info);
        if (GST_EVENT_TYPE(event) == GST_EVENT_EOS)
          *static_cast<std::atomic<guint32> *>(number) = gst_event_get_seqnum(event);
        return GST_PAD_PROBE_OK;
      },
      &seqnum, nullptr);
  consumer.hold();
  pipeline.set_state(GST_STATE_PLAYING);
  consumer.wait_for_held();
  fail_unless(
      server->wait_for([](testserver::Server &s) { return s.session(0).closed; }, kDeadline));
  pipeline.dwell(200ms);
  fail_if(pipeline.heard().eos);
  consumer.let_go();
  pipeline.wait_for_eos();
  fail_unless(recorder.eos());
  fail_unless_equals_int(consumer.eos_seqnum(), seqnum);
  // All that was said.
  std::string all;
  for (const std::string &text : consumer.texts())
    all += (all.empty() ? "" : " ") + text;
  std::replace(all.begin(), all.end(), '\n', ' ');
  fail_unless_equals_text(all, pipeline.transcript());
  assert_in_order(recorder);
  gst_object_unref(input);
  gst_object_unref(pad);
}
GST_END_TEST

GST_START_TEST(test_an_end_without_audio) {
  Pipeline pipeline(audio(0) + to_text_sink(factory_of(__i__ / 2), kNowhere));
  const PadRecorder recorder(pipeline, "sink", "src");
  if (__i__ % 2 == 1) {
    pipeline.set_state(GST_STATE_PAUSED);
    wait_until(recorder, 0);
    pipeline.dwell(200ms);
    fail_if(recorder.eos());
  }
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  fail_unless(recorder.eos());
  fail_unless(pipeline.heard().errors.empty());
  assert_in_order(recorder);
}
GST_END_TEST

// Each push takes as long as what is pushed, and there is nothing to say.
GST_START_TEST(test_the_end_does_not_run_away_from_a_sink_that_keeps_time) {
  testserver::Options options;
  options.scenario = R"({"turns": []})";
  const auto server = start_server(options);
  Pipeline pipeline(audio(40) +
                    captioner_text(factory_of(__i__), server->endpoint(), "latency=300") +
                    "fakesink name=text sync=true");
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  fail_unless(pipeline.heard().errors.empty());
  assert_in_order(recorder);
}
GST_END_TEST

// While the end waits for downstream to take the last text: pause and go on, flush, stop, release.
GST_START_TEST(test_the_wait_for_the_last_text_can_be_left) {
  enum { kPause, kFlush, kReady, kRelease };
  const auto server = start_server(coded_talk());
  const TalkFile file(2s);
  Pipeline pipeline("filesrc location=" + file.path() + " ! wavparse ! " +
                    no_text(server->endpoint()));
  GstPad *pad = request(pipeline);
  TextConsumer consumer(pipeline);
  consumer.hold();
  pipeline.set_state(GST_STATE_PLAYING);
  consumer.wait_for_held();
  fail_unless(
      server->wait_for([](testserver::Server &s) { return s.session(0).closed; }, kDeadline));
  pipeline.wait_for_element_message("assemblyai-session-end");
  switch (__i__) {
    case kPause:
      pipeline.wait_for_state(GST_STATE_PAUSED);
      pipeline.set_state(GST_STATE_PLAYING);
      consumer.let_go();
      pipeline.wait_for_eos();
      break;
    case kFlush:
      seek(pipeline, GST_SECOND);
      consumer.let_go();
      pipeline.wait_for_eos();
      fail_unless_equals_uint64(server->session_count(), 2);
      break;
    case kReady: {
      std::thread slow([&] { consumer.let_go(); });
      pipeline.set_state(GST_STATE_READY);
      slow.join();
      break;
    }
    default:
      gst_element_release_request_pad(pipeline.sink(), pad);
      pipeline.wait_for_eos();
      break;
  }
  gst_object_unref(pad);
}
GST_END_TEST

GST_START_TEST(test_a_flush_begins_anew_from_0) {
  const auto server = start_server(coded_talk());
  const TalkFile file(8s);
  const Factory factory = factory_of(__i__ / 2);
  Pipeline pipeline("filesrc location=" + file.path() + " ! wavparse ! " +
                    captioner_text(factory, server->endpoint(), "latency=1500") +
                    "fakesink name=text sync=true");
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.wait_for_state(GST_STATE_PAUSED);
  pipeline.set_state(GST_STATE_PLAYING);
  const auto has_text = [](const auto &items) {
    return std::any_of(items.begin(), items.end(), [](const auto &item) { return !item.gap; });
  };
  recorder.wait_for(has_text);
  for (int round = 0; round < 3; round++) {
    if (__i__ % 2 == 1)
      pipeline.wait_for_state(GST_STATE_PAUSED);
    const std::size_t before = recorder.items().size();
    seek(pipeline, 4 * GST_SECOND);
    pipeline.set_state(GST_STATE_PLAYING);
    recorder.wait_for([&](const auto &items) {
      return items.size() > before + 4 &&
             std::any_of(items.begin() + static_cast<std::ptrdiff_t>(before) + 1, items.end(),
                         [](const auto &item) { return !item.gap; });
    });
  }
  assert_in_order(recorder);
  pipeline.wait_for([&](const Heard &) { return recorder.eos(); });
  // The talk from 4 s on, at its new times.
  const std::vector<Cue> cues = recorder.cues();
  const GstClockTime first = 4000 * GST_MSECOND;
  const Cue last = cues.back();
  fail_unless(last.start + first < 8 * GST_SECOND, "%s", description({last}).c_str());
  const std::vector<std::string> events = recorder.events();
  fail_unless_equals_int(std::count(events.begin(), events.end(), "flush-stop"), 3);
  fail_unless_equals_int(std::count(events.begin(), events.end(), "segment"), 4);
}
GST_END_TEST

GST_START_TEST(test_gaps_go_on_after_a_flush_of_a_sink_that_is_not_async) {
  const auto server = start_server({.never_begin = true});  // only the clock goes on
  Pipeline pipeline(audio(400) +
                    to_text_sink(Factory::sink, server->endpoint(), "latency=300 async=false"));
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.set_state(GST_STATE_PLAYING);
  wait_until(recorder, GST_SECOND);
  const std::size_t before = recorder.items().size();
  fail_unless(gst_element_send_event(
      pipeline.sink(), gst_event_new_seek(1.0, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH,
                                          GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_NONE, 0)));
  recorder.wait_for([&](const auto &items) {
    return items.size() > before + 5 && items.back().cue.end > 500 * GST_MSECOND;
  });
  assert_in_order(recorder);
}
GST_END_TEST

// Somebody keeps the pad and uses it when the element is gone.
GST_START_TEST(test_a_pad_may_outlive_its_element) {
  GstElement *element = gst_element_factory_make("assemblyaisink", nullptr);
  gst_object_ref_sink(element);
  GstPad *pad = gst_element_request_pad_simple(element, "src");
  if (__i__ == 0)
    gst_element_release_request_pad(element, pad);
  gst_object_unref(element);
  GstPad *peer = gst_pad_new("peer", GST_PAD_SINK);
  gst_object_ref_sink(peer);
  fail_unless_equals_int(gst_pad_link(pad, peer), GST_PAD_LINK_OK);
  fail_if(
      gst_pad_push_event(peer, gst_event_new_seek(1.0, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH,
                                                  GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_NONE, 0)));
  GstQuery *query = gst_query_new_latency();
  fail_if(gst_pad_peer_query(peer, query));
  gst_query_unref(query);
  gst_object_unref(peer);
  gst_object_unref(pad);
}
GST_END_TEST

static Suite *text_states_suite() {
  Suite *suite = suite_create("text_states");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_there_is_one_text_pad);
  tcase_add_test(tests, test_a_pad_that_comes_late_begins_at_what_is_due);
  tcase_add_test(tests, test_pads_come_and_go_under_load);
  tcase_add_loop_test(tests, test_a_pad_can_be_released_while_downstream_blocks, 0, 2);
  tcase_add_test(tests, test_a_released_pad_outlives_its_element);
  tcase_add_loop_test(tests, test_a_pipeline_stops_while_downstream_blocks, 0, 4);
  tcase_add_test(tests, test_the_text_ends_before_the_pipeline);
  tcase_add_loop_test(tests, test_an_end_without_audio, 0, 4);
  tcase_add_loop_test(tests, test_the_end_does_not_run_away_from_a_sink_that_keeps_time, 0, 2);
  tcase_add_loop_test(tests, test_the_wait_for_the_last_text_can_be_left, 0, 4);
  tcase_add_loop_test(tests, test_a_flush_begins_anew_from_0, 0, 4);
  tcase_add_test(tests, test_gaps_go_on_after_a_flush_of_a_sink_that_is_not_async);
  tcase_add_loop_test(tests, test_a_pad_may_outlive_its_element, 0, 2);
  return suite;
}

CHECK_SUITE(text_states);
