// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A process that runs out of threads or file descriptors is told so, and goes on when it has
// them again. What was said meanwhile is heard.

#include "support/limits.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "support/check.h"
#include "support/pipeline.h"
#include "support/process_resources.h"
#include "support/server_program.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

struct Resource {
  std::unique_ptr<Limit> (*take)();
  const char *says;
};

constexpr Resource kResources[] = {
    {[]() -> std::unique_ptr<Limit> { return std::make_unique<NoMoreThreads>(); }, "TasksMax"},
    {[]() -> std::unique_ptr<Limit> { return std::make_unique<NoMoreDescriptors>(); },
     "LimitNOFILE"},
};

// Comes into force where a test says, and goes with this or before.
class Shortage {
 public:
  explicit Shortage(int kind) : resource_(kResources[kind]) {}

  void begin() { limit_ = resource_.take(); }
  void end() { limit_.reset(); }
  void expect(const std::string &text) const {
    fail_unless(text.find(resource_.says) != std::string::npos, "%s", text.c_str());
  }

  // With the first audio, when what comes before the element has its threads.
  void begin_with_audio(const Pipeline &pipeline) {
    GstPad *pad = gst_element_get_static_pad(pipeline.sink(), "sink");
    const auto begin = [](GstPad *, GstPadProbeInfo *, gpointer self) {
      static_cast<Shortage *>(self)->begin();
      return GST_PAD_PROBE_REMOVE;
    };
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, begin, this, nullptr);
    gst_object_unref(pad);
  }
  // While the first connection is prepared.
  void begin_with_connection(const Pipeline &pipeline) {
    const auto begin = +[](GstElement *, Shortage *self) -> gchar * {
      if (!self->limit_ && !std::exchange(self->has_begun_, true))
        self->begin();
      return nullptr;
    };
    g_signal_connect(pipeline.sink(), "request-token", G_CALLBACK(begin), this);
  }

 private:
  const Resource &resource_;
  std::unique_ptr<Limit> limit_;
  bool has_begun_ = false;
};

constexpr char kQuick[] = "retry-delay-min=10 retry-delay-max=20";

std::string certificate_file() {
  return std::string(g_getenv("SOURCE_ROOT")) + "/tests/server/certificates/ca.pem";
}

std::string kind_of(const Structure &details) {
  return string_field(details.get(), "kind");
}

// A warning of the shortage; more than one attempt has failed for it.
void wait_for_shortage(Pipeline &pipeline, const Shortage &shortage) {
  pipeline.wait_for([&](const Heard &heard) {
    return !heard.warnings.empty() && kind_of(heard.warning_details.back()) == "exhausted" &&
           pipeline.stat("reconnects") >= 3;
  });
  shortage.expect(pipeline.heard().warnings.back());
}

void expect_all_heard(Pipeline &pipeline, std::chrono::milliseconds talk) {
  pipeline.wait_for_eos();
  fail_unless(pipeline.heard().errors.empty(), "%s", pipeline.heard().errors[0].c_str());
  fail_unless_equals_text(pipeline.transcript(), talk_text(talk));
}

}  // namespace

GST_START_TEST(test_who_can_have_no_io_thread_has_one_error) {
  const auto server = start_server();
  Shortage shortage(__i__);
  // No preroll: GStreamer needs a thread to go on from there.
  Pipeline pipeline(kLive + sink_text(*server, "async=false"));
  shortage.begin_with_audio(pipeline);
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_error();
  shortage.end();
  fail_unless_equals_text(kind_of(pipeline.heard().error_details[0]), "exhausted");
  shortage.expect(pipeline.heard().errors[0]);
  fail_unless_equals_uint64(server->handshake_attempts(), 0);
  pipeline.set_state(GST_STATE_READY);
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-turn");
  fail_unless_equals_uint64(pipeline.heard().errors.size(), 1);
}
GST_END_TEST

GST_START_TEST(test_a_text_pad_that_can_have_no_thread_has_one_error) {
  const auto server = start_server();
  Pipeline pipeline(kLive + sink_text(*server) + " sink.src ! fakesink");
  {
    const NoMoreThreads limit;
    fail_unless_equals_int(gst_element_set_state(pipeline.sink(), GST_STATE_PAUSED),
                           GST_STATE_CHANGE_FAILURE);
  }
  pipeline.wait_for_error();
  fail_unless_equals_text(kind_of(pipeline.heard().error_details[0]), "exhausted");
  pipeline.set_state(GST_STATE_READY);
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-turn");
  fail_unless_equals_uint64(pipeline.heard().errors.size(), 1);
}
GST_END_TEST

// The first attempt finds the service busy, and the next ones cannot be made.
GST_START_TEST(test_a_shortage_before_the_first_session_delays_it) {
  constexpr std::chrono::milliseconds kTalk{3500};
  testserver::Options options = coded_talk();
  options.handshake = {.status = 503, .times = 1};
  const auto server = start_server(options);
  const TalkFile file(kTalk);
  Shortage shortage(__i__);
  Pipeline pipeline(file_pipeline(file, *server, kQuick));
  shortage.begin_with_connection(pipeline);
  pipeline.set_state(GST_STATE_PLAYING);
  wait_for_shortage(pipeline, shortage);
  shortage.end();
  expect_all_heard(pipeline, kTalk);
}
GST_END_TEST

GST_START_TEST(test_a_shortage_after_a_loss_costs_no_word) {
  constexpr std::chrono::milliseconds kTalk{7000};
  const auto server = start_server(coded_talk());
  const TalkFile file(kTalk);
  Shortage shortage(__i__);
  Pipeline pipeline(file_pipeline(file, *server, kQuick));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-turn");
  shortage.begin();
  server->drop();
  wait_for_shortage(pipeline, shortage);
  // What began the outage, and what keeps it going; each once.
  fail_unless_equals_uint64(pipeline.heard().warnings.size(), 2);
  shortage.end();
  expect_all_heard(pipeline, kTalk);
  fail_unless_equals_uint64(pipeline.heard().warnings.size(), 2);
}
GST_END_TEST

// A file that cannot be opened for want of a descriptor is not a wrong setting.
GST_START_TEST(test_files_that_cannot_be_opened_now_are_read_later) {
  constexpr std::chrono::milliseconds kTalk{3500};
  const auto server = start_server(coded_talk());
  const TalkFile file(kTalk);
  Shortage shortage(1);
  Pipeline pipeline(file_pipeline(file, *server, kQuick));
  if (__i__ == 0)
    g_object_set(pipeline.sink(), "api-key", "", "api-key-file", "/etc/hostname", nullptr);
  else
    g_object_set(pipeline.sink(), "ssl-ca-file", certificate_file().c_str(), nullptr);
  shortage.begin_with_connection(pipeline);
  pipeline.set_state(GST_STATE_PLAYING);
  wait_for_shortage(pipeline, shortage);
  shortage.end();
  expect_all_heard(pipeline, kTalk);
}
GST_END_TEST

GST_START_TEST(test_retries_of_a_shortage_are_limited) {
  const auto server = start_server();
  Shortage shortage(__i__);
  Pipeline pipeline(kLive + sink_text(*server, std::string("max-retries=2 ") + kQuick));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-turn");
  shortage.begin();
  server->drop();
  pipeline.wait_for_error();
  shortage.end();
  fail_unless_equals_text(kind_of(pipeline.heard().error_details[0]), "exhausted");
  shortage.expect(pipeline.heard().errors[0]);
}
GST_END_TEST

namespace {

// Elements in one pipeline that reconnect at the same time.
class Crowd {
 public:
  static constexpr std::size_t kSize = kSanitized ? 20 : 60;

  explicit Crowd(const std::string &properties) : pipeline_(description(properties)) {
    pipeline_.set_state(GST_STATE_PLAYING);
  }
  // How often each has tried again.
  std::vector<guint64> tries() const {
    std::vector<guint64> all;
    for (std::size_t i = 0; i < kSize; i++) {
      GstElement *one =
          gst_bin_get_by_name(GST_BIN(pipeline_.element()), ("s" + std::to_string(i)).c_str());
      GstStructure *stats = nullptr;
      g_object_get(one, "stats", &stats, nullptr);
      gst_structure_get_uint64(stats, "reconnects", &all.emplace_back());
      gst_structure_free(stats);
      gst_object_unref(one);
    }
    return all;
  }
  const std::vector<std::string> &errors() {
    pipeline_.drain_bus();
    return pipeline_.heard().errors;
  }

 private:
  static std::string description(const std::string &properties) {
    std::string text =
        "audiotestsrc is-live=true samplesperbuffer=800 ! audio/x-raw,rate=16000 ! tee name=sink";
    for (std::size_t i = 0; i < kSize; i++)
      text += " sink. ! queue ! assemblyaisink name=s" + std::to_string(i) + " " + properties;
    return text;
  }

  Pipeline pipeline_;
};

}  // namespace

// Descriptors that do not suffice for all: wherever they end, GLib must not find none.
GST_START_TEST(test_a_crowd_that_reconnects_at_the_limit_gets_through) {
  ServerProgram server({"--tls"});
  Crowd crowd("api-key=k endpoint=" + server.endpoint() + " ssl-ca-file=" + certificate_file() +
              " retry-delay-min=20 retry-delay-max=40");
  for (unsigned left = 15; left < 75; left += 15) {
    poll_until([&] { return server.sessions().open == Crowd::kSize; });
    const std::vector<guint64> before = crowd.tries();
    // Before any of them connects: who is under way has looked at what there was then.
    const NoMoreDescriptors limit(left);
    server.kill();
    server.restart();
    poll_until([&] {
      const std::vector<guint64> now = crowd.tries();
      return std::equal(now.begin(), now.end(), before.begin(), std::greater<>());
    });
  }
  poll_until([&] { return server.sessions().open == Crowd::kSize; });
  fail_unless(crowd.errors().empty());
}
GST_END_TEST

// Each number that is left: whichever step of a TLS connection finds none, GLib must not.
GST_START_TEST(test_one_that_reconnects_over_tls_at_the_limit_gets_through) {
  ServerProgram server({"--tls"});
  Pipeline pipeline(
      "audiotestsrc is-live=true samplesperbuffer=800 ! audio/x-raw,rate=16000 ! "
      "assemblyaisink name=sink api-key=k endpoint=" +
      server.endpoint() + " ssl-ca-file=" + certificate_file() + " " + kQuick);
  pipeline.set_state(GST_STATE_PLAYING);
  for (unsigned left = 0; left < 16; left++) {
    poll_until([&] { return server.sessions().open == 1; });
    const guint64 before = pipeline.stat("reconnects");
    const std::size_t accepted = server.sessions().accepted;
    const NoMoreDescriptors limit(left);
    server.command("drop");
    poll_until([&] {
      return pipeline.stat("reconnects") >= before + 3 || server.sessions().accepted > accepted;
    });
  }
  poll_until([&] { return server.sessions().open == 1; });
  pipeline.drain_bus();
  fail_unless(pipeline.heard().errors.empty());
}
GST_END_TEST

static Suite *limits_suite() {
  constexpr int kKinds = std::size(kResources);
  Suite *suite = suite_create("limits");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_who_can_have_no_io_thread_has_one_error, 0, kKinds);
  tcase_add_test(tests, test_a_text_pad_that_can_have_no_thread_has_one_error);
  tcase_add_loop_test(tests, test_a_shortage_before_the_first_session_delays_it, 0, kKinds);
  tcase_add_loop_test(tests, test_a_shortage_after_a_loss_costs_no_word, 0, kKinds);
  tcase_add_loop_test(tests, test_files_that_cannot_be_opened_now_are_read_later, 0, 2);
  tcase_add_test(tests, test_a_crowd_that_reconnects_at_the_limit_gets_through);
  tcase_add_test(tests, test_one_that_reconnects_over_tls_at_the_limit_gets_through);
  tcase_add_loop_test(tests, test_retries_of_a_shortage_are_limited, 0, kKinds);
  return suite;
}

CHECK_SUITE(limits);
