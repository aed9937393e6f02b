// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A stream of numbered messages of audio, over several sessions.

#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "support/stream_fixture.h"

namespace testing {

// Retries every failure.
inline StreamOptions patient_options() {
  return {.max_backlog = 30s,
          .connect_timeout = 10s,
          .drain_timeout = 5s,
          .retry = {.shortest = 1s, .longest = 8s}};
}

// A turn with one word every half second from the given time on.
inline std::string spoken(int order, bool final, std::int64_t from_ms, const std::string &text,
                          bool formatted = true) {
  std::string words;
  std::int64_t at = from_ms;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    words += std::string(words.empty() ? "" : ",") + R"({"text":")" +
             text.substr(begin, end - begin) + R"(","start":)" + std::to_string(at) + R"(,"end":)" +
             std::to_string(at + 400) + R"(,"confidence":1,"word_is_final":)" +
             (final ? "true" : "false") + "}";
    at += 500;
    begin = end + 1;
  }
  return R"({"type":"Turn","turn_order":)" + std::to_string(order) + R"(,"turn_is_formatted":)" +
         (formatted ? "true" : "false") + R"(,"end_of_turn":)" + (final ? "true" : "false") +
         R"(,"transcript":")" + text + R"(","end_of_turn_confidence":1,"words":[)" + words + "]}";
}

// Audio in which every message of 50 ms contains its number.
struct NumberedStream : StreamFixture {
  using StreamFixture::StreamFixture;

  explicit NumberedStream(StreamOptions options = patient_options(),
                          const ConnectionInfoSource &info = no_parameters)
      : StreamFixture(std::move(options), info) {}

  void say(nanoseconds duration) {
    for (nanoseconds end = position + duration; position < end; position += 50ms) {
      AudioBlock chunk = block(kChunk, position);
      std::fill(chunk.data.begin(), chunk.data.end(), static_cast<std::byte>(next++ % 251));
      fail_unless(session->push(std::move(chunk)) == PushResult::kAccepted);
      loop->advance(50ms);
    }
  }
  void open(const std::string &extra = "") {
    peer->observer->on_opened();
    opened = peer->transports;
    sent_before = sent();
    peer->say(R"({"type":"Begin","id":"s","expires_at":0)" + extra + "}");
    loop->run();
  }
  // The session in use, or the one that is being opened.
  void refuse(unsigned code, const std::string &text) {
    if (peer->transports > opened)
      peer->observer->on_opened();
    opened = peer->transports;
    peer->say(R"({"type":"Error","error_code":)" + std::to_string(code) + R"(,"error":")" + text +
              R"("})");
    loop->run();
  }
  // Connected, with a second of audio in flight.
  void stream() {
    open();
    say(1s);
  }
  // The messages of the newest connection, by their number.
  std::vector<int> sent_since(std::size_t first) const {
    std::vector<int> numbers;
    for (std::size_t i = first; i < peer->audio.size(); i++)
      numbers.push_back(static_cast<int>(peer->audio[i][0]));
    return numbers;
  }
  std::size_t sent() const { return peer->audio.size(); }
  std::string told(std::size_t i) const {
    const TurnReport &turn = recorder->turns.at(i);
    return std::to_string(turn.number) + (turn.final ? "=" : ":") + turn.text;
  }

  nanoseconds position{};
  int next = 0;
  int opened = 0;               // connections
  std::size_t sent_before = 0;  // messages, on the connections before the newest
};

}  // namespace testing
