// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Given an address and credentials, proxy_url() yields the URL for GIO or an error, and
// display_proxy() shows no credentials.

#include "protocol/proxy.h"

#include <iterator>

#include "protocol/expect.h"

using namespace assemblyai;

namespace {

Result<Secret> url_of(const char *address, const char *user = "", const char *password = "") {
  return proxy_url({Secret(address), user, Secret(password)});
}

}  // namespace

namespace {

struct UrlCase {
  const char *address, *user, *password, *url;
};

}  // namespace

static const UrlCase kUrls[] = {
    {"", "", "", ""},
    {"", "user", "password", ""},
    {"http://proxy.example.com:3128", "", "", "http://proxy.example.com:3128"},
    {"proxy.example.com:3128", "", "", "http://proxy.example.com:3128"},
    {"proxy.example.com", "", "", "http://proxy.example.com"},
    {"HTTP://proxy", "", "", "http://proxy"},
    {"http://proxy:3128/path?query#fragment", "", "", "http://proxy:3128"},
    {"https://proxy", "", "", "https://proxy"},
    {"socks5://[::1]:1080", "", "", "socks5://[::1]:1080"},
    {"socks://proxy", "", "", "socks://proxy"},
    {"socks4://proxy", "", "", "socks4://proxy"},
    {"socks4a://proxy", "", "", "socks4a://proxy"},
    {"http://u:p@proxy", "", "", "http://u:p@proxy"},
    {"u:p@proxy:1", "", "", "http://u:p@proxy:1"},
    {"http://u:p%40:x@proxy", "", "", "http://u:p%40:x@proxy"},
    {"http://proxy", "me", "p@ss:w/o%?#", "http://me:p%40ss:w%2Fo%25%3F%23@proxy"},
    {"http://proxy", "a:b", "p", "http://a%3Ab:p@proxy"},
    {"http://u:p@proxy", "", "new", "http://u:new@proxy"},
    {"http://u:p@proxy", "me", "", "http://me:p@proxy"},
    {"http://u:p@proxy", "me", "new", "http://me:new@proxy"},
};

GST_START_TEST(test_usable_proxies) {
  const UrlCase &entry = kUrls[__i__];
  const Result<Secret> url = url_of(entry.address, entry.user, entry.password);
  fail_unless(static_cast<bool>(url), "%s", entry.address);
  expect_string(url->reveal(), entry.url);
}
GST_END_TEST

static const char *const kRefused[] = {
    "http://",
    "://proxy",
    "http://:3128",
    "ftp://u:sekrit@proxy",
    "direct://",
    "http://u:sekrit@",
    "http://h:port",
    "http://u:sekrit@h:99999",
    "wss://proxy",
    "file:///tmp/pac",
    "sekrit://proxy:1",
    "http://a%0d%0ab",
    "http://u:sekrit%40proxy",
    "http://a%20b",
};

GST_START_TEST(test_other_proxies_are_refused_without_being_quoted) {
  const Result<Secret> url = url_of(kRefused[__i__]);
  fail_if(static_cast<bool>(url), "accepted: %s", kRefused[__i__]);
  const Failure &failure = url.failure();
  fail_unless(failure.kind == FailureKind::kSettings);
  fail_unless(failure.message.find("unsupported scheme") != std::string::npos ||
                  failure.message.find("use a URL such as") != std::string::npos,
              "%s", failure.message.c_str());
  fail_if((failure.message + failure.detail).find("sekrit") != std::string::npos);
}
GST_END_TEST

GST_START_TEST(test_credentials_must_be_text) {
  const Result<Secret> url =
      __i__ == 0 ? url_of("proxy", "\xff", "p") : url_of("proxy", "u", "\xff");
  fail_if(static_cast<bool>(url));
  fail_unless(url.failure().message.find("not UTF-8") != std::string::npos);
}
GST_END_TEST

static const struct {
  const char *address, *shown;
} kShown[] = {
    {"", ""},
    {"http://proxy:3128", "http://proxy:3128"},
    {"proxy", "proxy"},
    {"http://u:p@proxy:3128", "http://***@proxy:3128"},
    {"http://u:p@ss@proxy", "http://***@proxy"},
    {"http://u:p://@proxy", "http://***@proxy"},
    {"u:p@proxy", "***@proxy"},
    {"u@proxy", "***@proxy"},
    {"user:pa://ss@host:3128", "***@host:3128"},
    {"user:pass@http://host", "***@http://host"},
    {"http://u:7/sekrit@proxy", "http://***@proxy"},
    {"http://u:7#sekrit@proxy:3128", "http://***@proxy:3128"},
    {"http://u:1?x=sekrit@proxy", "http://***@proxy"},
    {"http://u:p%40ss@proxy", "http://***@proxy"},
    {"socks5://u:p@[::1]:1080", "socks5://***@[::1]:1080"},
    {"u:7/sekrit@proxy", "***@proxy"},
    {"http://domain/u:p@proxy:3128", "http://***@proxy:3128"},
    {"domain\\u:p@proxy:3128", "***@proxy:3128"},
    {"http://proxy?token=p", "http://proxy?token=***"},
};

GST_START_TEST(test_credentials_are_not_shown) {
  expect_string(display_proxy(Secret(kShown[__i__].address)), kShown[__i__].shown);
}
GST_END_TEST

static Suite *proxy_suite() {
  Suite *suite = suite_create("proxy");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_usable_proxies, 0, std::ssize(kUrls));
  tcase_add_loop_test(tests, test_other_proxies_are_refused_without_being_quoted, 0,
                      std::ssize(kRefused));
  tcase_add_loop_test(tests, test_credentials_must_be_text, 0, 2);
  tcase_add_loop_test(tests, test_credentials_are_not_shown, 0, std::ssize(kShown));
  return suite;
}

CHECK_SUITE(proxy);
