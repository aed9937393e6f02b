// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Waits that a state change interrupts: none may hold the base class's lock.

#include <gst/base/gstbasesink.h>

#include <atomic>
#include <thread>

#include "support/check.h"
#include "support/event.h"
#include "support/pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

// Stops the streaming thread in the LATENCY query that precedes a session, until
// the base class has asked it to unlock.
struct OpeningPaused {
  Event querying;
  Event unlocked;
  // A pipeline asks for its latency too, on threads of its own.
  std::atomic<GThread *> streaming{nullptr};

  static inline OpeningPaused *current = nullptr;
  static inline gboolean (*real_unlock)(GstBaseSink *) = nullptr;

  static gboolean unlock(GstBaseSink *sink) {
    const gboolean result = real_unlock(sink);
    current->unlocked.set();
    return result;
  }
  static GstPadProbeReturn note(GstPad *, GstPadProbeInfo *, gpointer) {
    current->streaming = g_thread_self();
    return GST_PAD_PROBE_OK;
  }
  static GstPadProbeReturn hold(GstPad *, GstPadProbeInfo *info, gpointer) {
    const bool latency = GST_QUERY_TYPE(GST_PAD_PROBE_INFO_QUERY(info)) == GST_QUERY_LATENCY;
    if (latency && g_thread_self() == current->streaming) {
      current->querying.set();
      current->unlocked.wait();
    }
    return GST_PAD_PROBE_OK;
  }

  explicit OpeningPaused(GstElement *sink) {
    current = this;
    GstBaseSinkClass *klass = GST_BASE_SINK_GET_CLASS(sink);
    real_unlock = klass->unlock;
    klass->unlock = unlock;
    GstPad *pad = gst_element_get_static_pad(sink, "sink");
    GstPad *peer = gst_pad_get_peer(pad);
    gst_pad_add_probe(peer, GST_PAD_PROBE_TYPE_BUFFER, note, nullptr, nullptr);
    gst_pad_add_probe(peer, GST_PAD_PROBE_TYPE_QUERY_UPSTREAM, hold, nullptr, nullptr);
    gst_object_unref(peer);
    gst_object_unref(pad);
    klass_ = klass;
  }
  ~OpeningPaused() { klass_->unlock = real_unlock; }

 private:
  GstBaseSinkClass *klass_;
};

}  // namespace

GST_START_TEST(test_pausing_while_a_session_is_opened_does_not_wait_for_it) {
  testserver::Options options;
  options.never_begin = true;
  const auto server = start_server(options);
  const TalkFile file(5s);
  Pipeline pipeline(
      file_pipeline(file, *server, "sync=false max-backlog=1000 connect-timeout=60000"));
  OpeningPaused opening(pipeline.sink());
  pipeline.set_state(GST_STATE_PLAYING);
  fail_unless(opening.querying.wait());
  Event paused;
  std::thread pausing([&] {
    pipeline.set_state(GST_STATE_PAUSED);
    paused.set();
  });
  const bool in_time = paused.wait();
  pipeline.set_state(GST_STATE_NULL);
  pausing.join();
  fail_unless(in_time);
}
GST_END_TEST

GST_START_TEST(test_eos_survives_a_flushing_step_while_draining) {
  testserver::Options options = coded_talk();
  options.terminate_delay = 1500ms;
  const auto server = start_server(options);
  const TalkFile file(1s);
  Pipeline pipeline(file_pipeline(file, *server, "sync=false"));
  pipeline.set_state(GST_STATE_PLAYING);
  fail_unless(server->wait_for(
      [](testserver::Server &s) { return s.session_count() == 1 && s.session(0).terminated; },
      kDeadline));
  pipeline.wait_for_state(GST_STATE_PAUSED);
  gst_element_send_event(pipeline.element(),
                         gst_event_new_step(GST_FORMAT_BUFFERS, 1, 1.0, TRUE, FALSE));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  fail_unless(pipeline.heard().errors.empty());
}
GST_END_TEST

GST_START_TEST(test_eos_in_paused_does_not_hold_up_playing) {
  testserver::Options options;
  options.terminate_answer = testserver::TerminateAnswer::silent;
  const auto server = start_server(options);
  Pipeline pipeline(
      "appsrc name=source format=time "
      "caps=audio/x-raw,format=S16LE,rate=16000,channels=1,layout=interleaved ! " +
      sink_text(*server, __i__ == 0 ? "sync=false async=false drain-timeout=60000"
                                    : "sync=false drain-timeout=60000"));
  GstElement *source = gst_bin_get_by_name(GST_BIN(pipeline.element()), "source");
  pipeline.set_state(GST_STATE_PLAYING);
  GstFlowReturn flow = GST_FLOW_OK;
  GstBuffer *buffer = gst_buffer_new_allocate(nullptr, 32000, nullptr);
  gst_buffer_memset(buffer, 0, 0, 32000);
  GST_BUFFER_PTS(buffer) = 0;
  g_signal_emit_by_name(source, "push-buffer", buffer, &flow);
  gst_buffer_unref(buffer);
  pipeline.wait_for_element_message("assemblyai-turn");
  pipeline.set_state(GST_STATE_PAUSED);
  g_signal_emit_by_name(source, "end-of-stream", &flow);
  gst_object_unref(source);
  Event playing;
  std::thread changing([&] {
    pipeline.wait_for_state(GST_STATE_PAUSED);
    pipeline.set_state(GST_STATE_PLAYING);
    playing.set();
  });
  const bool in_time = playing.wait();
  changing.join();
  fail_unless(in_time);
}
GST_END_TEST

// A message that is being posted when the flush comes is from before it.
GST_START_TEST(test_a_flush_waits_for_a_message_that_is_being_posted) {
  struct Posting {
    Event begun;
    Event flushed;
    std::atomic<bool> over{false};
  } posting;
  const auto server = start_server();
  const Pipeline pipeline(kLive + sink_text(*server));
  GstBus *bus = gst_element_get_bus(pipeline.element());
  gst_bus_set_sync_handler(
      bus,
      [](GstBus *, GstMessage *message, gpointer data) {
        auto *self = static_cast<Posting *>(data);
        if (gst_message_has_name(message, "assemblyai-session-begin")) {
          self->begun.set();
          self->flushed.wait(200ms);
          self->over = true;
        }
        gst_message_unref(message);
        return GST_BUS_DROP;
      },
      &posting, nullptr);
  gst_object_unref(bus);
  gst_element_set_state(pipeline.element(), GST_STATE_PLAYING);
  fail_unless(posting.begun.wait());
  GstPad *pad = gst_element_get_static_pad(pipeline.sink(), "sink");
  gst_pad_send_event(pad, gst_event_new_flush_start());
  const bool over = posting.over;
  posting.flushed.set();
  gst_object_unref(pad);
  fail_unless(over);
  gst_element_set_state(pipeline.element(), GST_STATE_NULL);
}
GST_END_TEST

static Suite *interruptions_suite() {
  Suite *suite = suite_create("interruptions");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_pausing_while_a_session_is_opened_does_not_wait_for_it);
  tcase_add_test(tests, test_eos_survives_a_flushing_step_while_draining);
  tcase_add_test(tests, test_a_flush_waits_for_a_message_that_is_being_posted);
  tcase_add_loop_test(tests, test_eos_in_paused_does_not_hold_up_playing, 0, 2);
  return suite;
}

CHECK_SUITE(interruptions);
