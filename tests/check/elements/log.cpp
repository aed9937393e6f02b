// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The debug log: the categories, the object and the place of each line, and what each level has.

#include <map>
#include <mutex>

#include "support/check.h"
#include "support/pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

struct Line {
  std::string category;
  GstDebugLevel level;
  std::string file;
  std::string object;
  std::string text;
};

// The lines of the plugin's categories while it lives.
class Log {
 public:
  Log() {
    gst_debug_remove_log_function(gst_debug_log_default);
    gst_debug_add_log_function(note, this, nullptr);
    gst_debug_set_threshold_from_string("assemblyai*:9", TRUE);
  }
  Log(const Log &) = delete;
  Log &operator=(const Log &) = delete;
  ~Log() {
    gst_debug_set_threshold_from_string("", TRUE);
    gst_debug_remove_log_function(note);
  }

  // The first line that contains the text.
  Line find(const std::string &category, GstDebugLevel level, const std::string &text) {
    const std::lock_guard lock(mutex_);
    for (const Line &line : lines_) {
      if (line.category == category && line.level == level &&
          line.text.find(text) != std::string::npos)
        return line;
    }
    ck_abort_msg("no line of %s with %s", category.c_str(), text.c_str());
    return {};
  }
  std::vector<Line> lines() {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  static void note(GstDebugCategory *category, GstDebugLevel level, const gchar *file,
                   const gchar *, gint, GObject *object, GstDebugMessage *message, gpointer data) {
    auto *self = static_cast<Log *>(data);
    const std::string name = gst_debug_category_get_name(category);
    if (!name.starts_with("assemblyai"))
      return;
    const std::lock_guard lock(self->mutex_);
    self->lines_.push_back({name, level, file, object != nullptr ? GST_OBJECT_NAME(object) : "",
                            gst_debug_message_get(message)});
  }

  std::mutex mutex_;
  std::vector<Line> lines_;
};

struct Expected {
  const char *category;
  GstDebugLevel level;
  const char *text;
  const char *object;
  const char *file;
};

// An operator reads INFO, a developer DEBUG, LOG has each message of audio, TRACE each frame.
constexpr Expected kExpected[] = {
    {"assemblyaisink", GST_LEVEL_INFO, "connecting; the input is not live", "sink",
     "element_core.cpp"},
    {"assemblyai-session", GST_LEVEL_INFO, "begun at ws://127.0.0.1", "sink",
     "service_session.cpp"},
    {"assemblyai-session", GST_LEVEL_INFO, "ended after", "sink", "service_session_end.cpp"},
    {"assemblyai-session", GST_LEVEL_INFO, "ended: 1 sessions", "sink", "stream_loop_sessions.cpp"},
    {"assemblyaisink", GST_LEVEL_DEBUG, "endpoint is set", "sink", "shell.h"},
    {"assemblyaisink", GST_LEVEL_DEBUG, "received segment event", "sink", "gstassemblyaisink.cpp"},
    {"assemblyaisink", GST_LEVEL_DEBUG, "upstream: not live", "sink", "element_core_text.cpp"},
    {"assemblyai-session", GST_LEVEL_DEBUG, "beginning -> streaming", "sink",
     "service_session.cpp"},
    {"assemblyai-session", GST_LEVEL_DEBUG, "turn 0 final from", "sink", "stream_loop.cpp"},
    {"assemblyai-text", GST_LEVEL_DEBUG, "pushing text for", "src", "text_pad_task.cpp"},
    {"assemblyai-text", GST_LEVEL_LOG, "pushing a gap of", "src", "text_pad_task.cpp"},
    {"assemblyaisink", GST_LEVEL_LOG, "audio", "sink", "element_core_input.cpp"},
    {"assemblyai-session", GST_LEVEL_LOG, "sent 1600 bytes", "sink", "service_session.cpp"},
    {"assemblyai-protocol", GST_LEVEL_TRACE, "sent {\"type\":\"Terminate\"}", "sink",
     "service_session.cpp"},
    {"assemblyai-protocol", GST_LEVEL_TRACE, "received {\"type\":\"Begin\"", "sink",
     "service_session.cpp"},
};

}  // namespace

GST_START_TEST(test_a_stream_can_be_followed) {
  const auto server = start_server(coded_talk());
  const TalkFile file(2s);
  Log log;
  {
    Pipeline pipeline(file_pipeline(file, *server, "sync=false") + " sink.src ! fakesink");
    pipeline.set_state(GST_STATE_PLAYING);
    pipeline.wait_for_eos();
  }
  for (const Expected &expected : kExpected) {
    const Line line = log.find(expected.category, expected.level, expected.text);
    fail_unless_equals_text(line.object, expected.object);
    fail_unless(g_str_has_suffix(line.file.c_str(), expected.file), "%s: %s", expected.text,
                line.file.c_str());
  }
  for (const Line &line : log.lines())
    fail_if(line.object.empty(), "%s %s", line.file.c_str(), line.text.c_str());
}
GST_END_TEST

GST_START_TEST(test_the_transcriber_logs_under_its_own_name) {
  const auto server = start_server(coded_talk());
  const TalkFile file(1s);
  Log log;
  {
    Pipeline pipeline("filesrc location=" + file.path() +
                      " ! wavparse ! assemblyaitranscriber name=sink api-key=k endpoint=" +
                      server->endpoint() + " ! fakesink sync=false");
    pipeline.set_state(GST_STATE_PLAYING);
    pipeline.wait_for_eos();
  }
  log.find("assemblyaitranscriber", GST_LEVEL_INFO, "connecting; the input is not live");
  for (const Line &line : log.lines())
    fail_unless(line.category != "assemblyaisink", "%s", line.text.c_str());
}
GST_END_TEST

// Frames are cut.
GST_START_TEST(test_a_line_is_not_longer_than_can_be_read) {
  testserver::Options options = coded_talk();
  options.hold_at = testserver::Moment::partial;
  const auto server = start_server(options);
  const TalkFile file(2s);
  Log log;
  Pipeline pipeline(file_pipeline(file, *server, "sync=false"));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-turn");
  server->send_text(R"({"type":"Turn","turn_order":7,"turn_is_formatted":true,"end_of_turn":true,)"
                    R"("transcript":")" +
                    std::string(100000, 'x') + R"(","words":[]})");
  server->release();
  pipeline.wait_for_eos();
  std::size_t longest = 0;
  for (const Line &line : log.lines())
    longest = std::max(longest, line.text.size());
  fail_unless(longest > 400 && longest < 3000, "%zu", longest);
}
GST_END_TEST

// A warning or an error has the place where it was found, not that of the function that posts it.
GST_START_TEST(test_errors_have_their_place) {
  testserver::Options options = coded_talk();
  options.api_key = "another";
  const auto server = start_server(options);
  const TalkFile file(1s);
  Pipeline pipeline(file_pipeline(file, *server, "sync=false max-retries=0"));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_error();
  fail_unless(pipeline.heard().debugs.at(0).find("bus_reporter.cpp") != std::string::npos, "%s",
              pipeline.heard().debugs[0].c_str());
}
GST_END_TEST

static Suite *log_suite() {
  Suite *suite = suite_create("log");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_a_stream_can_be_followed);
  tcase_add_test(tests, test_the_transcriber_logs_under_its_own_name);
  tcase_add_test(tests, test_a_line_is_not_longer_than_can_be_read);
  tcase_add_test(tests, test_errors_have_their_place);
  return suite;
}

CHECK_SUITE(log);
