// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Every text of docs/reference/errors.md is provoked, and what is provoked is on the page:
// text, kind, domain and code. One ERROR each, with details.

#include <algorithm>
#include <memory>
#include <span>
#include <string_view>

#include "support/check.h"
#include "support/error_page.h"
#include "support/greeter.h"
#include "support/limits.h"
#include "support/pipeline.h"
#include "support/provoked_errors.h"
#include "support/short_talk.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

Report at_address(const std::string &endpoint) {
  return failed(kStart + ("assemblyaisink name=sink sync=false api-key=k endpoint=" + endpoint));
}

Report at_a_mail_server(const std::string &scheme) {
  const Greeter server;
  return at_address(scheme + "://127.0.0.1:" + std::to_string(server.port()) + "/v3/ws");
}

// From the first attempt on, until the element has given up.
template <typename Shortage>
Report short_of() {
  static std::unique_ptr<Limit> limit;
  const auto begin = +[](GstElement *, gpointer) -> gchar * {
    if (!limit)
      limit = std::make_unique<Shortage>();
    return nullptr;
  };
  const Report report = refused("", [&](Pipeline &pipeline) {
    g_signal_connect(pipeline.sink(), "request-token", G_CALLBACK(begin), nullptr);
  });
  limit.reset();
  return report;
}

gchar *late_token(GstElement *, gpointer) {
  g_usleep(400 * 1000);  // blocks, as a slow handler does
  return g_strdup("token");
}

struct Fault {
  const char *says;
  const char *debug;  // a part of the debug text
  Report (*provoke)();
};

Report at_a_proxy(const std::string &answer, const std::string &scheme = "http") {
  const Greeter proxy(answer);
  return refused("endpoint=wss://localhost:1/v3/ws proxy=" + scheme +
                 "://127.0.0.1:" + std::to_string(proxy.port()));
}

Report at_a_proxy_that_hangs() {
  GSocketListener *proxy = g_socket_listener_new();
  const guint16 port = g_socket_listener_add_any_inet_port(proxy, nullptr, nullptr);
  const Report report =
      refused("endpoint=wss://localhost:1/v3/ws connect-timeout=300 proxy=127.0.0.1:" +
              std::to_string(port));
  g_object_unref(proxy);
  return report;
}

Report at_an_untrusted_proxy() {
  const auto proxy = start_server({.tls = testserver::Tls::unknown_issuer});
  const std::string address = proxy->endpoint();
  return refused("endpoint=wss://localhost:1/v3/ws proxy=https" +
                 address.substr(address.find(':')));
}

constexpr Fault kConnecting[] = {
    {"Preparing the connection", "",
     [] {
       return failed(kStart + std::string("assemblyaisink name=sink sync=false connect-timeout=100"
                                          " endpoint=ws://127.0.0.1:1/v3/ws"),
                     [](Pipeline &pipeline) {
                       g_signal_connect(pipeline.sink(), "request-token", G_CALLBACK(late_token),
                                        nullptr);
                     });
     }},
    {"still blocked", "",
     [] {
       return failed(kStart + std::string("assemblyaisink name=sink sync=false connect-timeout=100"
                                          " endpoint=ws://127.0.0.1:1/v3/ws"),
                     [](Pipeline &pipeline) {
                       g_object_set(pipeline.sink(), "max-retries", 1, "retry-delay-min", 1,
                                    "retry-delay-max", 1, nullptr);
                       g_signal_connect(pipeline.sink(), "request-token", G_CALLBACK(late_token),
                                        nullptr);
                     });
     }},
    {"LimitNOFILE", "Too many open files", short_of<NoMoreDescriptors>},
    {"TasksMax", "thread", short_of<NoMoreThreads>},
    {"host name", "no-such-host.invalid",
     [] { return at_address("wss://no-such-host.invalid/v3/ws"); }},
    {"Could not connect to the endpoint;", "127.0.0.1",
     [] { return at_address("ws://127.0.0.1:1/v3/ws"); }},
    {"refused the connection to the endpoint (HTTP status 403)", "",
     [] { return at_a_proxy("HTTP/1.1 403 Forbidden\r\n\r\n"); }},
    {"cannot reach the endpoint (HTTP status 502)", "",
     [] { return at_a_proxy("HTTP/1.1 502 Bad Gateway\r\n\r\n"); }},
    {"does not respond as an HTTP proxy", "",
     [] { return at_a_proxy("220 mail.example.com\r\n"); }},
    {"requires a valid user name", "", [] { return at_a_proxy("\x05\xff", "socks5"); }},
    {"refused the connection to the endpoint; have", "",
     [] { return at_a_proxy(std::string("\x05\x00\x05\x02\x00\x01\0\0\0\0\0\0", 12), "socks5"); }},
    {"does not resolve host names", "Error resolving",
     [] {
       return refused("endpoint=wss://no-such-host.invalid/v3/ws proxy=socks4://127.0.0.1:1");
     }},
    {"within 0.3 s (still negotiating with the proxy)", "", at_a_proxy_that_hangs},
    {"The TLS certificate of the proxy https://", "", at_an_untrusted_proxy},
    {"did not complete the TLS handshake; use http://", "",
     [] { return at_a_proxy("220 mail.example.com\r\n", "https"); }},
    {"of the proxy http://no-such-host.invalid", "",
     [] { return refused("proxy=no-such-host.invalid allow-insecure=true"); }},
    {"through the proxy http://127.0.0.1:1", "127.0.0.1",
     [] { return refused("proxy=127.0.0.1:1"); }},
    {"(still ", "",
     [] { return with_server({.handshake = {.hang = true}}, "connect-timeout=300"); }},
    {"certificate", "", [] { return with_server({.tls = testserver::Tls::unknown_issuer}); }},
    {"TLS handshake", "", [] { return at_a_mail_server("wss"); }},
    {"does not speak WebSocket", "", [] { return at_a_mail_server("ws"); }},
    {"streaming v3", "",
     [] {
       const auto server = start_server({.never_begin = true});
       return failed(kLive + sink_text(*server), {}, [&](Pipeline &) {
         fail_unless(server->wait_for([](testserver::Server &s) { return s.session_count() == 1; },
                                      kDeadline));
         server->send_text("Hello");
       });
     }},
    {"did not begin", "", [] { return with_server({.never_begin = true}, "connect-timeout=300"); }},
};

constexpr Fault kSessions[] = {
    {"The service has not responded for", "",
     [] {
       return with_server({.proxied = true}, "keepalive-interval=1000",
                          [](Pipeline &pipeline, testserver::Server &server) {
                            // A ping is answered, then nothing more comes.
                            const guint64 sent = pipeline.stat("audio-sent");
                            pipeline.wait_for([&](const Heard &) {
                              return pipeline.stat("audio-sent") > sent + 3 * GST_SECOND / 2;
                            });
                            server.stall_reading(true);
                            server.stall_writing(true);
                          });
     }},
    {"did not end the session", "",
     [] {
       const auto server = start_server({.terminate_answer = testserver::TerminateAnswer::silent});
       return failed(kStart + sink_text(*server, "sync=false drain-timeout=300"));
     }},
    {"Invalid WebSocket data", "",
     [] {
       return with_server({}, "", [](Pipeline &, testserver::Server &server) {
         server.send_raw("\xff\xff\xff\xff nonsense below WebSocket");
       });
     }},
    {"wavparse", "",
     [] {
       return failed("filesrc location=" + std::string(g_getenv("SOURCE_ROOT")) +
                     "/README.md ! assemblyaisink name=sink api-key=k");
     }},
};

// What comes with the numbers of the generated tables.
struct Numbered {
  testserver::Options options;
  const char *says;
  const char *debug;
  guint close_code;
  guint http_status;
};

std::vector<Numbered> numbered() {
  const auto in_band = [](unsigned code, const char *text) {
    return testserver::Options{.refusal = {code, text}};
  };
  const auto http = [](unsigned status) {
    return testserver::Options{.handshake = {.status = status}};
  };
  return {
      {{.api_key = "another"}, "Invalid API key", "close code 1008 (not authorized)", 1008, 0},
      {in_band(1008, "Unauthorized Connection: Insufficient balance"), "Insufficient balance",
       "close code 1008", 1008, 0},
      {in_band(4002, "Insufficient funds"), "add funds", "close code 4002 (insufficient funds)",
       4002, 0},
      {in_band(3006, "User Input Validation Error: Invalid 'speech_model'"), "'speech_model'",
       "close code 3006", 3006, 0},
      {in_band(3009, "Unauthorized Connection: Too many concurrent sessions"), "too many sessions",
       "close code 3009", 3009, 0},
      {in_band(3007, "Input Duration Error: 20.0 ms"), "report this", "close code 3007", 3007, 0},
      {http(402), "balance", "HTTP status 402: Payment Required", 0, 402},
      {http(404), "no streaming service", "HTTP status 404: Not Found", 0, 404},
      {http(200), "not a WebSocket service", "HTTP status 200: OK", 0, 200},
      {http(503), "reported a server error", "HTTP status 503", 0, 503},
  };
}

const char *name_of(const Report &report) {
  const GType type = report.domain == GST_RESOURCE_ERROR ? GST_TYPE_RESOURCE_ERROR
                     : report.domain == GST_STREAM_ERROR ? GST_TYPE_STREAM_ERROR
                     : report.domain == GST_CORE_ERROR   ? GST_TYPE_CORE_ERROR
                                                         : GST_TYPE_LIBRARY_ERROR;
  return g_enum_get_value(static_cast<GEnumClass *>(g_type_class_ref(type)), report.code)
      ->value_name;
}

// The warning carries what an error carries.
Report warning_of(const Pipeline &pipeline, std::size_t index) {
  const Heard &heard = pipeline.heard();
  return {heard.warning_codes.at(index)->domain, heard.warning_codes[index]->code,
          heard.warnings[index], "", string_field(heard.warning_details.at(index).get(), "kind")};
}

ErrorPage documented() {
  return read_error_page(std::string(g_getenv("SOURCE_ROOT")) + "/docs/reference/errors.md");
}

// Marks the text of the report on the page as seen.
void expect(ErrorPage &page, const Report &report, const std::string &says) {
  DocumentedText *documented = page.find(report.kind, report.text);
  fail_unless(documented != nullptr, "not documented as %s: %s", report.kind.c_str(),
              report.text.c_str());
  fail_unless(report.text.find(says) != std::string::npos, "\"%s\" is not in: %s", says.c_str(),
              report.text.c_str());
  fail_unless_equals_text(name_of(report), page.error_of(report.kind));
  documented->seen = true;
}

void expect_debug(const Report &report, const char *says) {
  fail_unless(report.debug.find(says) != std::string::npos, "\"%s\" is not in: %s", says,
              report.debug.c_str());
}

void expect_errors(ErrorPage &page) {
  for (const Refusal &refusal : refusals())
    expect(page, refused(refusal.properties, refusal.before), refusal.says);
  for (const auto &faults :
       {std::span<const Fault>(kConnecting), std::span<const Fault>(kSessions)}) {
    for (const Fault &fault : faults) {
      const Report report = fault.provoke();
      expect(page, report, fault.says);
      expect_debug(report, fault.debug);
    }
  }
}

// The warnings of a session at which an application goes wrong.
void expect_warnings(ErrorPage &page) {
  const auto server = start_server();
  Pipeline pipeline(kLive + sink_text(*server));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-session-begin");
  g_object_set(pipeline.sink(), "vad-threshold", -0.5, nullptr);
  for (const char *changes : {"p,speaker_labels=true", "p,mode=(string)\"\""}) {
    GstStructure *refused_changes = gst_structure_from_string(changes, nullptr);
    gboolean taken = TRUE;
    g_signal_emit_by_name(pipeline.sink(), "update-configuration", refused_changes, &taken);
    gst_structure_free(refused_changes);
  }
  server->send_text("Hello");
  pipeline.wait_for([](const Heard &heard) { return heard.warnings.size() == 4; });
  gst_element_seek(pipeline.element(), 2.0, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH,
                   GST_SEEK_TYPE_NONE, 0, GST_SEEK_TYPE_NONE, 0);
  pipeline.wait_for([](const Heard &heard) { return heard.warnings.size() == 5; });
  fail_unless(pipeline.heard().errors.empty());
  constexpr const char *kSays[] = {"the previous value is kept", "cannot be changed in a session",
                                   "cannot be reset", "cannot decode", "paused at playback rate 2"};
  for (std::size_t i = 0; i < std::size(kSays); i++)
    expect(page, warning_of(pipeline, i), kSays[i]);
}

// Somebody waits for text that comes later than it may.
void expect_warning_of_late_text(ErrorPage &page) {
  const auto server = start_server();
  Pipeline pipeline(kLive + sink_text(*server, "latency=200") +
                    " sink.src ! fakesink sync=false async=false");
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for([](const Heard &heard) { return !heard.warnings.empty(); });
  expect(page, warning_of(pipeline, 0), "; set latency to ");
}

std::string heartbeat(int audio_ms) {
  const std::string time = std::to_string(audio_ms);
  return R"({"type":"Heartbeat","total_audio_received_ms":)" + time + R"(,"total_duration_ms":)" +
         time + R"(,"realtime_factor":1,"max_speech_probability":0.9})";
}

// The service says that it hears speech, half a minute long, and no more.
void expect_warning_of_no_text(ErrorPage &page) {
  testserver::Options options;
  options.scenario = R"({"turns":[{"text":"late","start":60000,"end":61000}]})";
  options.heartbeat_interval = 1h;  // its own would be honest
  const auto server = start_server(options);
  Pipeline pipeline(kLive + sink_text(*server));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-session-begin");
  for (const int audio_ms : {1000, 16000, 31000})
    server->send_text(heartbeat(audio_ms));
  pipeline.wait_for([](const Heard &heard) { return !heard.warnings.empty(); });
  expect(page, warning_of(pipeline, 0), "no text for 30 s");
  fail_unless(pipeline.messages("assemblyai-heartbeat").empty());
}

// The name is Cyrillic in part.
void expect_warnings_of_doubts(ErrorPage &page) {
  for (const bool is_proxy : {false, true}) {
    const auto server = start_server();
    Pipeline pipeline(kStart + sink_text(*server, "sync=false max-retries=0"));
    g_object_set(pipeline.sink(), "api-key", "", "api-key-file", "/etc/hostname", nullptr);
    if (is_proxy)
      g_object_set(pipeline.sink(), "proxy", "http://pr\u043exy.localhost:1", nullptr);
    else
      g_object_set(pipeline.sink(), "endpoint", "ws://loc\u0430lhost.localhost:1/v3/ws", nullptr);
    pipeline.set_state(GST_STATE_PLAYING);
    pipeline.wait_for_error();
    fail_unless_equals_uint64(pipeline.heard().warnings.size(), 2);
    expect(page, warning_of(pipeline, 0), "All users of this machine");
    expect(page, warning_of(pipeline, 1), is_proxy ? "of the proxy" : "of the endpoint");
  }
}

void expect_warning_of_lost_audio(ErrorPage &page) {
  const auto server = start_server({.handshake = {.hang = true}});
  Pipeline pipeline(kLive + sink_text(*server, "max-backlog=1000"));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for([](const Heard &heard) { return !heard.warnings.empty(); });
  expect(page, warning_of(pipeline, 0), "max-backlog is full");
}

// What is tried again is a WARNING with the text of the failure, once; so is what is taken back.
void expect_warning_of_a_retry(ErrorPage &page) {
  const auto server = start_server({.handshake = {.status = 503, .times = 2}});
  Pipeline pipeline(kLive + sink_text(*server, "retry-delay-min=1 retry-delay-max=1"));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-turn");
  expect(page, warning_of(pipeline, 0), "(HTTP status 503); retrying.");
  fail_unless_equals_uint64(pipeline.stat("reconnects"), 2);
  g_object_set(pipeline.sink(), "mode", "sideways", nullptr);
  pipeline.wait_for([](const Heard &heard) { return heard.warnings.size() == 2; });
  expect(page, warning_of(pipeline, 1), "refused mode; the previous values are restored");
}

// GIO loads its modules once: each of these takes a process with another environment.
struct OfProcess {
  const char *variable, *value, *says;
};
constexpr OfProcess kOfProcess[] = {
    {"GIO_USE_TLS", "dummy", "install glib-networking"},
    {"G_TLS_GNUTLS_PRIORITY", "NORMAL:%COMPAT:-VERS-ALL:+VERS-TLS1.1", "outdated version of TLS"},
    {"https_proxy", "http://127.0.0.1:99999", "contain no usable proxy"},
};

bool is_of_another_process(const std::string &text) {
  return std::any_of(std::begin(kOfProcess), std::end(kOfProcess), [&](const OfProcess &one) {
    return text.find(one.says) != std::string::npos;
  });
}

}  // namespace

GST_START_TEST(test_the_page_says_what_is_wrong_with_the_process) {
  const OfProcess &entry = kOfProcess[__i__];
  g_setenv("GIO_USE_PROXY_RESOLVER", "libproxy", TRUE);
  g_setenv(entry.variable, entry.value, TRUE);
  if (std::string_view(entry.variable) == "https_proxy" && system_goes_direct())
    return;
  ErrorPage page = documented();
  if (__i__ != 1)
    expect(page, refused("endpoint=wss://localhost:1/v3/ws"), entry.says);
  else
    expect(page,
           with_server({.tls = testserver::Tls::good},
                       "ssl-ca-file=" + std::string(g_getenv("SOURCE_ROOT")) +
                           "/tests/server/certificates/ca.pem"),
           entry.says);
}
GST_END_TEST

GST_START_TEST(test_the_page_and_the_element_say_the_same) {
  ErrorPage page = documented();
  expect_errors(page);
  expect_warnings(page);
  expect_warning_of_late_text(page);
  expect_warning_of_no_text(page);
  expect_warning_of_lost_audio(page);
  expect_warning_of_a_retry(page);
  expect_warnings_of_doubts(page);
  for (const DocumentedText &text : page.texts)
    fail_unless(text.generated || text.seen || is_of_another_process(text.text),
                "nothing says this: %s", text.text.c_str());
}
GST_END_TEST

// What happened, then what to do. "must be" says both, and a playback rate needs no action.
GST_START_TEST(test_each_text_says_what_to_do) {
  const auto has = [](const DocumentedText &entry, std::string_view part) {
    return entry.text.find(part) != std::string::npos;
  };
  for (const DocumentedText &entry : documented().texts)
    fail_unless(has(entry, "; ") || has(entry, " must be ") || has(entry, "Captions are paused"),
                "no remedy: %s", entry.text.c_str());
}
GST_END_TEST

GST_START_TEST(test_refusals_carry_their_numbers) {
  const Numbered entry = numbered().at(static_cast<std::size_t>(__i__));
  ErrorPage page = documented();
  const Report report = with_server(entry.options);
  expect(page, report, entry.says);
  expect_debug(report, entry.debug);
  fail_unless_equals_int(report.close_code, entry.close_code);
  fail_unless_equals_int(report.http_status, entry.http_status);
}
GST_END_TEST

// Upstream says so; the element must not add another error.
GST_START_TEST(test_wrong_caps_are_one_error_of_the_element_before) {
  static const char *const kCaps[] = {"rate=48000", "channels=2", "format=F32LE"};
  const TalkFile file(100ms);  // its name
  Pipeline writer("audiotestsrc num-buffers=2 ! audio/x-raw," + std::string(kCaps[__i__]) +
                  " ! wavenc ! filesink name=sink location=" + file.path());
  writer.set_state(GST_STATE_PLAYING);
  writer.wait_for_eos();
  writer.set_state(GST_STATE_NULL);
  Pipeline pipeline("filesrc location=" + file.path() +
                    " ! wavparse ! assemblyaisink name=sink api-key=k");
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_error();
  pipeline.set_state(GST_STATE_NULL);
  pipeline.drain_bus();
  fail_unless_equals_uint64(pipeline.heard().errors.size(), 1);
  fail_unless(
      g_error_matches(pipeline.heard().error_codes[0], GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED));
  fail_unless(pipeline.heard().debugs[0].find("not-negotiated") != std::string::npos);
}
GST_END_TEST

static Suite *documented_errors_suite() {
  Suite *suite = suite_create("documented_errors");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_the_page_and_the_element_say_the_same);
  tcase_add_test(tests, test_each_text_says_what_to_do);
  tcase_add_loop_test(tests, test_the_page_says_what_is_wrong_with_the_process, 0,
                      std::size(kOfProcess));
  tcase_add_loop_test(tests, test_refusals_carry_their_numbers, 0,
                      static_cast<int>(numbered().size()));
  tcase_add_loop_test(tests, test_wrong_caps_are_one_error_of_the_element_before, 0, 3);
  return suite;
}

CHECK_SUITE(documented_errors);
