// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// What a session does beside hearing: heartbeats, silence, inactivity.

#include <utility>

#include "service_messages.h"
#include "session.h"

namespace testserver {

void Session::watch_inactivity() {
  std::int64_t seconds = configuration_.inactivity_seconds;
  if (seconds <= 0 || phase_ != Phase::running)
    return;
  Milliseconds limit = options_->inactivity_second * seconds;
  inactivity_timer_.once(context_.loop->context(), limit, [this, seconds] {
    fail({3006, "Session terminated due to inactivity: No messages received for " +
                    std::to_string(seconds) + " seconds"});
  });
}

void Session::follow_configuration() {
  if (!configuration_.heartbeat)
    heartbeat_timer_.stop();
  else if (!heartbeat_timer_.running())
    heartbeat_timer_.every(context_.loop->context(), options_->heartbeat_interval,
                           [this] { send_heartbeat(); });
}

void Session::send_heartbeat() {
  const double before = std::exchange(heartbeat_seconds_, rules_.seconds());
  const auto interval = static_cast<double>(options_->heartbeat_interval.count()) / 1000;
  send(heartbeat_message(
      {.audio_seconds = rules_.seconds(),
       .new_audio_seconds = rules_.seconds() - before,
       .session_seconds = static_cast<double>(g_get_monotonic_time() / 1000 - began_ms_) / 1000,
       .interval_seconds = interval,
       .speech = writer_.in_turn()}));
}

// One message for each whole second in which nothing is being transcribed.
void Session::send_silence() {
  auto now = static_cast<std::int64_t>(rules_.seconds() * 1000);
  if (!configuration_.acknowledge_silence || writer_.in_turn()) {
    silence_ms_ = now;
    return;
  }
  for (; now - silence_ms_ >= 1000; silence_ms_ += 1000) {
    JsonWriter json;
    json.begin_object().key("type").string("Silence").key("start_ms").integer(silence_ms_);
    json.key("end_ms").integer(silence_ms_ + 1000).end_object();
    send(json.text());
  }
}

}  // namespace testserver
