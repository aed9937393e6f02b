// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <memory>

#include "base/event_loop.h"
#include "stream/transport.h"

namespace assemblyai {

// A WebSocket over libsoup 3, on the thread that runs the loop's GMainContext. The loop is kept
// alive until the connection is closed, even after the transport is destroyed.
std::unique_ptr<Transport> make_soup_transport(std::shared_ptr<EventLoop> loop,
                                               TransportObserver &observer,
                                               const TransportOptions &options);

}  // namespace assemblyai
