// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "stream/service_session.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "protocol/decode.h"
#include "protocol/text.h"
#include "stream/format.h"

namespace assemblyai {

namespace {

// The close frame follows Termination at once; the wait for one that got lost must be short.
constexpr std::chrono::milliseconds kCloseTimeout{1000};

// Characters of a frame in the log.
constexpr std::size_t kMostLogged = 1000;

int to_ms(nanoseconds duration) {
  return static_cast<int>(std::chrono::duration_cast<milliseconds>(duration).count());
}

std::chrono::seconds ping_interval(nanoseconds keepalive_interval) {
  return std::chrono::ceil<std::chrono::seconds>(keepalive_interval);
}

// Whether the message is about the audio; the service may send other messages without limit.
bool is_result(const ServerMessage &message) {
  return std::holds_alternative<Turn>(message) || std::holds_alternative<SpeechStarted>(message) ||
         std::holds_alternative<SpeakerRevision>(message) ||
         std::holds_alternative<LlmGatewayResponse>(message);
}

}  // namespace

ServiceSession::ServiceSession(EventLoop &loop, const TransportFactory &factory, Options options,
                               ServiceSessionOwner &owner)
    : loop_(loop),
      options_(std::move(options)),
      owner_(owner),
      liveness_(loop, {.keepalive_interval = ping_interval(options_.keepalive_interval),
                       .traits = options_.traits,
                       .bytes_received = [this] { return transport_ ? transport_->received() : 0; },
                       .gone = [this](nanoseconds since,
                                      const char *detail) { fall_silent(since, detail); }}),
      pacer_(loop.now()) {
  transport_ = factory(*this, {.keepalive_interval = ping_interval(options_.keepalive_interval),
                               .log = options_.log});
}

void ServiceSession::start() {
  started_at_ = loop_.now();
  apply(Input::kStart);
}

void ServiceSession::finish() {
  finish_wanted_ = true;
  apply(Input::kFinish);
}

void ServiceSession::leave() {
  finish_wanted_ = true;
  apply(Input::kLeave);
}

bool ServiceSession::may_send() {
  if (state_ != State::kStreaming && state_ != State::kDraining && state_ != State::kLeaving)
    return false;
  const bool writable = transport_->writable();
  liveness_.note_writable(writable);
  return writable;
}

nanoseconds ServiceSession::delay(std::size_t bytes) {
  return pacer_.delay(loop_.now(), duration_of(bytes));
}

void ServiceSession::send(const AudioChunk &chunk) {
  pacer_.sent(duration_of(chunk.data.size()));
  audio_.append(chunk);
  transport_->send_binary(chunk.data);
  ASSEMBLYAI_LOG(options_.log, kSession, kLog, "sent %zu bytes from position %" G_GUINT64_FORMAT,
                 chunk.data.size(), chunk.position);
  liveness_.note_audio_sent(audio_.received());
  apply(Input::kAudioSent);
}

void ServiceSession::send(ClientMessage message) {
  if (auto *update = std::get_if<UpdateConfiguration>(&message)) {
    parameters_.update(&update->parameters);
    if (update->parameters.empty())
      return;
    if (update->parameters.contains("session_heartbeat"))
      liveness_.forget_heartbeats();
    for (const auto &[name, value] : update->parameters) {
      if (is_secret(name))
        info_.request.redaction.add(Secret(query_value(value)));
    }
  }
  send_text(encode(message));
}

void ServiceSession::send_text(const std::string &text) {
  log_frame("sent", text);
  transport_->send_text(text);
}

void ServiceSession::log_frame(const char *direction, std::string_view text) const {
  ASSEMBLYAI_LOG(options_.log, kProtocol, kTrace, "%s %s", direction,
                 printable(info_.request.redaction(text), kMostLogged).c_str());
}

void ServiceSession::apply(Input input) {
  const State before = state_;
  const Transition transition = step(before, input);
  if (transition == Transition{before, {}})
    return;
  state_ = transition.next;
  if (state_ != before) {
    ASSEMBLYAI_LOG(options_.log, kSession, kDebug, "session '%s': %s: %s -> %s",
                   end_.session_id.c_str(), std::string(name_of(input)).c_str(),
                   std::string(name_of(before)).c_str(), std::string(name_of(state_)).c_str());
  }
  for (const Action action : transition.actions) {
    perform(action, before);
    // An action may report something that leads to the next input, for example a call to leave().
    if (state_ != transition.next)
      return;
  }
  if (state_ == State::kStreaming && finish_wanted_)
    apply(Input::kFinish);
}

void ServiceSession::perform(Action action, State before) {
  switch (action) {
    case Action::kNone:
      return;
    case Action::kPrepare:
      return prepare();
    case Action::kOpen:
      return transport_->open(info_);
    case Action::kReportConnecting:
      return owner_.on_connecting(*this);
    case Action::kArmConnect:
      return arm(options_.connect_timeout);
    case Action::kArmDrain:
      return arm(options_.drain_timeout);
    case Action::kArmClose:
      return arm(kCloseTimeout);
    case Action::kDisarm:
      return deadline_.reset();
    case Action::kAllowAudio:
      return owner_.on_may_send(*this);
    case Action::kSendTerminate:
      return send_terminate();
    case Action::kClose:
      return close();
    case Action::kReportBegin:
      return owner_.on_begin(*this);
    case Action::kNoteTimeout:
      return note_timeout(before);
    case Action::kNoteLeft:
      left_ = true;
      return;
    case Action::kReportEnd:
      return report_end();
  }
}

void ServiceSession::prepare() {
  const auto answer = [weak = std::weak_ptr(self_)](Result<ConnectionInfo> info) {
    return [weak, info = std::move(info)] {
      if (const auto self = weak.lock())
        (*self)->on_prepared(info);
    };
  };
  std::optional<Failure> missing = loop_.background(
      [source = options_.info, weak = std::weak_ptr(self_), answer]() -> std::function<void()> {
        return weak.expired() ? std::function<void()>([] {}) : answer(source());
      });
  if (missing)
    loop_.invoke(answer(std::move(*missing)));
}

void ServiceSession::on_prepared(Result<ConnectionInfo> info) {
  if (state_ != State::kPreparing)
    return;
  if (info) {
    info_ = std::move(*info);
    apply(Input::kPrepared);
  } else {
    end_.failure = std::move(info.failure());
    apply(Input::kClosed);
  }
}

// A message that is still arriving counts as progress at the end of a session. Connecting has a
// fixed limit.
void ServiceSession::arm(nanoseconds delay) {
  const std::uint64_t received = transport_ ? transport_->received() : 0;
  deadline_ = loop_.after(delay, [this, delay, received] {
    const bool at_end = state_ == State::kTerminating || state_ == State::kDraining;
    if (at_end && liveness_.is_receiving(received, delay))
      return arm(delay);
    apply(Input::kDeadline);
  });
}

void ServiceSession::send_terminate() {
  terminate_sent_ = true;
  liveness_.note_terminated();
  send_text(encode(Terminate{}));
}

// An open session is billed: for whatever reason it is closed, Terminate is sent. A session that
// the service has ended, by Error or Termination, accepts no more messages.
void ServiceSession::close() {
  if (opened_at_ && !terminate_sent_ && !error_ && !end_.termination)
    send_terminate();
  transport_.reset();
}

void ServiceSession::on_opened() {
  opened_at_ = loop_.now();
  ASSEMBLYAI_LOG(options_.log, kSession, kDebug, "connected to %s after %d ms",
                 info_.request.display_url.c_str(), to_ms(*opened_at_ - started_at_));
  apply(Input::kOpened);
}

void ServiceSession::on_alive() {
  liveness_.note_pong();
  ASSEMBLYAI_LOG(options_.log, kSession, kLog, "session '%s': pong", end_.session_id.c_str());
}

void ServiceSession::on_text(std::string_view text) {
  liveness_.note_message();
  log_frame("received", text);
  owner_.on_frame(*this, text);
  Result<ServerMessage> message = decode(text, {}, info_.request.redaction);
  if (!message) {
    if (state_ == State::kBeginning)
      refuse_opening(std::move(message.failure()));
    else
      owner_.on_undecodable(*this, message.failure());
    return;
  }
  if (auto *begin = std::get_if<Begin>(&*message))
    handle(std::move(*begin));
  else if (auto *error = std::get_if<ServerError>(&*message))
    handle(std::move(*error));
  else if (auto *termination = std::get_if<Termination>(&*message))
    handle(*termination);
  else
    handle_message(std::move(*message));
}

void ServiceSession::handle(Begin begin) {
  if (begin_ || state_ != State::kBeginning) {
    ASSEMBLYAI_LOG(options_.log, kSession, kWarning, "ignored a Begin that comes too late");
    return;
  }
  const ParameterSet &requested = info_.request.parameters;
  parameters_.begin(requested, begin);
  begin_ = std::move(begin);
  end_.begun = true;
  end_.session_id = begin_->id;
  ASSEMBLYAI_LOG(options_.log, kSession, kInfo, "session '%s' begun at %s after %d ms, model %s",
                 begin_->id.c_str(), info_.request.display_url.c_str(),
                 to_ms(loop_.now() - started_at_), parameters_.model().c_str());
  if (!parameters_.requested_model().empty() &&
      parameters_.requested_model() != parameters_.model())
    ASSEMBLYAI_LOG(options_.log, kSession, kWarning, "requested the model %s, got %s",
                   parameters_.requested_model().c_str(), parameters_.model().c_str());
  liveness_.begin(!requested.contains("session_heartbeat") ||
                  parameters_.is_on("session_heartbeat"));
  apply(Input::kBegin);
}

void ServiceSession::handle(ServerError error) {
  error_ = std::move(error);
  apply(Input::kError);
}

void ServiceSession::handle(Termination termination) {
  end_.termination = termination;
  apply(Input::kTermination);
}

void ServiceSession::handle_message(ServerMessage message) {
  if (const auto *heartbeat = std::get_if<Heartbeat>(&message)) {
    liveness_.note_heartbeat(*heartbeat);
    if (state_ == State::kEnded)
      return;
  }
  // Other messages, for example heartbeats, arrive as long as the service is there: they are no
  // progress.
  if (is_result(message))
    apply(Input::kHeard);
  complete(&message);
  owner_.on_message(*this, std::move(message));
}

// Fills in the parts that the service leaves out, and the times in the input.
void ServiceSession::complete(ServerMessage *message) {
  if (auto *turn = std::get_if<Turn>(message)) {
    if (!is_blank(turn_text(*turn)))
      liveness_.note_text();
    turn_repair_.repair(turn, audio_.received(), parameters_.expects_formatted());
    audio_.locate(turn);
  }
  if (auto *speech = std::get_if<SpeechStarted>(message)) {
    turn_repair_.note_speech(speech->timestamp);
    audio_.locate(speech);
  }
  if (auto *revision = std::get_if<SpeakerRevision>(message)) {
    for (SpeakerRevision::Item &item : revision->revisions)
      infer_times(&item.words);
    audio_.locate(revision);
  }
}

// Even the first message is invalid: another kind of service is at this address, at least for now.
void ServiceSession::refuse_opening(Failure failure) {
  failure.retry = Retry::kOnceKnown;
  failure.message =
      "The endpoint does not speak AssemblyAI streaming v3; check the endpoint property";
  end_.failure = std::move(failure);
  apply(Input::kError);
}

}  // namespace assemblyai
