// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The values of the element's properties.

#pragma once

#include <mutex>
#include <string>
#include <utility>

#include "base/glib_ptr.h"
#include "element/text_settings.h"
#include "protocol/endpoint.h"
#include "protocol/proxy.h"
#include "stream/stream.h"

namespace assemblyai {

// Which bus messages are posted.
enum MessageFlags : guint {
  kMessageSession = 1U << 0U,
  kMessagePartial = 1U << 1U,
  kMessageFinal = 1U << 2U,
  kMessageSpeech = 1U << 3U,
  kMessageRaw = 1U << 4U,
};

inline constexpr auto kDefaultMessages =
    static_cast<MessageFlags>(kMessageSession | kMessagePartial | kMessageFinal | kMessageSpeech);

// A value: copied under a lock, used without it. Properties have the defaults that are here.
struct Settings {
  std::string endpoint{kDefaultEndpoint};
  bool allow_insecure = false;
  Secret api_key;
  std::string api_key_file;
  Secret token;
  std::string ssl_ca_file;
  Ref<GTlsDatabase> tls_database;
  ProxySettings proxy;
  Headers extra_headers;
  ParameterSet parameters{{"speech_model", std::string("u3-rt-pro")}};
  ParameterSet extra_parameters;
  TextSettings text;
  MessageFlags messages = kDefaultMessages;
  guint chunk_duration_ms = static_cast<guint>(kMinChunk.count());
  guint max_backlog_ms = 30000;
  guint connect_timeout_ms = 10000;
  guint drain_timeout_ms = 10000;
  guint idle_timeout_ms = 60000;
  guint keepalive_interval_ms = 5000;
  gint max_retries = -1;
  guint retry_delay_min_ms = 500;
  guint retry_delay_max_ms = 10000;

  // The language of the captions according to the parameters, as ISO 639. Empty if they do not name
  // one, or if the service detects it.
  std::string language() const;
  // The language until the service reports one: English, unless the parameters name a language or
  // enable its detection; then empty.
  std::string assumed_language() const;
};

// The element's settings. The session reads them in the background when it connects. Any thread.
class SharedSettings {
 public:
  Settings copy() const {
    const std::lock_guard lock(mutex_);
    return settings_;
  }
  // A swap, so that the caller frees the previous settings (which may hold an object of the
  // application) without the lock.
  void swap(Settings &settings) {
    const std::lock_guard lock(mutex_);
    std::swap(settings_, settings);
  }

 private:
  mutable std::mutex mutex_;
  Settings settings_;
};

}  // namespace assemblyai
