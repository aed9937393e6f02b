// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Elements that are destroyed in each phase of a session, several at a time: no hang,
// and nothing is left.

#include <gio/gio.h>

#include <iterator>
#include <thread>

#include "support/check.h"
#include "support/event.h"
#include "support/pipeline.h"
#include "support/process_resources.h"

using namespace testing;
using namespace std::chrono_literals;
using testserver::Server;

namespace {

constexpr std::size_t kAtOnce = 5;

constexpr char kNoData[] = "appsrc is-live=true format=time caps=audio/x-raw,rate=16000 ! ";
constexpr char kEndless[] = "audiotestsrc samplesperbuffer=800 ! audio/x-raw,rate=16000 ! ";
constexpr char kOneSecond[] =
    "audiotestsrc num-buffers=20 samplesperbuffer=800 ! audio/x-raw,rate=16000 ! ";
// Without an end.
constexpr char kOneSecondAndNothing[] =
    "appsrc is-live=true format=time caps=audio/x-raw,rate=16000 ! funnel name=f "
    "audiotestsrc num-buffers=20 samplesperbuffer=800 ! audio/x-raw,rate=16000 ! f. f. ! ";
constexpr char kTenSeconds[] =
    "audiotestsrc num-buffers=200 samplesperbuffer=800 ! audio/x-raw,rate=16000 ! ";
// The first word is heard at once; the turn goes on.
constexpr char kEarlyPartial[] =
    R"({"recognition_delay_ms":0,"turns":[{"text":"early bird","start":0,"word_ms":50,"end":9000}]})";

// An address at which connections are neither accepted nor refused: the queue for them
// is full.
class FullListener {
 public:
  FullListener() {
    GSocketAddress *any = g_inet_socket_address_new_from_string("127.0.0.1", 0);
    fail_unless(g_socket_bind(listening_, any, FALSE, nullptr));
    g_object_unref(any);
    g_socket_set_listen_backlog(listening_, 0);
    fail_unless(g_socket_listen(listening_, nullptr));
    GSocketAddress *address = g_socket_get_local_address(listening_, nullptr);
    port_ = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(address));
    fail_unless(g_socket_connect(filling_, address, nullptr, nullptr));
    g_object_unref(address);
  }
  FullListener(const FullListener &) = delete;
  FullListener &operator=(const FullListener &) = delete;
  ~FullListener() {
    g_object_unref(filling_);
    g_object_unref(listening_);
  }
  std::string endpoint() const { return "ws://127.0.0.1:" + std::to_string(port_) + "/v3/ws"; }

 private:
  static GSocket *tcp() {
    return g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, nullptr);
  }

  GSocket *listening_ = tcp();
  GSocket *filling_ = tcp();
  unsigned port_ = 0;
};

// Pipelines that are to reach the phase together; so many have been started by now, and
// are known to the server.
struct Batch {
  Server &server;
  std::vector<std::unique_ptr<Pipeline>> pipelines;
  std::size_t started = 0;

  void wait_for_server(const std::function<bool(Server &)> &condition) const {
    fail_unless(server.wait_for(condition, kDeadline));
  }
  void wait_for_sessions(bool (*condition)(const testserver::ReceivedSession &)) const {
    wait_for_server([&](Server &s) {
      std::size_t found = 0;
      for (std::size_t i = 0; i < s.session_count(); i++)
        s.inspect(i, [&](const auto &session) { found += condition(session); });
      return found >= started;
    });
  }
  void wait_for_message(const char *name) const {
    for (const auto &pipeline : pipelines)
      pipeline->wait_for_element_message(name);
  }
  void wait_for_stats(const std::function<bool(const GstStructure *)> &condition) const {
    const gint64 end = g_get_monotonic_time() + std::chrono::microseconds(kDeadline).count();
    for (const auto &pipeline : pipelines) {
      while (!condition(pipeline->stats().get())) {
        fail_unless(g_get_monotonic_time() < end);
        pipeline->dwell(1ms);
      }
    }
  }
};

void until_paused(const Batch &batch) {
  for (const auto &pipeline : batch.pipelines)
    pipeline->wait_for_state(GST_STATE_PAUSED);
}

void at_once(const Batch &) {}

void until_connecting(const Batch &batch) {
  batch.wait_for_message("assemblyai-connection");
}

void until_connected(const Batch &batch) {
  batch.wait_for_server(
      [&](Server &s) { return s.proxy()->accepted_connections() >= batch.started; });
}

void until_accepted(const Batch &batch) {
  batch.wait_for_server([&](Server &s) { return s.session_count() >= batch.started; });
}

void until_audio_comes(const Batch &batch) {
  batch.wait_for_sessions([](const auto &session) { return session.audio_bytes > 0; });
}

void until_a_partial(const Batch &batch) {
  batch.wait_for_message("assemblyai-turn");
  for (const auto &pipeline : batch.pipelines)
    fail_if(bool_field(pipeline->messages("assemblyai-turn").back(), "final"));
}

void until_the_queue_is_full(const Batch &batch) {
  batch.wait_for_message("assemblyai-session-begin");
  batch.server.stall_reading(true);
  batch.wait_for_stats([](const GstStructure *stats) {
    return time_field(stats, "audio-queued") >= 950 * GST_MSECOND;
  });
}

void until_draining(const Batch &batch) {
  batch.wait_for_stats(
      [](const GstStructure *stats) { return string_field(stats, "state") == "draining"; });
}

void until_terminated(const Batch &batch) {
  batch.wait_for_sessions([](const auto &session) { return session.terminated; });
}

void until_termination(const Batch &batch) {
  until_terminated(batch);
  for (std::size_t i = 0; i < batch.started; i++)
    batch.server.send_text(R"({"type":"Termination"})", static_cast<int>(i));
  batch.wait_for_stats(
      [](const GstStructure *stats) { return time_field(stats, "messages-received") >= 2; });
}

void until_a_warning(const Batch &batch) {
  for (const auto &pipeline : batch.pipelines)
    pipeline->wait_for([](const Heard &heard) { return !heard.warnings.empty(); });
}

void until_it_was_tried_again(const Batch &batch) {
  batch.wait_for_stats(
      [](const GstStructure *stats) { return time_field(stats, "reconnects") >= 2; });
}

void until_idle(const Batch &batch) {
  batch.wait_for_stats([](const GstStructure *stats) {
    return g_str_equal(gst_structure_get_string(stats, "state"), "idle") &&
           time_field(stats, "sessions") >= 1;
  });
}

void until_an_error(const Batch &batch) {
  for (const auto &pipeline : batch.pipelines)
    pipeline->wait_for_error();
}

void until_eos(const Batch &batch) {
  for (const auto &pipeline : batch.pipelines)
    pipeline->wait_for_eos();
}

void as_usual(testserver::Options &) {}

void silent_at_the_end(testserver::Options &options) {
  options.terminate_answer = testserver::TerminateAnswer::silent;
}

enum class Peer { server, server_by_name, full_listener, hanging_proxy };

struct Phase {
  const char *name;
  Peer peer;
  const char *source;
  const char *properties;
  void (*prepare)(testserver::Options &);
  void (*until)(const Batch &);
};

constexpr Phase kPhases[] = {
    {"paused", Peer::server, kOneSecond, "", as_usual, until_paused},
    {"without data", Peer::server, kNoData, "", as_usual, at_once},
    {"just started", Peer::server, kLive, "", as_usual, at_once},
    {"looking up", Peer::server_by_name, kLive, "", as_usual, until_connecting},
    {"TCP", Peer::full_listener, kLive, "", as_usual, until_connecting},
    {"TLS", Peer::hanging_proxy, kLive, "",
     [](testserver::Options &options) { options.tls = testserver::Tls::good; }, until_connected},
    {"upgrade", Peer::hanging_proxy, kLive, "", as_usual, until_connected},
    {"before Begin", Peer::server, kLive, "",
     [](testserver::Options &options) { options.never_begin = true; }, until_accepted},
    {"streaming", Peer::server, kLive, "", as_usual, until_audio_comes},
    {"in a partial", Peer::server, kLive, "",
     [](testserver::Options &options) { options.scenario = kEarlyPartial; }, until_a_partial},
    {"peer does not read", Peer::server, kEndless, "sync=false max-backlog=1000 drain-timeout=100",
     [](testserver::Options &options) {
       options.proxied = true;
       options.proxy_buffer_bytes = 4096;
     },
     until_the_queue_is_full},
    {"draining", Peer::server, kTenSeconds, "sync=false", as_usual, until_draining},
    {"terminated", Peer::server, kOneSecond, "sync=false", silent_at_the_end, until_terminated},
    {"closing", Peer::server, kOneSecond, "sync=false", silent_at_the_end, until_termination},
    {"before another attempt", Peer::server, kLive, "retry-delay-min=60000 retry-delay-max=60000",
     [](testserver::Options &options) {
       options.refusal = {1011, "internal error"};
     },
     until_a_warning},
    {"between attempts", Peer::server, kLive, "retry-delay-min=1 retry-delay-max=1",
     [](testserver::Options &options) {
       options.refusal = {1011, "internal error"};
     },
     until_it_was_tried_again},
    {"idle", Peer::server, kOneSecondAndNothing, "sync=false idle-timeout=50", as_usual,
     until_idle},
    {"after an error", Peer::server, kLive, "max-retries=0",
     [](testserver::Options &options) {
       options.refusal = {1011, "internal error"};
     },
     until_an_error},
    {"after EOS", Peer::server, kOneSecond, "sync=false", as_usual, until_eos},
};

std::string endpoint_of(const Phase &phase, const Server &server, const FullListener &full) {
  if (phase.peer == Peer::full_listener)
    return full.endpoint();
  std::string endpoint = server.endpoint();
  if (phase.peer == Peer::server_by_name)
    endpoint.replace(endpoint.find("127.0.0.1"), std::size("127.0.0.1") - 1, "localhost");
  return endpoint;
}

// Brings some into the phase and destroys them all at the same time.
void destroy_some_in(const Phase &phase, Server &server, const std::string &endpoint,
                     std::size_t started) {
  Batch batch{server, {}, started};
  for (std::size_t i = 0; i < kAtOnce; i++) {
    batch.pipelines.push_back(std::make_unique<Pipeline>(
        std::string(phase.source) + "assemblyaisink name=sink endpoint=" + endpoint +
        " api-key=" + kKey + " " + phase.properties));
    if (phase.until != until_paused)
      batch.pipelines.back()->set_state(GST_STATE_PLAYING);
  }
  phase.until(batch);
  std::vector<std::thread> threads;
  for (auto &pipeline : batch.pipelines)
    threads.emplace_back([&pipeline] { pipeline.reset(); });
  for (std::thread &thread : threads)
    thread.join();
}

}  // namespace

GST_START_TEST(test_elements_can_be_destroyed_in_any_phase) {
  const Phase &phase = kPhases[__i__];
  const ProcessResources before = initial_resources();
  {
    testserver::Options options;
    options.keep_audio = false;
    options.proxied = phase.peer == Peer::hanging_proxy;
    phase.prepare(options);
    const auto server = start_server(options);
    if (phase.peer == Peer::hanging_proxy)
      server->proxy()->hang(true);
    const FullListener full;
    const std::size_t total = kAtOnce * static_cast<std::size_t>(often(4));
    for (std::size_t started = 0; started < total;) {
      started += kAtOnce;
      destroy_some_in(phase, *server, endpoint_of(phase, *server, full), started);
      server->stall_reading(false);
    }
    wait_all_closed(*server);
    g_print("%s: destroyed %zu, %zu sessions\n", phase.name, total, server->session_count());
  }
  settle(before);
}
GST_END_TEST

// The I/O thread is in a call of the application when the element goes.
GST_START_TEST(test_the_last_reference_may_go_on_the_io_thread) {
  struct Posting {
    Event begun;
    Event released;
    GThread *io_thread = nullptr;
    Event gone;
    GThread *gone_on = nullptr;
  } posting;
  const ProcessResources before = initial_resources();
  {
    const auto server = start_server();
    GstElement *pipeline = gst_parse_launch((kLive + sink_text(*server)).c_str(), nullptr);
    GstElement *sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");
    g_object_weak_ref(
        G_OBJECT(sink),
        [](gpointer data, GObject *) {
          static_cast<Posting *>(data)->gone_on = g_thread_self();
          static_cast<Posting *>(data)->gone.set();
        },
        &posting);
    GstBus *bus = gst_element_get_bus(pipeline);
    gst_bus_set_sync_handler(
        bus,
        [](GstBus *, GstMessage *message, gpointer data) {
          auto *self = static_cast<Posting *>(data);
          if (gst_message_has_name(message, "assemblyai-session-begin")) {
            self->io_thread = g_thread_self();
            self->begun.set();
            self->released.wait();
          }
          gst_message_unref(message);
          return GST_BUS_DROP;
        },
        &posting, nullptr);
    gst_object_unref(bus);
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    fail_unless(posting.begun.wait());
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_bin_remove(GST_BIN(pipeline), sink);
    gst_object_unref(sink);
    posting.released.set();
    fail_unless(posting.gone.wait());
    fail_unless(posting.gone_on == posting.io_thread);
    gst_object_unref(pipeline);
    wait_all_closed(*server);
  }
  settle(before);
}
GST_END_TEST

static Suite *phases_suite() {
  Suite *suite = suite_create("phases");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_elements_can_be_destroyed_in_any_phase, 0, std::size(kPhases));
  tcase_add_test(tests, test_the_last_reference_may_go_on_the_io_thread);
  return suite;
}

CHECK_SUITE(phases);
