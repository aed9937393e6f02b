// SPDX-License-Identifier: LGPL-2.1-or-later
// The key reaches the service and nothing else: no log at any level, message
// or error. (What gst-launch-1.0 prints: pipelines/gst_launch.)

#include <mutex>

#include "support/check.h"
#include "support/pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

// All that GStreamer logs, searched for the key.
struct LogSearch {
  std::mutex mutex;
  std::size_t lines = 0;
  std::string found;

  static void note(GstDebugCategory *, GstDebugLevel, const gchar *file, const gchar *, gint,
                   GObject *, GstDebugMessage *message, gpointer data) {
    auto *self = static_cast<LogSearch *>(data);
    const gchar *text = gst_debug_message_get(message);
    const std::lock_guard lock(self->mutex);
    self->lines++;
    if (text != nullptr && strstr(text, kKey) != nullptr)
      self->found = std::string(file) + ": " + text;
  }
};

void run_logged(const std::string &properties, testserver::Options options,
                const std::function<void(Pipeline &)> &until) {
  const auto server = start_server(std::move(options));
  LogSearch search;
  const TalkFile file(300ms);
  // Set by function, not in the launch line: GStreamer's parser logs what it parses.
  Pipeline pipeline("filesrc location=" + file.path() +
                    " ! wavparse ! assemblyaisink sync=false name=sink endpoint=" +
                    server->endpoint() + " " + properties);
  gst_debug_remove_log_function(gst_debug_log_default);
  gst_debug_add_log_function(LogSearch::note, &search, nullptr);
  gst_debug_set_default_threshold(GST_LEVEL_MEMDUMP);
  g_object_set(pipeline.sink(), "api-key", kKey, nullptr);
  pipeline.set_state(GST_STATE_PLAYING);
  until(pipeline);
  pipeline.set_state(GST_STATE_NULL);
  gst_debug_set_default_threshold(GST_LEVEL_NONE);
  gst_debug_remove_log_function(LogSearch::note);
  fail_unless(search.found.empty(), "%s", search.found.c_str());
  fail_unless(search.lines > 100);
  for (const Structure &structure : pipeline.heard().elements) {
    gchar *text = gst_structure_to_string(structure.get());
    fail_unless(strstr(text, kKey) == nullptr);
    g_free(text);
  }
}

}  // namespace

GST_START_TEST(test_no_log_level_shows_the_key) {
  run_logged("messages=31", {}, [](Pipeline &pipeline) { pipeline.wait_for_eos(); });
}
GST_END_TEST

GST_START_TEST(test_a_refused_key_is_not_shown) {
  testserver::Options options;
  options.api_key = "another";
  run_logged("messages=31", options, [](Pipeline &pipeline) {
    pipeline.wait_for_error();
    fail_unless(pipeline.heard().errors[0].find(kKey) == std::string::npos);
    fail_unless(pipeline.heard().debugs[0].find(kKey) == std::string::npos);
  });
}
GST_END_TEST

static Suite *secrets_suite() {
  Suite *suite = suite_create("secrets");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_no_log_level_shows_the_key);
  tcase_add_test(tests, test_a_refused_key_is_not_shown);
  return suite;
}

GST_CHECK_MAIN(secrets)
