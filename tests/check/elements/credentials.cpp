// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Where the credential comes from: which one counts, key files, and the signal that
// asks for tokens. Each is looked for anew for each connection.

#include <glib/gstdio.h>
#include <sys/stat.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <iterator>
#include <mutex>

#include "support/check.h"
#include "support/gst_launch.h"
#include "support/pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

// Without a key.
std::string short_talk(const TalkFile &file, const testserver::Server &server,
                       const std::string &properties = "") {
  return "filesrc location=" + file.path() +
         " ! wavparse ! assemblyaisink name=sink sync=false endpoint=" + server.endpoint() + " " +
         properties;
}

std::string live(const testserver::Server &server, const std::string &properties = "") {
  return std::string(kLive) + "assemblyaisink name=sink endpoint=" + server.endpoint() + " " +
         properties;
}

void write_file(const std::string &path, const std::string &text) {
  fail_unless(
      g_file_set_contents(path.c_str(), text.data(), static_cast<gssize>(text.size()), nullptr));
  fail_unless_equals_int(g_chmod(path.c_str(), 0600), 0);
}

std::string contents(const std::string &path) {
  gchar *text = nullptr;
  fail_unless(g_file_get_contents(path.c_str(), &text, nullptr, nullptr));
  std::string result = text;
  g_free(text);
  return result;
}

void play_to_the_end(Pipeline &pipeline) {
  const std::size_t before = pipeline.messages("assemblyai-session-end").size();
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for([&](const Heard &heard) {
    return pipeline.messages("assemblyai-session-end").size() > before || !heard.errors.empty();
  });
  pipeline.set_state(GST_STATE_READY);
}

// A handler of request-token.
class Asked {
 public:
  explicit Asked(GstElement *sink) { connect(sink); }
  Asked() = default;
  Asked(const Asked &) = delete;
  Asked &operator=(const Asked &) = delete;
  // Waits for calls that are under way.
  ~Asked() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return running_ == 0; });
  }

  void connect(GstElement *sink) {
    g_signal_connect(sink, "request-token", G_CALLBACK(on_request), this);
  }
  void answer_with(std::function<std::string()> make) { make_ = std::move(make); }

  // From now on the handler does not return before release().
  void block() { blocked_ = true; }
  void release() {
    const std::lock_guard lock(mutex_);
    blocked_ = false;
    changed_.notify_all();
  }
  void wait_for_call() {
    std::unique_lock lock(mutex_);
    fail_unless(changed_.wait_for(lock, kDeadline, [this] { return calls_ > 0; }));
  }
  int calls() const { return calls_; }
  GThread *thread() const { return thread_; }

 private:
  static gchar *on_request(GstElement *, gpointer data) {
    auto *self = static_cast<Asked *>(data);
    std::unique_lock lock(self->mutex_);
    self->calls_++;
    self->running_++;
    self->thread_ = g_thread_self();
    self->changed_.notify_all();
    self->changed_.wait(lock, [self] { return !self->blocked_; });
    gchar *answer = self->make_ ? g_strdup(self->make_().c_str()) : nullptr;
    self->running_--;
    self->changed_.notify_all();
    return answer;
  }

  std::function<std::string()> make_;
  std::mutex mutex_;  // guards the change of what follows
  std::condition_variable changed_;
  int running_ = 0;
  std::atomic<bool> blocked_{false};
  std::atomic<int> calls_{0};
  std::atomic<GThread *> thread_{nullptr};
};

}  // namespace

// request-token, then token, api-key, api-key-file, the environment.
GST_START_TEST(test_the_first_credential_that_is_there_counts) {
  const auto server = start_server();
  const TalkFile file(100ms);
  const TemporaryDirectory directory;
  const std::string token = server->issue_token(60s);
  const std::string fresh = server->issue_token(60s);
  write_file(directory.file("key"), "of-the-file");
  Pipeline pipeline(short_talk(file, *server));
  Asked asked;
  g_setenv("ASSEMBLYAI_API_KEY", "of-the-environment", TRUE);
  if (__i__ >= 1)
    g_object_set(pipeline.sink(), "api-key-file", directory.file("key").c_str(), nullptr);
  if (__i__ >= 2)
    g_object_set(pipeline.sink(), "api-key", "of-the-property", nullptr);
  if (__i__ >= 3)
    g_object_set(pipeline.sink(), "token", token.c_str(), nullptr);
  if (__i__ >= 4) {
    asked.connect(pipeline.sink());
    asked.answer_with([&] { return fresh; });
  }
  play_to_the_end(pipeline);
  g_unsetenv("ASSEMBLYAI_API_KEY");
  fail_unless(pipeline.heard().errors.empty());
  const testserver::ReceivedSession session = server->session(0);
  if (__i__ < 3) {
    static constexpr const char *kKeys[] = {"of-the-environment", "of-the-file", "of-the-property"};
    fail_unless_equals_text(session.headers.at("authorization"), kKeys[__i__]);
    fail_if(session.query.contains("token"));
  } else {
    fail_unless_equals_text(session.query.at("token"), __i__ == 3 ? token : fresh);
    fail_if(session.headers.contains("authorization"));
  }
}
GST_END_TEST

GST_START_TEST(test_credentials_cannot_be_read) {
  GstElement *element = gst_element_factory_make("assemblyaisink", nullptr);
  for (const char *name : {"api-key", "token", "proxy-pw", "extra-headers"}) {
    const GParamSpec *pspec = g_object_class_find_property(G_OBJECT_GET_CLASS(element), name);
    fail_unless(pspec != nullptr, "%s", name);
    fail_if((pspec->flags & G_PARAM_READABLE) != 0, "%s", name);
  }
  gst_object_unref(element);
}
GST_END_TEST

GST_START_TEST(test_a_key_file_is_read_for_each_connection) {
  const auto server = start_server();
  const TalkFile file(100ms);
  const TemporaryDirectory directory;
  const std::string path = directory.file("key");
  Pipeline pipeline(short_talk(file, *server, "api-key-file=" + path));
  write_file(path, "first\n");
  play_to_the_end(pipeline);
  write_file(path, " \t\r\nsecond \r\n\n");
  play_to_the_end(pipeline);
  fail_unless(pipeline.heard().errors.empty());
  fail_unless_equals_text(server->session(0).headers.at("authorization"), "first");
  fail_unless_equals_text(server->session(1).headers.at("authorization"), "second");
}
GST_END_TEST

static constexpr int kKeyFiles = 8;

GST_START_TEST(test_a_bad_key_file_is_one_clear_error) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("key");
  const struct {
    std::function<std::string()> make;
    const char *says;
  } kCases[] = {
      {[&] { return path; }, "api-key-file"},                          // not there
      {[&] { return directory.path(); }, "is not a regular file"},     // a directory
      {[] { return std::string("/proc/self/mem"); }, "api-key-file"},  // reading fails
      {[&] {
         write_file(path, "");
         return path;
       },
       "key file is empty; check api-key-file"},
      {[&] {
         write_file(path, " \n\t\r\n");
         return path;
       },
       "key file is empty; check api-key-file"},
      {[&] {
         fail_unless_equals_int(mkfifo(path.c_str(), 0600), 0);
         return path;
       },
       "is not a regular file"},
      {[&] {
         write_file(path, std::string(1U << 20U, 'k'));
         return path;
       },
       "too long"},
      {[&] {
         write_file(path, "two\nkeys\n");
         return path;
       },
       "a space, a line break"},
  };
  static_assert(std::size(kCases) == kKeyFiles);
  const auto server = start_server();
  const TalkFile file(100ms);
  Pipeline pipeline(
      short_talk(file, *server, "api-key-file=" + kCases[__i__].make() + " connect-timeout=3000"));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  fail_unless_equals_uint64(pipeline.heard().errors.size(), 1);
  const std::string text = pipeline.heard().errors[0];
  fail_unless(text.find(kCases[__i__].says) != std::string::npos, "%s", text.c_str());
  fail_unless(g_error_matches(pipeline.heard().error_codes[0], GST_RESOURCE_ERROR,
                              GST_RESOURCE_ERROR_SETTINGS));
  fail_unless_equals_uint64(server->handshake_attempts(), 0);
}
GST_END_TEST

// It may be on its way, or what gives it out of reach together with the service.
GST_START_TEST(test_a_credential_that_was_there_is_waited_for) {
  enum { kKeyFile, kHandler, kAuthorities };
  testserver::Options options;
  options.tls = __i__ == kAuthorities ? testserver::Tls::good : testserver::Tls::off;
  const auto server = start_server(options);
  const TemporaryDirectory directory;
  const std::string path = directory.file("file");
  const std::string content = __i__ == kAuthorities ? contents(server->ca_file()) : "key";
  write_file(path, content);
  const std::string properties[] = {"api-key-file=" + path, "", "api-key=k ssl-ca-file=" + path};
  Pipeline pipeline(live(*server, "retry-delay-min=1 retry-delay-max=1 " + properties[__i__]));
  Asked asked;
  std::atomic<bool> is_there{true};
  asked.answer_with([&] { return is_there ? server->issue_token(60s) : std::string(); });
  if (__i__ == kHandler)
    asked.connect(pipeline.sink());
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-session-begin");
  is_there = false;
  fail_unless_equals_int(g_remove(path.c_str()), 0);
  server->drop();
  pipeline.wait_for([&](const Heard &) { return pipeline.stat("reconnects") >= 3; });
  write_file(path, content);
  is_there = true;
  pipeline.wait_for(
      [&](const Heard &) { return pipeline.messages("assemblyai-session-begin").size() == 2; });
  fail_unless(pipeline.heard().errors.empty());
  // The loss, and what then keeps the next session from being opened.
  fail_unless_equals_uint64(pipeline.heard().warnings.size(), 2);
  fail_unless_equals_uint64(server->handshake_attempts(), 2);
}
GST_END_TEST

GST_START_TEST(test_a_token_is_asked_for_before_each_connection) {
  testserver::Options options;
  options.single_use_tokens = true;
  const auto server = start_server(options);
  const TalkFile file(100ms);
  Pipeline pipeline(short_talk(file, *server));
  Asked asked(pipeline.sink());
  asked.answer_with([&] { return server->issue_token(60s); });
  play_to_the_end(pipeline);
  play_to_the_end(pipeline);
  fail_unless(pipeline.heard().errors.empty());
  fail_unless_equals_int(asked.calls(), 2);
  fail_if(server->session(0).query.at("token") == server->session(1).query.at("token"));
}
GST_END_TEST

GST_START_TEST(test_a_token_is_asked_for_on_a_thread_of_its_own) {
  const auto server = start_server();
  const TalkFile file(100ms);
  Pipeline pipeline(short_talk(file, *server, "api-key=k"));
  std::atomic<GThread *> streaming{nullptr};
  const auto note = +[](GstPad *, GstPadProbeInfo *, gpointer data) {
    *static_cast<std::atomic<GThread *> *>(data) = g_thread_self();
    return GST_PAD_PROBE_OK;
  };
  GstPad *pad = gst_element_get_static_pad(pipeline.sink(), "sink");
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, note, &streaming, nullptr);
  gst_object_unref(pad);
  std::atomic<GThread *> io{nullptr};
  GstBus *bus = gst_element_get_bus(pipeline.element());
  const auto posted = +[](GstBus *, GstMessage *message, gpointer data) {
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ELEMENT)
      *static_cast<std::atomic<GThread *> *>(data) = g_thread_self();
    return GST_BUS_PASS;
  };
  gst_bus_set_sync_handler(bus, posted, &io, nullptr);
  const Asked asked(pipeline.sink());
  play_to_the_end(pipeline);
  gst_bus_set_sync_handler(bus, nullptr, nullptr, nullptr);
  gst_object_unref(bus);
  fail_unless(asked.thread() != nullptr && streaming != nullptr && io != nullptr);
  fail_if(asked.thread() == g_thread_self());
  fail_if(asked.thread() == streaming);
  fail_if(asked.thread() == io);
}
GST_END_TEST

GST_START_TEST(test_the_first_handler_with_a_token_ends_the_asking) {
  const auto server = start_server();
  const TalkFile file(100ms);
  const std::string token = server->issue_token(60s);
  Pipeline pipeline(short_talk(file, *server, "token=another"));
  Asked none(pipeline.sink());
  Asked empty(pipeline.sink());
  empty.answer_with([] { return std::string(); });
  Asked has_one(pipeline.sink());
  has_one.answer_with([&] { return token; });
  const Asked too_late(pipeline.sink());
  play_to_the_end(pipeline);
  fail_unless_equals_text(server->session(0).query.at("token"), token);
  fail_unless_equals_int(none.calls() + empty.calls() + has_one.calls(), 3);
  fail_unless_equals_int(too_late.calls(), 0);
}
GST_END_TEST

GST_START_TEST(test_without_an_answer_the_properties_count) {
  const auto server = start_server();
  const TalkFile file(100ms);
  Pipeline pipeline(short_talk(file, *server, "api-key=of-the-property"));
  const Asked asked(pipeline.sink());
  play_to_the_end(pipeline);
  fail_unless_equals_int(asked.calls(), 1);
  fail_unless_equals_text(server->session(0).headers.at("authorization"), "of-the-property");
}
GST_END_TEST

GST_START_TEST(test_audio_waits_for_a_slow_handler) {
  const auto server = start_server(coded_talk());
  const TalkFile file(2s);
  Pipeline pipeline(short_talk(file, *server, "api-key=k max-backlog=60000"));
  Asked asked(pipeline.sink());
  asked.block();
  pipeline.set_state(GST_STATE_PLAYING);
  asked.wait_for_call();
  // All of the file gets past the handler.
  poll_until([&] { return pipeline.stat("audio-queued") >= 2 * GST_SECOND; });
  fail_unless_equals_uint64(server->handshake_attempts(), 0);
  asked.release();
  pipeline.wait_for_eos();
  fail_unless(pipeline.heard().errors.empty());
  assert_received(server->session(0), talk_bytes(2s));
}
GST_END_TEST

GST_START_TEST(test_a_state_change_does_not_wait_for_a_handler) {
  const auto server = start_server();
  Pipeline pipeline(live(*server, "api-key=k"));
  Asked asked(pipeline.sink());
  asked.block();
  pipeline.set_state(GST_STATE_PLAYING);
  asked.wait_for_call();
  pipeline.set_state(GST_STATE_NULL);  // would not come back
  asked.release();
  pipeline.drain_bus();
  fail_unless(pipeline.heard().errors.empty());
  fail_unless_equals_uint64(server->handshake_attempts(), 0);
}
GST_END_TEST

GST_START_TEST(test_the_element_may_go_while_a_handler_blocks) {
  const auto server = start_server();
  Asked asked;
  asked.block();
  std::promise<void> gone;
  {
    Pipeline pipeline(live(*server, "api-key=k"));
    asked.connect(pipeline.sink());
    const auto note =
        +[](gpointer data, GObject *) { static_cast<std::promise<void> *>(data)->set_value(); };
    g_object_weak_ref(G_OBJECT(pipeline.sink()), note, &gone);
    pipeline.set_state(GST_STATE_PLAYING);
    asked.wait_for_call();
  }
  asked.release();
  fail_unless(gone.get_future().wait_for(kDeadline) == std::future_status::ready);
  fail_unless_equals_uint64(server->handshake_attempts(), 0);
}
GST_END_TEST

GST_START_TEST(test_a_handler_that_takes_too_long_is_one_clear_error) {
  const auto server = start_server();
  Pipeline pipeline(live(*server, "api-key=k connect-timeout=200 max-retries=0"));
  Asked asked(pipeline.sink());
  asked.block();
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_error();
  asked.release();
  gst_element_send_event(pipeline.element(), gst_event_new_eos());
  pipeline.wait_for_eos();
  fail_unless_equals_uint64(pipeline.heard().errors.size(), 1);
  const std::string text = pipeline.heard().errors[0];
  fail_unless(text.find("0.2 s") != std::string::npos, "%s", text.c_str());
  fail_unless(text.find("token handler") != std::string::npos, "%s", text.c_str());
  fail_unless_equals_uint64(server->handshake_attempts(), 0);
}
GST_END_TEST

GST_START_TEST(test_an_expired_token_is_one_clear_error) {
  const auto server = start_server();
  const TalkFile file(100ms);
  const std::string token = server->issue_token(-1s);
  Pipeline pipeline(short_talk(file, *server, "token=" + token));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  fail_unless_equals_uint64(pipeline.heard().errors.size(), 1);
  fail_unless(g_error_matches(pipeline.heard().error_codes[0], GST_RESOURCE_ERROR,
                              GST_RESOURCE_ERROR_NOT_AUTHORIZED));
  fail_unless(pipeline.heard().errors[0].find("token has expired") != std::string::npos, "%s",
              pipeline.heard().errors[0].c_str());
  fail_unless(pipeline.heard().errors[0].find(token) == std::string::npos);
  fail_unless(pipeline.heard().debugs[0].find(token) == std::string::npos);
}
GST_END_TEST

static Suite *credentials_suite() {
  Suite *suite = suite_create("credentials");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_the_first_credential_that_is_there_counts, 0, 5);
  tcase_add_test(tests, test_credentials_cannot_be_read);
  tcase_add_test(tests, test_a_key_file_is_read_for_each_connection);
  tcase_add_loop_test(tests, test_a_bad_key_file_is_one_clear_error, 0, kKeyFiles);
  tcase_add_loop_test(tests, test_a_credential_that_was_there_is_waited_for, 0, 3);
  tcase_add_test(tests, test_a_token_is_asked_for_before_each_connection);
  tcase_add_test(tests, test_a_token_is_asked_for_on_a_thread_of_its_own);
  tcase_add_test(tests, test_the_first_handler_with_a_token_ends_the_asking);
  tcase_add_test(tests, test_without_an_answer_the_properties_count);
  tcase_add_test(tests, test_audio_waits_for_a_slow_handler);
  tcase_add_test(tests, test_a_state_change_does_not_wait_for_a_handler);
  tcase_add_test(tests, test_the_element_may_go_while_a_handler_blocks);
  tcase_add_test(tests, test_a_handler_that_takes_too_long_is_one_clear_error);
  tcase_add_test(tests, test_an_expired_token_is_one_clear_error);
  return suite;
}

CHECK_SUITE(credentials);
