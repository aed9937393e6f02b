// SPDX-License-Identifier: LGPL-2.1-or-later
// The element's properties and the settings they make up.

#pragma once

#include <gst/gst.h>

#include <chrono>
#include <string>

#include "element/gst_ptr.h"
#include "protocol/endpoint.h"
#include "session/session.h"

namespace assemblyai {

// Which bus messages are posted.
enum MessageFlags : guint {
  kMessageSession = 1U << 0U,
  kMessagePartial = 1U << 1U,
  kMessageFinal = 1U << 2U,
  kMessageSpeech = 1U << 3U,
  kMessageRaw = 1U << 4U,
};

inline constexpr guint kDefaultMessages =
    kMessageSession | kMessagePartial | kMessageFinal | kMessageSpeech;
inline constexpr guint kDefaultMaxBacklogMs = 30000;
inline constexpr guint kDefaultConnectTimeoutMs = 10000;
inline constexpr guint kDefaultDrainTimeoutMs = 10000;
inline constexpr guint kDefaultKeepaliveIntervalMs = 5000;
inline constexpr const char *kDefaultSpeechModel = "u3-rt-pro";

// A value: copied under the element's lock, used without it.
struct Settings {
  std::string endpoint{kDefaultEndpoint};
  bool allow_insecure = false;
  Secret api_key;
  ParameterSet parameters{{"speech_model", std::string(kDefaultSpeechModel)}};
  ParameterSet extra_parameters;
  guint messages = kDefaultMessages;
  guint chunk_duration_ms = static_cast<guint>(kMinChunk.count());
  guint max_backlog_ms = kDefaultMaxBacklogMs;
  guint connect_timeout_ms = kDefaultConnectTimeoutMs;
  guint drain_timeout_ms = kDefaultDrainTimeoutMs;
  guint keepalive_interval_ms = kDefaultKeepaliveIntervalMs;
};

// Property ids: fixed ones, then one for each service parameter that has a property.
enum PropertyId : guint {
  kPropertyEndpoint = 1,
  kPropertyAllowInsecure,
  kPropertyApiKey,
  kPropertyExtraParameters,
  kPropertyMessages,
  kPropertyChunkDuration,
  kPropertyMaxBacklog,
  kPropertyConnectTimeout,
  kPropertyDrainTimeout,
  kPropertyKeepaliveInterval,
  kPropertyStats,
  kPropertyFirstParameter,
};

void install_properties(GObjectClass *klass);

// False when the id is not one of ours. kPropertyStats is the element's own.
bool set_property(Settings &settings, guint id, const GValue *value);
bool get_property(const Settings &settings, guint id, GValue *value);

// A failure that names a service parameter, in the words of whoever set it: by the
// property where there is one, else as a part of extra-parameters.
Failure in_property_names(Failure failure, const Settings &settings);

// What to connect with: the settings, the environment's key where none is set, and
// the parameters of both kinds together. Fails on what can be seen to be wrong.
Result<RequestOptions> request_options(const Settings &settings);

}  // namespace assemblyai
