// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The text frames of a session, separated by 0x1E: each is decoded, and its
// message goes to what a session does with it, after ten minutes of audio.

#include "protocol/decode.h"

#include <cmath>
#include <set>

#include "protocol/failure.h"
#include "protocol/json.h"
#include "protocol/text.h"
#include "protocol/turn_repair.h"
#include "protocol/turn_tracker.h"
#include "target.h"

using namespace assemblyai;
using fuzz::require;

namespace {

// One final for each turn shown, and nothing after it.
class Turns {
 public:
  explicit Turns(bool expects_formatted) : expects_formatted_(expects_formatted) { begin(); }

  void begin() {
    tracker_.begin_session(expects_formatted_);
    repair_ = {};
    ended_.clear();
  }
  void note(const SpeechStarted &started) { repair_.note_speech(started.timestamp); }
  void handle(Turn turn) {
    repair_.repair(&turn, kReceived, expects_formatted_);
    require(turn.order >= 0, "turns are counted from 0");
    for (const Word &word : turn.words) {
      require(word.start <= word.end, "a word does not end before it starts");
      require(word.start >= milliseconds() && word.end <= kReceived, "words are in the audio");
    }
    now_ += milliseconds(700);
    check(tracker_.release_held(now_));
    check(tracker_.handle(std::move(turn), now_));
  }

  void finish() {
    check(tracker_.finish());
    require(std::find(is_final_.begin(), is_final_.end(), false) == is_final_.end(),
            "each turn gets its final");
  }

 private:
  void check(const std::vector<TurnReport> &reports) {
    for (const TurnReport &report : reports) {
      require(report.number <= is_final_.size(), "turns are counted without a gap");
      if (report.number == is_final_.size())
        is_final_.push_back(false);
      require(!is_final_[report.number], "nothing comes after the final");
      require(!ended_.contains(report.turn.order), "a turn ends once in a session");
      require(tracker_.number_of(report.turn.order) == report.number, "a turn keeps its number");
      is_final_[report.number] = report.final;
      if (report.final)
        ended_.insert(report.turn.order);
      const std::string text = turn_text(report.turn);
      require(report.text == (is_blank(text) ? "" : text), "the text is the turn's");
      require(report.final || !report.text.empty(), "a growing turn has text");
    }
  }

  static constexpr milliseconds kReceived{600000};

  bool expects_formatted_;
  std::chrono::nanoseconds now_{};
  TurnRepair repair_;
  TurnTracker tracker_;
  std::vector<bool> is_final_;    // by our number
  std::set<std::int64_t> ended_;  // by the service's
};

void check_text(const std::string &text) {
  require(is_valid_utf8(text), "text is valid UTF-8 without NUL");
}

// A name, a code, or what people are to read.
void check_label(const std::string &text) {
  check_text(text);
  require(count_characters(text) <= kMaxExplanation + 1, "what was not said is short");
  require(printable(text, text.size()) == text, "what was not said can be printed");
}

void check_time(milliseconds time) {
  require(time.count() >= 0 && time <= std::chrono::hours(7 * 24), "times are sane");
}

void check_told_time(milliseconds time) {
  if (time != kUnknownTime)
    check_time(time);
}

void check_ratio(std::optional<double> ratio) {
  require(!ratio || (*ratio >= 0 && *ratio <= 1), "ratios are from 0 to 1");
}

void check_seconds(std::optional<double> seconds) {
  require(!seconds || (*seconds >= 0 && std::isfinite(*seconds)), "durations are sane");
}

void check_words(const std::vector<Word> &words) {
  for (const Word &word : words) {
    check_text(word.text);
    check_label(word.speaker);
    check_told_time(word.start);
    check_told_time(word.end);
    require(word.end == kUnknownTime || word.start <= word.end,
            "a word does not end before it starts");
    check_ratio(word.confidence);
    check_ratio(word.speaker_confidence);
  }
}

void check(const Begin &begin) {
  const Configuration &told = begin.configuration;
  for (const std::string *text :
       {&begin.id, &told.model, &told.mode, &told.api_version, &told.domain, &told.voice_focus})
    check_label(*text);
  require(begin.expires_at >= 0, "times are sane");
}

void check(const SpeechStarted &started) {
  check_told_time(started.timestamp);
  check_ratio(started.confidence);
}

void check(const Turn &turn) {
  check_text(turn.transcript);
  check_text(turn.utterance);
  for (const std::string *text : {&turn.language_code, &turn.speaker_label, &turn.error})
    check_label(*text);
  require(turn.order >= kUnknownOrder, "turns are counted from 0");
  check_ratio(turn.end_of_turn_confidence);
  check_ratio(turn.language_confidence);
  check_ratio(turn.speaker_confidence);
  check_words(turn.words);
}

void check(const SpeakerRevision &revision) {
  for (const SpeakerRevision::Item &item : revision.revisions) {
    require(item.turn_order >= 0, "turns are counted from 0");
    check_label(item.speaker_label);
    check_words(item.words);
  }
}

void check(const Heartbeat &heartbeat) {
  check_time(heartbeat.total_audio_received);
  check_time(heartbeat.total_duration);
  check_seconds(heartbeat.realtime_factor);
  check_ratio(heartbeat.max_speech_probability);
}

void check(const Silence &silence) {
  check_time(silence.start);
  check_time(silence.end);
  require(silence.start <= silence.end, "a silence does not end before it starts");
}

void check_failure(const Failure &failure) {
  require(!failure.message.empty(), "a failure has a message");
  const std::size_t most = kMaxExplanation + 500;
  require(count_characters(failure.message) < most && count_characters(failure.detail) < most,
          "failures are short");
  check_text(failure.message);
  check_text(failure.detail);
}

void check(const ServerError &error) {
  check_label(error.text);
  check_failure(failure_from_close(1011, error.text, std::nullopt));
  check_failure(failure_from_close(1011, {}, error));
}

void check(const Warning &warning) {
  check_label(warning.text);
}

// What is handed on as JSON reads back as the same.
void check(const LlmGatewayResponse &response) {
  check_text(response.transcript);
  check_text(response.data);
  require(response.turn_order >= kUnknownOrder, "turns are counted from 0");
  const std::string list = "[" + (response.data.empty() ? "null" : response.data) + "]";
  const Result<JsonNodePtr> node = parse_json(list, list.size(), DecodeLimits().max_depth);
  require(static_cast<bool>(node), "JSON is handed on as JSON");
  require(json_text(node->get()) == list, "JSON reads back as it was");
}

void check(const Termination &termination) {
  check_seconds(termination.audio_seconds);
  check_seconds(termination.session_seconds);
}

void check(const UnknownMessage &unknown) {
  check_label(unknown.type);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  Turns sessions[] = {Turns(false), Turns(true)};
  for (const std::string &frame : fuzz::expanded_parts(fuzz::as_text(data, size))) {
    const Result<ServerMessage> message = decode(frame);
    if (!message) {
      require(message.failure().kind == FailureKind::kProtocol, "the peer is to blame");
      check_failure(message.failure());
      continue;
    }
    std::visit([](const auto &value) { check(value); }, *message);
    for (Turns &turns : sessions) {
      if (const auto *turn = std::get_if<Turn>(&*message))
        turns.handle(*turn);
      if (const auto *started = std::get_if<SpeechStarted>(&*message))
        turns.note(*started);
      if (std::holds_alternative<Begin>(*message)) {
        turns.finish();
        turns.begin();
      }
    }
  }
  for (Turns &turns : sessions)
    turns.finish();
  return 0;
}
