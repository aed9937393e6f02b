// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include "session.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "mulaw.h"
#include "service_messages.h"

namespace testserver {

namespace {

constexpr std::size_t kLargestMessage = 128 * 1024;
constexpr std::size_t kSentMessagesKept = 5000;
constexpr std::size_t kTextMessagesKept = 5000;
const char kSeeError[] = "See Error message for details";

std::int64_t monotonic_ms() {
  return g_get_monotonic_time() / 1000;
}

std::string new_id() {
  assemblyai::Owned<char> id(g_uuid_string_random());
  return id.get();
}

}  // namespace

Session::Session(const SessionContext &context, std::shared_ptr<const Options> options,
                 std::size_t index)
    : context_(context),
      options_(std::move(options)),
      index_(index),
      id_(new_id()),
      rules_(*options_, configuration_),
      writer_(configuration_, *options_, [this](std::string text) { send(text); }),
      hold_(*options_) {}

Session::~Session() = default;

void Session::start(SoupWebsocketConnection *connection, GSocket *socket, const Arrival &arrival,
                    std::optional<Problem> refusal) {
  channel_ = std::make_unique<Channel>(
      connection, socket,
      Channel::Callbacks{[this](bool binary, std::string_view text) { on_message(binary, text); },
                         [this](unsigned code) { on_closed(code); }});
  if (auto problem = admit(arrival, std::move(refusal))) {
    fail(*problem);
    return;
  }
  if (hold_.begins_when_upgraded())
    stand_still();
  else
    open();
}

void Session::open() {
  if (options_->never_begin)
    return;
  if (options_->begin_delay.count() > 0)
    begin_timer_.once(context_.loop->context(), options_->begin_delay, [this] { begin(); });
  else
    begin();
}

std::optional<Problem> Session::admit(const Arrival &arrival, std::optional<Problem> refusal) {
  auto header = arrival.headers.find("authorization");
  bool has_header = header != arrival.headers.end();
  Login login = context_.credentials->check(has_header ? header->second.c_str() : nullptr,
                                            query_value(arrival.query, "token"), *options_);
  if (login.problem)
    return login.problem;
  if (refusal)
    return refusal;
  if (auto problem = apply_query(arrival.query, *options_, &configuration_))
    return problem;
  cap_ = options_->max_session;
  if (login.max_session)
    cap_ = std::min<Milliseconds>(cap_, *login.max_session);
  EngineSetup setup;
  setup.kind = options_->engine;
  setup.scenario = options_->scenario;
  setup.sample_rate = configuration_.sample_rate;
  setup.session_index = index_;
  setup.observer = this;
  setup.loop = context_.loop;
  std::string error;
  engine_ = make_engine(setup, &error);
  if (engine_ != nullptr)
    return std::nullopt;
  log("engine: " + error);
  return Problem{3005, "Session Cancelled: An error occurred"};
}

void Session::begin() {
  bool terminated = phase_ == Phase::finishing;
  if (phase_ == Phase::over || channel_ == nullptr)
    return;
  phase_ = terminated ? Phase::finishing : Phase::running;
  began_ms_ = monotonic_ms();
  // Recorded first: who has got Begin finds it here.
  context_.registry->update(index_, [&](ReceivedSession &seen) {
    seen.began = true;
    seen.id = id_;
  });
  const Milliseconds announced = options_->announced_session.value_or(cap_);
  send(begin_message(id_, (g_get_real_time() / 1000 + announced.count()) / 1000, configuration_));
  log("begin, model " + configuration_.model + ", " + std::to_string(configuration_.sample_rate) +
      " Hz " + configuration_.encoding);
  cap_timer_.once(context_.loop->context(), cap_, [this] {
    fail({3008, "Session Expired: Maximum session duration exceeded"});
  });
  watch_inactivity();
  follow_configuration();
  hear(std::exchange(early_, {}));
  if (terminated)
    finish();
}

void Session::on_message(bool binary, std::string_view payload) {
  if (payload.size() > kLargestMessage) {
    close(1009, "Message too big");
    return;
  }
  if (!binary && !hold_.active() && hold_.begins_before(payload))
    stand_still();
  if (hold_.active()) {
    hold_.keep(binary, payload);
    return;
  }
  watch_inactivity();
  if (binary)
    on_audio(payload);
  else
    on_text(std::string(payload));
}

void Session::on_audio(std::string_view payload) {
  context_.registry->update(index_, [&](ReceivedSession &seen) {
    seen.audio_bytes += payload.size();
    if (options_->keep_audio) {
      seen.audio.insert(seen.audio.end(), payload.begin(), payload.end());
      seen.message_sizes.push_back(payload.size());
    }
    seen.audio_after_terminate = seen.audio_after_terminate || seen.terminated;
  });
  if (phase_ != Phase::opening && phase_ != Phase::running)
    return;
  if (auto problem = rules_.check(payload.size(), std::chrono::steady_clock::now())) {
    fail(*problem);
    return;
  }
  // Audio that came before Begin is heard after it. Without a Begin it is only counted.
  if (phase_ == Phase::running)
    hear(payload);
  else if (!options_->never_begin)
    early_ += payload;
}

void Session::hear(std::string_view payload) {
  if (engine_ == nullptr || payload.empty())
    return;
  std::vector<std::int16_t> samples;
  if (configuration_.bytes_per_sample() == 2) {
    std::string bytes = std::exchange(half_, {});
    bytes += payload;
    if (bytes.size() % 2 != 0) {
      half_ = bytes.back();
      bytes.pop_back();
    }
    samples = from_little_endian(bytes);
  } else if (configuration_.bytes_per_sample() == 1) {
    samples = from_mulaw(payload);
  } else {
    // Compressed audio is not decoded; it passes as silence of a packet's usual length.
    samples.resize(static_cast<std::size_t>(configuration_.sample_rate / 50));
  }
  engine_->feed(samples);
  send_silence();
  auto now = static_cast<std::int64_t>(rules_.seconds() * 1000);
  if (configuration_.revision_interval_ms > 0 &&
      now - revision_ms_ >= configuration_.revision_interval_ms) {
    revision_ms_ = now;
    writer_.revise_speakers();
  }
}

void Session::on_text(const std::string &text) {
  context_.registry->update(index_, [&](ReceivedSession &seen) {
    if (seen.text_messages.size() < kTextMessagesKept)
      seen.text_messages.push_back(text);
  });
  if (phase_ != Phase::opening && phase_ != Phase::running)
    return;
  if (auto problem = handle_text(text))
    fail(*problem);
}

std::optional<Problem> Session::handle_text(const std::string &text) {
  JsonText json;
  if (!json.parse(text))
    return Problem{3006, "User Input Validation Error: Invalid JSON: " + json.problem()};
  if (json.object() == nullptr)
    return Problem{3006, "Invalid Message: " + text.substr(0, 200)};
  return handle_object(json.object());
}

std::optional<Problem> Session::handle_object(JsonObject *message) {
  std::string type = json_string(message, "type");
  log("received " + type.substr(0, 80), type == "KeepAlive");
  if (type == "Terminate") {
    bool begun = phase_ == Phase::running;
    phase_ = Phase::finishing;
    context_.registry->update(index_, [](ReceivedSession &seen) { seen.terminated = true; });
    if (begun)
      finish();
  } else if (type == "ForceEndpoint") {
    if (phase_ == Phase::running)
      engine_->force_endpoint();
  } else if (type == "UpdateConfiguration") {
    auto problem = apply_update(message, &configuration_);
    if (!problem && phase_ == Phase::running)
      follow_configuration();
    return problem;
  } else if (type != "KeepAlive") {
    return Problem{3006, "Invalid Message Type: " + type.substr(0, 200)};
  }
  return std::nullopt;
}

// Terminate was received after Begin, or Begin has now been sent after Terminate.
void Session::finish() {
  inactivity_timer_.stop();
  if (options_->terminate_answer == TerminateAnswer::silent) {
    heartbeat_timer_.stop();
    return;
  }
  auto go = [this] {
    if (engine_ != nullptr)
      engine_->finish([this] { end_normally(); });
  };
  if (options_->terminate_delay.count() > 0)
    terminate_timer_.once(context_.loop->context(), options_->terminate_delay, go);
  else
    go();
}

void Session::end_normally() {
  if (phase_ == Phase::over)
    return;
  writer_.finish();
  if (options_->terminate_answer == TerminateAnswer::normal) {
    double open = static_cast<double>(monotonic_ms() - began_ms_) / 1000;
    send(termination_message(rules_.seconds(), open));
  }
  close(1000, "Session Ended");
}

void Session::fail(const Problem &problem) {
  if (phase_ == Phase::over)
    return;
  context_.registry->update(index_, [&](ReceivedSession &seen) {
    seen.error_code = problem.code;
    seen.error_text = problem.text;
  });
  log("error " + std::to_string(problem.code) + ": " + problem.text);
  deliver(error_message(problem));
  close(problem.code, kSeeError);
}

void Session::close(unsigned code, const std::string &reason) {
  if (muted_ || phase_ == Phase::over || channel_ == nullptr)
    return;
  phase_ = Phase::over;
  heartbeat_timer_.stop();
  inactivity_timer_.stop();
  cap_timer_.stop();
  context_.registry->update(index_, [&](ReceivedSession &seen) { seen.close_code_sent = code; });
  channel_->close(code, reason);
}

void Session::on_closed(unsigned code) {
  phase_ = Phase::over;
  begin_timer_.stop();
  inactivity_timer_.stop();
  heartbeat_timer_.stop();
  cap_timer_.stop();
  terminate_timer_.stop();
  context_.registry->update(index_, [&](ReceivedSession &seen) {
    seen.closed = true;
    seen.close_code_received = code;
  });
  log("closed after " + std::to_string(std::lround(rules_.seconds())) + " s of audio" +
      (code != 0 ? ", by code " + std::to_string(code) : ""));
  // We may be inside a call of either: they go when the stack is unwound. The server waits for
  // its sessions' tasks before it forgets them.
  std::shared_ptr<Channel> channel(std::move(channel_));
  std::shared_ptr<Engine> engine(std::move(engine_));
  context_.loop->post([channel, engine] {});
}

void Session::send(const std::string &text) {
  if (hold_.active()) {
    hold_.keep(text);
    return;
  }
  deliver(text);
  if (hold_.begins_after(text))
    stand_still();
}

void Session::stand_still() {
  context_.registry->update(index_, [](ReceivedSession &seen) { seen.held = true; });
}

bool Session::release() {
  if (!hold_.active())
    return false;
  hold_.end();
  context_.registry->update(index_, [](ReceivedSession &seen) { seen.held = false; });
  if (phase_ == Phase::opening)
    open();
  for (const std::string &text : hold_.take_own())
    deliver(text);
  for (const Hold::Incoming &message : hold_.take_incoming()) {
    if (!is_closed())
      on_message(message.binary, message.payload);
  }
  return true;
}

void Session::deliver(const std::string &text) {
  if (muted_ || phase_ == Phase::over || channel_ == nullptr)
    return;
  context_.registry->update(index_, [&](ReceivedSession &seen) {
    if (seen.sent_messages.size() >= kSentMessagesKept)
      seen.sent_messages.erase(seen.sent_messages.begin(), seen.sent_messages.begin() + 1000);
    seen.sent_messages.push_back(text);
  });
  log_sent(text);
  if (options_->split_messages)
    channel_->send_fragmented(text, 3);
  else
    channel_->send_text(text);
}

void Session::log(const std::string &line, bool detail) const {
  if (options_->log)
    options_->log("session " + std::to_string(index_) + ": " + line, detail);
}

void Session::log_sent(const std::string &text) const {
  if (!options_->log)
    return;
  bool final = text.find("\"end_of_turn\":true") != std::string::npos;
  bool turn = text.find("\"type\":\"Turn\"") != std::string::npos;
  if (!turn) {
    log("sent " + text, true);
    return;
  }
  JsonText json;
  json.parse(text);
  log((final ? "turn \"" : "partial \"") + json_string(json.object(), "transcript") + "\"", !final);
}

void Session::turn_changed(const Hypothesis &hypothesis) {
  if (phase_ == Phase::running || phase_ == Phase::finishing)
    writer_.turn_changed(hypothesis);
}

void Session::turn_ended(const Hypothesis &hypothesis) {
  if (phase_ == Phase::running || phase_ == Phase::finishing)
    writer_.turn_ended(hypothesis);
}

void Session::step(const Command &command) {
  execute(command);
}

bool Session::execute(const Command &command) {
  if (channel_ == nullptr)
    return false;
  switch (command.kind) {
    case Command::Kind::close:
      close(command.code, command.text);
      return true;
    case Command::Kind::fail:
      fail({command.code, command.text});
      return true;
    case Command::Kind::warning:
      deliver(warning_message(command.code, command.text));
      return true;
    case Command::Kind::text:
      deliver(command.text);
      return true;
    case Command::Kind::release:
      return release();
    case Command::Kind::mute:
      muted_ = true;
      return true;
    case Command::Kind::duplicate:
      writer_.duplicate_next();
      return true;
    case Command::Kind::swap:
      writer_.swap_next();
      return true;
    case Command::Kind::force_endpoint:
      if (engine_ != nullptr && phase_ == Phase::running)
        engine_->force_endpoint();
      return true;
    default:
      return misuse_channel(command);
  }
}

// The commands that go past the session to its socket.
bool Session::misuse_channel(const Command &command) {
  switch (command.kind) {
    case Command::Kind::drop:
      phase_ = Phase::over;
      channel_->drop();
      return true;
    case Command::Kind::reset:
      phase_ = Phase::over;
      channel_->reset();
      return true;
    case Command::Kind::binary:
      channel_->send_binary(command.text);
      return true;
    case Command::Kind::fragmented:
      channel_->send_fragmented(command.text, command.code);
      return true;
    case Command::Kind::raw:
      channel_->write_raw(command.text);
      return true;
    case Command::Kind::ping:
      channel_->ping();
      return true;
    default:  // the proxy's, or resolved by the parser
      return false;
  }
}

}  // namespace testserver
