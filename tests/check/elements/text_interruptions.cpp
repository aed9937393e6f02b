// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// What becomes of the text when something comes between: pauses, seeks at bad moments, a consumer
// that takes nothing. Pipelines of one test play at the same time.

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <sstream>
#include <utility>

#include "support/check.h"
#include "support/slow_branch.h"
#include "support/text_consumer.h"
#include "support/text_pipeline.h"
#include "support/timed_talk.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

constexpr milliseconds kTalk = 7000ms;  // two sentences
constexpr char kLiveTalk[] =
    "audiotestsrc is-live=true samplesperbuffer=800 num-buffers=140 ! audio/x-raw,rate=16000";

// The running time at which a paused pipeline stands.
GstClockTime standing_at(const Pipeline &pipeline) {
  return gst_element_get_start_time(pipeline.element());
}

guint delay_of(const Pipeline &pipeline) {
  guint delay = 0;
  g_object_get(pipeline.sink(), "max-observed-delay", &delay, nullptr);
  return delay;
}

GstClockTime latency_of_text(const Pipeline &pipeline) {
  GstPad *pad = gst_element_get_static_pad(pipeline.sink(), "src");
  GstQuery *query = gst_query_new_latency();
  fail_unless(gst_pad_query(pad, query));
  GstClockTime min = 0;
  gst_query_parse_latency(query, nullptr, &min, nullptr);
  gst_query_unref(query);
  gst_object_unref(pad);
  return min;
}

GstEvent *seek_to(milliseconds position) {
  return gst_event_new_seek(1.0, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, GST_SEEK_TYPE_SET,
                            position.count() * static_cast<gint64>(GST_MSECOND), GST_SEEK_TYPE_NONE,
                            0);
}

void assert_exact(const char *name, const std::vector<Cue> &cues,
                  const std::vector<TimedText> &words) {
  fail_unless(words.size() > 5);
  const std::vector<TimedText> shown = timed(cues);
  const std::string fault = ExactTimes(shown, words, {.same = same_letters}).fault();
  fail_unless(fault.empty(), "%s: %s", name, fault.c_str());
}

// The cues' words, one after the other.
std::string text_of(const std::vector<Cue> &cues) {
  std::string text;
  for (const Cue &cue : cues)
    text += (text.empty() ? "" : " ") + cue.text;
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

// Rolling text, before and after a pause.
struct RollingChunks {
  static constexpr GstClockTime kLatency = 500 * GST_MSECOND;

  RollingChunks(Factory factory, const testserver::Server &server)
      : pipeline(kLive + to_text_sink(factory, server.endpoint(), "text-mode=rolling")),
        recorder(pipeline, "sink", "src"),
        consumer(pipeline) {
    gst_pipeline_set_latency(GST_PIPELINE(pipeline.element()), kLatency);
  }
  void play_for_a_second() {
    pipeline.wait_for_state(GST_STATE_PAUSED);
    // It is no sink of the pipeline's.
    fail_unless(gst_pad_push_event(consumer.pad(), gst_event_new_latency(kLatency)));
    pipeline.set_state(GST_STATE_PLAYING);
    wait_until(recorder, GST_SECOND);
  }
  void pause() {
    pipeline.wait_for_state(GST_STATE_PAUSED);
    before = recorder.items().size();
  }
  void resume() {
    after = recorder.items().size();
    pipeline.set_state(GST_STATE_PLAYING);
  }
  void check() const {
    fail_unless(after <= before + 1, "%zu, then %zu", before, after);  // one was on its way
    const GstClockTime paused_at = standing_at(pipeline);
    wait_until(recorder, paused_at + GST_SECOND);
    const std::vector<PadRecorder::Item> items = recorder.items();
    fail_unless(items[after].sent_at < paused_at + GST_SECOND,
                "%" GST_TIME_FORMAT " after the pause",
                GST_TIME_ARGS(items[after].sent_at - paused_at));
    assert_in_order(recorder);
    // But for the first, which is there before the clock is.
    for (std::size_t i = 1; i < items.size(); i++)
      fail_unless(items[i].cue.end + kLatency <= items[i].sent_at + 100 * GST_MSECOND,
                  "to %" GST_TIME_FORMAT " at %" GST_TIME_FORMAT, GST_TIME_ARGS(items[i].cue.end),
                  GST_TIME_ARGS(items[i].sent_at));
  }

  Pipeline pipeline;
  PadRecorder recorder;
  TextConsumer consumer;
  std::size_t before = 0;
  std::size_t after = 0;
};

}  // namespace

namespace {

// Of a paused pipeline with a latency of 1 s. Words that are stable may go before they are due;
// that there are none may not.
void assert_nothing_is_decided(TextPipeline &text) {
  constexpr GstClockTime kDecision = 900 * GST_MSECOND;
  const PadRecorder::Item last = text.recorder().items().back();
  const GstClockTime now = standing_at(text.pipeline());
  fail_if(last.gap && last.cue.end + kDecision > now + 50 * GST_MSECOND,
          "a gap to %" GST_TIME_FORMAT " at %" GST_TIME_FORMAT, GST_TIME_ARGS(last.cue.end),
          GST_TIME_ARGS(now));
}

// Nothing was lost, and nobody is told that a text took as long as the pause.
void assert_in_time(const Pipeline &pipeline, milliseconds pause) {
  fail_unless_equals_uint64(pipeline.stat("texts-dropped"), 0);
  const guint delay = delay_of(pipeline);
  fail_unless(delay > 0 && delay < pause.count(), "%u ms", delay);
  const std::vector<std::string> &warnings = pipeline.heard().warnings;
  fail_unless(warnings.empty(), "%s", warnings[0].c_str());
}

}  // namespace

// Longer than the latency, in mid-sentence: what was due then is due after it, and what could not
// be said meanwhile is not late.
GST_START_TEST(test_text_that_is_due_waits_while_paused) {
  constexpr milliseconds kPause = 3s;
  constexpr char kStrict[] = "latency=1000 late-text=drop";
  const auto coded = start_server(coded_talk());
  const auto scripted = start_server();
  const TalkFile file(kTalk);
  TextPipeline from_file(*coded, file_source(file), kStrict);
  TextPipeline live(*scripted, kLiveTalk, kStrict);
  const std::vector<TextPipeline *> both{&from_file, &live};
  {
    const TextConsumer one(from_file.pipeline());
    const TextConsumer other(live.pipeline());
    for (TextPipeline *text : both)
      text->play();
    for (TextPipeline *text : both)
      text->wait_for_cues(1);
    for (TextPipeline *text : both)
      text->pipeline().wait_for_state(GST_STATE_PAUSED);
    live.pipeline().dwell(kPause);
    for (TextPipeline *text : both)
      assert_nothing_is_decided(*text);
    for (TextPipeline *text : both)
      text->play();
    for (TextPipeline *text : both)
      text->pipeline().wait_for_eos();
  }
  const std::string of_file = from_file.fault(words_of({{0ms, kTalk, 0ms}}));
  fail_unless(of_file.empty(), "file: %s", of_file.c_str());
  const std::string of_live = live.fault(live.words_by_position());
  fail_unless(of_live.empty(), "live: %s", of_live.c_str());
  for (TextPipeline *text : both)
    assert_in_time(text->pipeline(), kPause);
}
GST_END_TEST

GST_START_TEST(test_rolling_text_stands_still_while_paused) {
  const auto server = start_server();
  RollingChunks sink(Factory::sink, *server);
  RollingChunks transcriber(Factory::transcriber, *server);
  const std::array<RollingChunks *, 2> both{&sink, &transcriber};
  for (RollingChunks *text : both)
    text->play_for_a_second();
  for (RollingChunks *text : both)
    text->pause();
  sink.pipeline.dwell(2s);
  for (RollingChunks *text : both)
    text->resume();
  for (RollingChunks *text : both)
    text->check();
}
GST_END_TEST

// Nobody has told the element of PAUSED then: what it knows of the clock is of another run.
GST_START_TEST(test_a_stop_while_a_seek_gets_ready_again) {
  const auto server = start_server(coded_talk());
  const TalkFile file(kTalk / 2);
  Pipeline pipeline(file_source(file) + " ! " +
                    to_text_sink(Factory::sink, server->endpoint(), "latency=2000") +
                    SlowBranch::kText);
  SlowBranch slow(pipeline);
  TextConsumer consumer(pipeline);
  pipeline.wait_for_state(GST_STATE_PLAYING);
  consumer.wait_for_texts(1);
  slow.hold();
  fail_unless(gst_element_send_event(pipeline.element(), seek_to(0ms)));
  pipeline.wait_for_state(GST_STATE_READY);
  slow.let_go();
  pipeline.dwell(1s);
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.wait_for_state(GST_STATE_PAUSED);
  wait_until(recorder, 0);
  pipeline.dwell(300ms);
  for (const PadRecorder::Item &item : recorder.items())
    fail_unless(item.gap && item.cue.end <= 100 * GST_MSECOND, "to %" GST_TIME_FORMAT,
                GST_TIME_ARGS(item.cue.end));
  pipeline.set_state(GST_STATE_PLAYING);
  recorder.wait_for_eos();
  assert_in_order(recorder);
  assert_exact("after the stop", recorder.cues(), words_of({{0ms, kTalk / 2, 0ms}}));
}
GST_END_TEST

// Also when the pipeline prerolls for long.
GST_START_TEST(test_nothing_is_late_at_the_beginning) {
  testserver::Options options;
  options.scenario = R"({"turns": [{"words": [
      {"text": "now", "start": 0, "end": 200}, {"text": "or", "start": 200, "end": 400},
      {"text": "never", "start": 400, "end": 700}]}]})";
  const auto server = start_server(options);
  const std::string text =
      audio(30) + to_text_sink(Factory::sink, server->endpoint(), "late-text=drop latency=2000") +
      SlowBranch::kText;
  Pipeline quick(text);
  Pipeline slow(text);
  SlowBranch branch(slow);
  const PadRecorder of_quick(quick, "sink", "src");
  const PadRecorder of_slow(slow, "sink", "src");
  const TextConsumer takes_quick(quick);
  const TextConsumer takes_slow(slow);
  branch.hold();
  slow.set_state(GST_STATE_PAUSED);
  quick.set_state(GST_STATE_PLAYING);
  of_quick.wait_for_eos();
  fail_unless_equals_uint64(of_slow.items().size(), 1);
  branch.let_go();
  slow.set_state(GST_STATE_PLAYING);
  for (const PadRecorder *recorder : {&of_quick, &of_slow}) {
    recorder->wait_for_eos();
    assert_in_order(*recorder);
    fail_unless_equals_text(text_of(recorder->cues()), "Now or never.");
  }
  for (const Pipeline *pipeline : {&quick, &slow}) {
    fail_unless_equals_uint64(pipeline->stat("texts-late"), 0);
    fail_unless_equals_uint64(pipeline->stat("texts-dropped"), 0);
  }
}
GST_END_TEST

namespace {

// Seeks on the first turn, before whoever posts it can go on.
struct SeekOnTurn {
  SeekOnTurn(const Pipeline &from, milliseconds to)
      : pipeline(from.element()), position(to), bus(gst_element_get_bus(pipeline)) {
    gst_bus_set_sync_handler(bus, take, this, nullptr);
    handler = g_signal_connect(from.sink(), "notify::current-caption", G_CALLBACK(note), this);
    sink = from.sink();
  }
  SeekOnTurn(const SeekOnTurn &) = delete;
  SeekOnTurn &operator=(const SeekOnTurn &) = delete;
  ~SeekOnTurn() {
    gst_bus_set_sync_handler(bus, nullptr, nullptr, nullptr);
    g_signal_handler_disconnect(sink, handler);
    gst_object_unref(bus);
  }

  std::vector<std::string> captions_after() const {
    const std::lock_guard lock(mutex);
    return captions;
  }

  static GstBusSyncReply take(GstBus *, GstMessage *message, gpointer data) {
    auto &self = *static_cast<SeekOnTurn *>(data);
    if (gst_message_has_name(message, "assemblyai-turn") && !self.sought.exchange(true)) {
      self.answer = gst_element_send_event(self.pipeline, seek_to(self.position)) != FALSE;
      self.flushed = true;
    }
    return GST_BUS_PASS;
  }
  static void note(GstElement *element, GParamSpec *, gpointer data) {
    auto &self = *static_cast<SeekOnTurn *>(data);
    if (!self.flushed)
      return;
    gchar *caption = nullptr;
    g_object_get(element, "current-caption", &caption, nullptr);
    const std::lock_guard lock(self.mutex);
    self.captions.emplace_back(caption);
    g_free(caption);
  }

  GstElement *pipeline;
  GstElement *sink = nullptr;
  const milliseconds position;
  GstBus *bus;
  gulong handler = 0;
  std::atomic<bool> sought{false};
  std::atomic<bool> answer{false};
  std::atomic<bool> flushed{false};
  mutable std::mutex mutex;
  std::vector<std::string> captions;
};

}  // namespace

// The turn that is under way when the flush comes is of a place that was left.
GST_START_TEST(test_a_seek_out_of_the_message_of_a_turn) {
  const auto server = start_server(coded_talk());
  constexpr milliseconds kThere = kTalk + kTalk / 2;
  const TalkFile file(2 * kTalk);
  TextPipeline text(*server, file_source(file), "latency=2000");
  const SeekOnTurn seek(text.pipeline(), kThere);
  text.play();
  text.pipeline().wait_for_eos();
  fail_unless(seek.answer);
  const std::vector<TimedText> words = words_of({{kThere, 2 * kTalk, 0ms}});
  const std::string fault = text.fault(words);
  fail_unless(fault.empty(), "%s", fault.c_str());
  const std::vector<std::string> captions = seek.captions_after();
  fail_unless(captions.size() > 3);
  for (const std::string &caption : captions) {
    std::istringstream tokens(caption);
    for (std::string token; tokens >> token;)
      fail_unless(
          std::any_of(words.begin(), words.end(),
                      [&](const TimedText &word) { return same_letters(token, word.text); }),
          "\"%s\" was said before", caption.c_str());
  }
}
GST_END_TEST

GST_START_TEST(test_what_a_flush_leaves_and_what_ready_forgets) {
  const auto server = start_server(coded_talk());
  const TalkFile file(2 * kTalk);
  TextPipeline text(*server, file_source(file), "latency=1000");
  Pipeline &pipeline = text.pipeline();
  text.play();
  text.wait_for_cues(2);
  const GstClockTime latency = latency_of_text(pipeline);
  fail_unless(latency >= GST_SECOND);
  gst_util_set_object_arg(G_OBJECT(pipeline.sink()), "text-mode", "rolling");

  GstEvent *seek = seek_to(kTalk);
  const guint32 seqnum = gst_event_get_seqnum(seek);
  const std::size_t before = text.recorder().items().size();
  fail_unless(gst_element_send_event(pipeline.element(), seek));
  pipeline.wait_for_state(GST_STATE_PLAYING);
  text.recorder().wait_for([&](const auto &items) { return items.size() > before + 2; });
  GstPad *pad = gst_element_get_static_pad(pipeline.sink(), "src");
  GstEvent *segment = gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0);
  fail_unless_equals_int(gst_event_get_seqnum(segment), seqnum);
  gst_event_unref(segment);
  gst_object_unref(pad);
  // The mode is that of the start, and what was counted before counts.
  fail_unless_equals_uint64(latency_of_text(pipeline), latency);
  fail_unless(pipeline.stat("texts") >= 2);

  pipeline.wait_for_state(GST_STATE_READY);
  pipeline.wait_for_state(GST_STATE_PAUSED);
  fail_unless_equals_uint64(pipeline.stat("texts"), 0);
  fail_unless(latency_of_text(pipeline) < GST_SECOND);
}
GST_END_TEST

// However long a text may be shown.
GST_START_TEST(test_the_end_does_not_wait_for_ever_for_who_takes_nothing) {
  constexpr char kSettings[] = "latency=1000 max-cue-duration=3600000";
  const auto server = start_server();
  Pipeline live(kLive + to_text_sink(Factory::sink, server->endpoint(), kSettings));
  Pipeline paced(audio(60) + to_text_sink(Factory::sink, server->endpoint(), kSettings));
  TextConsumer of_live(live);
  TextConsumer of_paced(paced);
  for (TextConsumer *consumer : {&of_live, &of_paced})
    consumer->hold();
  for (Pipeline *pipeline : {&live, &paced})
    pipeline->set_state(GST_STATE_PLAYING);
  for (TextConsumer *consumer : {&of_live, &of_paced})
    consumer->wait_for_held();
  gst_element_send_event(live.element(), gst_event_new_eos());
  live.wait_for_eos();
  paced.wait_for_eos();
}
GST_END_TEST

static Suite *text_interruptions_suite() {
  Suite *suite = suite_create("text_interruptions");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_text_that_is_due_waits_while_paused);
  tcase_add_test(tests, test_rolling_text_stands_still_while_paused);
  tcase_add_test(tests, test_a_stop_while_a_seek_gets_ready_again);
  tcase_add_test(tests, test_nothing_is_late_at_the_beginning);
  tcase_add_test(tests, test_a_seek_out_of_the_message_of_a_turn);
  tcase_add_test(tests, test_what_a_flush_leaves_and_what_ready_forgets);
  tcase_add_test(tests, test_the_end_does_not_wait_for_ever_for_who_takes_nothing);
  return suite;
}

CHECK_SUITE(text_interruptions);
