// SPDX-License-Identifier: LGPL-2.1-or-later
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

// What the service has not told, or not in a way that can be used.
inline constexpr milliseconds kUnknownTime = milliseconds::min();
inline constexpr std::int64_t kUnknownOrder = -1;

// What the service says it applies. Older services send no configuration: all
// fields are then empty.
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
  std::int64_t expires_at = 0;  // Unix seconds, 0 when not told
  Configuration configuration;
};

// A moment of a session's audio, in the input. The stream adds it to what the service says.
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
  milliseconds start{};  // both are kUnknownTime when decode() could not read them
  milliseconds end{};    // never before start
  double confidence = 0;
  bool is_final = false;
  std::string speaker;  // "A", "B", ...; "PENDING" or empty when not attributed
  std::optional<double> speaker_confidence;
  bool inferred = false;  // the service has not told its times
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
  bool text_unknown = false;  // it could not be read: that of the report before counts
};

struct SpeakerRevision {
  struct Item {
    std::int64_t turn_order = 0;
    std::string speaker_label;
    std::vector<Word> words;
    std::optional<std::uint64_t> number;  // under which the stream has reported the turn
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

// Always fatal: the service closes with the same code.
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
  std::string data;                     // the gateway's chat completion, as JSON text
  std::optional<std::uint64_t> number;  // under which the stream has reported the turn
};

struct Termination {
  std::optional<double> audio_seconds;
  std::optional<double> session_seconds;  // what is billed
};

// A type this version does not know, which the protocol says to ignore.
struct UnknownMessage {
  std::string type;
};

using ServerMessage =
    std::variant<Begin, SpeechStarted, Turn, SpeakerRevision, Heartbeat, Silence, ServerError,
                 Warning, LlmGatewayResponse, Termination, UnknownMessage>;

// The text of a turn: its transcript, else its utterance, else its words joined
// by spaces. Interim turns may come with words only.
std::string turn_text(const Turn &turn);

// "PENDING" and "UNKNOWN" say that a voice is not attributed (yet): empty then.
std::string attributed(const std::string &speaker);

}  // namespace assemblyai
