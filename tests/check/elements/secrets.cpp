// SPDX-License-Identifier: LGPL-2.1-or-later
// The key reaches the service and nothing else: no log at any level, message,
// error, dot graph or verbose print.

#include <glib/gstdio.h>

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

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    gchar *path = g_dir_make_tmp("secrets-XXXXXX", nullptr);
    path_ = path;
    g_free(path);
  }
  ~TemporaryDirectory() {
    for (const std::string &name : names())
      g_unlink((path_ + "/" + name).c_str());
    g_rmdir(path_.c_str());
  }
  TemporaryDirectory(const TemporaryDirectory &) = delete;
  TemporaryDirectory &operator=(const TemporaryDirectory &) = delete;

  const std::string &path() const { return path_; }
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    GDir *directory = g_dir_open(path_.c_str(), 0, nullptr);
    while (const gchar *name = g_dir_read_name(directory))
      found.emplace_back(name);
    g_dir_close(directory);
    return found;
  }
  std::string read(const std::string &name) const {
    gchar *text = nullptr;
    gsize size = 0;
    fail_unless(g_file_get_contents((path_ + "/" + name).c_str(), &text, &size, nullptr));
    std::string result(text, size);
    g_free(text);
    return result;
  }

 private:
  std::string path_;
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

GST_START_TEST(test_gst_launch_with_everything_on_does_not_show_the_key) {
  const auto server = start_server();
  const TalkFile file(300ms);
  const TemporaryDirectory directory;
  const std::string log = directory.path() + "/debug.log";
  gchar **environment = g_get_environ();
  environment = g_environ_setenv(environment, "ASSEMBLYAI_API_KEY", kKey, TRUE);
  environment = g_environ_setenv(environment, "GST_DEBUG", "*:7", TRUE);
  environment = g_environ_setenv(environment, "GST_DEBUG_FILE", log.c_str(), TRUE);
  environment = g_environ_setenv(environment, "G_MESSAGES_DEBUG", "all", TRUE);
  environment =
      g_environ_setenv(environment, "GST_DEBUG_DUMP_DOT_DIR", directory.path().c_str(), TRUE);
  const std::string location = "location=" + file.path();
  const std::string endpoint = "endpoint=" + server->endpoint();
  std::vector<const char *> arguments{"gst-launch-1.0",
                                      "-v",
                                      "-m",
                                      "filesrc",
                                      location.c_str(),
                                      "!",
                                      "wavparse",
                                      "!",
                                      "assemblyaisink",
                                      endpoint.c_str(),
                                      nullptr};
  gchar *output = nullptr;
  gchar *errors = nullptr;
  GError *error = nullptr;
  gint status = 0;
  fail_unless(
      g_spawn_sync(nullptr, const_cast<gchar **>(arguments.data()), environment,
                   G_SPAWN_SEARCH_PATH, nullptr, nullptr, &output, &errors, &status, &error),
      "%s", error != nullptr ? error->message : "");
  fail_unless(g_spawn_check_wait_status(status, nullptr), "%s", errors);
  fail_unless(strstr(output, "assemblyai-session-end") != nullptr);
  fail_unless(strstr(output, kKey) == nullptr);
  fail_unless(strstr(errors, kKey) == nullptr);
  std::size_t graphs = 0;
  for (const std::string &name : directory.names()) {
    graphs += name.ends_with(".dot");
    fail_unless(directory.read(name).find(kKey) == std::string::npos, "%s", name.c_str());
  }
  fail_unless(graphs > 0);
  fail_unless(directory.read("debug.log").find("assemblyaisink") != std::string::npos);
  fail_unless_equals_text(server->session(0).headers.at("authorization"), kKey);
  g_free(output);
  g_free(errors);
  g_strfreev(environment);
}
GST_END_TEST

static Suite *secrets_suite() {
  Suite *suite = suite_create("secrets");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_no_log_level_shows_the_key);
  tcase_add_test(tests, test_a_refused_key_is_not_shown);
  tcase_add_test(tests, test_gst_launch_with_everything_on_does_not_show_the_key);
  return suite;
}

GST_CHECK_MAIN(secrets)
