// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "stream/stream_events.h"

namespace assemblyai {

const char *name_of(ConnectionReport::State state) {
  switch (state) {
    case ConnectionReport::State::kConnecting:
      return "connecting";
    case ConnectionReport::State::kConnected:
      return "connected";
    case ConnectionReport::State::kReconnecting:
      return "reconnecting";
    case ConnectionReport::State::kIdle:
      return "idle";
    case ConnectionReport::State::kLost:
      break;
  }
  return "lost";
}

}  // namespace assemblyai
