// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// What whoever is on the wire gets to see: a server that redirects, one that does not encrypt where
// it should, a proxy. None of them gets the key, what else the session is asked for, or audio.

#include <gio/gio.h>

#include <iterator>
#include <mutex>
#include <thread>

#include "support/check.h"
#include "support/pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

constexpr char kPrompt[] = "s3cr3t-plans";
constexpr char kHeader[] = "s3cr3t-header";

struct Unref {
  void operator()(gpointer object) const { g_object_unref(object); }
};
template <typename T>
using Object = std::unique_ptr<T, Unref>;

// Keeps what it hears; says its line to whoever has sent something, then more for as long as that
// is taken.
class Peer {
 public:
  explicit Peer(std::string line, std::string more = "")
      : line_(std::move(line)), more_(std::move(more)) {
    const Object<GInetAddress> host(g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4));
    const Object<GSocketAddress> any(g_inet_socket_address_new(host.get(), 0));
    GSocketAddress *bound = nullptr;
    fail_unless(g_socket_listener_add_address(listener_.get(), any.get(), G_SOCKET_TYPE_STREAM,
                                              G_SOCKET_PROTOCOL_TCP, nullptr, &bound, nullptr));
    port_ = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound));
    g_object_unref(bound);
    thread_ = std::thread([this] { serve(); });
  }
  Peer(const Peer &) = delete;
  Peer &operator=(const Peer &) = delete;
  ~Peer() {
    g_cancellable_cancel(stopped_.get());
    thread_.join();
  }

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string heard() const {
    const std::lock_guard lock(mutex_);
    return heard_;
  }

 private:
  void serve() {
    for (;;) {
      const Object<GSocketConnection> client(
          g_socket_listener_accept(listener_.get(), nullptr, stopped_.get(), nullptr));
      if (client == nullptr)
        return;
      converse(G_IO_STREAM(client.get()));
    }
  }

  void converse(GIOStream *client) {
    if (!hear(client))
      return;
    GOutputStream *out = g_io_stream_get_output_stream(client);
    bool taken = g_output_stream_write_all(out, line_.data(), line_.size(), nullptr, stopped_.get(),
                                           nullptr);
    while (taken && !more_.empty())
      taken = g_output_stream_write_all(out, more_.data(), more_.size(), nullptr, stopped_.get(),
                                        nullptr);
    while (hear(client)) {
    }
  }

  bool hear(GIOStream *client) {
    char bytes[4096];
    const gssize count = g_input_stream_read(g_io_stream_get_input_stream(client), bytes,
                                             sizeof bytes, stopped_.get(), nullptr);
    const std::lock_guard lock(mutex_);
    if (count > 0)
      heard_.append(bytes, static_cast<std::size_t>(count));
    return count > 0;
  }

  const std::string line_, more_;
  const Object<GSocketListener> listener_{g_socket_listener_new()};
  const Object<GCancellable> stopped_{g_cancellable_new()};
  guint16 port_ = 0;
  mutable std::mutex mutex_;
  std::string heard_;
  std::thread thread_;
};

// A session that does not come about.
std::string error_of(const std::string &endpoint, const std::string &proxy = "",
                     const std::string &properties = "") {
  Pipeline pipeline(
      "audiotestsrc samplesperbuffer=800 num-buffers=5 ! audio/x-raw,rate=16000 ! "
      "assemblyaisink name=sink sync=false max-retries=0 " +
      properties);
  GstStructure *headers = gst_structure_new("h", "X-Team", G_TYPE_STRING, kHeader, nullptr);
  g_object_set(pipeline.sink(), "endpoint", endpoint.c_str(), "api-key", kKey, "prompt", kPrompt,
               "extra-headers", headers, "proxy", proxy.c_str(), nullptr);
  gst_structure_free(headers);
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_error();
  return pipeline.heard().errors[0];
}

void assert_told_nothing(const std::string &heard) {
  for (const char *secret : {kKey, kPrompt, kHeader, "GET ", "Authorization", "speech_model"})
    fail_unless(heard.find(secret) == heard.npos, "%s: %s", secret, heard.c_str());
}

}  // namespace

GST_START_TEST(test_a_redirect_is_not_followed) {
  static constexpr unsigned kStatuses[] = {300, 301, 302, 303, 307, 308};
  const auto other = start_server();
  testserver::Options options;
  options.handshake.status = kStatuses[__i__];
  options.handshake.headers = {{"Location", "http" + other->endpoint().substr(2)},
                               {"Refresh", "0; url=http" + other->endpoint().substr(2)}};
  const auto server = start_server(options);
  const std::string error = error_of(server->endpoint());
  fail_unless(error.find("does not follow redirects") != error.npos, "%s", error.c_str());
  fail_unless_equals_uint64(server->handshake_attempts(), 1);
  fail_unless_equals_uint64(other->handshake_attempts(), 0);
}
GST_END_TEST

// wss:// is spoken or nothing is: a server that answers in plain text gets no more than the
// beginning of a TLS handshake.
GST_START_TEST(test_encryption_cannot_be_stripped) {
  static constexpr const char *kLines[] = {
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
      "HTTP/1.1 301 Moved Permanently\r\nLocation: http://127.0.0.1:1/\r\n\r\n",
      "HTTP/1.1 426 Upgrade Required\r\nUpgrade: TLS/1.0, HTTP/1.1\r\n\r\n",
      "",
  };
  const Peer peer(kLines[__i__]);
  const bool silent = *kLines[__i__] == '\0';
  const std::string error = error_of("wss://" + peer.address() + "/v3/ws", "",
                                     silent ? "connect-timeout=500" : "connect-timeout=1000");
  fail_unless(error.find("TLS") != error.npos, "%s", error.c_str());
  fail_unless(peer.heard().starts_with("\x16\x03"));
  assert_told_nothing(peer.heard());
}
GST_END_TEST

GST_START_TEST(test_a_bad_certificate_gets_no_request) {
  static constexpr testserver::Tls kBad[] = {testserver::Tls::unknown_issuer,
                                             testserver::Tls::expired, testserver::Tls::wrong_host};
  testserver::Options options;
  options.tls = kBad[__i__];
  const auto server = start_server(options);
  const std::string error =
      error_of(server->endpoint(), "", "ssl-ca-file=" + server->ca_file() + " allow-insecure=true");
  fail_unless(error.find("certificate") != error.npos, "%s", error.c_str());
  fail_unless_equals_uint64(server->handshake_attempts(), 0);
}
GST_END_TEST

// A proxy knows where the session goes, and nothing else; whatever it answers.
GST_START_TEST(test_a_proxy_is_told_nothing_but_the_host) {
  static constexpr const char *kLines[] = {
      "HTTP/1.1 502 Bad Gateway\r\n\r\n",
      "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n",
      "HTTP/1.1 407 Authentication Required\r\nProxy-Authenticate: Basic realm=\"r\"\r\n"
      "Content-Length: 0\r\n\r\n",
      "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
  };
  const Peer proxy(kLines[__i__]);
  error_of("wss://captions.example.com/v3/ws", "http://" + proxy.address(), "connect-timeout=1000");
  const std::string heard = proxy.heard();
  fail_unless(heard.starts_with("CONNECT captions.example.com:443 HTTP/1.1\r\n"), "%s",
              heard.c_str());
  assert_told_nothing(heard);
}
GST_END_TEST

// However long it goes on.
GST_START_TEST(test_a_refusal_without_end_is_an_error_in_time) {
  static const struct {
    const char *line;
    std::string more;
  } kCases[] = {
      {"HTTP/1.1 101 Switching Protocols\r\n", "X-More: " + std::string(1000, 'x') + "\r\n"},
      {"HTTP/1.1 101 Switching Protocols\r\nX-More: ", std::string(1000, 'x')},
      {"HTTP/1.1 ", std::string(1000, '1')},
      {"HTTP/1.1 401 Unauthorized\r\nContent-Length: 99999999999\r\n\r\n", std::string(1000, 'x')},
      {"HTTP/1.1 503 Unavailable\r\nTransfer-Encoding: chunked\r\n\r\n", "3\r\nxxx\r\n"},
  };
  const Peer peer(kCases[__i__].line, kCases[__i__].more);
  error_of("ws://" + peer.address() + "/v3/ws", "", "connect-timeout=1000");
}
GST_END_TEST

static Suite *wire_suite() {
  Suite *suite = suite_create("wire");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_a_redirect_is_not_followed, 0, 6);
  tcase_add_loop_test(tests, test_encryption_cannot_be_stripped, 0, 4);
  tcase_add_loop_test(tests, test_a_bad_certificate_gets_no_request, 0, 3);
  tcase_add_loop_test(tests, test_a_proxy_is_told_nothing_but_the_host, 0, 4);
  tcase_add_loop_test(tests, test_a_refusal_without_end_is_an_error_in_time, 0, 5);
  return suite;
}

CHECK_SUITE(wire);
