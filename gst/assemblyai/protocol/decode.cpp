// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "protocol/decode.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "protocol/json.h"
#include "protocol/text.h"

namespace assemblyai {

namespace {

constexpr double kMaxMilliseconds = 7.0 * 24 * 3600 * 1000;  // a session lasts 3 hours at most
constexpr double kMaxUnixSeconds = 1e11;                     // the year 5138
constexpr std::size_t kMaxItems = 100000;                    // words, in all arrays of a message
constexpr std::size_t kExcerpt = 60;                         // characters of a frame in a failure
constexpr std::size_t kSearched = 65536;                     // of a truncated text, for secrets
constexpr std::size_t kMaxJson = 16U << 20U;                 // bytes
constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxLabel = 100;  // characters of a name

Failure misunderstood(std::string detail) {
  Failure failure;
  failure.kind = FailureKind::kProtocol;
  failure.retry = Retry::kBackOff;
  failure.message =
      "The service sent a message that the element cannot decode; check that the endpoint is a "
      "streaming v3 service";
  failure.detail = std::move(detail);
  return failure;
}

// Case-insensitive; ASCII only.
bool equals(std::string_view a, std::string_view b) {
  return a.size() == b.size() && g_ascii_strncasecmp(a.data(), b.data(), a.size()) == 0;
}

// The value of a string or a number; empty for any other type.
std::string text_of(JsonNode *node) {
  if (node == nullptr)
    return {};
  switch (json_node_get_value_type(node)) {
    case G_TYPE_STRING:
      return json_node_get_string(node);
    case G_TYPE_INT64:
    case G_TYPE_DOUBLE:
      return json_text(node);
    default:
      return {};
  }
}

// A number in a string.
std::optional<double> number_in(const std::string &text) {
  if (text.empty() || text.find_first_not_of("0123456789+-.eE") != std::string::npos)
    return std::nullopt;
  char *end = nullptr;
  const double value = g_ascii_strtod(text.c_str(), &end);
  return *end == '\0' && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

// State that all objects of one message share.
struct Progress {
  const Redaction &redact;
  std::string fault;  // the first one
  std::size_t items = 0;
};

// The fields of one object. A number or a boolean may be written as a string, and a string as a
// number. A value that cannot be read counts as missing.
class Fields {
 public:
  Fields(JsonObject *object, const char *owner, Progress *progress)
      : json_(object), owner_(owner), progress_(progress) {}

  const JsonFields &json() const { return json_; }
  bool ok() const { return progress_->fault.empty(); }

  std::string text(const char *name) const { return text_of(json_.node(name)); }

  // A name or a code, made printable.
  std::string label(const char *name) const { return shown(text(name), kMaxLabel); }

  // A text for users, made printable. The field should be a string, but other types are accepted.
  std::string explanation(const char *name) const {
    JsonNode *node = json_.node(name);
    if (node == nullptr)
      return {};
    const bool is_text = json_node_get_value_type(node) == G_TYPE_STRING;
    return shown(is_text ? json_.string(name) : json_text(node), kMaxExplanation);
  }

  // Any JSON value, as JSON text.
  std::string json_of(const char *name) const {
    JsonNode *node = json_.node(name);
    const std::string text = node == nullptr ? std::string() : json_text(node);
    const std::string redacted = progress_->redact(text);
    // A secret may consist of digits and be written as a number.
    const bool is_json = redacted == text || parse_json('[' + redacted + ']', kMaxJson, kMaxDepth);
    return is_json ? redacted : json_string(redacted);
  }

  std::optional<double> number(const char *name) const {
    const std::optional<double> value = json_.number(name);
    return value ? value : number_in(json_.string(name));
  }

  std::optional<bool> boolean(const char *name) const {
    if (const std::optional<bool> value = json_.boolean(name))
      return value;
    const std::string word = json_.string(name);
    if (equals(word, "true") || equals(word, "false"))
      return equals(word, "true");
    const std::optional<double> value = number(name);
    return value == 0.0 || value == 1.0 ? std::optional(*value != 0) : std::nullopt;
  }

  template <typename T>
  std::optional<T> integer(const char *name) const {
    constexpr double kExact = 9007199254740992.0;  // 2^53
    const std::optional<double> value = number(name);
    if (!value || std::abs(*value) > kExact || std::trunc(*value) != *value ||
        !std::in_range<T>(static_cast<std::int64_t>(*value)))
      return std::nullopt;
    return static_cast<T>(*value);
  }

  std::optional<std::int64_t> order(const char *name) const {
    const std::optional<std::int64_t> value = integer<std::int64_t>(name);
    return value && *value >= 0 ? value : std::nullopt;
  }

  std::optional<milliseconds> time(const char *name) const {
    const std::optional<double> value = within(name, kMaxMilliseconds);
    return value ? std::optional(milliseconds(std::llround(*value))) : std::nullopt;
  }

  std::optional<double> within(const char *name, double maximum) const {
    const std::optional<double> value = number(name);
    return value && *value >= 0 && *value <= maximum ? value : std::nullopt;
  }

  std::optional<double> ratio(const char *name) const { return within(name, 1); }

  // Calls read(JsonNode *) for each element of an array. The array may be missing.
  template <typename Read>
  void each(const char *name, Read read) const {
    JsonArray *array = json_.array(name);
    const std::size_t length = array == nullptr ? 0 : json_array_get_length(array);
    progress_->items += length;
    require(progress_->items <= kMaxItems, std::string("too many ") + name);
    for (std::size_t i = 0; i < length && ok(); ++i)
      read(json_array_get_element(array, static_cast<guint>(i)));
  }

  // The fields of an object in the message; nothing if the value is not an object.
  std::optional<Fields> of(JsonNode *part) const {
    if (part == nullptr || !JSON_NODE_HOLDS_OBJECT(part))
      return std::nullopt;
    return Fields(json_node_get_object(part), owner_, progress_);
  }

  // Records a fault if the message lacks this content.
  void require(bool fine, const std::string &what) const {
    if (!fine && ok())
      progress_->fault = std::string(owner_) + " with " + what;
  }

 private:
  std::string shown(const std::string &text, std::size_t most) const {
    return printable(progress_->redact(std::string_view(text).substr(0, kSearched)), most);
  }

  JsonFields json_;
  const char *owner_;
  Progress *progress_;
};

ServerMessage decode_begin(const Fields &fields) {
  Begin begin;
  begin.id = fields.label("id");
  begin.expires_at =
      static_cast<std::int64_t>(fields.within("expires_at", kMaxUnixSeconds).value_or(0));
  if (const std::optional<Fields> configuration = fields.of(fields.json().node("configuration"))) {
    const Fields &told = *configuration;
    begin.configuration.model = told.label("model");
    begin.configuration.mode = told.label("mode");
    begin.configuration.api_version = told.label("api_version");
    begin.configuration.domain = told.label("domain");
    begin.configuration.voice_focus = told.label("voice_focus");
    begin.configuration.speaker_labels = told.boolean("speaker_labels");
    begin.configuration.redact_pii = told.boolean("redact_pii");
    begin.configuration.filter_profanity = told.boolean("filter_profanity");
  }
  return begin;
}

ServerMessage decode_speech_started(const Fields &fields) {
  return SpeechStarted{.timestamp = fields.time("timestamp").value_or(kUnknownTime),
                       .confidence = fields.ratio("confidence")};
}

Word decode_word(const Fields &fields) {
  Word word;
  word.text = fields.text("text");
  word.start = fields.time("start").value_or(kUnknownTime);
  word.end = fields.time("end").value_or(kUnknownTime);
  if (word.end != kUnknownTime)
    word.end = std::max(word.start, word.end);
  word.confidence = fields.ratio("confidence").value_or(0);
  word.is_final = fields.boolean("word_is_final").value_or(false);
  word.speaker = fields.label("speaker");
  word.speaker_confidence = fields.ratio("speaker_confidence");
  return word;
}

// A string in place of a word object is the text of the word. Any other type is skipped.
std::vector<Word> decode_words(const Fields &owner) {
  std::vector<Word> words;
  owner.each("words", [&](JsonNode *element) {
    if (const std::optional<Fields> fields = owner.of(element))
      words.push_back(decode_word(*fields));
    else if (json_node_get_value_type(element) == G_TYPE_STRING)
      words.push_back(
          {.text = json_node_get_string(element), .start = kUnknownTime, .end = kUnknownTime});
  });
  return words;
}

ServerMessage decode_turn(const Fields &fields) {
  Turn turn;
  turn.order = fields.order("turn_order").value_or(kUnknownOrder);
  turn.formatted = fields.boolean("turn_is_formatted").value_or(false);
  turn.end_of_turn = fields.boolean("end_of_turn").value_or(false);
  turn.end_of_turn_confidence = fields.ratio("end_of_turn_confidence").value_or(0);
  turn.transcript = fields.text("transcript");
  turn.utterance = fields.json().string("utterance");
  turn.words = decode_words(fields);
  turn.language_code = fields.label("language_code");
  turn.language_confidence = fields.ratio("language_confidence");
  turn.speaker_label = fields.label("speaker_label");
  turn.speaker_confidence = fields.ratio("speaker_confidence");
  turn.error = fields.explanation("error");
  const bool has_text = !is_blank(turn_text(turn));
  fields.require(has_text || turn.order != kUnknownOrder, "neither text nor turn_order");
  JsonNode *transcript = fields.json().node("transcript");
  const bool is_told =
      transcript != nullptr && json_node_get_value_type(transcript) == G_TYPE_STRING;
  turn.text_unknown = !has_text && !is_told && turn.error.empty();
  return turn;
}

// A revision that names no turn cannot be applied.
ServerMessage decode_speaker_revision(const Fields &fields) {
  SpeakerRevision revision;
  bool is_empty = fields.json().array("revisions") != nullptr;
  fields.each("revisions", [&](JsonNode *element) {
    is_empty = false;
    const std::optional<Fields> item = fields.of(element);
    const std::optional<std::int64_t> order = item ? item->order("turn_order") : std::nullopt;
    if (order)
      revision.revisions.push_back({.turn_order = *order,
                                    .speaker_label = item->label("speaker_label"),
                                    .words = decode_words(*item)});
  });
  fields.require(is_empty || !revision.revisions.empty(), "no usable revisions");
  return revision;
}

ServerMessage decode_heartbeat(const Fields &fields) {
  const auto time = [&](const char *name) { return fields.time(name).value_or(milliseconds()); };
  return Heartbeat{.total_audio_received = time("total_audio_received_ms"),
                   .total_duration = time("total_duration_ms"),
                   .realtime_factor = fields.within("realtime_factor", 1e6).value_or(0),
                   .max_speech_probability = fields.ratio("max_speech_probability")};
}

ServerMessage decode_silence(const Fields &fields) {
  const std::optional<milliseconds> start = fields.time("start_ms");
  const std::optional<milliseconds> end = fields.time("end_ms");
  fields.require(start && end, "no usable start_ms and end_ms");
  return Silence{.start = start.value_or(milliseconds()),
                 .end = std::max(start, end).value_or(milliseconds())};
}

ServerMessage decode_error(const Fields &fields) {
  return ServerError{.code = fields.integer<std::uint16_t>("error_code"),
                     .text = fields.explanation("error")};
}

ServerMessage decode_warning(const Fields &fields) {
  return Warning{.code = fields.integer<int>("warning_code"),
                 .text = fields.explanation("warning")};
}

ServerMessage decode_llm_gateway_response(const Fields &fields) {
  return LlmGatewayResponse{.turn_order = fields.order("turn_order").value_or(kUnknownOrder),
                            .transcript = fields.text("transcript"),
                            .data = fields.json_of("data")};
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

// The fields that identify a message without a type. The first row whose fields are all present
// applies. A Turn may also have an "error", so Error is the last row.
struct Shape {
  const char *type;
  const char *field;
  const char *other;  // nullptr: one field is enough
};

constexpr Shape kShapes[] = {
    {"LLMGatewayResponse", "turn_order", "data"},
    {"Turn", "turn_order", "end_of_turn"},
    {"Turn", "turn_order", "words"},
    {"Turn", "end_of_turn", "transcript"},
    {"Begin", "id", "expires_at"},
    {"SpeechStarted", "timestamp", "confidence"},
    {"Heartbeat", "total_audio_received_ms", nullptr},
    {"Silence", "start_ms", "end_ms"},
    {"SpeakerRevision", "revisions", nullptr},
    {"Termination", "audio_duration_seconds", nullptr},
    {"Termination", "session_duration_seconds", nullptr},
    {"Warning", "warning", nullptr},
    {"Error", "error", nullptr},
    {"Error", "error_code", nullptr},
};

// Empty if the message has no type and the fields identify none.
std::string type_of(const JsonFields &json) {
  std::string type = json.string("type");
  if (!is_blank(type))
    return type;
  for (const Shape &shape : kShapes) {
    if (json.node(shape.field) != nullptr &&
        (shape.other == nullptr || json.node(shape.other) != nullptr))
      return shape.type;
  }
  return {};
}

Result<ServerMessage> decode_object(JsonObject *object, const Redaction &redact) {
  const std::string type = type_of(JsonFields(object));
  if (type.empty())
    return misunderstood("message without a type");
  for (const Decoder &decoder : kDecoders) {
    if (!equals(decoder.type, type))
      continue;
    Progress progress{.redact = redact};
    ServerMessage message = decoder.decode(Fields(object, decoder.type.data(), &progress));
    if (!progress.fault.empty())
      return misunderstood(std::move(progress.fault));
    return message;
  }
  return ServerMessage(UnknownMessage{printable(redact(type), kExcerpt)});
}

}  // namespace

Result<ServerMessage> decode(std::string_view frame, const DecodeLimits &limits,
                             const Redaction &redact) {
  const Result<JsonNodePtr> root = parse_json(frame, limits.max_bytes, limits.max_depth);
  if (!root)
    return misunderstood(redact(root.failure().detail) + ": " +
                         printable(redact(frame.substr(0, kSearched)), kExcerpt));
  if (!JSON_NODE_HOLDS_OBJECT(root->get()))
    return misunderstood("not a JSON object");
  return decode_object(json_node_get_object(root->get()), redact);
}

}  // namespace assemblyai
