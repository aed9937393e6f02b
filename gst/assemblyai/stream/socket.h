// SPDX-License-Identifier: LGPL-2.1-or-later
// A connection below libsoup.

#pragma once

#include <gio/gio.h>

#include "base/log.h"

namespace assemblyai {

// unsent: what may wait in the system for the network, not counting what is in flight.
struct SocketLimits {
  int unsent = 0;   // bytes
  int receive = 0;  // bytes
};
void limit_buffers(GSocket *socket, const SocketLimits &limits, const Logger &log);

}  // namespace assemblyai
