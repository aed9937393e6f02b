// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The way to the service through proxies.

#include <gio/gio.h>
#include <iterator>
#include <optional>

#include "http_proxy.h"
#include "support/check.h"
#include "support/greeter.h"
#include "support/gst_launch.h"
#include "support/short_talk.h"

using namespace testing;
using namespace std::chrono_literals;
using testserver::HttpProxy;

namespace {

// All that a header or URL has to escape.
constexpr char kPassword[] = "s3cr3t p@ss:w/rd%?#";
constexpr char kPasswordEscaped[] = "s3cr3t%20p%40ss%3Aw%2Frd%25%3F%23";

std::string address_of(const HttpProxy &proxy, const std::string &login = "") {
  return "http://" + login + "127.0.0.1:" + std::to_string(proxy.port());
}

std::string target_of(const testserver::Server &server) {
  const std::string endpoint = server.endpoint();
  const std::size_t begin = endpoint.find("://") + 3;
  return endpoint.substr(begin, endpoint.find('/', begin) - begin);
}

}  // namespace

// With TLS through a tunnel; without it the proxy reads the request.
GST_START_TEST(test_a_session_goes_through_a_proxy) {
  static const struct {
    bool tls;
    const char *scheme, *request;
  } kCases[] = {
      {true, "http://", "CONNECT "},    {true, "", "CONNECT "},
      {true, "socks5://", "SOCKS 5 "},  {false, "http://", "GET ws://"},
      {false, "socks5://", "SOCKS 5 "},
  };
  const auto &entry = kCases[__i__];
  const auto server = entry.tls ? tls_server() : start_server();
  const auto proxy = HttpProxy::start();
  ShortTalk run(*server, "ssl-ca-file=" + certificate("ca.pem"));
  run.set("proxy", entry.scheme + ("127.0.0.1:" + std::to_string(proxy->port())));
  run.expect_success();
  const auto requests = proxy->requests();
  fail_unless_equals_uint64(requests.size(), 1);
  fail_unless(requests[0].line.starts_with(entry.request + target_of(*server)), "%s",
              requests[0].line.c_str());
}
GST_END_TEST

// ws:// is for this machine, and a proxy elsewhere would read it. Nothing is sent to any.
GST_START_TEST(test_plain_text_goes_through_no_proxy_elsewhere) {
  static const struct {
    const char *proxy, *variable, *endpoint;
  } kCases[] = {
      {"192.0.2.1:3128", nullptr, nullptr},
      {"http://user:s3cr3t@192.0.2.1:3128", nullptr, "ws://localhost:1/v3/ws"},
      {"socks5://192.0.2.1", nullptr, "ws://[::1]:1/v3/ws"},
      {"http://127.0.0.1.example.com", nullptr, nullptr},
      {nullptr, "http://192.0.2.1:3128", nullptr},
      {nullptr, "http://user:s3cr3t@192.0.2.1:3128", nullptr},
  };
  const auto &entry = kCases[__i__];
  const auto server = start_server();
  g_setenv("GIO_USE_PROXY_RESOLVER", "libproxy", TRUE);
  if (entry.variable != nullptr)
    g_setenv("http_proxy", entry.variable, TRUE);
  ShortTalk run(*server);
  if (entry.proxy != nullptr)
    run.set("proxy", entry.proxy);
  if (entry.endpoint != nullptr)
    run.set("endpoint", entry.endpoint);
  run.expect_error("would receive the API key and the audio unencrypted",
                   GST_RESOURCE_ERROR_SETTINGS);
  fail_unless_equals_uint64(server->handshake_attempts(), 0);
}
GST_END_TEST

// In the address, by properties, and by properties that win. The service never sees them.
GST_START_TEST(test_a_proxy_gets_its_credentials) {
  const bool tls = __i__ % 2 == 0;
  const auto server = tls ? tls_server() : start_server();
  const auto proxy = HttpProxy::start("user", kPassword);
  ShortTalk run(*server, "ssl-ca-file=" + certificate("ca.pem"));
  const std::string in_address = std::string("user:") + kPasswordEscaped + "@";
  const std::string kAddresses[] = {address_of(*proxy, in_address), address_of(*proxy),
                                    address_of(*proxy, "other:wrong@")};
  run.set("proxy", kAddresses[__i__ / 2]);
  if (__i__ / 2 > 0) {
    run.set("proxy-id", "user");
    run.set("proxy-pw", kPassword);
  }
  run.expect_success();
  fail_unless(proxy->requests().back().authorized);
  for (const HttpProxy::Request &request : proxy->requests())
    fail_unless(request.line.find(target_of(*server)) != std::string::npos, "%s",
                request.line.c_str());
  fail_if(server->session(0).headers.contains("proxy-authorization"));
  fail_unless_equals_text(server->session(0).headers.at("authorization"), kKey);
}
GST_END_TEST
// Bytes that arrived before the connection was a WebSocket do not count as an endless message.
// Bytes that came on the connection before it was a WebSocket are no message without end.
GST_START_TEST(test_a_proxy_may_say_much_before_the_upgrade) {
  constexpr std::size_t kMuch = 40U << 20U;
  constexpr std::size_t kInterimAnswers = 90 * 8000;
  const bool tls = __i__ < 2;
  const bool refuses = __i__ == 0;  // without TLS it gets the credentials at once
  const auto server = tls ? tls_server() : start_server();
  const auto proxy = HttpProxy::start(
      "user", "s3cr3t", {.refusal = refuses ? kMuch : 0, .interim = refuses ? 0 : kInterimAnswers});
  ShortTalk run(*server, "ssl-ca-file=" + certificate("ca.pem"));
  run.set("proxy", address_of(*proxy, "user:s3cr3t@"));
  run.expect_success();
}
GST_END_TEST

GST_START_TEST(test_credentials_that_a_proxy_refuses_are_one_clear_error) {
  const bool tls = __i__ % 2 == 0;
  const bool given = __i__ / 2 == 0;
  const auto server = tls ? tls_server() : start_server();
  const auto proxy = HttpProxy::start("user", "another");
  ShortTalk run(*server, "ssl-ca-file=" + certificate("ca.pem"));
  run.set("proxy", address_of(*proxy, given ? "user:s3cr3t@" : ""));
  run.expect_error("proxy-id and proxy-pw", GST_RESOURCE_ERROR_SETTINGS);
  fail_unless(proxy->requests().size() <= 2);
  fail_unless_equals_uint64(server->handshake_attempts(), 0);
}
GST_END_TEST

GST_START_TEST(test_a_proxy_that_refuses_is_named_without_its_password) {
  const auto server = tls_server();
  const auto proxy = HttpProxy::start("user", "another");
  ShortTalk run(*server);
  run.set("proxy", address_of(*proxy, "user:s3cr3t@"));
  run.expect_error("http://***@127.0.0.1:" + std::to_string(proxy->port()),
                   GST_RESOURCE_ERROR_SETTINGS);
}
GST_END_TEST

GST_START_TEST(test_a_proxy_that_is_not_there_is_one_clear_error) {
  static const struct {
    const char *proxy, *says;
    gint code;
  } kCases[] = {
      {"http://u:s3cr3t@127.0.0.1:1", "through the proxy http://***@127.0.0.1:1",
       GST_RESOURCE_ERROR_OPEN_READ_WRITE},
      {"socks5://u:s3cr3t@127.0.0.1:1", "through the proxy socks5://***@127.0.0.1:1",
       GST_RESOURCE_ERROR_OPEN_READ_WRITE},
      {"http://u:s3cr3t@no-such-host.invalid:3128", "of the proxy http://***@no-such-host.invalid",
       GST_RESOURCE_ERROR_NOT_FOUND},
  };
  const auto server = tls_server();
  ShortTalk run(*server);
  run.set("proxy", kCases[__i__].proxy);
  run.expect_error(kCases[__i__].says, kCases[__i__].code);
  fail_unless_equals_uint64(server->handshake_attempts(), 0);
}
GST_END_TEST

// GIO does TLS with such a proxy by itself.
GST_START_TEST(test_a_proxy_whose_tls_fails_is_blamed_itself) {
  const bool has_tls = __i__ % 2 == 0;
  const bool by_system = __i__ / 2 == 1;
  const auto server = tls_server();
  const auto untrusted = tls_server();  // but for ssl-ca-file
  std::optional<Greeter> mail_server;
  std::string address = "https://" + target_of(*untrusted);
  if (!has_tls)
    address = "https://127.0.0.1:" + std::to_string(mail_server.emplace().port());
  ShortTalk run(*server, "ssl-ca-file=" + certificate("ca.pem"));
  if (by_system) {
    g_setenv("GIO_USE_PROXY_RESOLVER", "libproxy", TRUE);
    g_setenv("https_proxy", address.c_str(), TRUE);
  } else {
    run.set("proxy", address);
  }
  run.expect_error(has_tls ? "The TLS certificate of the proxy " + address
                           : "The proxy " + address + " did not complete the TLS handshake",
                   GST_RESOURCE_ERROR_OPEN_READ_WRITE);
  run.expect_said(by_system ? "check the system's proxy settings" : "check the proxy property");
  fail_unless_equals_uint64(server->handshake_attempts(), 0);
}
GST_END_TEST

// Of SOCKS 4 it may be the endpoint's.
GST_START_TEST(test_the_name_that_is_missing_is_blamed) {
  static const struct {
    const char *proxy, *endpoint, *says;
  } kCases[] = {
      {"socks4://127.0.0.1:1", "wss://no-such-host.invalid/v3/ws", "host name of the endpoint"},
      {"socks4://no-such-host.invalid:1", "wss://localhost:1/v3/ws",
       "host name of the proxy socks4://no-such-host.invalid:1"},
      {"socks4://proxy.no-such-host.invalid:1", "wss://no-such-host.invalid/v3/ws",
       "host name of the proxy socks4://proxy.no-such-host.invalid:1"},
      {"http://no-such-host.invalid:1", "wss://no-such-host.invalid/v3/ws",
       "host name of the proxy http://no-such-host.invalid:1"},
  };
  const auto &entry = kCases[__i__];
  const auto server = tls_server();
  ShortTalk run(*server);
  run.set("proxy", entry.proxy);
  run.set("endpoint", entry.endpoint);
  run.expect_error(entry.says, GST_RESOURCE_ERROR_NOT_FOUND);
  run.expect_said(entry.proxy);
}
GST_END_TEST

GST_START_TEST(test_a_proxy_that_hangs_is_named) {
  static constexpr const char *kSchemes[] = {"http", "socks5"};
  const auto server = tls_server();
  // Connects by itself, but nothing is taken from its queue.
  GSocketListener *proxy = g_socket_listener_new();
  const guint16 port = g_socket_listener_add_any_inet_port(proxy, nullptr, nullptr);
  const std::string scheme = std::string(kSchemes[__i__]) + "://";
  const std::string address = "@127.0.0.1:" + std::to_string(port);
  ShortTalk run(*server, "connect-timeout=300");
  run.set("proxy", scheme + "u:s3cr3t" + address);
  run.expect_error("through the proxy " + scheme + "***" + address + " within 0.3 s",
                   GST_RESOURCE_ERROR_OPEN_READ_WRITE);
  g_object_unref(proxy);
}
GST_END_TEST

GST_START_TEST(test_a_refusal_through_a_proxy_names_it) {
  const auto server = tls_server();
  const auto proxy = HttpProxy::start();
  ShortTalk run(*server, "ssl-ca-file=" + certificate("ca.pem"));
  run.set("endpoint", "wss://localhost:1/v3/ws");
  run.set("proxy", address_of(*proxy));
  run.expect_error(
      "The proxy " + address_of(*proxy) + " cannot reach the endpoint (HTTP status 502)",
      GST_RESOURCE_ERROR_OPEN_READ_WRITE);
}
GST_END_TEST

static constexpr int kProxyAnswers = 11;

// Neither the key nor the endpoint is to blame for what the proxy says.
GST_START_TEST(test_a_proxy_that_gives_no_tunnel_is_blamed_itself) {
  static const struct {
    const char *scheme;
    std::string answer, says;
    gint code;
  } kCases[kProxyAnswers] = {
      {"http", "HTTP/1.1 401 Unauthorized\r\n\r\n",
       "refused the connection to the endpoint (HTTP status 401)",
       GST_RESOURCE_ERROR_OPEN_READ_WRITE},
      {"http", "HTTP/1.1 403 Forbidden\r\nContent-Length: 1000000\r\n\r\n",
       "refused the connection to the endpoint (HTTP status 403)",
       GST_RESOURCE_ERROR_OPEN_READ_WRITE},
      {"http", "HTTP/1.1 404 Not Found\r\n\r\n",
       "refused the connection to the endpoint (HTTP status 404)",
       GST_RESOURCE_ERROR_OPEN_READ_WRITE},
      {"http", "HTTP/1.1 302 Found\r\nLocation: http://portal.example.com/\r\n\r\n",
       "refused the connection to the endpoint (HTTP status 302)",
       GST_RESOURCE_ERROR_OPEN_READ_WRITE},
      {"http", "HTTP/1.1 503 Unavailable\r\n\r\n", "cannot reach the endpoint (HTTP status 503)",
       GST_RESOURCE_ERROR_OPEN_READ_WRITE},
      {"http", "HTTP/1.1 504 Gateway Timeout\r\n\r\n",
       "cannot reach the endpoint (HTTP status 504)", GST_RESOURCE_ERROR_OPEN_READ_WRITE},
      {"http", "HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic realm=\"r\"\r\n\r\n",
       "check proxy-id and proxy-pw", GST_RESOURCE_ERROR_SETTINGS},
      {"http", "220 mail.example.com ESMTP\r\n", "does not respond as an HTTP proxy", -1},
      {"http", "HTTP/1.1 200 OK\r\nX: " + std::string(200'000, 'x') + "\r\n\r\n",
       "does not respond as an HTTP proxy", -1},
      {"socks5", std::string("\x05\x00\x05\x02\x00\x01\0\0\0\0\0\0", 12),
       "refused the connection to the endpoint", GST_RESOURCE_ERROR_OPEN_READ_WRITE},
      {"socks5", "\x05\xff", "requires a valid user name and password",
       GST_RESOURCE_ERROR_SETTINGS},
  };
  const auto &entry = kCases[__i__ / 2];
  const bool by_system = __i__ % 2 == 1;
  const auto server = tls_server();
  const Greeter proxy(entry.answer);
  const std::string address = entry.scheme + ("://127.0.0.1:" + std::to_string(proxy.port()));
  ShortTalk run(*server, "ssl-ca-file=" + certificate("ca.pem"));
  if (by_system) {
    g_setenv("GIO_USE_PROXY_RESOLVER", "libproxy", TRUE);
    g_setenv("https_proxy", address.c_str(), TRUE);
  } else {
    run.set("proxy", address);
  }
  run.expect_error(entry.says, entry.code);
  run.expect_said(address);
  if (entry.code != GST_RESOURCE_ERROR_SETTINGS && !entry.says.starts_with("cannot"))
    run.expect_said(by_system ? "check the system's proxy settings" : "check the proxy property");
  fail_unless_equals_uint64(server->handshake_attempts(), 0);
}
GST_END_TEST

GST_START_TEST(test_a_system_proxy_that_is_not_there_is_blamed_itself) {
  static const struct {
    const char *proxy, *says;
    gint code;
  } kCases[] = {
      {"http://127.0.0.1:1",
       "through the proxy http://127.0.0.1:1; check the system's proxy settings",
       GST_RESOURCE_ERROR_OPEN_READ_WRITE},
      {"http://no-such-host.invalid:3128",
       "the proxy http://no-such-host.invalid:3128 was not found; check the system's proxy "
       "settings",
       GST_RESOURCE_ERROR_NOT_FOUND},
      {"http://127.0.0.1:99999",
       "The system's proxy settings (such as https_proxy) contain no usable proxy",
       GST_RESOURCE_ERROR_OPEN_READ_WRITE},
  };
  const auto server = tls_server();
  g_setenv("GIO_USE_PROXY_RESOLVER", "libproxy", TRUE);
  g_setenv("https_proxy", kCases[__i__].proxy, TRUE);
  if (std::string_view(kCases[__i__].proxy).ends_with(":99999") && system_goes_direct())
    return;
  ShortTalk run(*server);
  run.expect_error(kCases[__i__].says, kCases[__i__].code);
}
GST_END_TEST

// Neither the key nor the proxy's credentials answer the service's own challenges.
GST_START_TEST(test_a_service_that_asks_for_credentials_gets_none) {
  static const struct {
    unsigned status;
    const char *header, *challenge;
    gint code;
  } kCases[] = {
      {401, "WWW-Authenticate", "Basic realm=\"r\"", GST_RESOURCE_ERROR_NOT_AUTHORIZED},
      {401, "WWW-Authenticate", "Digest realm=\"r\", nonce=\"n\", qop=\"auth\"",
       GST_RESOURCE_ERROR_NOT_AUTHORIZED},
      {407, "Proxy-Authenticate", "Basic realm=\"proxy\"", GST_RESOURCE_ERROR_SETTINGS},
  };
  const auto &entry = kCases[__i__ / 2];
  testserver::Options options;
  options.tls = testserver::Tls::good;
  options.handshake.status = entry.status;
  options.handshake.headers = {{entry.header, entry.challenge}};
  const auto server = start_server(options);
  const auto proxy = HttpProxy::start("user", kPassword);
  ShortTalk run(*server, "ssl-ca-file=" + certificate("ca.pem"));
  if (__i__ % 2 == 0)
    run.set("proxy", address_of(*proxy, std::string("user:") + kPasswordEscaped + "@"));
  run.expect_error("", entry.code);
  fail_unless_equals_uint64(server->handshake_attempts(), 1);
}
GST_END_TEST

static constexpr int kEnvironments = 9;

// With libproxy, as on a Debian machine without a desktop.
GST_START_TEST(test_the_environment_names_the_proxy) {
  static const struct {
    bool tls;
    const char *variable, *login, *no_proxy;
    bool goes_through;
  } kCases[kEnvironments] = {
      {true, "https_proxy", "", "", true},         {true, "http_proxy", "", "", true},
      {true, "all_proxy", "", "", false},          {false, "http_proxy", "", "", true},
      {false, "https_proxy", "", "", false},       {true, "https_proxy", "", "localhost", false},
      {true, "https_proxy", "user:pw@", "", true}, {false, "http_proxy", "user:pw@", "", true},
      {true, "HTTPS_PROXY", "", "", true},
  };
  const auto &entry = kCases[__i__];
  const auto server = entry.tls ? tls_server() : start_server();
  const bool login = *entry.login != '\0';
  const auto proxy = HttpProxy::start(login ? "user" : "", "pw");
  g_setenv("GIO_USE_PROXY_RESOLVER", "libproxy", TRUE);
  g_setenv("no_proxy", entry.no_proxy, TRUE);
  g_setenv(entry.variable, address_of(*proxy, entry.login).c_str(), TRUE);
  ShortTalk run(*server, "ssl-ca-file=" + certificate("ca.pem"));
  run.expect_success();
  fail_unless_equals_int(!proxy->requests().empty(), entry.goes_through);
}
GST_END_TEST

static Suite *proxies_suite() {
  Suite *suite = suite_create("proxies");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_a_session_goes_through_a_proxy, 0, 5);
  tcase_add_loop_test(tests, test_plain_text_goes_through_no_proxy_elsewhere, 0, 6);
  tcase_add_loop_test(tests, test_a_proxy_gets_its_credentials, 0, 6);
  tcase_add_loop_test(tests, test_a_proxy_may_say_much_before_the_upgrade, 0, 3);
  tcase_add_loop_test(tests, test_credentials_that_a_proxy_refuses_are_one_clear_error, 0, 4);
  tcase_add_test(tests, test_a_proxy_that_refuses_is_named_without_its_password);
  tcase_add_loop_test(tests, test_a_proxy_that_is_not_there_is_one_clear_error, 0, 3);
  tcase_add_loop_test(tests, test_a_proxy_whose_tls_fails_is_blamed_itself, 0, 4);
  tcase_add_loop_test(tests, test_the_name_that_is_missing_is_blamed, 0, 4);
  tcase_add_loop_test(tests, test_a_proxy_that_hangs_is_named, 0, 2);
  tcase_add_test(tests, test_a_refusal_through_a_proxy_names_it);
  tcase_add_loop_test(tests, test_a_proxy_that_gives_no_tunnel_is_blamed_itself, 0,
                      2 * kProxyAnswers);
  tcase_add_loop_test(tests, test_a_system_proxy_that_is_not_there_is_blamed_itself, 0, 3);
  tcase_add_loop_test(tests, test_a_service_that_asks_for_credentials_gets_none, 0, 6);
  tcase_add_loop_test(tests, test_the_environment_names_the_proxy, 0, kEnvironments);
  return suite;
}

CHECK_SUITE(proxies);
