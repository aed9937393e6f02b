// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Secrets reach the service and the proxy and nothing else: no log at any level,
// message, error, property or graph. (What gst-launch-1.0 prints:
// pipelines/gst_launch.)

#include <mutex>

#include "http_proxy.h"
#include "support/check.h"
#include "support/gst_launch.h"
#include "support/pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

// A part of every secret here, beside the key.
constexpr char kMark[] = "s3cr3t";

bool shows_a_secret(const gchar *text) {
  return text != nullptr && (strstr(text, kKey) != nullptr || strstr(text, kMark) != nullptr);
}

// All that GStreamer logs, searched for secrets.
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
    if (shows_a_secret(text))
      self->found = std::string(file) + ": " + text;
  }
};

void expect_no_secret(gchar *text) {
  fail_if(shows_a_secret(text), "%s", text);
  g_free(text);
}

void search_properties(GstElement *element) {
  guint count = 0;
  GParamSpec **specs = g_object_class_list_properties(G_OBJECT_GET_CLASS(element), &count);
  for (guint i = 0; i < count; i++) {
    if ((specs[i]->flags & G_PARAM_READABLE) == 0)
      continue;
    GValue value = G_VALUE_INIT;
    g_object_get_property(G_OBJECT(element), specs[i]->name, &value);
    if (!G_VALUE_HOLDS(&value, GST_TYPE_STRUCTURE) || g_value_get_boxed(&value) != nullptr)
      expect_no_secret(g_strdup_value_contents(&value));
    g_value_unset(&value);
  }
  g_free(specs);
}

void search_bus(const Heard &heard) {
  for (const Structure &structure : heard.elements)
    expect_no_secret(gst_structure_to_string(structure.get()));
  for (const auto *texts : {&heard.errors, &heard.debugs, &heard.warnings}) {
    for (const std::string &text : *texts)
      fail_if(shows_a_secret(text.c_str()), "%s", text.c_str());
  }
}

// One session, from start to EOS, with errors or without.
void run_logged(const testserver::Server &server, const std::function<void(GstElement *)> &set) {
  LogSearch search;
  const TalkFile file(300ms);
  // Secrets are set by function, not in the launch line: GStreamer's parser logs what it
  // parses.
  Pipeline pipeline(
      "filesrc location=" + file.path() +
      " ! wavparse ! assemblyaisink sync=false max-retries=0 name=sink messages=31 endpoint=" +
      server.endpoint());
  gst_debug_remove_log_function(gst_debug_log_default);
  gst_debug_add_log_function(LogSearch::note, &search, nullptr);
  gst_debug_set_default_threshold(GST_LEVEL_MEMDUMP);
  set(pipeline.sink());
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  expect_no_secret(
      gst_debug_bin_to_dot_data(GST_BIN(pipeline.element()), GST_DEBUG_GRAPH_SHOW_VERBOSE));
  search_properties(pipeline.sink());
  pipeline.set_state(GST_STATE_NULL);
  gst_debug_set_default_threshold(GST_LEVEL_NONE);
  gst_debug_remove_log_function(LogSearch::note);
  fail_unless(search.found.empty(), "%s", search.found.c_str());
  fail_unless(search.lines > 100);
  search_bus(pipeline.heard());
}

void set_header(GstElement *sink, const char *value) {
  GstStructure *headers =
      gst_structure_new("h", "X-Gateway", G_TYPE_STRING, value, "X-Number", G_TYPE_INT, 7, nullptr);
  g_object_set(sink, "extra-headers", headers, nullptr);
  gst_structure_free(headers);
}

testserver::Options refusing() {
  testserver::Options options;
  options.refusal = {1008, "Unauthorized Connection: Invalid API key"};
  return options;
}

}  // namespace

// Each accepted and refused.
GST_START_TEST(test_credentials_are_not_shown) {
  const auto server = start_server(__i__ % 2 == 0 ? testserver::Options() : refusing());
  const TemporaryDirectory directory;
  const std::string path = directory.file("key");
  fail_unless(g_file_set_contents(path.c_str(), "s3cr3t-of-the-file", -1, nullptr));
  const auto answer = +[](GstElement *, gpointer) { return g_strdup("s3cr3t-fresh-token"); };
  run_logged(*server, [&](GstElement *sink) {
    switch (__i__ / 2) {
      case 0:
        g_object_set(sink, "api-key", kKey, nullptr);
        break;
      case 1:
        g_object_set(sink, "api-key-file", path.c_str(), nullptr);
        break;
      case 2:
        g_object_set(sink, "token", "s3cr3t-token", nullptr);
        break;
      default:
        g_signal_connect(sink, "request-token", G_CALLBACK(answer), nullptr);
        break;
    }
  });
  const testserver::ReceivedSession session = server->session(0);
  fail_unless(session.headers.contains("authorization") || session.query.contains("token"));
}
GST_END_TEST

GST_START_TEST(test_credentials_that_cannot_be_sent_are_not_shown) {
  const auto server = start_server();
  run_logged(*server, [&](GstElement *sink) {
    if (__i__ == 0)
      g_object_set(sink, "api-key", "s3cr3t with blanks", nullptr);
    else if (__i__ == 1)
      g_object_set(sink, "token", "s3cr3t with blanks", nullptr);
    else
      set_header(sink, "s3cr3t\r\nX-Evil: 1");
  });
  fail_unless_equals_uint64(server->handshake_attempts(), 0);
}
GST_END_TEST

GST_START_TEST(test_values_of_extra_headers_are_not_shown) {
  const auto server = start_server();
  run_logged(*server, [](GstElement *sink) {
    g_object_set(sink, "api-key", kKey, nullptr);
    set_header(sink, "s3cr3t-of-a-gateway");
  });
  fail_unless_equals_text(server->session(0).headers.at("x-gateway"), "s3cr3t-of-a-gateway");
  fail_unless_equals_text(server->session(0).headers.at("x-number"), "7");
}
GST_END_TEST

// In the address and by property; of a proxy that takes them, refuses them, is not
// there, or is no proxy.
GST_START_TEST(test_credentials_of_the_proxy_are_not_shown) {
  const auto server = start_server();
  const auto proxy = testserver::HttpProxy::start("user", "s3cr3t-one");
  const std::string at = "@127.0.0.1:" + std::to_string(proxy->port());
  const struct {
    std::string address;
    const char *password;
  } kCases[] = {
      {"http://user:s3cr3t-one" + at, nullptr},    {"http://user" + at, "s3cr3t-one"},
      {"http://user:s3cr3t-wrong" + at, nullptr},  {"http://user" + at, "s3cr3t-wrong"},
      {"http://u:s3cr3t@127.0.0.1:1", nullptr},    {"socks5://u:s3cr3t@127.0.0.1:1", nullptr},
      {"u:s3cr3t@no-such-host.invalid", nullptr},  {"ftp://u:s3cr3t@127.0.0.1", nullptr},
      {"http://u:s3cr3t@127.0.0.1:port", nullptr},
  };
  run_logged(*server, [&](GstElement *sink) {
    g_object_set(sink, "api-key", kKey, "proxy", kCases[__i__].address.c_str(), "proxy-pw",
                 kCases[__i__].password, "allow-insecure", TRUE, nullptr);
  });
  fail_unless_equals_uint64(server->session_count(), __i__ < 2 ? 1 : 0);
}
GST_END_TEST

// By an error and the answer to the upgrade, which may be anything.
GST_START_TEST(test_what_the_other_side_quotes_is_not_shown) {
  const std::string quoted = "It was s3cr3t-token, ?token=s3cr3t%2Dtoken, s3cr3t-of-a-gateway";
  testserver::Options options;
  if (__i__ == 0)
    options.refusal = {1008, quoted};
  else
    options.handshake = {.status = 302,
                         .headers = {{"Server", quoted}, {"Location", "http://s3cr3t-token/"}}};
  const auto server = start_server(options);
  run_logged(*server, [&](GstElement *sink) {
    g_object_set(sink, "token", "s3cr3t-token", "messages", 15, nullptr);
    set_header(sink, "s3cr3t-of-a-gateway");
  });
}
GST_END_TEST

static gchar *set_next_key(GstElement *sink, guint *count) {
  const std::string key = std::to_string((*count)++) + "-s3cr3t-key";
  g_object_set(sink, "api-key", key.c_str(), nullptr);
  return nullptr;
}

// A key that has expired is quoted in the session of the next one.
GST_START_TEST(test_secrets_of_earlier_sessions_are_not_shown) {
  testserver::Options options;
  options.scenario = R"({"turns": [{"start": 0, "end": 200, "text": "hello"}], "steps": [
      {"at": 100, "session": 0, "do": "error", "code": 3005, "text": "again"},
      {"at": 100, "session": 1, "do": "warning", "code": 1, "text": "not 0-s3cr3t-key"}]})";
  const auto server = start_server(options);
  guint keys = 0;
  run_logged(*server, [&](GstElement *sink) {
    g_object_set(sink, "max-retries", -1, "retry-delay-min", 10, "messages", 15, nullptr);
    g_signal_connect(sink, "request-token", G_CALLBACK(set_next_key), &keys);
  });
  fail_unless_equals_uint64(keys, 2);
}
GST_END_TEST

// They are refused; but whoever put them there is shown the property again.
GST_START_TEST(test_credentials_in_the_endpoint_are_not_shown) {
  const auto server = start_server();
  const std::string url = server->endpoint();
  const std::string kEndpoints[] = {url + "?token=s3cr3t", url + "?a=b&%74oken=s3cr3t",
                                    "ws://user:s3cr3t@" + url.substr(5),
                                    url + "?webhook_auth_header_value=s3cr3t"};
  run_logged(*server, [&](GstElement *sink) {
    g_object_set(sink, "api-key", kKey, "endpoint", kEndpoints[__i__].c_str(), nullptr);
  });
  fail_unless_equals_uint64(server->handshake_attempts(), 0);
}
GST_END_TEST

static Suite *secrets_suite() {
  Suite *suite = suite_create("secrets");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_credentials_are_not_shown, 0, 8);
  tcase_add_loop_test(tests, test_credentials_that_cannot_be_sent_are_not_shown, 0, 3);
  tcase_add_loop_test(tests, test_credentials_in_the_endpoint_are_not_shown, 0, 4);
  tcase_add_loop_test(tests, test_what_the_other_side_quotes_is_not_shown, 0, 2);
  tcase_add_test(tests, test_secrets_of_earlier_sessions_are_not_shown);
  tcase_add_test(tests, test_values_of_extra_headers_are_not_shown);
  tcase_add_loop_test(tests, test_credentials_of_the_proxy_are_not_shown, 0, 9);
  return suite;
}

CHECK_SUITE(secrets);
