// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A short talk to a local server, over any route.

#pragma once

#include <gio/gio.h>

#include <memory>
#include <string>

#include "support/check.h"
#include "support/pipeline.h"

namespace testing {

inline std::unique_ptr<testserver::Server> tls_server(testserver::Tls tls = testserver::Tls::good) {
  testserver::Options options;
  options.tls = tls;
  return start_server(options);
}

inline std::string certificate(const std::string &name) {
  return std::string(g_getenv("SOURCE_ROOT")) + "/tests/server/certificates/" + name;
}

// libproxy 0.5 returns no proxy for an impossible address.
inline bool system_goes_direct() {
  gchar **uris = g_proxy_resolver_lookup(g_proxy_resolver_get_default(), "https://localhost/",
                                         nullptr, nullptr);
  const bool direct = uris != nullptr && g_strcmp0(uris[0], "direct://") == 0;
  g_strfreev(uris);
  return direct;
}

// A short talk, from start to EOS.
class ShortTalk {
 public:
  explicit ShortTalk(const testserver::Server &server, const std::string &properties = "")
      : pipeline_("filesrc location=" + file_.path() + " ! wavparse ! " +
                  sink_text(server, "sync=false max-retries=0 " + properties)) {}

  GstElement *sink() const { return pipeline_.sink(); }
  void set(const char *property, const std::string &text) const {
    g_object_set(sink(), property, text.c_str(), nullptr);
  }
  void play() {
    pipeline_.set_state(GST_STATE_PLAYING);
    pipeline_.wait_for_eos();
  }
  void expect_success() {
    play();
    fail_unless(pipeline_.heard().errors.empty(), "%s", pipeline_.heard().errors[0].c_str());
    fail_unless_equals_uint64(pipeline_.messages("assemblyai-session-end").size(), 1);
  }
  void expect_said(const std::string &says) const {
    const std::string &text = pipeline_.heard().errors.at(0);
    fail_unless(text.find(says) != std::string::npos, "%s", text.c_str());
  }
  // Exactly one error, with this text and without a password. Any code: -1.
  void expect_error(const std::string &says, gint code) {
    play();
    fail_unless_equals_uint64(pipeline_.heard().errors.size(), 1);
    const std::string text = pipeline_.heard().errors[0];
    fail_unless(text.find(says) != std::string::npos, "%s", text.c_str());
    fail_unless(
        code < 0 || g_error_matches(pipeline_.heard().error_codes[0], GST_RESOURCE_ERROR, code),
        "%s", text.c_str());
    const std::string all = text + pipeline_.heard().debugs[0];
    fail_unless(all.find("s3cr3t") == std::string::npos, "%s", all.c_str());
  }

 private:
  TalkFile file_{std::chrono::milliseconds(100)};
  Pipeline pipeline_;
};

}  // namespace testing
