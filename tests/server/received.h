// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// What the server has seen of one WebSocket: a plain value, safe to keep.

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace testserver {

struct ReceivedSession {
  std::string id;                              // as in Begin
  std::map<std::string, std::string> query;    // decoded; the last one of a repeated key
  std::map<std::string, std::string> headers;  // lower-case names
  std::vector<std::uint8_t> audio;             // every byte, in order, unless !keep_audio
  std::uint64_t audio_bytes = 0;               // counted in any case
  std::vector<std::size_t> message_sizes;      // of each binary message, unless !keep_audio
  std::vector<std::string> text_messages;      // as received
  std::vector<std::string> sent_messages;      // every text frame sent (the last few thousand)
  bool began = false;                          // Begin was sent
  bool terminated = false;                     // Terminate was received
  bool audio_after_terminate = false;          // the client broke the protocol
  bool held = false;                           // stands still at Options::hold_at
  bool closed = false;
  unsigned close_code_sent = 0;      // 0 = none
  unsigned close_code_received = 0;  // 0 = none: dropped, or closed by the server
  unsigned error_code = 0;           // of the Error frame sent
  std::string error_text;
  double billed_seconds = 0;  // time from accept to close (or to now)
};

}  // namespace testserver
