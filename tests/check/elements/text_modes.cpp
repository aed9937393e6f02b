// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// What text properties do to a text that comes late, and what tells of it; the caption as a
// property.

#include <algorithm>
#include <mutex>
#include <sstream>

#include "support/check.h"
#include "support/text_pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

// One word at 1 s, which the service has recognised 1.5 s after its end; and one that it knows at
// once, for comparison.
testserver::Options slow_service() {
  testserver::Options options;
  options.scenario = R"({"turns": [
      {"words": [{"text": "late", "start": 1000, "end": 1300}], "formatted": "Late.",
       "partials": [{"at": 2800, "text": "late"}], "end": 2900},
      {"words": [{"text": "soon", "start": 3600, "end": 4000}], "formatted": "Soon.",
       "partials": [{"at": 4000, "text": "soon"}], "end": 4100}]})";
  return options;
}

// As after an outage: turns that follow one another come late, and at once.
testserver::Options service_after_outage() {
  testserver::Options options;
  options.scenario = R"({"turns": [
      {"words": [{"text": "one", "start": 500, "end": 1400}], "formatted": "One.",
       "partials": [{"at": 2800, "text": "one"}], "end": 2850},
      {"words": [{"text": "two", "start": 1450, "end": 2350}], "formatted": "Two.",
       "partials": [{"at": 2900, "text": "two"}], "end": 2950},
      {"words": [{"text": "three", "start": 2400, "end": 2750}], "formatted": "Three.",
       "partials": [{"at": 3000, "text": "three"}], "end": 3050},
      {"words": [{"text": "soon", "start": 5300, "end": 5500}], "formatted": "Soon.",
       "partials": [{"at": 5500, "text": "soon"}], "end": 5600}]})";
  return options;
}

// The cues of all the audio.
std::vector<Cue> cues_with(const std::string &late_text, Pipeline *pipeline) {
  const PadRecorder recorder(*pipeline, "sink", "src");
  gst_util_set_object_arg(G_OBJECT(pipeline->sink()), "late-text", late_text.c_str());
  pipeline->set_state(GST_STATE_PLAYING);
  pipeline->wait_for_eos();
  // With its own time a text may begin where a gap has been.
  if (late_text != "keep")
    assert_in_order(recorder);
  return recorder.cues();
}

bool is_near(GstClockTime time, GstClockTime expected) {
  return time + 60 * GST_MSECOND >= expected && time <= expected + 60 * GST_MSECOND;
}

std::string caption_of(const Pipeline &pipeline) {
  gchar *text = nullptr;
  g_object_get(pipeline.sink(), "current-caption", &text, nullptr);
  const std::string caption = text != nullptr ? text : "(null)";
  g_free(text);
  return caption;
}

guint delay_of(const Pipeline &pipeline) {
  guint delay = 0;
  g_object_get(pipeline.sink(), "max-observed-delay", &delay, nullptr);
  return delay;
}

// What the element has notified of, in order.
class Notifications {
 public:
  explicit Notifications(const Pipeline &pipeline) : sink_(pipeline.sink()) {
    handler_ = g_signal_connect(sink_, "notify", G_CALLBACK(take), this);
  }
  Notifications(const Notifications &) = delete;
  Notifications &operator=(const Notifications &) = delete;
  ~Notifications() {
    g_signal_handler_disconnect(sink_, handler_);
    const std::lock_guard lock(mutex_);  // for the thread sanitizer, which does not see GLib's
  }

  std::vector<std::string> captions() const {
    const std::lock_guard lock(mutex_);
    return captions_;
  }
  std::size_t count(const std::string &name) const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::count(names_.begin(), names_.end(), name));
  }

 private:
  static void take(GstElement *element, GParamSpec *spec, gpointer data) {
    auto *self = static_cast<Notifications *>(data);
    gchar *caption = nullptr;
    g_object_get(element, "current-caption", &caption, nullptr);
    const std::lock_guard lock(self->mutex_);
    self->names_.emplace_back(spec->name);
    if (g_str_equal(spec->name, "current-caption"))
      self->captions_.emplace_back(caption);
    g_free(caption);
  }

  GstElement *sink_;
  gulong handler_;
  mutable std::mutex mutex_;
  std::vector<std::string> names_;
  std::vector<std::string> captions_;
};

}  // namespace

GST_START_TEST(test_late_text_is_shifted_kept_or_dropped) {
  static const char *const kPolicies[] = {"shift", "keep", "drop"};
  const auto server = start_server(slow_service());
  Pipeline pipeline(audio(100) + to_text_sink(Factory::sink, server->endpoint(), "latency=500"));
  const std::vector<Cue> cues = cues_with(kPolicies[__i__], &pipeline);
  const std::string all = description(cues);
  fail_unless_equals_uint64(pipeline.stat("texts-late"), __i__ == 2 ? 0 : 1);
  fail_unless_equals_uint64(pipeline.stat("texts-dropped"), __i__ == 2 ? 1 : 0);
  if (__i__ == 2) {
    fail_unless_equals_uint64(cues.size(), 1);
    fail_unless(g_ascii_strncasecmp(cues[0].text.c_str(), "soon", 4) == 0);
    return;
  }
  fail_unless(cues.size() == 2, "%s", all.c_str());
  fail_unless(g_ascii_strncasecmp(cues[0].text.c_str(), "late", 4) == 0);
  // Known 1.8 s after its beginning; what was due then is half a second before.
  if (__i__ == 0)
    fail_unless(cues[0].start > 2200 * GST_MSECOND && cues[0].start < 2900 * GST_MSECOND, "%s",
                all.c_str());
  else
    fail_unless(is_near(cues[0].start, GST_SECOND), "%s", all.c_str());
  fail_unless_equals_uint64(cues[0].end - cues[0].start, GST_SECOND);
  fail_unless(is_near(cues[1].start, 3600 * GST_MSECOND), "%s", all.c_str());
}
GST_END_TEST

GST_START_TEST(test_late_text_behind_which_other_text_waits_goes_sooner) {
  const auto server = start_server(service_after_outage());
  Pipeline pipeline(audio(120) + to_text_sink(Factory::sink, server->endpoint(), "latency=500"));
  const std::vector<Cue> cues = cues_with("shift", &pipeline);
  const std::string all = description(cues);
  fail_unless(pipeline.stat("texts-late") == 3, "%s", all.c_str());
  fail_unless(cues.size() == 4, "%s", all.c_str());
  fail_unless(cues[1].start == cues[0].end && cues[2].start == cues[1].end, "%s", all.c_str());
  fail_unless(is_near(cues[1].end - cues[1].start, 760 * GST_MSECOND), "%s", all.c_str());
  fail_unless(is_near(cues[3].start, 5300 * GST_MSECOND), "%s", all.c_str());
}
GST_END_TEST

// More time that costs no latency: the same text, in time, but later than spoken.
GST_START_TEST(test_lateness_makes_time) {
  const auto server = start_server(slow_service());
  Pipeline pipeline(audio(100) +
                    to_text_sink(Factory::sink, server->endpoint(), "latency=500 lateness=2000"));
  const std::vector<Cue> cues = cues_with("drop", &pipeline);
  fail_unless(cues.size() == 2, "%s", description(cues).c_str());
  fail_unless(is_near(cues[0].start, 3 * GST_SECOND), "%s", description(cues).c_str());
  fail_unless(is_near(cues[1].start, 5600 * GST_MSECOND), "%s", description(cues).c_str());
  fail_unless(pipeline.heard().warnings.empty());
}
GST_END_TEST

// Once for each new maximum, with a value that would do.
GST_START_TEST(test_a_latency_that_is_too_small_is_a_warning) {
  testserver::Options options;
  options.scenario = R"({"turns": [
      {"text": "one", "start": 300, "word_ms": 200, "partials": [{"at": 1000, "text": "one"}],
       "end": 1000},
      {"text": "two", "start": 1200, "word_ms": 200, "partials": [{"at": 1900, "text": "two"}],
       "end": 1900},
      {"text": "three", "start": 2000, "word_ms": 200, "partials": [{"at": 3500, "text": "three"}],
       "end": 3500}]})";
  const auto server = start_server(options);
  Pipeline pipeline(audio(90) + to_text_sink(Factory::sink, server->endpoint(), "latency=300"));
  const Notifications notifications(pipeline);
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  const Heard &heard = pipeline.heard();
  fail_unless(heard.warnings.size() >= 2 && heard.warnings.size() <= 3, "%zu",
              heard.warnings.size());
  guint before = 0;
  for (const std::string &warning : heard.warnings) {
    const std::string name = "set latency to ";
    const std::size_t at = warning.rfind(name);
    fail_unless(at != std::string::npos, "%s", warning.c_str());
    const auto advice = static_cast<guint>(std::stoul(warning.substr(at + name.size())));
    fail_unless(advice > before, "%s", warning.c_str());
    before = advice;
  }
  const guint delay = delay_of(pipeline);
  fail_unless(delay >= 1450 && before >= delay && before <= delay + 200, "%u for %u", before,
              delay);
  fail_unless(notifications.count("max-observed-delay") >= 2);
  // What was advised does.
  pipeline.set_state(GST_STATE_READY);
  fail_unless_equals_int(delay_of(pipeline), delay);
  g_object_set(pipeline.sink(), "latency", before + 500, nullptr);
  const std::size_t warnings = heard.warnings.size();
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-session-begin");
  fail_unless(delay_of(pipeline) < delay);
  pipeline.wait_for(
      [&](const Heard &) { return pipeline.messages("assemblyai-session-end").size() == 2; });
  fail_unless_equals_uint64(heard.warnings.size(), warnings);
}
GST_END_TEST

GST_START_TEST(test_nobody_is_warned_where_nobody_waits) {
  static const char *const kCases[] = {"sync=false latency=300", "text-mode=rolling latency=300",
                                       ""};
  const auto server = start_server(slow_service());
  Pipeline pipeline(audio(100) +
                    (__i__ == 2 ? sink_text(*server, "latency=300")
                                : to_text_sink(Factory::sink, server->endpoint(), kCases[__i__])));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for(
      [&](const Heard &) { return pipeline.messages("assemblyai-session-end").size() == 1; });
  pipeline.drain_bus();
  fail_unless(pipeline.heard().warnings.empty());
  fail_unless(delay_of(pipeline) > 0);
}
GST_END_TEST

// With a text pad and without.
GST_START_TEST(test_the_caption_is_a_property_that_notifies) {
  testserver::Options options;
  options.scenario = R"({"turns": [{"text": "good evening", "start": 300, "word_ms": 300}]})";
  const auto server = start_server(options);
  const std::string hold = "min-cue-duration=300 ";
  Pipeline pipeline(kLive + (__i__ == 0
                                 ? sink_text(*server, hold)
                                 : to_text_sink(factory_of(__i__), server->endpoint(), hold)));
  const Notifications notifications(pipeline);
  fail_unless_equals_text(caption_of(pipeline), "");
  pipeline.set_state(GST_STATE_PLAYING);
  // Held for the time that reading takes, then taken away.
  poll_until([&] {
    const auto captions = notifications.captions();
    return !captions.empty() && captions.back().empty();
  });
  const std::vector<std::string> captions = notifications.captions();
  fail_unless(captions.size() >= 2);
  fail_unless_equals_text(captions[captions.size() - 2], "Good evening.");
  // Only what is new is news.
  fail_unless(std::adjacent_find(captions.begin(), captions.end()) == captions.end());
  fail_unless_equals_text(caption_of(pipeline), "");
}
GST_END_TEST

GST_START_TEST(test_the_caption_goes_with_the_stream) {
  enum { kEos, kFlush, kReady, kError };
  testserver::Options options;
  options.scenario = R"({"turns": [{"text": "good evening", "start": 100, "end": 60000}]})";
  const auto server = start_server(options);
  const TalkFile file(30s);
  Pipeline pipeline(
      "filesrc location=" + file.path() + " ! wavparse ! " +
      sink_text(*server, "min-cue-duration=20000 max-cue-duration=20000 max-retries=0"));
  pipeline.set_state(GST_STATE_PLAYING);
  poll_until([&] { return !caption_of(pipeline).empty(); });
  switch (__i__) {
    case kEos:
      gst_element_send_event(pipeline.element(), gst_event_new_eos());
      pipeline.wait_for_eos();
      break;
    case kFlush:
      pipeline.wait_for_state(GST_STATE_PAUSED);
      fail_unless(
          gst_element_seek_simple(pipeline.element(), GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, 0));
      break;
    case kReady:
      pipeline.set_state(GST_STATE_READY);
      break;
    default:
      server->send_error(1008, "Unauthorized Connection: account disabled");
      pipeline.wait_for_error();
      break;
  }
  fail_unless_equals_text(caption_of(pipeline), "");
}
GST_END_TEST

GST_START_TEST(test_another_speaker_is_marked) {
  static const struct {
    const char *prefix;
    std::vector<std::string> cues;
  } kCases[] = {
      {">> ", {">> Good evening.", "And welcome.", ">> Thanks."}},
      {"%s: ", {"A: Good evening.", "And welcome.", "B: Thanks."}},
  };
  testserver::Options options;
  options.scenario = R"({"turns": [
      {"text": "good evening", "start": 100, "word_ms": 200, "speaker": "A", "end": 700},
      {"text": "and welcome", "start": 900, "word_ms": 200, "speaker": "A", "end": 1500},
      {"text": "thanks", "start": 1700, "speaker": "B", "end": 2200}]})";
  const auto server = start_server(options);
  Pipeline pipeline(audio(50) + to_text_sink(factory_of(__i__ / 2), server->endpoint(),
                                             "text-mode=cues speaker-labels=true"));
  g_object_set(pipeline.sink(), "speaker-prefix", kCases[__i__ % 2].prefix, nullptr);
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.set_state(GST_STATE_PLAYING);
  recorder.wait_for_eos();
  assert_in_order(recorder);
  std::vector<std::string> texts;
  for (const Cue &cue : recorder.cues())
    texts.push_back(cue.text);
  fail_unless(texts == kCases[__i__ % 2].cues, "%s", description(recorder.cues()).c_str());
}
GST_END_TEST

// Wide characters count twice: five of them in ten columns.
GST_START_TEST(test_text_without_blanks) {
  static const struct {
    const char *words, *formatted;
  } kCases[] = {
      {R"({"text": "今日は", "start": 100, "end": 500}, {"text": "いい", "start": 500, "end": 800},
          {"text": "天気です", "start": 800, "end": 1400}, {"text": "ね", "start": 1400, "end": 1600})",
       "今日はいい天気ですね。"},
      {R"({"text": "大家", "start": 100, "end": 500}, {"text": "晚上", "start": 500, "end": 800},
          {"text": "好欢迎", "start": 800, "end": 1400}, {"text": "收看", "start": 1400, "end": 1600})",
       "大家晚上好，欢迎收看。"},
  };
  const auto &test = kCases[__i__];
  testserver::Options options;
  options.scenario = std::string(R"({"turns": [{"words": [)") + test.words +
                     R"(], "formatted": ")" + test.formatted + R"("}]})";
  const auto server = start_server(options);
  Pipeline pipeline(audio(50) + to_text_sink(Factory::sink, server->endpoint(),
                                             "max-line-length=10 max-lines=2"));
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.set_state(GST_STATE_PLAYING);
  recorder.wait_for_eos();
  assert_in_order(recorder);
  std::string all;
  std::size_t lines = 0;
  for (const Cue &cue : recorder.cues()) {
    std::istringstream text(cue.text);
    for (std::string line; std::getline(text, line); lines++) {
      fail_unless(g_utf8_strlen(line.c_str(), -1) <= 5, "%s", cue.text.c_str());
      all += line;
    }
  }
  fail_unless_equals_text(all, test.formatted);
  fail_unless_equals_uint64(lines, 3);
  fail_unless(recorder.cues().size() < 3, "%s", description(recorder.cues()).c_str());
}
GST_END_TEST

// The caption as it grows, without a blank between its chunks, ends with the stream.
GST_START_TEST(test_rolling_text_grows) {
  const auto server = start_server();
  Pipeline pipeline(audio(100) +
                    to_text_sink(factory_of(__i__), server->endpoint(), "text-mode=rolling"));
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.set_state(GST_STATE_PLAYING);
  recorder.wait_for_eos();
  assert_in_order(recorder);
  const std::vector<Cue> cues = recorder.cues();
  fail_unless(cues.size() > 10);
  for (std::size_t i = 1; i < cues.size(); i++)
    fail_unless_equals_uint64(cues[i].start, cues[i - 1].end);
}
GST_END_TEST

// A mode that is set too late takes effect with the next start.
GST_START_TEST(test_the_mode_stays_while_it_runs) {
  const auto server = start_server();
  Pipeline pipeline(kLive + to_text_sink(factory_of(__i__), server->endpoint(), "latency=300"));
  const PadRecorder recorder(pipeline, "sink", "src");
  pipeline.set_state(GST_STATE_PLAYING);
  for (const char *mode : {"rolling", "cues", "words", "rolling"}) {
    gst_util_set_object_arg(G_OBJECT(pipeline.sink()), "text-mode", mode);
    const std::vector<PadRecorder::Item> items = recorder.items();
    wait_until(recorder, items.empty() ? GST_SECOND : items.back().cue.end + 500 * GST_MSECOND);
  }
  assert_in_order(recorder);
}
GST_END_TEST

static Suite *text_modes_suite() {
  Suite *suite = suite_create("text_modes");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_late_text_is_shifted_kept_or_dropped, 0, 3);
  tcase_add_test(tests, test_late_text_behind_which_other_text_waits_goes_sooner);
  tcase_add_test(tests, test_lateness_makes_time);
  tcase_add_test(tests, test_a_latency_that_is_too_small_is_a_warning);
  tcase_add_loop_test(tests, test_nobody_is_warned_where_nobody_waits, 0, 3);
  tcase_add_loop_test(tests, test_the_caption_is_a_property_that_notifies, 0, 2);
  tcase_add_loop_test(tests, test_the_caption_goes_with_the_stream, 0, 4);
  tcase_add_loop_test(tests, test_another_speaker_is_marked, 0, 4);
  tcase_add_loop_test(tests, test_text_without_blanks, 0, 2);
  tcase_add_loop_test(tests, test_rolling_text_grows, 0, 2);
  tcase_add_loop_test(tests, test_the_mode_stays_while_it_runs, 0, 2);
  return suite;
}

CHECK_SUITE(text_modes);
