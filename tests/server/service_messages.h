// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// What the service says besides turns.

#pragma once

#include <cstdint>
#include <string>

#include "parameters.h"

namespace testserver {

std::string begin_message(const std::string &id, std::int64_t expires_at,
                          const Configuration &configuration);
std::string error_message(const Problem &problem);
std::string warning_message(unsigned code, const std::string &text);
std::string termination_message(double audio_seconds, double session_seconds);

struct HeartbeatValues {
  double audio_seconds = 0;      // ever
  double new_audio_seconds = 0;  // since the last one
  double session_seconds = 0;
  double interval_seconds = 0;
  bool speech = false;
};
std::string heartbeat_message(const HeartbeatValues &values);

}  // namespace testserver
