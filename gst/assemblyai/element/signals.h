// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The element's signals.

#pragma once

#include <gst/gst.h>

#include "base/secret.h"

namespace assemblyai {

struct SignalActions {
  GCallback force_endpoint;
  GCallback update_configuration;
};

void install_signals(GType type, const SignalActions &actions);

// Asks the application for a token; empty if it has none. A handler may take long. Call it without
// a lock.
Secret emit_request_token(GstElement *element);

}  // namespace assemblyai
