// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Options of the socket below libsoup.

#pragma once

#include <gio/gio.h>

#include "base/log.h"

namespace assemblyai {

// unsent: the limit of data that waits in the system, excluding the data in flight.
struct SocketLimits {
  int unsent = 0;   // bytes
  int receive = 0;  // bytes
};
void limit_buffers(GSocket *socket, const SocketLimits &limits, const Logger &log);

}  // namespace assemblyai
