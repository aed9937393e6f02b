// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// TLS: whose certificates are trusted, and what is doubtful about key files and host names.

#include <gio/gio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/check.h"
#include "support/gst_launch.h"
#include "support/short_talk.h"

using namespace testing;
using namespace std::chrono_literals;

GST_START_TEST(test_a_private_authority_can_be_trusted) {
  const auto server = tls_server();
  ShortTalk run(*server);
  if (__i__ == 0) {
    run.set("ssl-ca-file", server->ca_file());
  } else {
    GTlsDatabase *database = g_tls_file_database_new(server->ca_file().c_str(), nullptr);
    g_object_set(run.sink(), "tls-database", database, nullptr);
    g_object_unref(database);
  }
  run.expect_success();
}
GST_END_TEST

GST_START_TEST(test_a_ca_file_may_have_a_relative_path) {
  const auto server = tls_server();
  gchar *here = g_get_current_dir();
  fail_unless_equals_int(chdir(certificate("").c_str()), 0);
  ShortTalk run(*server, "ssl-ca-file=ca.pem");
  run.expect_success();
  fail_unless_equals_int(chdir(here), 0);
  g_free(here);
}
GST_END_TEST

GST_START_TEST(test_a_certificate_that_signed_itself_can_be_trusted) {
  const auto server = tls_server(testserver::Tls::unknown_issuer);
  ShortTalk run(*server, "ssl-ca-file=" + certificate("unknown-issuer.pem"));
  run.expect_success();
}
GST_END_TEST

GST_START_TEST(test_a_bad_certificate_is_one_clear_error) {
  static const struct {
    testserver::Tls tls;
    const char *authority, *says;
  } kCases[] = {
      {testserver::Tls::good, nullptr, "set ssl-ca-file"},
      {testserver::Tls::good, "unknown-issuer.pem", "set ssl-ca-file"},
      {testserver::Tls::unknown_issuer, "ca.pem", "set ssl-ca-file"},
      {testserver::Tls::wrong_host, "ca.pem", "for another host; check the endpoint"},
      {testserver::Tls::expired, "ca.pem", "check the system clock"},
  };
  const auto &entry = kCases[__i__];
  const auto server = tls_server(entry.tls);
  ShortTalk run(*server);
  if (entry.authority != nullptr)
    run.set("ssl-ca-file", certificate(entry.authority));
  run.expect_error(entry.says, GST_RESOURCE_ERROR_OPEN_READ_WRITE);
  run.expect_said(" (certificate subject: ");
  fail_unless_equals_uint64(server->session_count(), 0);
}
GST_END_TEST

GST_START_TEST(test_unusable_authorities_are_one_clear_error) {
  const auto server = tls_server();
  const TemporaryDirectory directory;
  ShortTalk run(*server);
  if (__i__ == 0) {
    GTlsDatabase *database = g_tls_file_database_new(server->ca_file().c_str(), nullptr);
    g_object_set(run.sink(), "tls-database", database, "ssl-ca-file", server->ca_file().c_str(),
                 nullptr);
    g_object_unref(database);
    run.expect_error("both set", GST_RESOURCE_ERROR_SETTINGS);
  } else {
    run.set("ssl-ca-file", __i__ == 1 ? directory.file("none.pem") : directory.path());
    run.expect_error("ssl-ca-file cannot be read", GST_RESOURCE_ERROR_SETTINGS);
  }
  fail_unless_equals_uint64(server->handshake_attempts(), 0);
}
GST_END_TEST

// Tried again it would be missing again: GIO looks for it once.
GST_START_TEST(test_a_system_without_tls_is_one_clear_error) {
  g_setenv("GIO_USE_TLS", "dummy", TRUE);
  const auto server = start_server();
  ShortTalk run(*server, "max-retries=-1");
  run.set("endpoint", "wss://localhost:1/v3/ws");
  if (__i__ == 1)
    run.set("ssl-ca-file", certificate("ca.pem"));
  run.expect_error("install glib-networking", GST_RESOURCE_ERROR_SETTINGS);
}
GST_END_TEST

// The environment variable is that of glib-networking, for both ends.
GST_START_TEST(test_outdated_tls_is_refused) {
  static const char *const kVersions[] = {"TLS1.0", "TLS1.1", "TLS1.2", "TLS1.3"};
  const std::string priority = std::string("NORMAL:%COMPAT:-VERS-ALL:+VERS-") + kVersions[__i__];
  g_setenv("G_TLS_GNUTLS_PRIORITY", priority.c_str(), TRUE);
  const auto server = tls_server();
  ShortTalk run(*server, "ssl-ca-file=" + certificate("ca.pem"));
  if (__i__ >= 2)
    return run.expect_success();
  run.expect_error("outdated version of TLS", GST_RESOURCE_ERROR_OPEN_READ_WRITE);
  fail_unless_equals_uint64(server->handshake_attempts(), 0);
}
GST_END_TEST

static constexpr int kDoubts = 4;

// It may be meant. Once: also for the next session.
GST_START_TEST(test_what_is_doubtful_is_warned_of_once) {
  static const struct {
    mode_t mode;
    const char *endpoint, *says;
  } kCases[kDoubts] = {
      {0644, nullptr, "All users of this machine can read the key file"},
      {0640, nullptr, nullptr},
      {0600, "ws://loc\u0430lhost.localhost:1/v3/ws", "xn--loclhost-36g.localhost"},
      {0600, "ws://\u043b\u043e\u043a\u0430\u043b.localhost:1/v3/ws", nullptr},
  };
  const auto &entry = kCases[__i__];
  const auto server = start_server();
  const TemporaryDirectory directory;
  const std::string key_file = directory.file("key");
  fail_unless(g_file_set_contents(key_file.c_str(), kKey, -1, nullptr));
  fail_unless_equals_int(chmod(key_file.c_str(), entry.mode), 0);
  Pipeline pipeline(kLive + sink_text(*server, "max-retries=0"));
  g_object_set(pipeline.sink(), "api-key", "", "api-key-file", key_file.c_str(), nullptr);
  if (entry.endpoint != nullptr)
    g_object_set(pipeline.sink(), "endpoint", entry.endpoint, nullptr);
  for (int session = 0; session < 2; session++) {
    pipeline.set_state(GST_STATE_PLAYING);
    if (entry.endpoint != nullptr)
      pipeline.wait_for([&](const Heard &heard) { return heard.errors.size() == session + 1U; });
    else
      pipeline.wait_for([&](const Heard &) {
        return pipeline.messages("assemblyai-session-begin").size() == session + 1U;
      });
    pipeline.set_state(GST_STATE_READY);
  }
  pipeline.drain_bus();
  fail_unless_equals_uint64(pipeline.heard().warnings.size(), entry.says == nullptr ? 0 : 1);
  if (entry.says != nullptr)
    fail_unless(pipeline.heard().warnings[0].find(entry.says) != std::string::npos, "%s",
                pipeline.heard().warnings[0].c_str());
}
GST_END_TEST

static Suite *tls_suite() {
  Suite *suite = suite_create("tls");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_a_private_authority_can_be_trusted, 0, 2);
  tcase_add_test(tests, test_a_ca_file_may_have_a_relative_path);
  tcase_add_test(tests, test_a_certificate_that_signed_itself_can_be_trusted);
  tcase_add_loop_test(tests, test_a_bad_certificate_is_one_clear_error, 0, 5);
  tcase_add_loop_test(tests, test_a_system_without_tls_is_one_clear_error, 0, 2);
  tcase_add_loop_test(tests, test_outdated_tls_is_refused, 0, 4);
  tcase_add_loop_test(tests, test_unusable_authorities_are_one_clear_error, 0, 3);
  tcase_add_loop_test(tests, test_what_is_doubtful_is_warned_of_once, 0, kDoubts);
  return suite;
}

CHECK_SUITE(tls);
