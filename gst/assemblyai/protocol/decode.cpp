// SPDX-License-Identifier: LGPL-2.1-or-later

#include "protocol/decode.h"

#include <cmath>
#include <utility>

#include "protocol/json.h"
#include "protocol/text.h"

namespace assemblyai {

namespace {

constexpr double kMaxMilliseconds = 7.0 * 24 * 3600 * 1000;  // a session lives 3 hours
constexpr double kMaxUnixSeconds = 1e11;                     // the year 5138
constexpr std::size_t kMaxItems = 100000;                    // words, over all arrays of a message
constexpr std::size_t kExcerpt = 60;                         // characters of a frame in a failure
constexpr std::size_t kMaxLabel = 100;                       // characters of a name

Failure misunderstood(std::string detail) {
  Failure failure;
  failure.kind = FailureKind::kProtocol;
  failure.retry = Retry::kBackOff;
  failure.message =
      "The service sent a message that is not understood; "
      "check that the endpoint is a streaming v3 service";
  failure.detail = std::move(detail);
  return failure;
}

// What all objects of one message share.
struct Progress {
  std::string fault;  // the first one
  std::size_t items = 0;
};

// The fields of one object. A required field that is missing or unusable leaves
// a fault behind and reads as zero, so that a decoder is a list of its fields.
class Fields {
 public:
  Fields(JsonObject *object, const char *owner, Progress *progress)
      : json_(object), owner_(owner), progress_(progress) {}

  const JsonFields &json() const { return json_; }
  bool ok() const { return progress_->fault.empty(); }

  std::string required_string(const char *name) const {
    JsonNode *node = json_.node(name);
    require(node != nullptr && json_node_get_value_type(node) == G_TYPE_STRING, name);
    return json_.string(name);
  }

  bool required_boolean(const char *name) const {
    const std::optional<bool> value = json_.boolean(name);
    require(value.has_value(), name);
    return value.value_or(false);
  }

  std::int64_t required_order(const char *name) const {
    const std::int64_t value = json_.integer(name).value_or(-1);
    require(value >= 0, name);
    return value;
  }

  milliseconds required_time(const char *name) const {
    require(json_.number(name).has_value(), name);
    return time(name);
  }

  // Missing is 0, absurd is a fault.
  milliseconds time(const char *name) const {
    const double value = json_.number(name).value_or(0);
    const bool sane = value >= 0 && value <= kMaxMilliseconds;
    require(sane, name);
    return milliseconds(sane ? std::llround(value) : 0);
  }

  std::optional<double> within(const char *name, double maximum) const {
    const std::optional<double> value = json_.number(name);
    return value && *value >= 0 && *value <= maximum ? value : std::nullopt;
  }

  std::optional<double> ratio(const char *name) const { return within(name, 1); }

  // Calls read(Fields) for each object of an array, which may be missing.
  template <typename Read>
  void each(const char *name, const char *owner, Read read) const {
    JsonArray *array = json_.array(name);
    const std::size_t length = array == nullptr ? 0 : json_array_get_length(array);
    progress_->items += length;
    if (progress_->items > kMaxItems)
      fault(std::string(owner_) + " with too many " + name);
    for (std::size_t i = 0; i < length && ok(); ++i) {
      JsonNode *node = json_array_get_element(array, static_cast<guint>(i));
      if (JSON_NODE_HOLDS_OBJECT(node))
        read(Fields(json_node_get_object(node), owner, progress_));
      else
        fault(std::string(owner) + " that is not an object");
    }
  }

  void require(bool fine, const char *name) const {
    if (!fine)
      fault(std::string(owner_) + " without a usable " + name);
  }

 private:
  void fault(std::string text) const {
    if (ok())
      progress_->fault = std::move(text);
  }

  JsonFields json_;
  const char *owner_;
  Progress *progress_;
};

template <typename T>
std::optional<T> narrowed(std::optional<std::int64_t> value) {
  if (!value || !std::in_range<T>(*value))
    return std::nullopt;
  return static_cast<T>(*value);
}

// A name or a code, as it can be shown anywhere.
std::string label(const JsonFields &json, const char *name) {
  return printable(json.string(name), kMaxLabel);
}

ServerMessage decode_begin(const Fields &fields) {
  Begin begin;
  begin.id = label(fields.json(), "id");
  begin.expires_at =
      static_cast<std::int64_t>(fields.within("expires_at", kMaxUnixSeconds).value_or(0));
  if (JsonObject *object = fields.json().object("configuration")) {
    const JsonFields json(object);
    begin.configuration.model = label(json, "model");
    begin.configuration.mode = label(json, "mode");
    begin.configuration.api_version = label(json, "api_version");
    begin.configuration.domain = label(json, "domain");
    begin.configuration.voice_focus = label(json, "voice_focus");
    begin.configuration.speaker_labels = json.boolean("speaker_labels");
    begin.configuration.redact_pii = json.boolean("redact_pii");
    begin.configuration.filter_profanity = json.boolean("filter_profanity");
  }
  return begin;
}

ServerMessage decode_speech_started(const Fields &fields) {
  return SpeechStarted{.timestamp = fields.required_time("timestamp"),
                       .confidence = fields.ratio("confidence")};
}

std::vector<Word> decode_words(const Fields &owner) {
  std::vector<Word> words;
  owner.each("words", "Word", [&words](const Fields &fields) {
    Word word;
    word.text = fields.required_string("text");
    word.start = fields.required_time("start");
    word.end = std::max(word.start, fields.required_time("end"));
    word.confidence = fields.ratio("confidence").value_or(0);
    word.is_final = fields.json().boolean("word_is_final").value_or(false);
    word.speaker = label(fields.json(), "speaker");
    word.speaker_confidence = fields.ratio("speaker_confidence");
    words.push_back(std::move(word));
  });
  return words;
}

ServerMessage decode_turn(const Fields &fields) {
  Turn turn;
  turn.order = fields.required_order("turn_order");
  turn.formatted = fields.json().boolean("turn_is_formatted").value_or(false);
  turn.end_of_turn = fields.required_boolean("end_of_turn");
  turn.end_of_turn_confidence = fields.ratio("end_of_turn_confidence").value_or(0);
  turn.transcript = fields.json().string("transcript");
  turn.utterance = fields.json().string("utterance");
  turn.words = decode_words(fields);
  turn.language_code = label(fields.json(), "language_code");
  turn.language_confidence = fields.ratio("language_confidence");
  turn.speaker_label = label(fields.json(), "speaker_label");
  turn.speaker_confidence = fields.ratio("speaker_confidence");
  turn.error = printable(fields.json().string("error"), kMaxExplanation);
  return turn;
}

ServerMessage decode_speaker_revision(const Fields &fields) {
  SpeakerRevision revision;
  fields.require(fields.json().array("revisions") != nullptr, "revisions");
  fields.each("revisions", "Revision", [&revision](const Fields &item) {
    revision.revisions.push_back({.turn_order = item.required_order("turn_order"),
                                  .speaker_label = label(item.json(), "speaker_label"),
                                  .words = decode_words(item)});
  });
  return revision;
}

ServerMessage decode_heartbeat(const Fields &fields) {
  return Heartbeat{.total_audio_received = fields.time("total_audio_received_ms"),
                   .total_duration = fields.time("total_duration_ms"),
                   .realtime_factor = fields.within("realtime_factor", 1e6).value_or(0),
                   .max_speech_probability = fields.ratio("max_speech_probability")};
}

ServerMessage decode_silence(const Fields &fields) {
  const milliseconds start = fields.required_time("start_ms");
  return Silence{.start = start, .end = std::max(start, fields.required_time("end_ms"))};
}

// What people are to read, as it can be shown anywhere. The field should be a string, but may
// be anything.
std::string explanation(const JsonFields &json, const char *name) {
  JsonNode *node = json.node(name);
  if (node == nullptr)
    return {};
  const bool is_text = json_node_get_value_type(node) == G_TYPE_STRING;
  return printable(is_text ? json.string(name) : json_text(node), kMaxExplanation);
}

ServerMessage decode_error(const Fields &fields) {
  return ServerError{.code = narrowed<std::uint16_t>(fields.json().integer("error_code")),
                     .text = explanation(fields.json(), "error")};
}

ServerMessage decode_warning(const Fields &fields) {
  return Warning{.code = narrowed<int>(fields.json().integer("warning_code")),
                 .text = explanation(fields.json(), "warning")};
}

ServerMessage decode_llm_gateway_response(const Fields &fields) {
  JsonNode *data = fields.json().node("data");
  return LlmGatewayResponse{.turn_order = fields.required_order("turn_order"),
                            .transcript = fields.json().string("transcript"),
                            .data = data == nullptr ? std::string() : json_text(data)};
}

ServerMessage decode_termination(const Fields &fields) {
  constexpr double kMaxSeconds = kMaxMilliseconds / 1000;
  return Termination{.audio_seconds = fields.within("audio_duration_seconds", kMaxSeconds),
                     .session_seconds = fields.within("session_duration_seconds", kMaxSeconds)};
}

struct Decoder {
  std::string_view type;
  ServerMessage (*decode)(const Fields &);
};

constexpr Decoder kDecoders[] = {
    {"Turn", decode_turn},
    {"SpeechStarted", decode_speech_started},
    {"Begin", decode_begin},
    {"Heartbeat", decode_heartbeat},
    {"Silence", decode_silence},
    {"SpeakerRevision", decode_speaker_revision},
    {"LLMGatewayResponse", decode_llm_gateway_response},
    {"Warning", decode_warning},
    {"Error", decode_error},
    {"Termination", decode_termination},
};

Result<ServerMessage> decode_object(JsonObject *object) {
  const JsonFields json(object);
  std::string type = json.string("type");
  if (type.empty() && json.node("error") != nullptr)
    type = "Error";
  if (type.empty())
    return misunderstood("message without a type");
  for (const Decoder &decoder : kDecoders) {
    if (decoder.type != type)
      continue;
    Progress progress;
    ServerMessage message = decoder.decode(Fields(object, decoder.type.data(), &progress));
    if (!progress.fault.empty())
      return misunderstood(std::move(progress.fault));
    return message;
  }
  return ServerMessage(UnknownMessage{printable(type, kExcerpt)});
}

}  // namespace

Result<ServerMessage> decode(std::string_view frame, const DecodeLimits &limits) {
  const Result<JsonNodePtr> root = parse_json(frame, limits.max_bytes, limits.max_depth);
  if (!root)
    return misunderstood(root.failure().detail + ": " +
                         printable(frame.substr(0, 4 * kExcerpt), kExcerpt));
  if (!JSON_NODE_HOLDS_OBJECT(root->get()))
    return misunderstood("not a JSON object");
  return decode_object(json_node_get_object(root->get()));
}

}  // namespace assemblyai
