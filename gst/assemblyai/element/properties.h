// SPDX-License-Identifier: LGPL-2.1-or-later
// The element's properties. What they set is in settings.h.

#pragma once

#include <gst/gst.h>

#include <optional>
#include <string>
#include <utility>

#include "element/settings.h"

namespace assemblyai {

// Property ids: fixed ones, then one for each service parameter that has a property.
enum PropertyId : guint {
  kPropertyEndpoint = 1,
  kPropertyAllowInsecure,
  kPropertySslCaFile,
  kPropertyTlsDatabase,
  kPropertyProxy,
  kPropertyProxyId,
  kPropertyProxyPw,
  kPropertyExtraHeaders,
  kPropertyApiKey,
  kPropertyApiKeyFile,
  kPropertyToken,
  kPropertyExtraParameters,
  kPropertyMessages,
  kPropertyChunkDuration,
  kPropertyMaxBacklog,
  kPropertyConnectTimeout,
  kPropertyDrainTimeout,
  kPropertyIdleTimeout,
  kPropertyKeepaliveInterval,
  kPropertyMaxRetries,
  kPropertyRetryDelayMin,
  kPropertyRetryDelayMax,
  kPropertyStats,
  kPropertyFirstParameter,
};

void install_properties(GObjectClass *klass, TextMode default_mode);

// What setting a property came to.
struct PropertyChange {
  bool known = true;
  // The service parameter that it stands for, with its new value; a cleared value
  // where it was unset and an update can say so.
  std::optional<std::pair<std::string, ParameterValue>> parameter;
  // The one that was unset where an update cannot say so.
  std::string unset;
};
PropertyChange set_property(Settings &settings, guint id, const GValue *value);
// False when the id is not one of ours. What only the element knows (kPropertyStats,
// kPropertyCurrentCaption, kPropertyMaxObservedDelay) is its own.
bool get_property(const Settings &settings, guint id, GValue *value);

// Takes parameters by the service's names, for properties and extra-parameters alike.
void set_parameter(Settings &settings, const std::string &name, const ParameterValue &value);

}  // namespace assemblyai
