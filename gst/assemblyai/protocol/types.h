// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The messages of the streaming v3 protocol as values.
//
//   client                                    service
//     | GET /v3/ws?speech_model=...  (upgrade)  |
//     |---------------------------------------->|
//     |<------------------------------ Begin ---|
//     |--- binary: 50 ms of audio ------------->|
//     |--- binary: 50 ms of audio ------------->|   [SpeechStarted]
//     |<--- Turn end_of_turn=false (0..n) ------|   text so far, replaces the one before
//     |<--- Turn end_of_turn=true (1, or 2 -----|   final; 2 = unformatted, then formatted
//     |          with classical formatting)     |
//     |   ... Heartbeat, Silence, Warning, SpeakerRevision, LLMGatewayResponse anywhere
//     |--- Terminate -------------------------->|
//     |<--- Turns of the turn in flight --------|
//     |<----------------------- Termination ----|
//     |<----------------------- close 1000 -----|
//
//   or at any point: Error, then close with the error's code, and no Termination.
//
// Times are positions in the audio received in that session.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace assemblyai {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// Values that the service did not send, or sent in an unusable form.
inline constexpr milliseconds kUnknownTime = milliseconds::min();
inline constexpr std::int64_t kUnknownOrder = -1;

// The configuration that the service reports. Older services report none: then all fields are
// empty.
struct Configuration {
  std::string model;
  std::string mode;
  std::string api_version;
  std::string domain;
  std::string voice_focus;
  std::optional<bool> speaker_labels;
  std::optional<bool> redact_pii;
  std::optional<bool> filter_profanity;
};

struct Begin {
  std::string id;
  std::int64_t expires_at = 0;  // Unix seconds, 0 if not sent
  Configuration configuration;
};

// A time of a session's audio as times in the input. The stream adds it to the messages of the
// service.
struct AudioTime {
  std::uint64_t position = 0;  // bytes of the input
  nanoseconds running_time{};
  std::optional<nanoseconds> stream_time;
  nanoseconds arrival{};  // at the element, on the monotonic clock

  bool operator==(const AudioTime &) const = default;
};

struct SpeechStarted {
  milliseconds timestamp{};  // may be kUnknownTime
  std::optional<double> confidence;
  std::optional<AudioTime> begins;
};

struct Word {
  std::string text;
  milliseconds start{};  // both are kUnknownTime if decode() could not read them
  milliseconds end{};    // never before start
  double confidence = 0;
  bool is_final = false;
  std::string speaker;  // "A", "B", ...; "PENDING" or empty when not attributed
  std::optional<double> speaker_confidence;
  bool inferred = false;  // the service did not send its times
  std::optional<AudioTime> begins;
  std::optional<AudioTime> ends;  // never before begins

  bool operator==(const Word &) const = default;
};

struct Turn {
  std::int64_t order = 0;  // the service's turn_order, or kUnknownOrder
  bool formatted = false;
  bool end_of_turn = false;
  double end_of_turn_confidence = 0;
  std::string transcript;
  std::string utterance;
  std::vector<Word> words;
  std::string language_code;
  std::optional<double> language_confidence;
  std::string speaker_label;
  std::optional<double> speaker_confidence;
  std::string error;          // the text was withheld; not fatal
  bool text_unknown = false;  // it could not be read: the text of the report before counts
};

struct SpeakerRevision {
  struct Item {
    std::int64_t turn_order = 0;
    std::string speaker_label;
    std::vector<Word> words;
    std::optional<std::uint64_t> number;  // of the turn in the reports of the stream
  };
  std::vector<Item> revisions;
};

struct Heartbeat {
  milliseconds total_audio_received{};
  milliseconds total_duration{};
  double realtime_factor = 0;
  std::optional<double> max_speech_probability;
};

struct Silence {
  milliseconds start{};
  milliseconds end{};
  std::optional<AudioTime> begins;
  std::optional<AudioTime> ends;
};

// Always fatal: the service closes the connection with the same code.
struct ServerError {
  std::optional<unsigned> code;
  std::string text;
};

struct Warning {
  std::optional<int> code;
  std::string text;
};

struct LlmGatewayResponse {
  std::int64_t turn_order = 0;  // or kUnknownOrder
  std::string transcript;
  std::string data;                     // the chat completion of the gateway, as JSON text
  std::optional<std::uint64_t> number;  // of the turn in the reports of the stream
};

struct Termination {
  std::optional<double> audio_seconds;
  std::optional<double> session_seconds;  // billed
};

// A message of an unknown type. The protocol requires that it is ignored.
struct UnknownMessage {
  std::string type;
};

using ServerMessage =
    std::variant<Begin, SpeechStarted, Turn, SpeakerRevision, Heartbeat, Silence, ServerError,
                 Warning, LlmGatewayResponse, Termination, UnknownMessage>;

// The text of a turn: its transcript, else its utterance, else its words joined by spaces. Partial
// turns may have words only.
std::string turn_text(const Turn &turn);

// "PENDING" and "UNKNOWN" mean that no speaker is assigned (yet): then empty.
std::string attributed(const std::string &speaker);

}  // namespace assemblyai
